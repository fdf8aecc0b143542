/** `chainrule/data`: tables, and their way into and out of a network. */
export { writeCsv } from './csv.ts';
export { decode, type OutputKind, type Predictions, toUnits } from './decode.ts';
export { type ColumnDescription, describe, type TableDescription } from './describe.ts';
export {
  type CategoryFeature,
  type ClassCoding,
  type ClassTarget,
  type EncodedRows,
  type Encoding,
  encodeRows,
  type FeatureEncoding,
  type IndexFeature,
  inputNames,
  type NumberFeature,
  type NumbersTarget,
  type NumberTarget,
  type Scale,
  type Scaling,
} from './encoding.ts';
export { readTableFile, readTableText } from './file.ts';
export type { ReadLimits } from './limits.ts';
export { type DataOptions, type Prepared, type PreparedPart, prepareTable } from './prepare.ts';
export { type Cell, missingMarks, type ReadOptions, readTable } from './read.ts';
export { type Split, type SplitOptions, splitRows } from './split.ts';
export { readTableParts, readTableStream, type StreamOptions } from './stream.ts';
export type { Column, Table } from './table.ts';
export type { Task } from './task.ts';
