/** Rows of a table as a network's inputs, targets and weights, under an encoding. */
import { aBoolean, aText, checkCall, kind, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { checkWeights } from '../inline/inline.ts';
import { canonical, cellsOf, failOnCell } from '../table/columns.ts';
import { cellsAs } from '../table/reading.ts';
import { countWhere, type Numbers, type RowStream, range } from '../table/rows.ts';
import { aTable, cellPlace, columnPlace, findColumn, type Table, tablePlace } from '../table/table.ts';
import { anEncoding } from './an-encoding.ts';
import { type Encoding, inputWidth, targetWidth, transformOf } from './encoding.ts';
import { Findings, type RowFindings, type UnknownCategories } from './findings.ts';
import { checkAllKept } from './stored.ts';
import { targetKindOf } from './targets/index.ts';
import { targetReadings } from './targets/stored-target.ts';
import { cellWriter, transformWidth } from './transform.ts';

/**
 * Writes the inputs of the given rows into `out` [rows, inputs], zeros so far: row `rows[i]` goes to row `positions[i]` of
 * `out` (default i). Returns the missing values that were filled, and the unknown categories.
 */
function writeInputs(
  encoding: Encoding,
  table: Table,
  rows: ArrayLike<number>,
  out: Numbers,
  positions?: ArrayLike<number>,
): RowFindings {
  const width = inputWidth(encoding);
  const filled = new Map<string, number>();
  const unknown = new Map<string, { rows: number; example: string }>();
  let at = 0;
  for (const feature of encoding.features) {
    const { name } = feature;
    const transform = transformOf(feature);
    const column = findColumn(table, name, "the model's features");
    if (transform.cell === 'category') checkAllKept(table, column, transform.of);
    const cells = cellsAs(column, feature.reading);
    const write = cellWriter(transform);
    let missing = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const outcome = write(cells, row, out, (positions === undefined ? i : positions[i]) * width + at);
      if (outcome === 'missing') missing++;
      if (outcome !== 'unknown') continue;
      const cell = cells.text(row)!;
      if (transform.cell !== 'category') {
        failOnCell(table, row, name, cell, undefined, {
          among: transform.cell === 'date' ? 'dates' : 'numbers',
          spelling: feature.reading,
        });
      }
      const seen = unknown.get(name);
      unknown.set(name, { rows: (seen?.rows ?? 0) + 1, example: seen?.example ?? cell });
    }
    if (missing > 0) filled.set(name, missing);
    at += transformWidth(transform);
  }
  return { filled, unknown };
}

/** The categories of the given rows that training did not see, without encoding anything. */
export function unknownIn({ features }: Encoding, table: Table, rows: ArrayLike<number>): UnknownCategories {
  const unknown = new Map<string, { rows: number; example: string }>();
  for (const feature of features) {
    const transform = transformOf(feature);
    if (transform.cell !== 'category') continue;
    const { of, values } = transform;
    const cells = cellsAs(findColumn(table, feature.name, "the model's features"), feature.reading);
    const known = new Set(values);
    const isUnknown = (row: number) => cells.has(row) && !known.has(canonical[of](cells.text(row)!));
    const found = countWhere(rows, isUnknown);
    if (found === 0) continue;
    const first = Array.prototype.find.call(rows, isUnknown) as number;
    unknown.set(feature.name, { rows: found, example: cells.text(first)! });
  }
  return unknown;
}

/** The inputs [rows, inputs] of the given rows, with the findings. */
export function encodeInputs(encoding: Encoding, table: Table, rows: ArrayLike<number>) {
  const inputs = tensor([rows.length, inputWidth(encoding)]);
  return { inputs, ...writeInputs(encoding, table, rows, inputs.data) };
}

/** Writes the targets of the given rows, none of which lacks its cell, into `out`; positions as in `writeInputs`. */
function writeTargets(
  { target }: Encoding,
  table: Table,
  rows: ArrayLike<number>,
  out: Numbers,
  positions?: ArrayLike<number>,
): void {
  targetKindOf(target).write(target, table, rows, out, (i) => (positions === undefined ? i : positions[i]));
}

/** The targets of the given rows, none of which lacks its cell: [rows, classes], or [rows, columns] of numbers. */
export function encodeTargets(encoding: Encoding, table: Table, rows: ArrayLike<number>): Tensor {
  const targets = tensor([rows.length, targetWidth(encoding)]);
  writeTargets(encoding, table, rows, targets.data);
  return targets;
}

/**
 * The weights [rows, 1] of the given rows, from a column of numbers of at least 0. Throws an InputError if a cell is
 * not such a number, and where all are 0.
 */
export function readWeights(table: Table, name: string, rows: ArrayLike<number>): Tensor {
  const cells = cellsOf(findColumn(table, name, ['data', 'weights']));
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
      fix: 'Enter a weight of at least 0 for the row.',
    });
  }
  checkWeights(weights.data, (i) => cellPlace(table, rows[i], name), columnPlace(table, name));
  return weights;
}

/** The rows of a table that have a target. Throws an InputError if none has. */
function labelledRows({ target }: Encoding, table: Table): Uint32Array {
  const columns = targetReadings(target).map(({ name, reading }) =>
    cellsAs(findColumn(table, name, "the model's target"), reading),
  );
  // column by column: a file keeps the cells of a column together
  const rows = columns.reduce((left, cells) => left.filter((row) => cells.has(row)), range(table.rows));
  if (rows.length === 0) {
    fail({
      what: `no row has a value for "${target.name}"`,
      where: tablePlace(table),
      fix: 'Pass labelled rows, or predict instead of evaluating.',
    });
  }
  return rows;
}

/** Rows of a table as a stream, encoded when they are read; with `findings`, each row must be read once. */
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

/** The labelled rows of a large table as a stream, with the first of them, and the findings as they are read. */
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
  /** [rows, classes] or [rows, 1], in training units, where they were requested. */
  readonly targets?: Tensor;
  /** [rows, 1], where a column of weights was named. */
  readonly weights?: Tensor;
  /** The indices of these rows in the table, from 0. */
  readonly rows: readonly number[];
  readonly warnings: readonly string[];
}

const rowOptions = record({
  targets: optional(aBoolean),
  weights: optional(aText),
  findings: optional(kind('findings', (value: object) => value instanceof Findings)),
});

/**
 * A table's rows as the model takes them. Columns are found by name, and others are ignored. Missing values are filled
 * as learned in training, and a category that training did not see gets zeros, both with a warning. With `targets`,
 * rows without one are left out. With `findings`, the warnings are collected there instead.
 *
 * Throws an InputError if a column is missing, a cell is text where a number belongs, a class is not the model's, or no
 * row has a target.
 */
export function encodeRows(
  encoding: Encoding,
  table: Table,
  options: { readonly targets?: boolean; readonly weights?: string; readonly findings?: Findings } = {},
): EncodedRows {
  checkCall('encodeRows(encoding, table, { targets, weights })', {
    encoding: [encoding, anEncoding],
    table: [table, aTable],
    options: [options, rowOptions],
  });
  const { targets = false, weights, findings } = options;
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
