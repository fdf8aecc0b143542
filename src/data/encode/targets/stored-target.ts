/** A target as a model stores it, and what its stored form says without its table. */
import { choice, fields, list, type Reader } from '../../../base/readers.ts';
import type { CellKind } from '../../table/columns.ts';
import type { ColumnReading } from '../../table/reading.ts';
import { columnFields, columnName } from '../column-fields.ts';
import { readScaling, type Scaling } from '../scaling.ts';

export interface NumberTarget {
  readonly kind: 'number';
  readonly name: string;
  readonly reading?: ColumnReading;
  readonly scaling: Scaling;
}

/** Several numeric columns, each scaled by itself: one output for each. */
export interface NumbersTarget {
  readonly kind: 'numbers';
  /** All names, for people. */
  readonly name: string;
  readonly columns: readonly NumberTarget[];
}

/**
 * How classes become targets: `oneHot` [n, classes]; for two classes and one output also `binary` (0 for the first
 * class, 1 for the second) and `sign` (-1 and 1), both [n, 1].
 */
export type ClassCoding = 'oneHot' | 'binary' | 'sign';

export interface ClassTarget {
  readonly kind: 'classes';
  readonly name: string;
  readonly reading?: ColumnReading;
  readonly of: CellKind;
  /** Sorted, in canonical form; the index of a class is its position here. */
  readonly values: readonly string[];
  readonly coding: ClassCoding;
}

/** A target of an encoding, of whatever kind. */
export type TargetEncoding = NumberTarget | NumbersTarget | ClassTarget;

export const readNumberTarget: Reader<NumberTarget> = fields({
  kind: choice(['number']),
  ...columnFields,
  scaling: readScaling,
});

export const readNumbersTarget: Reader<NumbersTarget> = fields({
  kind: choice(['numbers']),
  name: columnName,
  columns: list(readNumberTarget, 1),
});

/** The columns that a target is in, and how training read each. */
export const targetReadings = (target: TargetEncoding): readonly Pick<NumberTarget, 'name' | 'reading'>[] =>
  'columns' in target ? target.columns : [target];

/** The names of the columns that a target is in. */
export const targetColumns = (target: TargetEncoding): readonly string[] =>
  targetReadings(target).map(({ name }) => name);

/** The target, where it is the classes of a column. */
export const classesOf = (target: TargetEncoding): ClassTarget | undefined => ('coding' in target ? target : undefined);

/** The target, where it is several numeric columns. */
export const columnsOf = (target: TargetEncoding): NumbersTarget | undefined =>
  'columns' in target ? target : undefined;

/** The numeric columns of a target; none for classes. */
export function numbersOf(target: TargetEncoding): readonly NumberTarget[] {
  if ('columns' in target) return target.columns;
  return 'scaling' in target ? [target] : [];
}
