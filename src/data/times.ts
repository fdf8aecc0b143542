/** Times of binary formats as text. */

/** Milliseconds since 1970 as ISO 8601, without the time where that is midnight; undefined beyond what a date holds. */
export function dateText(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('T00:00:00.000Z', '');
}
