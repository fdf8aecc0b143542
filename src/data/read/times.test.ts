import { expect, test } from 'vitest';
import { dateText } from './times.ts';

test('times equal those of Date, on every day of 800 years, at the limits of four-digit years, and beyond', () => {
  const want = (milliseconds: number) => {
    const date = new Date(milliseconds);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('T00:00:00.000Z', '');
  };
  const day = 86_400_000;
  for (let d = -200_000; d < 100_000; d++)
    if (dateText(d * day) !== want(d * day)) expect(dateText(d * day)).toBe(want(d * day));
  const start = Date.UTC(0, 0, 1) - 1900 * 365.2425 * day;
  const edges = [-719_528, -719_529, 2_932_896, 2_932_897, 1e8, -1e8].map((d) => d * day);
  const times = [
    0,
    1,
    -1,
    999,
    1000,
    59_999,
    3_599_999,
    43_200_000,
    day - 1,
    0.5,
    -0.5,
    1e15,
    8.64e15,
    8.64e15 + 1,
    start,
  ];
  for (const edge of [0, ...edges])
    for (const time of times) expect(dateText(edge + time), `${edge + time}`).toBe(want(edge + time));
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY]) expect(dateText(none)).toBeUndefined();
});
