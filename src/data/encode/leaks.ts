/**
 * Possible leaks: features that determine the target row by row. Such a column is often a copy of the target, a code for it, or
 * something that is known only after it.
 */
import type { Tensor } from '../../base/tensor.ts';
import { type Encoding, transformOf } from './encoding.ts';
import { targetColumns } from './targets/stored-target.ts';
import { transformWidth } from './transform.ts';

/** The maximum number of rows to look at, and the minimum of rows and of rows of each class for a leak to be no chance. */
const [maxRows, minRows, minRowsOfClass] = [4096, 20, 5];
/** A feature with more values than this share of the rows determines anything. */
const maxShare = 1 / 4;
/** Squared correlation of a number with the target: below it, the two differ by more than rounding. */
const minSquaredCorrelation = 0.9999;

/** The rows of the training split, encoded. */
interface Rows {
  /** [n, inputs] */
  readonly inputs: Tensor;
  /** [n, outputs] */
  readonly targets: Tensor;
}

/** A warning for each feature that determines the target, if there are other features. */
export function leakWarnings(encoding: Encoding, rows: Rows): string[] {
  const count = Math.min(rows.inputs.shape[0], maxRows);
  if (count < minRows || encoding.features.length < 2) return [];
  const { task, target } = encoding;
  const answers = keysOf(rows.targets, 0, rows.targets.shape[1], count);
  if (task === 'classification' && rarest(answers) < minRowsOfClass) return [];
  const names = targetColumns(target).map((name) => `"${name}"`);
  let start = 0;
  return encoding.features.flatMap((feature) => {
    const width = transformWidth(transformOf(feature));
    const at = start;
    start += width;
    const isLeak =
      determines(keysOf(rows.inputs, at, width, count), answers) ||
      (task === 'regression' && width === 1 && names.length === 1 && isCopy(rows, at, count));
    return isLeak
      ? [
          `"${feature.name}" determines ${names.join(' and ')} row by row, which may be a leak: a copy of the target, or something that is known only after it. If so, leave it out of the features.`,
        ]
      : [];
  });
}

/** Some columns of each row as text. */
function keysOf({ shape: [, columns], data }: Tensor, at: number, width: number, count: number): string[] {
  return Array.from({ length: count }, (_, r) => data.subarray(r * columns + at, r * columns + at + width).join(' '));
}

function rarest(keys: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts.size < 2 ? 0 : Math.min(...counts.values());
}

/** Whether rows with the same value always have the same answer, and values repeat. */
function determines(values: readonly string[], answers: readonly string[]): boolean {
  const answerOf = new Map<string, string>();
  for (const [r, value] of values.entries()) {
    const known = answerOf.get(value);
    if (known === undefined) answerOf.set(value, answers[r]);
    else if (known !== answers[r]) return false;
    if (answerOf.size > maxShare * values.length) return false;
  }
  return new Set(answerOf.values()).size > 1;
}

/** Whether a number is the target in another unit. */
function isCopy({ inputs, targets }: Rows, at: number, count: number): boolean {
  const x = Float64Array.from({ length: count }, (_, r) => inputs.data[r * inputs.shape[1] + at]);
  const y = Float64Array.from({ length: count }, (_, r) => targets.data[r * targets.shape[1]]);
  const mean = (list: Float64Array) => list.reduce((sum, value) => sum + value, 0) / count;
  const [ofX, ofY] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let r = 0; r < count; r++) {
    xx += (x[r] - ofX) ** 2;
    xy += (x[r] - ofX) * (y[r] - ofY);
    yy += (y[r] - ofY) ** 2;
  }
  return xx > 0 && yy > 0 && xy * xy >= minSquaredCorrelation * xx * yy;
}
