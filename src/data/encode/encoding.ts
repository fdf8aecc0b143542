/**
 * The way from a table's columns to a network's numbers, as plain JSON that is stored in the model: features scaled or
 * one-hot, gaps filled, classes and units of the target. Learned by `fit.ts`; `decode.ts` is the way back.
 */
import { fail, listNames } from '../../base/errors.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { checkWeights } from '../inline.ts';
import { type CellKind, canonical, cellsOf, failOnCell, profile } from '../table/columns.ts';
import { countWhere, type Numbers, type RowStream, range } from '../table/rows.ts';
import { type Cells, type Column, cellPlace, columnPlace, findColumn, type Table, tablePlace } from '../table/table.ts';
import { count, firstOf, quote } from '../words.ts';
import { type Cycle, onCircle, phaseOf, showDate } from './dates.ts';
import type { Task } from './task.ts';

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

/** One input, for an embedding: 1 and on for the values, 0 for a category that training did not see. */
export interface IndexFeature extends Omit<CategoryFeature, 'kind'> {
  readonly kind: 'index';
}

/** Days since 1970-01-01, and sine and cosine of the phase in each cycle, in this order. */
export interface DateFeature {
  readonly kind: 'date';
  readonly name: string;
  /** Of the days. */
  readonly scaling: Scaling;
  readonly cycles: readonly Cycle[];
  /** What stands in for a missing cell, in days. */
  readonly fill: number;
}

export type FeatureEncoding = NumberFeature | CategoryFeature | IndexFeature | DateFeature;

export interface NumberTarget {
  readonly kind: 'number';
  readonly name: string;
  readonly scaling: Scaling;
}

/** Several columns of numbers, each scaled by itself: an output for each. */
export interface NumbersTarget {
  readonly kind: 'numbers';
  /** All names, for people. */
  readonly name: string;
  readonly columns: readonly NumberTarget[];
}

/** The columns that a target is in. */
export const targetColumns = (target: Encoding['target']): readonly string[] =>
  target.kind === 'numbers' ? target.columns.map(({ name }) => name) : [target.name];

/** The columns of numbers of a target; none of classes. */
export function numbersOf(target: Encoding['target']): readonly NumberTarget[] {
  if (target.kind === 'numbers') return target.columns;
  return target.kind === 'number' ? [target] : [];
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
  readonly target: NumberTarget | NumbersTarget | ClassTarget;
}

/** The names of the network's inputs, in order: `age`, and `island=Biscoe` for a category. */
export function inputNames({ features }: Encoding): string[] {
  return features.flatMap((feature) => {
    const { name } = feature;
    if (feature.kind === 'category') return feature.values.map((value) => `${name}=${value}`);
    if (feature.kind !== 'date') return [name];
    return [name, ...feature.cycles.flatMap((cycle) => [`${name} ${cycle} sin`, `${name} ${cycle} cos`])];
  });
}

/** The inputs that are indices: which, and how many indices there are, that of unknown categories included. */
export function indexInputs({ features }: Encoding): { readonly input: number; readonly size: number }[] {
  let input = 0;
  return features.flatMap((feature) => {
    const at = input;
    input += writerOf(feature).width;
    return feature.kind === 'index' ? [{ input: at, size: feature.values.length + 1 }] : [];
  });
}

/** What fills a feature's gaps, for people: `44.5`, `"male"`. */
export function showFill({ kind, fill }: FeatureEncoding): string {
  if (kind === 'date') return showDate(fill as number);
  return typeof fill === 'string' ? `"${fill}"` : String(fill);
}

/** What is subtracted, and what is divided by. */
export function affine(scaling: Scaling): [offset: number, divisor: number] {
  if (scaling === 'none') return [0, 1];
  if ('std' in scaling) return [scaling.mean, scaling.std || 1];
  return [scaling.min, scaling.max - scaling.min || 1];
}

/** What became of a cell: it was there, its gap was filled, or it has no code. */
type Written = 'cell' | 'gap' | 'unknown';

/** How a cell becomes a feature's inputs. */
interface CellWriter {
  /** How many inputs. */
  readonly width: number;
  /** Writes the inputs of a row from `at` on, zeros so far. */
  write(cells: Cells, row: number, out: Numbers, at: number): Written;
}

function numberWriter({ scaling, fill }: NumberFeature): CellWriter {
  const [offset, divisor] = affine(scaling);
  return {
    width: 1,
    write(cells, row, out, at) {
      const value = cells.number(row);
      if (!Number.isNaN(value)) {
        out[at] = (value - offset) / divisor;
        return 'cell';
      }
      if (cells.has(row)) return 'unknown';
      out[at] = (fill - offset) / divisor;
      return 'gap';
    },
  };
}

function categoryWriter({ of, values, fill }: CategoryFeature): CellWriter {
  const index = new Map(values.map((value, i) => [value, i]));
  return {
    width: values.length,
    write(cells, row, out, at) {
      const cell = cells.text(row);
      const found = index.get(cell === undefined ? fill : canonical[of](cell));
      if (found === undefined) return 'unknown';
      out[at + found] = 1;
      return cell === undefined ? 'gap' : 'cell';
    },
  };
}

function indexWriter({ of, values, fill }: IndexFeature): CellWriter {
  const index = new Map(values.map((value, i) => [value, i + 1]));
  return {
    width: 1,
    write(cells, row, out, at) {
      const cell = cells.text(row);
      const found = index.get(cell === undefined ? fill : canonical[of](cell));
      out[at] = found ?? 0;
      if (found === undefined) return 'unknown';
      return cell === undefined ? 'gap' : 'cell';
    },
  };
}

function dateWriter({ scaling, cycles, fill }: DateFeature): CellWriter {
  const [offset, divisor] = affine(scaling);
  return {
    width: 1 + 2 * cycles.length,
    write(cells, row, out, at) {
      let days = cells.date(row);
      const isGap = Number.isNaN(days);
      if (isGap) {
        if (cells.has(row)) return 'unknown';
        days = fill;
      }
      out[at] = (days - offset) / divisor;
      cycles.forEach((cycle, k) => {
        [out[at + 1 + 2 * k], out[at + 2 + 2 * k]] = onCircle(phaseOf(days, cycle));
      });
      return isGap ? 'gap' : 'cell';
    },
  };
}

function writerOf(feature: FeatureEncoding): CellWriter {
  switch (feature.kind) {
    case 'number':
      return numberWriter(feature);
    case 'category':
      return categoryWriter(feature);
    case 'index':
      return indexWriter(feature);
    case 'date':
      return dateWriter(feature);
  }
}

/** Complains of a large table's column whose texts are not all kept, so that which categories or classes they are is lost. */
function checkKept(table: Table, column: Column, of: CellKind): void {
  const { kind, many, counts } = profile(column);
  // a number is its own text
  if (!many || (kind === 'number' && of === 'number')) return;
  fail({
    what: `there are more than ${counts.size} different values, and of so large a table no more are kept`,
    where: columnPlace(table, column.name),
    fix: 'Give fewer rows at a time.',
  });
}

/** Categories that training did not see, by feature. */
type Unknown = ReadonlyMap<string, { readonly rows: number; readonly example: string }>;

const writersOf = ({ features }: Encoding): CellWriter[] => features.map(writerOf);

/** How many numbers a row's inputs are. */
export const inputWidth = (encoding: Encoding): number =>
  writersOf(encoding).reduce((sum, { width }) => sum + width, 0);

/**
 * Writes the inputs of the given rows into `out` [rows, inputs], zeros so far: row `rows[i]` into place `places[i]` (default
 * i). Tells how many gaps each feature had, and which unknown categories.
 */
function writeInputs(
  encoding: Encoding,
  table: Table,
  rows: ArrayLike<number>,
  out: Numbers,
  places?: ArrayLike<number>,
): { filled: ReadonlyMap<string, number>; unknown: Unknown } {
  const writers = writersOf(encoding);
  const width = writers.reduce((sum, writer) => sum + writer.width, 0);
  const filled = new Map<string, number>();
  const unknown = new Map<string, { rows: number; example: string }>();
  let at = 0;
  encoding.features.forEach((feature, f) => {
    const { kind, name } = feature;
    const column = findColumn(table, name, "the model's features");
    if ('of' in feature) checkKept(table, column, feature.of);
    const cells = cellsOf(column);
    const writer = writers[f];
    let gaps = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const written = writer.write(cells, row, out, (places === undefined ? i : places[i]) * width + at);
      if (written === 'gap') gaps++;
      if (written !== 'unknown') continue;
      const cell = cells.text(row)!;
      if (kind === 'number' || kind === 'date')
        failOnCell(table, row, name, cell, undefined, kind === 'date' ? 'dates' : 'numbers');
      const seen = unknown.get(name);
      unknown.set(name, { rows: (seen?.rows ?? 0) + 1, example: seen?.example ?? cell });
    }
    if (gaps > 0) filled.set(name, gaps);
    at += writer.width;
  });
  return { filled, unknown };
}

/** The categories of rows that training did not see, without writing anything. */
export function unknownIn({ features }: Encoding, table: Table, rows: ArrayLike<number>): Unknown {
  const unknown = new Map<string, { rows: number; example: string }>();
  for (const feature of features) {
    if (feature.kind === 'number' || feature.kind === 'date') continue;
    const { name, of, values } = feature;
    const cells = cellsOf(findColumn(table, name, "the model's features"));
    const known = new Set(values);
    const isUnknown = (row: number) => cells.has(row) && !known.has(canonical[of](cells.text(row)!));
    const found = countWhere(rows, isUnknown);
    if (found === 0) continue;
    const first = Array.prototype.find.call(rows, isUnknown) as number;
    unknown.set(name, { rows: found, example: cells.text(first)! });
  }
  return unknown;
}

/** The inputs [rows, inputs] of the given rows; how many gaps each feature had, and which unknown categories. */
export function encodeInputs(encoding: Encoding, table: Table, rows: ArrayLike<number>) {
  const inputs = tensor([rows.length, inputWidth(encoding)]);
  return { inputs, ...writeInputs(encoding, table, rows, inputs.data) };
}

/** A function from a cell to its class's index; undefined where it is none of the classes. */
export function classIndexer({ of, values }: ClassTarget): (cell: string) => number | undefined {
  const index = new Map(values.map((value, i) => [value, i]));
  return (cell) => index.get(canonical[of](cell));
}

/** How many numbers a row's targets are. */
export function targetWidth({ target }: Encoding): number {
  if (target.kind === 'numbers') return target.columns.length;
  return target.kind === 'classes' && target.coding === 'oneHot' ? target.values.length : 1;
}

/** Complains of a cell that is none of the classes. */
export function failOnClass(table: Table, row: number, { name, values }: ClassTarget, cell: string): never {
  fail({
    what: `${quote(cell)} is none of the model's classes`,
    where: cellPlace(table, row, name),
    fix: `They are: ${listNames(values)}. Correct the cell, or empty it to leave the row out.`,
  });
}

/** Writes the targets of the given rows, none of which lacks its cell, into `out`, zeros so far; places as `writeInputs`. */
function writeTargets(
  encoding: Encoding,
  table: Table,
  rows: ArrayLike<number>,
  out: Numbers,
  places?: ArrayLike<number>,
): void {
  const { target } = encoding;
  const placeOf = (i: number) => (places === undefined ? i : places[i]);
  if (target.kind !== 'classes') {
    const columns = numbersOf(target);
    columns.forEach(({ name, scaling }, k) => {
      const cells = cellsOf(findColumn(table, name, 'data.target'));
      const [offset, divisor] = affine(scaling);
      for (let i = 0; i < rows.length; i++) {
        const value = cells.number(rows[i]);
        if (Number.isNaN(value)) failOnCell(table, rows[i], name, cells.text(rows[i])!);
        out[placeOf(i) * columns.length + k] = (value - offset) / divisor;
      }
    });
    return;
  }
  const column = findColumn(table, target.name, 'data.target');
  checkKept(table, column, target.of);
  const cells = cellsOf(column);
  const indexOf = classIndexer(target);
  const width = targetWidth(encoding);
  for (let i = 0; i < rows.length; i++) {
    const cell = cells.text(rows[i])!;
    const found = indexOf(cell);
    if (found === undefined) failOnClass(table, rows[i], target, cell);
    if (target.coding === 'oneHot') out[placeOf(i) * width + found] = 1;
    else out[placeOf(i)] = target.coding === 'sign' ? 2 * found - 1 : found;
  }
}

/** The targets of the given rows, none of which lacks its cell: [rows, classes], or [rows, columns] of numbers. */
export function encodeTargets(encoding: Encoding, table: Table, rows: ArrayLike<number>): Tensor {
  const targets = tensor([rows.length, targetWidth(encoding)]);
  writeTargets(encoding, table, rows, targets.data);
  return targets;
}

/**
 * The weights [rows, 1] of the given rows, in a column of numbers of at least 0.
 * Throws an InputError where a cell is not such a number, and where all are 0.
 */
export function readWeights(table: Table, name: string, rows: ArrayLike<number>): Tensor {
  const cells = cellsOf(findColumn(table, name, 'data.weights'));
  const weights = tensor([rows.length, 1]);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    weights.data[i] = cells.number(row);
    if (!Number.isNaN(weights.data[i])) continue;
    const cell = cells.text(row);
    if (cell !== undefined) failOnCell(table, row, name, cell);
    fail({
      what: 'the weight is missing',
      where: cellPlace(table, row, name),
      fix: 'Write how much the row counts: a number of at least 0.',
    });
  }
  checkWeights(weights.data, (i) => cellPlace(table, rows[i], name), columnPlace(table, name));
  return weights;
}

const rowsHave = (rows: number) => `${count(rows, 'row')} ${rows === 1 ? 'has' : 'have'}`;

/** What to say of categories that training did not see. */
export function unknownWarnings(unknown: Unknown, { features }: Encoding): string[] {
  const indices = new Set(features.filter(({ kind }) => kind === 'index').map(({ name }) => name));
  const warnings = Array.from(
    unknown,
    ([name, { rows, example }]) =>
      `"${name}": ${rowsHave(rows)} a category that training did not see (${quote(example)}); ${indices.has(name) ? 'its index is 0' : 'all of its inputs are 0'}.`,
  );
  return firstOf(warnings);
}

/** What was found in rows that a model was given, part by part: gaps, categories that training did not see. */
export class Findings {
  private readonly filled = new Map<string, number>();
  private readonly unknown = new Map<string, { rows: number; example: string }>();
  private unlabelled = 0;

  add({ filled, unknown }: ReturnType<typeof writeInputs>, unlabelled = 0): void {
    for (const [name, gaps] of filled) this.filled.set(name, (this.filled.get(name) ?? 0) + gaps);
    for (const [name, { rows, example }] of unknown) {
      const seen = this.unknown.get(name);
      this.unknown.set(name, { rows: (seen?.rows ?? 0) + rows, example: seen?.example ?? example });
    }
    this.unlabelled += unlabelled;
  }

  warnings(encoding: Encoding): string[] {
    const { features, target } = encoding;
    const gaps = features.flatMap((feature) => {
      const found = this.filled.get(feature.name);
      return found ? [`"${feature.name}": ${rowsHave(found)} a gap, filled with ${showFill(feature)}.`] : [];
    });
    const without = this.unlabelled > 0 ? [`${count(this.unlabelled, 'row')} without "${target.name}" left out.`] : [];
    return [...without, ...firstOf(gaps), ...unknownWarnings(this.unknown, encoding)];
  }
}

/** The rows of a table that have a target. Throws an InputError where none has. */
function labelledRows({ target }: Encoding, table: Table): Uint32Array {
  const columns = targetColumns(target).map((name) => cellsOf(findColumn(table, name, "the model's target")));
  // column by column: of a table in a file, a column's cells stand together
  const rows = columns.reduce((left, cells) => left.filter((row) => cells.has(row)), range(table.rows));
  if (rows.length === 0) {
    fail({
      what: `no row has a "${target.name}"`,
      where: tablePlace(table),
      fix: 'Give labelled rows, or ask for predictions instead.',
    });
  }
  return rows;
}

/** Rows of a table as a stream, encoded when they are asked for; with `findings`, each row must be read once. */
export function streamRows(encoding: Encoding, table: Table, rows: Uint32Array, findings?: Findings): RowStream {
  return {
    rows: rows.length,
    read(positions, inputs, targets, places) {
      const own = Uint32Array.from(positions, (position) => rows[position]);
      const found = writeInputs(encoding, table, own, inputs, places);
      findings?.add(found);
      writeTargets(encoding, table, own, targets, places);
    },
  };
}

/** The labelled rows of a large table as a stream, with the first of them, and what is found in them as they are read. */
export function streamLabelled(encoding: Encoding, table: Table, weights?: string) {
  const findings = new Findings();
  const rows = labelledRows(encoding, table);
  const first = rows.subarray(0, 1);
  findings.add({ filled: new Map(), unknown: new Map() }, table.rows - rows.length);
  return {
    inputs: encodeInputs(encoding, table, first).inputs,
    targets: encodeTargets(encoding, table, first),
    ...(weights !== undefined && { weights: readWeights(table, weights, rows) }),
    stream: streamRows(encoding, table, rows, findings),
    findings,
  };
}

export interface EncodedRows {
  /** [rows, inputs] */
  readonly inputs: Tensor;
  /** [rows, classes] or [rows, 1], in training units; there if asked for. */
  readonly targets?: Tensor;
  /** [rows, 1], where a column of them was named. */
  readonly weights?: Tensor;
  /** Which of the table's rows these are, from 0. */
  readonly rows: readonly number[];
  readonly warnings: readonly string[];
}

/**
 * A table's rows as the model takes them. Columns are found by name, others are passed over. Gaps are filled as learned
 * in training and categories that training did not see count as none of its own, both with a warning. With `targets`,
 * rows without one are left out. With `findings`, what would be warned of is added there instead.
 *
 * Throws an InputError where a column is not there, a cell is text where a number belongs, a class is not the model's,
 * or no row has a target.
 */
export function encodeRows(
  encoding: Encoding,
  table: Table,
  {
    targets = false,
    weights,
    findings,
  }: { readonly targets?: boolean; readonly weights?: string; readonly findings?: Findings } = {},
): EncodedRows {
  const rows = targets ? labelledRows(encoding, table) : range(table.rows);
  const { inputs, ...found } = encodeInputs(encoding, table, rows);
  const own = findings ?? new Findings();
  own.add(found, table.rows - rows.length);
  return {
    inputs,
    targets: targets ? encodeTargets(encoding, table, rows) : undefined,
    ...(weights !== undefined && { weights: readWeights(table, weights, rows) }),
    rows: Array.from(rows),
    warnings: findings === undefined ? own.warnings(encoding) : [],
  };
}
