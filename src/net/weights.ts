/**
 * How much each row counts in the training loss: its own weight times that of its class. The loss is Σ ω·l / Σ ω over a
 * batch (losses.ts), so what counts is how weights compare, not how large they are.
 */
import { didYouMean, fail } from '../base/errors.ts';
import { message, setting } from '../base/reference.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { ClassCoding } from '../data/encode/targets/stored-target.ts';
import { classIndices } from '../data/encode/units.ts';
import { checkWeights } from '../data/inline/inline.ts';
import { blocksOf, type Dataset, rowsIn } from './problem.ts';
import type { ClassWeights } from './training.ts';

export interface Classes {
  /** Their coding in the targets. */
  readonly coding: ClassCoding;
  /** Their labels by index. Default: 0, 1, … */
  readonly labels?: readonly string[];
}

const where = ['training', 'classWeights'];

/** Values of a numeric target up to which it may be meant as classes. */
const maxValues = 20;

/** Throws an InputError for class weights of targets that are numbers; it names the task if they may be meant as classes. */
function refuseNumbers({ targets }: Dataset, column: string | undefined): never {
  const values = new Set(targets.data.subarray(0, 1 << 16));
  if (column === undefined || targets.shape[1] > 1 || values.size > maxValues) {
    return fail({ what: 'the targets are not classes', where, fix: leaveOut });
  }
  return fail({
    what: `"${column}" is taken as a number, not as classes: it has ${values.size} values, of which some are rare`,
    where,
    fix: message`Set ${setting(['data', 'task'], 'classification')}.`,
  });
}

const leaveOut = 'Leave it out, and give rows their weights with "weights" in the data.';

/**
 * The weights [rows, 1] of rows whose classes have weights, and those by class.
 *
 * `balanced` gives a class the weight n/(classes·rows of the class), counting the classes that occur, so that all classes have
 * the same total weight. As in scikit-learn, it counts rows and ignores their own weights. `column` is the name of the target in
 * a table, for errors.
 * Throws an InputError if targets are not classes, if a row belongs to several classes, or if a label is unknown.
 */
export function withClassWeights(
  data: Dataset,
  classWeights: ClassWeights,
  classes: Classes | undefined,
  column?: string,
): { weights: Tensor; note: string } {
  const rows = rowsIn(data);
  const [, width] = data.targets.shape;
  if (classes === undefined) return refuseNumbers(data, column);
  if (classes.coding !== 'oneHot' && width > 1) {
    fail({ what: `each row has ${width} targets, not one class`, where, fix: leaveOut });
  }
  const { coding } = classes;
  const indices = new Uint32Array(rows);
  let start = 0;
  for (const { targets } of blocksOf(data)) {
    checkOneClass(targets, coding);
    indices.set(classIndices(targets, coding), start);
    start += targets.shape[0];
  }
  const labels = classes.labels ?? Array.from({ length: coding === 'oneHot' ? width : 2 }, (_, k) => String(k));
  const counts = labels.map(() => 0);
  for (const index of indices) counts[index] += 1;
  const present = counts.filter((count) => count > 0).length;
  const ofClass = labels.map((_, k) => (counts[k] === 0 ? 1 : rows / (present * counts[k])));
  if (classWeights !== 'balanced') {
    ofClass.fill(1);
    const indexOf = new Map(labels.map((label, k) => [label, k]));
    for (const [label, weight] of Object.entries(classWeights)) {
      const k = indexOf.get(label);
      if (k === undefined) fail({ what: `unknown class "${label}"`, where, fix: didYouMean(label, labels) });
      ofClass[k] = weight;
    }
  }
  const all = tensor([rows, 1]);
  indices.forEach((index, r) => {
    all.data[r] = ofClass[index] * (data.weights?.data[r] ?? 1);
  });
  checkWeights(all.data, () => where, where);
  const shown = labels.slice(0, 10).map((label, k) => `${label} ${Number(ofClass[k].toPrecision(4))}`);
  const more = labels.length > 10 ? `, and ${labels.length - 10} more` : '';
  return { weights: all, note: `Class weights: ${shown.join(', ')}${more}.` };
}

/** Throws an InputError for the first row whose target is a mixture of classes. */
function checkOneClass({ shape: [rows, width], data }: Tensor, coding: ClassCoding): void {
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * width, (r + 1) * width);
    if (coding === 'sign' || row.every((value) => value === 0 || value === 1)) continue;
    fail({
      what: `row ${r} has probabilities of several classes (${row.join(', ')}), so no single class weight applies`,
      where,
      fix: 'Leave it out, and give rows their weights with "weights" in the data.',
    });
  }
}
