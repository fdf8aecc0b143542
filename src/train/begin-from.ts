/**
 * Begins a training where another one was, with other settings: `from` with the bytes of a checkpoint. The weights, the state of
 * the optimizer, the number of updates and the number of epochs continue; everything that judges the training (its losses,
 * its history, early stopping, the best weights) begins anew. `resume` is for the same training: it refuses other settings.
 */
import { fail } from '../base/errors.ts';
import { sameShape, size } from '../base/shape.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { averageOf, rateScale } from '../net/addresses.ts';
import { stepSizeOf } from '../net/problem.ts';
import { written } from '../net/recipe-json.ts';
import type { Setup } from '../net/setup.ts';
import { buildStep } from '../net/step.ts';
import { identify } from './checkpoint.ts';
import type { PlateauState } from './plateau.ts';
import { openCheckpoint } from './read-checkpoint.ts';

/** Where a training begins. */
export interface Beginning {
  /** Epochs that had ended. */
  readonly epoch: number;
  /** Updates that the optimizer has made: 0 if it starts anew. */
  readonly count: number;
  /** Weights and states by name; one that is missing has its initial numbers. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** What lowers the rate of a `plateau` schedule, if the same loss of the same data is watched. */
  readonly plateau?: PlateauState;
  readonly note: string;
}

type Numbers = ReadonlyMap<string, Float64Array>;

const objectIn = (json: string | undefined): Record<string, unknown> => {
  try {
    return Object(JSON.parse(json ?? ''));
  } catch {
    return {};
  }
};
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const nameIn = (recipe: unknown) => (typeof recipe === 'string' ? recipe : (Object(recipe) as { name?: unknown }).name);

/**
 * Reads a checkpoint for a training of the same parameters. Layers without parameters, such as dropout, may be others.
 * Throws an InputError if the bytes are not a complete checkpoint, or if a parameter is missing or has another shape.
 */
export function beginFrom(bytes: Uint8Array, setup: Setup, where: string): Beginning {
  const { metadata, ...opened } = openCheckpoint(
    bytes,
    where,
    'Pass the bytes that onCheckpoint received, or a model: from: load(bytes).',
  );
  const progress = opened.progress();
  const { places, now, start, watched } = progress;
  // a checkpoint within an epoch: training continues where that epoch began, because another one takes its rows differently
  const at = places[now]?.position === 0 ? now : start;
  const place = places[at];
  if (place === undefined || place.position !== 0) {
    fail({ what: 'its progress is inconsistent', where, fix: 'Use an older checkpoint, or start a new run.' });
  }
  const rename = renumbering(metadata.shapes, setup);
  const stored: Numbers = new Map(Array.from(opened.saves(progress)[at], ([name, data]) => [rename(name), data]));
  checkParameters(stored, shapesIn(metadata.shapes, rename), setup, where);

  const { optimizer, loss } = setup.recipe;
  const training = objectIn(metadata.training);
  const isKept = isStateKept(stored, setup, nameIn(training.optimizer));
  const isOfOptimizer = optimizerStates(setup);
  const numbers = new Map([...stored].filter(([name]) => name !== rateScale && (isKept || !isOfOptimizer(name))));
  const { epoch, count } = place;
  const isWatchedOn =
    optimizer.schedule?.plateau !== undefined &&
    isSame(training.optimizer, written(optimizer)) &&
    isSame(training.loss, written(loss)) &&
    metadata.data === identify(setup, { name: 'reference', precision: 'float64', arithmetic: 'strict' }).texts.data;
  if (isWatchedOn && stored.has(rateScale)) numbers.set(rateScale, stored.get(rateScale)!);
  const hasState = [...numbers.keys()].some(isOfOptimizer);
  const of = isKept ? (hasState ? `, with the state of ${optimizer.name}` : '') : `; ${optimizer.name} starts anew`;
  return {
    epoch,
    count: isKept ? count : 0,
    numbers,
    ...(isWatchedOn && { plateau: watched }),
    note: `Training continues after epoch ${epoch} of a checkpoint${of}.`,
  };
}

/** The setup with the weights of the checkpoint, and with the offset of its updates, which schedules need. */
export function setupFrom(setup: Setup, { numbers, epoch, count }: Beginning): Setup {
  const live = (name: string): Tensor => {
    const { shape } = setup.parameters.get(name)!;
    return tensor(shape, Float64Array.from(numbers.get(averageOf(name)) ?? numbers.get(name)!));
  };
  const { span } = setup.recipe;
  const steps = setup.recipe.optimizer.search === undefined ? (span?.stepsPerEpoch ?? 1) : 1;
  return withOffset(
    { ...setup, parameters: new Map([...setup.parameters.keys()].map((name) => [name, live(name)])) },
    setup.recipe.optimizer.search === undefined ? count - epoch * steps : 0,
  );
}

/** The setup of a training that began after other updates than its own epochs have. */
export function withOffset(setup: Setup, offset: number): Setup {
  const { recipe } = setup;
  if (offset === 0 || recipe.span === undefined) return setup;
  return { ...setup, recipe: { ...recipe, span: { ...recipe.span, offset } } };
}

const shapesIn = (
  json: string | undefined,
  rename: (name: string) => string,
): ReadonlyMap<string, readonly number[]> => {
  const list = objectIn(json);
  return new Map(Array.isArray(list) ? list.map(([name, shape]) => [rename(String(name)), shape]) : []);
};

const numberOf = (name: string) => /layers\.(\d+)\./.exec(name)?.[1];

/** A function that gives the layers of a checkpoint the numbers that the layers with parameters have in this network, in order. */
function renumbering(shapes: string | undefined, { parameters }: Setup): (name: string) => string {
  const layersOf = (names: Iterable<string>) => [
    ...new Set([...names].map(numberOf).filter((number) => number !== undefined)),
  ];
  const before = layersOf(shapesIn(shapes, (name) => name).keys());
  const own = layersOf(parameters.keys());
  if (before.length !== own.length) return (name) => name;
  return (name) => {
    const number = numberOf(name);
    const index = number === undefined ? -1 : before.indexOf(number);
    return index === -1 ? name : name.replace(`layers.${number}.`, `layers.${own[index]}.`);
  };
}

function checkParameters(
  stored: Numbers,
  shapes: ReadonlyMap<string, readonly number[]>,
  { parameters }: Setup,
  where: string,
): void {
  for (const [name, { shape }] of parameters) {
    const found = shapes.get(name) ?? shape;
    if (stored.get(name)?.length === size(shape) && sameShape(found, shape)) continue;
    const what = stored.has(name) ? `[${shapes.get(name) ?? stored.get(name)!.length}]` : 'missing';
    fail({
      what: `${name} of the checkpoint is ${what}, but the network needs [${shape}]`,
      where,
      fix: 'Continue from a checkpoint of the same layers and inputs.',
    });
  }
}

/** Whether a name is of the optimizer's own state. The running averages of the weights are not: every optimizer has them. */
function optimizerStates({ parameters }: Setup): (name: string) => boolean {
  const averages = new Set([...parameters.keys()].map(averageOf));
  return (name) => name.startsWith('optimizer.') && !averages.has(name);
}

/** Whether the state in a checkpoint is one of this training's optimizer. A search is of one loss and one set of rows: it starts anew. */
function isStateKept(stored: Numbers, setup: Setup, optimizer: unknown): boolean {
  const { recipe, network } = setup;
  if (optimizer !== recipe.optimizer.name || recipe.optimizer.search !== undefined) return false;
  const isOfOptimizer = optimizerStates(setup);
  const { graph } = buildStep(network, recipe, stepSizeOf(setup, 1));
  const wanted = graph.nodes.filter(({ op, name = '' }) => op.kind === 'source' && isOfOptimizer(name));
  const found = [...stored.keys()].filter(isOfOptimizer);
  return found.length === wanted.length && wanted.every(({ name, shape }) => stored.get(name!)?.length === size(shape));
}
