/** Words of messages. */

/** `1 row`, `3 rows`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** A cell in quotes, on one line and not longer than it helps. */
export function quote(cell: string): string {
  return JSON.stringify(cell.length > 60 ? `${cell.slice(0, 59)}…` : cell);
}
