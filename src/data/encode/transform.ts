/**
 * The transform of a cell to inputs, as data. A kind of feature states it once: encoding a table runs it, and the
 * exporters write it in other languages. The forms are few and closed; a kind of feature chooses among them.
 */
import { type CellKind, canonical, parseNumber } from '../table/columns.ts';
import type { Numbers } from '../table/rows.ts';
import type { Cells } from '../table/table.ts';
import { onCircle, phaseOf, showDate } from './dates.ts';
import { affine, type Scaling } from './scaling.ts';

/** A number, or a date as days since 1970-01-01: scaled, then its sine and cosine in each cycle. */
export interface NumericTransform {
  readonly cell: 'number' | 'date';
  /** Replaces a missing cell, in the column's units or in days. */
  readonly fill: number;
  /** Left out: the scaled value is not an input. */
  readonly scaling?: Scaling;
  /** The lengths of the cycles, in the column's units or in days. */
  readonly periods: readonly number[];
}

/**
 * A value among known ones. `oneHot`: an input for each value, 1 where the cell has that value and else 0; an unknown value
 * has zeros. `index`: one input, from 1 for the first value; an unknown value has 0.
 */
export interface CategoryTransform {
  readonly cell: 'category';
  readonly of: CellKind;
  /** In canonical form. */
  readonly values: readonly string[];
  /** Replaces a missing cell. */
  readonly fill: string;
  readonly code: 'oneHot' | 'index';
}

export type CellTransform = (NumericTransform | CategoryTransform) & {
  /** Texts that mark a missing value in addition to the usual ones, as training was told. Reading a table applies them. */
  readonly marks?: readonly string[];
};

/** The marks of a transform as values of its cells: numbers where the cells are numbers. */
export function markValues({ cell, marks = [], ...rest }: CellTransform): readonly (number | string)[] {
  const isText = cell === 'category' && 'of' in rest && rest.of !== 'number';
  if (isText || cell === 'date') return marks;
  return marks.map(parseNumber).filter((value) => value !== undefined);
}

/** The number of inputs for a cell. */
export function transformWidth(transform: CellTransform): number {
  if (transform.cell === 'category') return transform.code === 'oneHot' ? transform.values.length : 1;
  return (transform.scaling === undefined ? 0 : 1) + 2 * transform.periods.length;
}

/** The value that replaces a missing cell, for people: `44.5`, `2026-11-27`, `"male"`. */
export function showFill({ cell, fill }: CellTransform): string {
  if (cell === 'date') return showDate(fill);
  return cell === 'category' ? `"${fill}"` : String(fill);
}

/** The status of a cell: encoded, missing and filled, or an unknown value. */
export type CellOutcome = 'present' | 'missing' | 'unknown';

/** Writes the inputs of a row into `out` from `at` on, where zeros are. */
export type CellWriter = (cells: Cells, row: number, out: Numbers, at: number) => CellOutcome;

/** A function that runs a transform. */
export function cellWriter(transform: CellTransform): CellWriter {
  return transform.cell === 'category' ? categoryWriter(transform) : numericWriter(transform);
}

function numericWriter({ cell, fill, scaling, periods }: NumericTransform): CellWriter {
  const [offset, divisor] = affine(scaling ?? 'none');
  const first = scaling === undefined ? 0 : 1;
  return (cells, row, out, at) => {
    const found = cells[cell](row);
    const isMissing = Number.isNaN(found);
    if (isMissing && cells.has(row)) return 'unknown';
    const value = isMissing ? fill : found;
    if (first === 1) out[at] = (value - offset) / divisor;
    for (let k = 0; k < periods.length; k++) {
      const [sine, cosine] = onCircle(phaseOf(value, periods[k]));
      out[at + first + 2 * k] = sine;
      out[at + first + 2 * k + 1] = cosine;
    }
    return isMissing ? 'missing' : 'present';
  };
}

function categoryWriter({ of, values, fill, code }: CategoryTransform): CellWriter {
  const indices = new Map(values.map((value, i) => [value, i]));
  return (cells, row, out, at) => {
    const cell = cells.text(row);
    const index = indices.get(cell === undefined ? fill : canonical[of](cell));
    if (index === undefined) return 'unknown';
    if (code === 'oneHot') out[at + index] = 1;
    else out[at] = index + 1;
    return cell === undefined ? 'missing' : 'present';
  };
}
