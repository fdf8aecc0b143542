/**
 * Packs the parts of a table that are sent between processes or threads: numbers as one block, other cells as their distinct
 * values, which are few in most columns, and the index of a value for each row.
 */
import type { Part } from './parts.ts';
import type { Cell } from './read.ts';

export type PackedCells =
  | { readonly numbers: Float64Array; readonly missing?: Uint8Array }
  | { readonly values: readonly Cell[]; readonly codes: Uint16Array }
  | { readonly cells: readonly Cell[] };

export interface PackedPart {
  readonly names: readonly string[];
  readonly columns: readonly PackedCells[];
  readonly rows: number;
  readonly leftOut?: Part['leftOut'];
  readonly indices?: Part['indices'];
}

/** The number of cells that decide whether most cells of a column differ. */
const sampled = 512;
/** The length of a text that may be sent repeatedly, in characters. */
const shortText = 64;

/** Whether most cells differ and none is long, so that numbering the distinct cells saves nothing. */
function areMostDistinct(cells: readonly Cell[]): boolean {
  if (cells.length <= sampled || new Set(cells.slice(0, sampled)).size < sampled / 2) return false;
  return cells.every((cell) => typeof cell !== 'string' || cell.length <= shortText);
}

function packCells(cells: readonly Cell[]): PackedCells {
  const numbers = new Float64Array(cells.length);
  let missing: Uint8Array | undefined;
  let r = 0;
  for (; r < cells.length; r++) {
    const cell = cells[r];
    if (typeof cell === 'number') numbers[r] = cell;
    else if (cell === undefined || cell === null) {
      missing ??= new Uint8Array(cells.length);
      missing[r] = 1;
    } else break;
  }
  if (r === cells.length) return missing === undefined ? { numbers } : { numbers, missing };
  if (areMostDistinct(cells)) return { cells };
  const places = new Map<Cell, number>();
  const values: Cell[] = [];
  const codes = Uint16Array.from(cells, (cell) => {
    let place = places.get(cell);
    if (place === undefined) {
      place = values.push(cell) - 1;
      places.set(cell, place);
    }
    return place;
  });
  return { values, codes };
}

function unpackCells(cells: PackedCells): readonly Cell[] {
  if ('cells' in cells) return cells.cells;
  if ('numbers' in cells) {
    const { numbers, missing } = cells;
    return Array.from(numbers, (value, r) => (missing !== undefined && missing[r] === 1 ? undefined : value));
  }
  const { values, codes } = cells;
  return Array.from(codes, (code) => values[code]);
}

/** At most 65,536 rows. */
export const packPart = ({ columns, ...rest }: Part): PackedPart => ({
  ...rest,
  columns: columns.map(packCells),
});

export const unpackPart = ({ columns, ...rest }: PackedPart): Part => ({
  ...rest,
  columns: columns.map(unpackCells),
});
