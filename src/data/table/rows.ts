/** Lists of row indices. In a large table they are typed arrays, which take four bytes per row. */

/** Rows of a split, encoded as they are read: of a table whose inputs do not all fit into memory. */
export interface RowStream {
  readonly rows: number;
  /**
   * Writes rows of the split, given by their ascending positions in it, from 0: inputs [n, inputs] and targets [n, outputs].
   * The i-th goes to row `places[i]` (default i), which contains zeros.
   */
  read(positions: ArrayLike<number>, inputs: Numbers, targets: Numbers, places?: ArrayLike<number>): void;
}

export type Numbers = Float64Array | Float32Array;

/** 0 … n-1. */
export function range(n: number): Uint32Array {
  const rows = new Uint32Array(n);
  for (let row = 0; row < n; row++) rows[row] = row;
  return rows;
}

export function some(rows: ArrayLike<number>, test: (row: number) => boolean): boolean {
  for (let i = 0; i < rows.length; i++) if (test(rows[i])) return true;
  return false;
}

export function countWhere(rows: ArrayLike<number>, test: (row: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < rows.length; i++) if (test(rows[i])) found++;
  return found;
}
