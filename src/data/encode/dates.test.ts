import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cycles, cyclesIn, onCircle, parseDate, phaseOf, showDate } from './dates.ts';

test.each([
  ['1970-01-01', 0],
  ['1970-01-02', 1],
  ['1969-12-31', -1],
  ['2000-02-29', 11016],
  ['0001-01-01', -719162],
  ['2026-11', 20758],
  ['2026-11-27T12:00', 20784.5],
  ['2026-11-27 12:00:00', 20784.5],
  ['2026-11-27T12:00:00Z', 20784.5],
  ['2026-11-27T13:00:00+01:00', 20784.5],
  ['2026-11-27T06:30:00.000-0530', 20784.5],
  ['2026-11-27T12:00:00,25 +00', 20784.5 + 0.25 / 86400],
])('%s is day %f', (text, days) => {
  expect(parseDate(text)).toBe(days);
});

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-11-31',
  '2026-11-27T24:00',
  '2026-11-27T12:60',
  '27.11.2026',
  '11/27/2026',
  '2026',
  '20261127',
  '2026-1-1',
  '2026-11-27T12',
  '2026-11-27T12:00+25:00',
  '2026-11-27x',
  '',
])('%s is not a date', (text) => {
  expect(parseDate(text)).toBeUndefined();
});

test('a date that is written is read back, to the millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: -60_000_000_000_000, max: 200_000_000_000_000 }), (milliseconds) => {
      const days = milliseconds / 86_400_000;
      expect(parseDate(showDate(days))).toBe(days);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('phases: Thursday begins the week, noon is half a day, midsummer half a year from midwinter', () => {
  expect(phaseOf(parseDate('2026-11-26')!, cycles.week)).toBe(0);
  expect(phaseOf(parseDate('1969-12-31')!, cycles.week)).toBeCloseTo(6 / 7, 15);
  expect(phaseOf(20784.5, cycles.day)).toBe(0.5);
  const [winter, summer] = ['2026-01-01', '2026-07-02'].map((text) => onCircle(phaseOf(parseDate(text)!, cycles.year)));
  expect(winter[1] * summer[1]).toBeLessThan(-0.99);
});

test('only cycles in which the dates differ are found', () => {
  const days = (texts: string[]) => texts.map((text) => parseDate(text)!);
  expect(cyclesIn(days(['1970-01-01', '1971-01-01', '1982-01-01']))).toEqual([]);
  expect(cyclesIn(days(['2026-01', '2026-02', '2026-07']))).toEqual(['year']);
  expect(cyclesIn(days(['2026-01-05', '2026-01-06', '2026-01-07']))).toEqual(['week']);
  expect(cyclesIn(days(['2026-01-05T10:00', '2026-01-05T11:00']))).toEqual(['day']);
  expect(cyclesIn(days(['2026-01-05T10:00', '2026-06-09T11:00']))).toEqual(['year', 'week', 'day']);
});
