/** The targets of a regression: a numeric column, or several with an output each. */
import { failOnCell, presentNumbers, summarizeOwn } from '../../table/columns.ts';
import { cellsAs, storedReading } from '../../table/reading.ts';
import type { Numbers } from '../../table/rows.ts';
import { type Column, findColumn, type Table } from '../../table/table.ts';
import { affine, type Scale, scalingOf } from '../scaling.ts';
import type { TargetKind } from './kind.ts';
import { type NumbersTarget, type NumberTarget, readNumbersTarget, readNumberTarget } from './stored-target.ts';

/** A regression's target is standardized under `standard`, and else not scaled. */
export function fitNumberTarget(column: Column, rows: ArrayLike<number>, scale: Scale): NumberTarget {
  const { name } = column;
  const stored = { kind: 'number', name, ...storedReading(column) } as const;
  if (scale !== 'standard') return { ...stored, scaling: 'none' };
  return { ...stored, scaling: scalingOf(summarizeOwn(presentNumbers(column, rows)), scale) };
}

/** The targets of a regression of several columns. */
export function fitNumbersTarget(columns: readonly Column[], rows: ArrayLike<number>, scale: Scale): NumbersTarget {
  const name = columns.map((column) => column.name).join(', ');
  return { kind: 'numbers', name, columns: columns.map((column) => fitNumberTarget(column, rows, scale)) };
}

function writeColumns(
  columns: readonly NumberTarget[],
  table: Table,
  rows: ArrayLike<number>,
  out: Numbers,
  position: (i: number) => number,
): void {
  columns.forEach(({ name, scaling, reading }, k) => {
    const cells = cellsAs(findColumn(table, name, ['data', 'target']), reading);
    const [offset, divisor] = affine(scaling);
    for (let i = 0; i < rows.length; i++) {
      const value = cells.number(rows[i]);
      if (Number.isNaN(value)) failOnCell(table, rows[i], name, cells.text(rows[i])!, undefined, { spelling: reading });
      out[position(i) * columns.length + k] = (value - offset) / divisor;
    }
  });
}

const isStandardized = ({ scaling }: NumberTarget) => scaling !== 'none';
const words = (standardized: boolean) => `target, ${standardized ? 'standardized' : 'not scaled'}`;

export const numberTarget: TargetKind<NumberTarget> = {
  name: 'number',
  task: 'regression',
  read: readNumberTarget,
  width: () => 1,
  write: (target, ...where) => writeColumns([target], ...where),
  describe: (target) => words(isStandardized(target)),
};

export const numbersTarget: TargetKind<NumbersTarget> = {
  name: 'numbers',
  task: 'regression',
  read: readNumbersTarget,
  width: ({ columns }) => columns.length,
  write: ({ columns }, ...where) => writeColumns(columns, ...where),
  describe: ({ columns }) => words(columns.some(isStandardized)),
};
