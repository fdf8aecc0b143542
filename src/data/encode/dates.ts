/**
 * Dates as numbers: days since 1970-01-01 of the proleptic Gregorian calendar, and the position of a date in its cycles. The
 * machine's time zone and locale do not matter: a time with an offset is converted to UTC, one without counts as UTC.
 */
import { cos, sin } from '../../base/math.ts';

const form =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?)?$/;

const millisecondsOfDay = 86_400_000;

/**
 * The days since 1970-01-01, fractions included, of a date in the extended form of ISO 8601: 2026-11-27, 2026-11,
 * 2026-11-27T17:51:04.5+01:00, also with a space instead of the T. Undefined for any other text, and for a date that does not
 * exist.
 */
export function parseDate(cell: string): number | undefined {
  // most cells are not dates: the dash rules out nearly all of them
  if (cell.charCodeAt(4) !== 45) return undefined;
  const [found, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] =
    form.exec(cell.trim()) ?? [];
  if (found === undefined) return undefined;
  const [y, m, d, h, min, s] = [year, month, day, hour, minute, second].map(Number);
  const start = new Date(0);
  start.setUTCFullYear(y, m - 1, d);
  if (start.getUTCMonth() !== m - 1 || start.getUTCDate() !== d || h > 23 || min > 59 || s > 59) return undefined;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const time = (h * 60 + min - offset) * 60_000 + s * 1000 + Number(`0.${fraction}`) * 1000;
  return (start.getTime() + time) / millisecondsOfDay;
}

/** Days as the shortest text with the same value: `2026-11-27`, `2026-11-27T17:51:04.500Z`. */
export function showDate(days: number): string {
  const time = new Date(Math.round(days * millisecondsOfDay));
  return Number.isNaN(time.getTime()) ? String(days) : time.toISOString().replace('T00:00:00.000Z', '');
}

/** The lengths of the cycles in days: the year (the Gregorian mean), the week, the day. */
export const cycles = { year: 365.2425, week: 7, day: 1 } as const;
export type Cycle = keyof typeof cycles;

/** The position in a cycle of this length, from 0 up to 1. A week of days begins on Thursday, as 1970-01-01 was one. */
export const phaseOf = (value: number, period: number): number => {
  const turns = value / period;
  return turns - Math.floor(turns);
};

/** A phase as a point on the circle, so that the last day is next to the first. */
export function onCircle(phase: number): readonly [sin: number, cos: number] {
  return [sin(2 * Math.PI * phase), cos(2 * Math.PI * phase)];
}

/** Below this spread on a cycle's circle dates do not differ: the same day of each year moves as much in leap years. */
const minSpread = 0.01;

/** The cycles in which the dates differ, so that their phase is informative. */
export function cyclesIn(days: ArrayLike<number>): Cycle[] {
  return (Object.keys(cycles) as Cycle[]).filter((cycle) => {
    let [sines, cosines] = [0, 0];
    let sameDay = true;
    for (let i = 0; i < days.length; i++) {
      const [s, c] = onCircle(phaseOf(days[i], cycles[cycle]));
      sines += s / days.length;
      cosines += c / days.length;
      sameDay &&= dayOfMonth(days[i]) === dayOfMonth(days[0]);
    }
    // if all are on the same day of the month, the weekdays follow from the calendar
    if (cycle === 'week' && sameDay) return false;
    // 1 minus the length of the mean vector, which is 1 if all phases are equal
    return 1 - Math.sqrt(sines * sines + cosines * cosines) > (cycle === 'day' ? 1e-9 : minSpread);
  });
}

const dayOfMonth = (days: number) => new Date(days * millisecondsOfDay).getUTCDate();
