/**
 * Departures that show in the numbers alone, without a search in the computation: another convention, a decimal point or a
 * sign that is printed wrong.
 */
import { explainedByWhole, explainedOne } from './contradiction.ts';
import type { Convention } from './conventions.ts';
import { type Departure, priors } from './departure.ts';
import type { Request } from './run.ts';
import { fits, type Row } from './trials.ts';
import { shiftText } from './words.ts';

/** Digits that a print needs for its point or its sign to be called wrong: fewer fit by chance. */
const minDigits = 3;
const pointShifts = [1, -1, 2, -2, 3, -3];
/** Rows that a mistake must explain. */
const minRows = 2;

export function plainDepartures(
  rows: readonly Row[],
  requests: readonly Request[],
  conventions: readonly Convention[],
): Departure[] {
  const cost = Math.log2(conventions.length);
  const found = conventions.flatMap((convention) => ofConvention(rows, requests, convention, cost));
  return [...found, ...wrongSigns(rows, found), ...misplacedPoints(rows)];
}

function ofConvention(
  rows: readonly Row[],
  requests: readonly Request[],
  convention: Convention,
  cost: number,
): Departure[] {
  const { kind, which, text, values, alike, isMistake } = convention;
  const departure = {
    status: isMistake ? 'slip' : 'convention',
    kind,
    size: 1,
    cost: isMistake ? cost + priors.slip : cost,
    value: (row: number) => values[row],
    text: () => text,
    detail: () => ({ which }),
  } as const;
  if (alike === undefined) {
    const { explains, breaks } = explainedByWhole(rows, requests, values, cost);
    const isEnough = isMistake ? explains.length >= minRows && breaks.length === 0 : explains.length > 0;
    return isEnough ? [{ ...departure, explains, breaks }] : [];
  }
  // how one number is read or written is no evidence about the others
  return explainedOne(rows, convention).map((row) => ({
    ...departure,
    explains: [row],
    breaks: [],
    text: () => (kind === 'count' ? `${text}, after ${requests[row].after + (which === 'before' ? -1 : 1)}` : text),
  }));
}

/** A slip that one row alone shows: all of its digits are right. */
function shownAlone(row: number, kind: string, cost: number, value: number, text: string): Departure {
  return {
    status: 'slip',
    kind,
    size: 1,
    cost: cost + priors.slip,
    explains: [row],
    breaks: [],
    value: () => value,
    text: () => text,
    detail: () => ({ used: value }),
  };
}

/** Rows whose digits are right and whose sign is not, unless that sign is a convention. */
function wrongSigns(rows: readonly Row[], conventions: readonly Departure[]): Departure[] {
  const conventional = new Set(conventions.flatMap(({ kind, explains }) => (kind === 'sign' ? explains : [])));
  return rows.flatMap((row, r) =>
    row.agrees || row.printed.digits < minDigits || conventional.has(r) || !fits(row, -row.computed)
      ? []
      : [shownAlone(r, 'sign', 0, -row.computed, 'its sign is printed wrong')],
  );
}

/** Rows whose digits are right and whose decimal point is not. */
function misplacedPoints(rows: readonly Row[]): Departure[] {
  return rows.flatMap((row, r) =>
    row.agrees || row.printed.digits < minDigits
      ? []
      : pointShifts.flatMap((shift): Departure[] => {
          const value = shift > 0 ? row.computed * 10 ** shift : row.computed / 10 ** -shift;
          const text = `its decimal point is printed ${shiftText(shift)} of its correct position`;
          return fits(row, value) ? [shownAlone(r, 'decimal', Math.log2(pointShifts.length), value, text)] : [];
        }),
  );
}
