/**
 * The way from a table's columns to a network's numbers, as plain JSON that is stored in the model: features scaled or
 * one-hot, gaps filled, classes and units of the target. Learned by `fit.ts`; `decode.ts` is the way back.
 */
import { fail } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { type CellKind, canonical, failOnCell, parseNumber } from './columns.ts';
import { cellPlace, findColumn, type Table, tablePlace } from './table.ts';
import type { Task } from './task.ts';
import { count, quote } from './words.ts';

/** `standard`: (x - mean)/std. `minMax`: (x - min)/(max - min), so that the training part is in [0, 1]. */
export type Scale = 'standard' | 'minMax' | 'none';

/** A divisor of 0 (a constant column) counts as 1. */
export type Scaling =
  | { readonly mean: number; readonly std: number }
  | { readonly min: number; readonly max: number }
  | 'none';

/** One input. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly name: string;
  readonly scaling: Scaling;
  /** What stands in for a missing cell, in the column's units. */
  readonly fill: number;
}

/** One input for each value: 1 where the cell is that value, else 0. */
export interface CategoryFeature {
  readonly kind: 'category';
  readonly name: string;
  readonly of: CellKind;
  /** Sorted, in canonical form. */
  readonly values: readonly string[];
  readonly fill: string;
}

export type FeatureEncoding = NumberFeature | CategoryFeature;

export interface NumberTarget {
  readonly kind: 'number';
  readonly name: string;
  readonly scaling: Scaling;
}

/**
 * How classes become targets: `oneHot` [n, classes]; for two classes and one output also `binary` (0 for the first
 * class, 1 for the second) and `sign` (-1 and 1), both [n, 1].
 */
export type ClassCoding = 'oneHot' | 'binary' | 'sign';

export interface ClassTarget {
  readonly kind: 'classes';
  readonly name: string;
  readonly of: CellKind;
  /** Sorted, in canonical form; a class's index is its place here. */
  readonly values: readonly string[];
  readonly coding: ClassCoding;
}

export interface Encoding {
  readonly task: Task;
  readonly scale: Scale;
  readonly features: readonly FeatureEncoding[];
  readonly target: NumberTarget | ClassTarget;
}

/** The names of the network's inputs, in order: `age`, and `island=Biscoe` for a category. */
export function inputNames({ features }: Encoding): string[] {
  return features.flatMap((feature) =>
    feature.kind === 'number' ? [feature.name] : feature.values.map((value) => `${feature.name}=${value}`),
  );
}

/** What fills a feature's gaps, for people: `44.5`, `"male"`. */
export function showFill({ fill }: FeatureEncoding): string {
  return typeof fill === 'string' ? `"${fill}"` : String(fill);
}

/** What is subtracted, and what is divided by. */
export function affine(scaling: Scaling): [offset: number, divisor: number] {
  if (scaling === 'none') return [0, 1];
  if ('std' in scaling) return [scaling.mean, scaling.std || 1];
  return [scaling.min, scaling.max - scaling.min || 1];
}

/** How a cell becomes a feature's inputs. */
interface CellWriter {
  /** How many inputs. */
  readonly width: number;
  /** Writes the inputs from `at` on, zeros so far; false where the cell has no code. */
  write(cell: string | undefined, out: Float64Array, at: number): boolean;
}

function numberWriter({ scaling, fill }: NumberFeature): CellWriter {
  const [offset, divisor] = affine(scaling);
  return {
    width: 1,
    write(cell, out, at) {
      const value = cell === undefined ? fill : parseNumber(cell);
      if (value === undefined) return false;
      out[at] = (value - offset) / divisor;
      return true;
    },
  };
}

function categoryWriter({ of, values, fill }: CategoryFeature): CellWriter {
  const index = new Map(values.map((value, i) => [value, i]));
  return {
    width: values.length,
    write(cell, out, at) {
      const found = index.get(cell === undefined ? fill : canonical[of](cell));
      if (found === undefined) return false;
      out[at + found] = 1;
      return true;
    },
  };
}

/** Categories that training did not see, by feature. */
type Unknown = ReadonlyMap<string, { readonly rows: number; readonly example: string }>;

/** The inputs [rows, inputs] of the given rows; how many gaps each feature had, and which unknown categories. */
export function encodeInputs(
  { features }: Encoding,
  table: Table,
  rows: readonly number[],
): { inputs: Tensor; filled: ReadonlyMap<string, number>; unknown: Unknown } {
  const writers = features.map((feature) =>
    feature.kind === 'number' ? numberWriter(feature) : categoryWriter(feature),
  );
  const width = writers.reduce((sum, writer) => sum + writer.width, 0);
  const inputs = tensor([rows.length, width]);
  const filled = new Map<string, number>();
  const unknown = new Map<string, { rows: number; example: string }>();
  let at = 0;
  features.forEach(({ kind, name }, i) => {
    const { values } = findColumn(table, name, "the model's features");
    rows.forEach((row, r) => {
      const cell = values[row];
      if (cell === undefined) filled.set(name, (filled.get(name) ?? 0) + 1);
      if (writers[i].write(cell, inputs.data, r * width + at)) return;
      if (kind === 'number') failOnCell(table, row, name, cell!);
      const seen = unknown.get(name);
      unknown.set(name, { rows: (seen?.rows ?? 0) + 1, example: seen?.example ?? cell! });
    });
    at += writers[i].width;
  });
  return { inputs, filled, unknown };
}

/** A function from a cell to its class's index; undefined where it is none of the classes. */
export function classIndexer({ of, values }: ClassTarget): (cell: string) => number | undefined {
  const index = new Map(values.map((value, i) => [value, i]));
  return (cell) => index.get(canonical[of](cell));
}

/** The targets of the given rows, none of which lacks its cell: [rows, classes] or [rows, 1]. */
export function encodeTargets({ target }: Encoding, table: Table, rows: readonly number[]): Tensor {
  const { values } = findColumn(table, target.name, 'data.target');
  if (target.kind === 'number') {
    const [offset, divisor] = affine(target.scaling);
    const numbers = rows.map((row) => {
      const cell = values[row]!;
      return ((parseNumber(cell) ?? failOnCell(table, row, target.name, cell)) - offset) / divisor;
    });
    return tensor([rows.length, 1], numbers);
  }
  const indexOf = classIndexer(target);
  const width = target.coding === 'oneHot' ? target.values.length : 1;
  const targets = tensor([rows.length, width]);
  rows.forEach((row, r) => {
    const cell = values[row]!;
    const found = indexOf(cell);
    if (found === undefined) {
      fail({
        what: `${quote(cell)} is none of the model's classes`,
        where: cellPlace(table, row, target.name),
        mend: `They are: ${target.values.join(', ')}. Correct the cell, or empty it to leave the row out.`,
      });
    }
    if (target.coding === 'oneHot') targets.data[r * width + found] = 1;
    else targets.data[r] = target.coding === 'sign' ? 2 * found - 1 : found;
  });
  return targets;
}

const rowsHave = (rows: number) => `${count(rows, 'row')} ${rows === 1 ? 'has' : 'have'}`;

/** What to say of categories that training did not see. */
export function unknownWarnings(unknown: Unknown): string[] {
  return Array.from(
    unknown,
    ([name, { rows, example }]) =>
      `"${name}": ${rowsHave(rows)} a category that training did not see (${quote(example)}); all of its inputs are 0.`,
  );
}

export interface EncodedRows {
  /** [rows, inputs] */
  readonly inputs: Tensor;
  /** [rows, classes] or [rows, 1], in training units; there if asked for. */
  readonly targets?: Tensor;
  /** Which of the table's rows these are, from 0. */
  readonly rows: readonly number[];
  readonly warnings: readonly string[];
}

/**
 * A table's rows as the model takes them. Columns are found by name, others are passed over. Gaps are filled as learned
 * in training and categories that training did not see count as none of its own, both with a warning. With `targets`,
 * rows without one are left out.
 *
 * Throws an InputError where a column is not there, a cell is text where a number belongs, a class is not the model's,
 * or no row has a target.
 */
export function encodeRows(
  encoding: Encoding,
  table: Table,
  { targets = false }: { readonly targets?: boolean } = {},
): EncodedRows {
  const warnings: string[] = [];
  let rows = Array.from({ length: table.rows }, (_, row) => row);
  if (targets) {
    const { name, values } = findColumn(table, encoding.target.name, "the model's target");
    rows = rows.filter((row) => values[row] !== undefined);
    if (rows.length < table.rows)
      warnings.push(`${count(table.rows - rows.length, 'row')} without "${name}" left out.`);
    if (rows.length === 0) {
      fail({
        what: `no row has a "${name}"`,
        where: tablePlace(table),
        mend: 'Give labelled rows, or ask for predictions instead.',
      });
    }
  }
  const { inputs, filled, unknown } = encodeInputs(encoding, table, rows);
  for (const feature of encoding.features) {
    const gaps = filled.get(feature.name);
    if (gaps) warnings.push(`"${feature.name}": ${rowsHave(gaps)} a gap, filled with ${showFill(feature)}.`);
  }
  warnings.push(...unknownWarnings(unknown));
  return { inputs, targets: targets ? encodeTargets(encoding, table, rows) : undefined, rows, warnings };
}
