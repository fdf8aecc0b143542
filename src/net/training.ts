/** The training of a network: its options, their defaults, and how they must fit each other. */
import { fail } from '../base/errors.ts';
import { message, option, setting } from '../base/reference.ts';
import { type Loss, type LossFamily, resolveLoss } from './losses.ts';
import type { Network } from './network.ts';
import { type Optimizer, type OptimizerFamily, resolveOptimizer } from './optimizers.ts';
import type { OwnMetric } from './own-metric.ts';
import type { TrainingJson } from './schema.ts';
import type { StepRecipe } from './step.ts';

/** The stop conditions, as in the experiment file. */
export type Stop = Readonly<TrainingJson['stop']>;

export type EngineName = 'auto' | 'reference' | 'wasm' | 'blas';

/** The weight of the rows of each class: n/(classes·rows of the class), or a weight by label, 1 for other labels. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** The parts of `training` other than the recipe of one step. */
export interface Schedule {
  readonly batchSize: 'full' | number;
  readonly shuffle: boolean;
  readonly stop: Stop;
  readonly keep: 'last' | 'best';
  readonly engine: EngineName;
  readonly precision?: 'float64' | 'float32';
  readonly arithmetic: 'strict' | 'fast';
  readonly threads?: number;
  readonly classWeights?: ClassWeights;
  /** How often a checkpoint is saved. */
  readonly checkpoint: false | { readonly seconds: number };
}

/** `training` with recipes in place of names: the options of the library's `train`. */
export interface TrainingOptions extends Omit<TrainingJson, 'loss' | 'optimizer'> {
  readonly loss: Loss | LossFamily;
  readonly optimizer: Optimizer | OptimizerFamily;
  /** Metrics of your own, to measure in addition: `metric('name', …)` makes one. */
  readonly metrics?: readonly OwnMetric[] | undefined;
}

/** Throws an InputError for stop conditions under which training might never end. */
export function checkEnds(stop: Stop | undefined): asserts stop is Stop {
  if (stop?.epochs !== undefined || stop?.seconds !== undefined) return;
  fail({
    what: 'neither epochs nor seconds is given, so training might never end',
    where: ['training', 'stop'],
    fix: message`Add ${setting(['training', 'stop', 'epochs'], 1000)} or ${setting(['training', 'stop', 'seconds'], 10)}.`,
  });
}

/** Fills in the defaults of `training` and checks that the options fit each other. */
export function assemble(training: TrainingOptions): {
  recipe: StepRecipe;
  schedule: Schedule;
  metrics?: readonly OwnMetric[];
} {
  const loss = resolveLoss(training.loss);
  const optimizer = resolveOptimizer(training.optimizer);
  const {
    stop,
    gradient = 'exact',
    update = 'simultaneous',
    l1 = 0,
    l2 = 0,
    clipNorm,
    clipValue,
    ema,
    batchSize = 'full',
  } = training;
  if (update === 'sequential' && (clipNorm !== undefined || clipValue !== undefined)) {
    fail({
      what: 'a sequential update changes a layer before the gradients of the others are known, so they cannot be clipped',
      where: ['training', 'update'],
      fix: message`Leave ${option('training', 'clipNorm')} and ${option('training', 'clipValue')} out, or use "simultaneous".`,
    });
  }
  if (optimizer.search !== undefined) {
    const { name } = optimizer;
    const refused = (
      [
        ['batchSize', batchSize !== 'full', `${name} compares losses of all rows`, 'Leave it out, or write "full".'],
        ['update', update === 'sequential', `${name} changes all layers at once`, 'Leave it out.'],
        ['gradient', gradient !== 'exact', `${name} needs the gradient of the loss`, 'Leave it out.'],
        ['clipNorm', clipNorm !== undefined, `${name} needs the gradient of the loss`, 'Leave it out.'],
        ['clipValue', clipValue !== undefined, `${name} needs the gradient of the loss`, 'Leave it out.'],
        [
          'ema',
          ema !== undefined,
          `${name} takes few steps and searches for the best of each, so there is little to average`,
          'Leave it out.',
        ],
      ] as const
    ).find(([, isRefused]) => isRefused);
    if (refused !== undefined) fail({ what: refused[2], where: ['training', refused[0]], fix: refused[3] });
  }
  checkEnds(stop);
  const { engine = 'auto', arithmetic = 'strict' } = training;
  if (engine === 'blas' && arithmetic === 'strict') {
    fail({
      what: `"${engine}" rounds as its library does, which strict arithmetic forbids`,
      where: ['training', 'engine'],
      fix: message`Add ${setting(['training', 'arithmetic'], 'fast')}, or leave the engine out.`,
    });
  }
  return {
    recipe: { loss, optimizer, gradient, update, l1, l2, clipNorm, clipValue, ...(ema !== undefined && { ema }) },
    schedule: {
      batchSize,
      shuffle: training.shuffle ?? batchSize !== 'full',
      stop,
      keep: training.keep ?? (stop.patience === undefined ? 'last' : 'best'),
      engine,
      precision: training.precision,
      arithmetic,
      threads: training.threads,
      ...(training.classWeights !== undefined && { classWeights: training.classWeights }),
      checkpoint: training.checkpoint ?? { seconds: 30 },
    },
    ...(training.metrics && { metrics: training.metrics }),
  };
}

/** The network must end in a layer with an activation, one that its loss takes. */
export function checkLastLayer(net: Network, loss: Loss): void {
  const index = net.layers.length - 1;
  const { activation, kind } = net.layers[index];
  if (activation === undefined) {
    fail({
      what: `the network ends in ${kind}, but the loss needs a layer with weights at the end`,
      where: ['network', 'layers', index],
      fix: 'End in a dense layer, such as { "dense": 1 }.',
    });
  }
  if (loss.takes !== undefined && !loss.takes.includes(activation.name)) {
    fail({
      what: `${loss.name} needs ${loss.takes.join(' or ')} as the last activation, not ${activation.name}`,
      where: ['network', 'layers', index, 'activation'],
      fix: message`Write ${setting(['network', 'layers', index, 'activation'], loss.takes[0])}, or choose another loss.`,
    });
  }
}
