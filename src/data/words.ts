/** Words of messages. */
import { clip } from '../base/printable.ts';

/** `1 row`, `3 rows`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** Sentences that are said of columns, which may be very many: the first fifty, and how many more there are. */
export function firstOf(sentences: readonly string[], most = 50): string[] {
  if (sentences.length <= most) return [...sentences];
  return [
    ...sentences.slice(0, most),
    `There are ${(sentences.length - most).toLocaleString('en-US')} more such notes, on other columns.`,
  ];
}

/** A cell in quotes, on one line and not longer than it helps. */
export const quote = (cell: string): string => JSON.stringify(clip(cell, 60));
