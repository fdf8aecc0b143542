/**
 * The quantity that early stopping observes after each epoch: the loss, or a metric of the validation split. It decides `patience`,
 * which weights are the best, and the plateau of the learning rate.
 */
import { didYouMean, fail } from '../base/errors.ts';
import { message, setting } from '../base/reference.ts';
import type { Tensor } from '../base/tensor.ts';
import type { OutputKind } from '../data/encode/decode.ts';
import { allMetrics, fits, type Measure, type Metric, type Metrics, metrics, metricsOf } from './metrics.ts';
import type { Dataset } from './problem.ts';

/** The names that `stop.watch` may have. */
export const watchable: readonly string[] = ['loss', ...metrics.map(({ name }) => name)];

export interface Watch {
  /** Undefined: the loss, of the validation split if there is one. */
  readonly metric?: Metric;
  readonly better: 'higher' | 'lower';
  /** The metrics of the validation split in a row of the history: the usual ones, and the one that is watched. */
  measure(outputs: Tensor, targets: Tensor): Metrics;
}

export interface Watched {
  readonly measure: Measure;
  readonly kind: OutputKind;
  readonly validation?: Dataset;
}

/**
 * The watched quantity for a name.
 * Throws an InputError if there is no validation split, if the metric does not fit the task, or if the validation targets leave
 * it undefined (the area under the ROC curve of one class, R² of equal numbers).
 */
export function watchOf(name: string | undefined, { measure, kind, validation }: Watched): Watch {
  const known = metricsOf(measure);
  const metric = name === undefined || name === 'loss' ? undefined : known.find((each) => each.name === name);
  const where = ['training', 'stop', 'watch'];
  if (name !== undefined && name !== 'loss' && metric === undefined) {
    const names = ['loss', ...known.map((each) => each.name)];
    fail({ what: `there is no metric "${name}"`, where, fix: didYouMean(name, names) });
  }
  if (metric !== undefined) {
    const fitting = known.filter((each) => fits(each, measure, kind)).map((each) => each.name);
    if (!fitting.includes(metric.name)) {
      fail({
        what: `${metric.text} is ${why(metric, measure)}`,
        where,
        fix: `Watch one of: loss, ${fitting.join(', ')}.`,
      });
    }
    if (validation === undefined) {
      fail({
        what: `${metric.text} is measured on the validation split, but there is none`,
        where,
        fix: message`Set ${setting(['data', 'split', 'validation'], 0.2)} (of a table's split; rows of your own go into data.validation), or watch the loss.`,
      });
    }
    const { targets, stream } = validation;
    // Correct outputs define every metric that the targets define. For a stream, only the first rows are in memory.
    if (
      stream === undefined &&
      Number.isNaN(allMetrics(measure, targets, targets, 'probabilities', (each) => each === metric)[metric.name])
    ) {
      fail({
        what: `${metric.text} is undefined on the validation split, because all of its targets are the same`,
        where,
        fix: 'Make the split larger, choose another seed, or watch the loss.',
      });
    }
  }
  return {
    metric,
    better: metric?.better ?? 'lower',
    measure: (outputs, targets) =>
      allMetrics(measure, outputs, targets, kind, (each) => each.everyEpoch === true || each === metric),
  };
}

function why({ of }: Metric, { coding }: Measure): string {
  if (coding === undefined) return 'a metric for classes, but the targets are numbers';
  return of === 'numbers'
    ? 'a metric for numbers, but the targets are classes'
    : 'a metric for probabilities, but the outputs are not probabilities';
}
