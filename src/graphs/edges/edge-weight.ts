/** The weights of edges. */
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { integerOf, isDriverInteger } from './node-id.ts';

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The weight of an edge, at least 0: a number, a bigint, a driver's integer, or a text that is a decimal number. Undefined and null
 * are 1.
 *
 * Throws an InputError for another value, a negative weight, NaN and the infinities.
 */
export function weightOf(value: unknown, where: () => string): number {
  if (value === undefined || value === null) return 1;
  const weight = numberOf(value);
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  if (weight < 0) {
    fail({
      what: `the weight ${show(weight)} is negative`,
      where: where(),
      fix: 'Use positive weights: an edge is followed in proportion to its weight.',
    });
  }
  return fail({
    what: `the weight ${show(typeof value === 'bigint' ? String(value) : value)} is not a finite number`,
    where: where(),
    fix: 'Write an edge as source, target and, if it has one, a weight that is a number.',
  });
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return decimal.test(value.trim()) ? Number(value) : Number.NaN;
  return isDriverInteger(value) ? Number(integerOf(value)) : Number.NaN;
}
