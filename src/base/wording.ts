/** Parts of messages: counts, quotes, shortened lists. */
import { clip } from './printable.ts';

/** `1 row`, `3 rows`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** The first sentences of a list that may be very long, and the number of those left out. */
export function firstOf(sentences: readonly string[], maxCount = 50): string[] {
  if (sentences.length <= maxCount) return [...sentences];
  return [
    ...sentences.slice(0, maxCount),
    `There are ${(sentences.length - maxCount).toLocaleString('en-US')} more notes of this kind, about other columns.`,
  ];
}

/** A cell in quotes, on one line, clipped. */
export const quote = (cell: string): string => JSON.stringify(clip(cell, 60));
