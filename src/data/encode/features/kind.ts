/** The interface of a kind of feature. Each kind is defined in its own file; `index.ts` lists the kinds. */
import { fail } from '../../../base/errors.ts';
import type { Reader } from '../../../base/readers.ts';
import { cellsOf, type Profile } from '../../table/columns.ts';
import type { ColumnReading } from '../../table/reading.ts';
import { some } from '../../table/rows.ts';
import { type Column, columnPlace, type Table } from '../../table/table.ts';
import type { Scale } from '../scaling.ts';
import type { CellTransform } from '../transform.ts';

/** A feature as a model stores it: plain JSON, learned from the training split. */
export interface StoredFeature {
  /** The name of its kind. */
  readonly kind: string;
  /** The name of its column. */
  readonly name: string;
  /** How the column was read, where that differs from the usual. */
  readonly reading?: ColumnReading;
}

/** A column with the rows of the training split, at least one of which has a value. */
export interface TrainingColumn {
  readonly table: Table;
  readonly column: Column;
  readonly profile: Profile;
  readonly rows: ArrayLike<number>;
  readonly scale: Scale;
}

/** The options of `data` that list columns by the kind of feature that they become. */
export interface KindOptions {
  /** Columns to encode as categories although their cells (or most of them) are numbers. */
  readonly categories?: readonly string[] | undefined;
  /** Columns to encode as category indices, for an embedding as the first layer. */
  readonly embed?: readonly string[] | undefined;
}

/** A kind of feature as a model uses it. */
export interface FeatureKind<F extends StoredFeature = StoredFeature> {
  /** `kind` in the stored form. */
  readonly name: F['kind'];
  /** Reads the stored form, as a model file has it. Keys that it does not name are dropped. */
  readonly read: Reader<F>;
  /** The transform of a cell. */
  transform(feature: F): CellTransform;
  /** The names of its inputs, in order. */
  inputNames(feature: F): readonly string[];
}

/** How a kind of feature is chosen for a column and learned from it, and how people are told. Predicting does without. */
export interface FeatureLearner<F extends StoredFeature = StoredFeature> {
  readonly kind: FeatureKind<F>;
  /** The types of cells that select this kind by default. */
  readonly takes: readonly Profile['kind'][];
  /** The option that lists columns to encode as this kind, with any cells. */
  readonly option?: keyof KindOptions;
  /** Learns the stored form. */
  fit(column: TrainingColumn): F;
  /** The rule by which `fit` learns the fill value: "median". */
  readonly fillRule: string;
  /** A description of the encoding of a column, before it is fitted. */
  preview(column: Column, profile: Profile): string;
  /** The stored form in words; `number` writes a number as short as the page shows it. */
  describe(feature: F, number: (value: number) => string): string;
  /** Warnings about a column, before it is fitted. */
  warnings?(column: Column, profile: Profile): readonly string[];
}

/** Throws an InputError if no row of the training split has a value. */
export function checkSomePresent({ column, rows, table }: TrainingColumn): void {
  const cells = cellsOf(column);
  if (some(rows, (row) => cells.has(row))) return;
  fail({
    what: 'every value in the training split is missing',
    where: columnPlace(table, column.name),
    fix: 'Leave the column out of the features.',
  });
}
