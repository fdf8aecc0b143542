/**
 * Rows that contradict a convention. A row that agrees now and would not under the convention shows that the calculation
 * does not follow it: the convention then explains nothing. One change of convention is possible: from some row on, as where
 * a calculation by hand is continued by a program that follows another rule.
 */
import { isParameter } from './alike.ts';
import type { Convention } from './conventions.ts';
import { bits, breakBits, type Departure, effectOf } from './departure.ts';
import type { Request } from './run.ts';
import type { Row } from './trials.ts';

/** Of a change of convention: the rows that it must explain, and its evidence in bits, beyond the cost of the search. */
const minLaterRows = 2;
const minBits = 12;

type Effect = Pick<Departure, 'explains' | 'breaks'>;

/** The rows that a convention about the whole calculation explains; those that it breaks come before all of them. */
export function explainedByWhole(
  rows: readonly Row[],
  requests: readonly Request[],
  values: readonly number[],
  cost: number,
): Effect {
  const { explains, breaks } = effectOf(rows, values);
  if (breaks.length === 0) return { explains, breaks };
  const order = requests.map(orderOf);
  const last = Math.max(...breaks.map((row) => order[row]));
  const later = explains.filter((row) => order[row] > last);
  const evidence = later.reduce((sum, row) => sum + bits(rows[row]), -cost - breakBits * breaks.length);
  return later.length >= minLaterRows && evidence >= minBits
    ? { explains: later, breaks }
    : { explains: [], breaks: [] };
}

/**
 * The rows that a convention about single numbers explains. `alike` groups the numbers that a calculation reads or writes in
 * one way: a row of the same group that agrees contradicts it. If it explains only one row of a group, so do rows that agree
 * and were computed after a later update, because the number was used with its own sign and at its own time.
 */
export function explainedOne(rows: readonly Row[], { alike, values, kind }: Convention): number[] {
  const { explains, breaks } = effectOf(rows, values);
  const contradicts = new Set(breaks.filter((row) => Number.isFinite(values[row])).map((row) => alike![row]));
  return explains.filter((row) => {
    const group = alike![row];
    if (group === undefined || contradicts.has(group)) return false;
    const isAlone = !explains.some((other) => other !== row && alike![other] === group);
    return !(kind === 'sign' && isAlone && rows.some(({ agrees, after }) => agrees && after > rows[row].after));
  });
}

/** Where a number is in the order of computation: parameters, the forward pass, the loss, the backward pass. */
function orderOf({ quantity, after }: Request): number {
  const phases = 4;
  if (quantity.kind !== 'place') return phases * after + 3;
  const { name } = quantity.place;
  if (name === 'loss') return phases * after + 2;
  return phases * after + Number(!isParameter(name));
}
