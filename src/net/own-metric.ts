/** Metrics of one's own: a function of predictions and targets, which is measured and watched as the built-in metrics are. */
import { aFunction, aText, kind, listOf, oneOf, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { Where } from '../base/reference.ts';
import { show } from '../base/show.ts';
import { toRows } from '../base/tensor.ts';
import { classIndices } from '../data/encode/units.ts';
import { type Metric, metrics, type Scored } from './metrics.ts';

type Rows = readonly (readonly number[])[];

/** A metric of the outputs themselves. */
export interface OutputsMetric {
  /** Which values are better: `watch` needs it. */
  readonly better: 'higher' | 'lower';
  readonly of?: 'outputs';
  /**
   * Predictions and targets, a row for each sample: numbers in the units of the target columns, or for classes the
   * probabilities (or scores) and a 1 for the actual class. It returns NaN where the targets leave it undefined.
   */
  readonly value: (predictions: Rows, targets: Rows) => number;
}

/** A metric of predicted classes. */
export interface ClassesMetric {
  readonly better: 'higher' | 'lower';
  readonly of: 'classes';
  /** The index of the predicted class and of the actual class of each sample, from 0 in the order of the classes. */
  readonly value: (predictions: readonly number[], targets: readonly number[]) => number;
}

/** A metric of one's own. `Name` is its key among the metrics of a result. */
export interface OwnMetric<Name extends string = string> extends Metric {
  readonly name: Name;
}

const entryForm = record({
  better: oneOf('higher', 'lower'),
  of: optional(oneOf('outputs', 'classes')),
  value: aFunction,
});

/**
 * A metric: pass it in `metrics` to `train` and to `model.evaluate`. Training measures it on each split, and on the validation
 * rows after each epoch; `stop: { watch: name }` makes early stopping, the best weights and the plateau schedule observe it.
 * Throws an InputError if the name is a built-in metric's, or if the entry is not valid.
 *
 * @example const worst = metric('worstError', { better: 'lower', value: (y, t) => Math.max(...y.flat().map((v, i) => Math.abs(v - t.flat()[i]!))) })
 */
export function metric<const Name extends string>(name: Name, entry: OutputsMetric | ClassesMetric): OwnMetric<Name> {
  aText(name, 'metric: name');
  if (name === '' || name === 'loss' || metrics.some((each) => each.name === name)) {
    const what = name === '' ? 'the name is empty' : `chainrule already has a metric named "${name}"`;
    fail({ what, where: `metric ${show(name)}`, fix: 'Choose another name, such as "myMetric".' });
  }
  entryForm(entry, `metric "${name}"`);
  const { better, of = 'outputs' } = entry;
  return {
    name,
    text: name,
    better,
    of: of === 'classes' ? 'classes' : 'outputs',
    everyEpoch: true,
    isOwn: true,
    value(scored) {
      const found: unknown = entry.of === 'classes' ? ofClasses(entry, scored) : ofOutputs(entry, scored);
      if (typeof found === 'number') return found;
      return fail({
        what: `it returned ${show(found)}, not a number`,
        where: `metric "${name}"`,
        fix: 'Return a number from value(predictions, targets), NaN where it is undefined.',
      });
    },
  };
}

const ofOutputs = ({ value }: OutputsMetric, { probabilities, targets }: Scored) =>
  value(toRows(probabilities), toRows(targets));

const ofClasses = ({ value }: ClassesMetric, { outputs, targets, coding }: Scored) =>
  value([...classIndices(outputs, coding)], [...classIndices(targets, coding)]);

const aMetric = kind(
  'a metric',
  ({ isOwn, value }: Metric) => isOwn === true && typeof value === 'function',
  "Make one with metric('name', { better, value }).",
);

/** A list of metrics of one's own, with different names. */
export function someMetrics(value: unknown, where: Where): asserts value is readonly OwnMetric[] {
  listOf(aMetric)(value, where);
  const names = (value as readonly OwnMetric[]).map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) fail({ what: `two metrics are named "${twice}"`, where, fix: 'Leave one of them out.' });
}
