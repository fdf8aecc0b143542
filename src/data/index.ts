/** `chainrule/data`: tables, and their way into and out of a network. */

export { decode, type OutputKind, type Predictions, toUnits } from './encode/decode.ts';
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
} from './encode/encoding.ts';
export type { Task } from './encode/task.ts';
export { type DataOptions, type Prepared, type PreparedPart, prepareTable } from './prepare.ts';
export { writeCsv } from './read/csv.ts';
export { readTableFile, readTableText } from './read/file.ts';
export type { ReadLimits } from './read/limits.ts';
export { type Cell, missingMarks, type ReadOptions, readTable } from './read/read.ts';
export { readTableParts, readTableStream, type StreamOptions } from './read/stream.ts';
export { type Split, type SplitOptions, splitRows } from './split.ts';
export { type ColumnDescription, describe, type TableDescription } from './table/describe.ts';
export type { Column, Table } from './table/table.ts';
