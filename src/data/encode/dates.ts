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

/** The order of day, month and year where it is not that of ISO 8601; `monthName`: the month is a word. */
export type DateOrder = 'dayFirst' | 'monthFirst' | 'yearFirst' | 'monthName';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const time = '(?:(?:,? +|T)(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?(?: ?([AaPp])\\.?[Mm]\\.?)?)?';
const monthWord = '([A-Za-z]{3,9})\\.?';
const dayMonthYear = new RegExp(`^(\\d{1,2})([./-])(\\d{1,2})\\2(\\d{4})${time}$`);
const yearMonthDay = new RegExp(`^(\\d{4})([./-])(\\d{1,2})\\2(\\d{1,2})${time}$`);
const dayWordYear = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?[ .-]+${monthWord}[ ,-]+(\\d{4})${time}$`);
const wordDayYear = new RegExp(`^${monthWord} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${time}$`);
const shortYear = /^\d{1,2}[./-]\d{1,2}[./-]\d{2}(?: .*)?$/;

/** A month by the first three letters of its English name, from 1; NaN for other words. */
function monthOf(word: string): number {
  const at = months.indexOf(word.slice(0, 3).toLowerCase());
  return at === -1 ? Number.NaN : at + 1;
}

/** Day, month, year and the parts of the time, by the order. */
function localParts(text: string, order: DateOrder): readonly (string | number | undefined)[] | undefined {
  if (order === 'monthName') {
    const [, day, word, year, ...rest] = dayWordYear.exec(text) ?? [];
    if (word !== undefined) return [year, monthOf(word), day, ...rest];
    const [, first, second, third, ...others] = wordDayYear.exec(text) ?? [];
    return first === undefined ? undefined : [third, monthOf(first), second, ...others];
  }
  if (order === 'yearFirst') {
    const [, year, , month, day, ...rest] = yearMonthDay.exec(text) ?? [];
    return year === undefined ? undefined : [year, month, day, ...rest];
  }
  const [, first, , second, year, ...rest] = dayMonthYear.exec(text) ?? [];
  if (first === undefined) return undefined;
  return order === 'dayFirst' ? [year, second, first, ...rest] : [year, first, second, ...rest];
}

/** The days since 1970-01-01 of a date in a local form, such as 27.11.2026, 11/27/2026 5:51 PM or 27 Nov 2026. */
export function parseLocalDate(cell: string, order: DateOrder): number | undefined {
  const [year, month, day, hour, minute, second, half] = localParts(cell.trim(), order) ?? [];
  if (year === undefined || Number.isNaN(Number(month))) return undefined;
  const two = (part: string | number | undefined) => String(part ?? 0).padStart(2, '0');
  const isPm = half !== undefined && /p/i.test(String(half));
  if (half !== undefined && !(Number(hour) >= 1 && Number(hour) <= 12)) return undefined;
  const hours = half === undefined ? hour : (Number(hour) % 12) + (isPm ? 12 : 0);
  return parseDate(`${year}-${two(month)}-${two(day)}T${two(hours)}:${two(minute)}:${two(second)}`);
}

const orders: readonly DateOrder[] = ['yearFirst', 'monthName', 'dayFirst', 'monthFirst'];

/** The order of the dates in the distinct cells of a column; the share of cells that look like dates; if there is no order, why. */
export function dateOrderOf(cells: readonly string[]): {
  readonly order?: DateOrder;
  readonly share: number;
  readonly why?: string;
  readonly example?: string;
} {
  const isLocal = (cell: string) => orders.some((order) => parseLocalDate(cell, order) !== undefined);
  const first = cells.slice(0, 64);
  const isShort = (cell: string) => shortYear.test(cell.trim());
  const likely = first.filter((cell) => isLocal(cell) || isShort(cell) || parseDate(cell) !== undefined);
  if (2 * likely.length < first.length) return { share: likely.length / first.length };
  const found = cells.filter((cell) => parseDate(cell) === undefined && isLocal(cell));
  const example = found[0] ?? cells.find(isShort);
  const share =
    cells.filter((cell) => isLocal(cell) || isShort(cell) || parseDate(cell) !== undefined).length / cells.length;
  if (found.length === 0) {
    return { share, example, ...(example !== undefined && { why: 'have a year of two digits' }) };
  }
  const fitting = orders.filter((order) => found.every((cell) => parseLocalDate(cell, order) !== undefined));
  const isGerman = found.every((cell) => cell.includes('.'));
  if (fitting.length === 0) return { share, example, why: 'are written in different ways' };
  if (fitting.length > 1 && !isGerman) return { share, example, why: 'can begin with the day or with the month' };
  if (share < 1) return { share, example, why: 'are among other texts' };
  return { share, example, order: fitting[0] };
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
