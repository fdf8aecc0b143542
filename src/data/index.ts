/** `chainrule/data`: tables, and their way into and out of a network. */

export { decode, type OutputKind, type Predictions } from './encode/decode.ts';
export { type Encoding, inputNames } from './encode/encoding.ts';
export type { CategoryFeature } from './encode/features/category.ts';
export type { DateFeature } from './encode/features/date.ts';
export type { IndexFeature } from './encode/features/embedded.ts';
export type { FeatureEncoding } from './encode/features/index.ts';
export type { NumberFeature } from './encode/features/number.ts';
export { type EncodedRows, encodeRows } from './encode/rows.ts';
export type { Scale, Scaling } from './encode/scaling.ts';
export type { ClassCoding, ClassTarget, NumbersTarget, NumberTarget } from './encode/targets/stored-target.ts';
export type { Task } from './encode/task.ts';
export { toUnits } from './encode/units.ts';
export { type DataOptions, type Prepared, type PreparedSplit, prepareTable } from './prepare/prepare.ts';
export { writeCsv } from './read/csv/writer.ts';
export { readTableFile, readTableText } from './read/file.ts';
export type { ReadLimits } from './read/limits.ts';
export { type Cell, type ReadOptions, readTable } from './read/read.ts';
export { readTableParts, readTableStream, type StreamOptions } from './read/stream.ts';
export { type Split, type SplitOptions, splitRows } from './split/split.ts';
export { type ColumnDescription, describe, type TableDescription } from './table/describe.ts';
export { type MarkLists, type MissingOptions, missingMarks } from './table/missing-marks.ts';
export type { Column, LeftOut, Table } from './table/table.ts';
