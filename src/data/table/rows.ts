/** Lists of rows. A large table's are typed arrays, so that they take four bytes a row. */

/** Rows of a part, encoded when they are asked for: of a table too large for all to stand in memory as inputs. */
export interface RowStream {
  readonly rows: number;
  /**
   * Writes rows of the part, given by their ascending positions in it, from 0: inputs [n, inputs] and targets [n, outputs],
   * the i-th into place `places[i]` (default i). Where they go there are zeros so far.
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
