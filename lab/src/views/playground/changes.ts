/** What a change of the choices means for the training: whether it starts again, what is kept, and what the curves say of it. */
import { type Config, kindOf } from './config.ts';
import { dataSetNamed } from './data-sets.ts';
import { allPoints } from './experiment.ts';

/** A choice that two configurations do not share, with its values in words. */
export interface Difference {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const none = 'none';
const layersOf = ({ hidden }: Config) =>
  hidden.length === 0 ? none : hidden.map(({ units, activation }) => `${units} ${activation}`).join(', ');
const optimizerNamed = (name: string) => (name === 'momentum' ? 'sgd + momentum' : name);

export const scheduleText = ({ schedule }: Config): string =>
  schedule === undefined
    ? 'constant'
    : `${schedule.name} (${Object.entries(schedule.options)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')})`;

/** The choices that matter to a training, in words. */
const choices: readonly (readonly [name: string, text: (config: Config) => string])[] = [
  ['Set', ({ set }) => dataSetNamed(set)?.title ?? set],
  ['Points', (config) => String(allPoints(config).length)],
  ['Noise', ({ set, noise }) => (set === 'empty' ? none : String(noise))],
  ['Seed', ({ seed }) => String(seed)],
  ['Hidden layers', layersOf],
  ['Optimizer', ({ optimizer }) => optimizerNamed(optimizer)],
  ['Learning rate', ({ learningRate }) => String(learningRate)],
  ['Schedule', scheduleText],
  ['Batch size', ({ batchSize }) => (batchSize === 0 ? 'all' : String(batchSize))],
  ['L1 penalty', ({ l1 }) => (l1 === 0 ? none : String(l1))],
  ['L2 penalty', ({ l2 }) => (l2 === 0 ? none : String(l2))],
  ['Dropout', ({ dropout }) => (dropout === 0 ? none : String(dropout))],
];

/** The choices in which two configurations differ. */
export function differences(a: Config, b: Config): Difference[] {
  return choices.flatMap(([name, text]) => (text(a) === text(b) ? [] : [{ name, from: text(a), to: text(b) }]));
}

const samePoints = (a: Config, b: Config) => JSON.stringify(allPoints(a)) === JSON.stringify(allPoints(b));

/** Of a mark in the curves: a few words for each choice. */
const markTexts: Readonly<Record<string, (to: string) => string>> = {
  'Hidden layers': () => 'activation',
  Optimizer: (to) => to,
  'Learning rate': (to) => `rate ${to}`,
  Schedule: (to) => to.replace(/ \(.*/, ''),
  'Batch size': (to) => `batch ${to}`,
  'L1 penalty': (to) => `L1 ${to}`,
  'L2 penalty': (to) => `L2 ${to}`,
  Dropout: (to) => `dropout ${to}`,
};

export interface Consequence {
  /** Whether the curves and the weights begin anew, whatever the shapes of the weights are. */
  readonly isNewStart: boolean;
  /** Whether the data or what the loss contains differ, so that the losses before and after do not compare. */
  readonly isOtherLoss: boolean;
  /** Whether the optimizer is another one, whose state starts anew. */
  readonly isOtherOptimizer: boolean;
  /** Of the mark in the curves. */
  readonly mark: string;
}

/** What follows from the change of choices. */
export function consequenceOf(before: Config, after: Config): Consequence {
  // points that are erased from a set become the person's own, and stay the same problem
  const isOwn = after.set === 'empty' && after.drawn.length > 0;
  const isOtherSet = after.set !== before.set && !isOwn;
  const isOtherData = !samePoints(before, after);
  const found = differences(before, after);
  const texts = found.flatMap(({ name, to }) => markTexts[name]?.(to) ?? []);
  return {
    isNewStart: before.seed !== after.seed || isOtherSet || kindOf(before) !== kindOf(after),
    isOtherLoss: isOtherData || before.l1 !== after.l1 || before.l2 !== after.l2,
    isOtherOptimizer: before.optimizer !== after.optimizer,
    mark: [...(isOtherData ? ['data changed'] : []), ...texts].join(', '),
  };
}

/** Optimizers whose updates depend on the gradient of the moment alone. */
const stateless = 'sgd';

/** What a person is told when training continues. */
export function continuesText(before: Config, after: Config): string {
  const { isOtherOptimizer } = consequenceOf(before, after);
  const [old, now] = [before, after].map(({ optimizer }) => optimizer);
  if (!isOtherOptimizer) {
    const state = now === stateless ? '' : ` and the state of ${optimizerNamed(now)}`;
    return `Training continues with the weights${state}.`;
  }
  const anew =
    now === stateless ? '' : ` ${capital(optimizerNamed(now))} starts anew: it has no state of ${optimizerNamed(old)}.`;
  return `Training continues with the weights.${anew}`;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
