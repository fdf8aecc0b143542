/** The names of nodes: texts, numbers and bigints, and the integers of drivers that have their own type for them. */
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import type { NodeId } from '../graph.ts';

/** A 64-bit integer as database drivers write it: `low` and `high` are its two signed 32-bit halves. */
interface DriverInteger {
  readonly low: number;
  readonly high: number;
}

export function isDriverInteger(value: unknown): value is DriverInteger {
  const { low, high } = (value ?? {}) as Partial<DriverInteger>;
  return typeof value === 'object' && Number.isInteger(low) && Number.isInteger(high);
}

/** The value of a driver's integer: a number if it is exact, otherwise a bigint. */
export function integerOf({ low, high }: DriverInteger): number | bigint {
  const value = high * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) + BigInt(low >>> 0);
}

/**
 * The name of a node. `1`, `1n` and `'1'` are three different names; -0 is 0. A driver's integer `{ low, high }` is a number, or
 * a bigint where a number would not be exact.
 *
 * Throws an InputError for another type, NaN and the infinities.
 */
export function nodeIdOf(value: unknown, where: () => string): NodeId {
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  // adding 0 makes -0 to 0
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  if (isDriverInteger(value)) return integerOf(value);
  return fail({
    what: `${value === undefined ? 'undefined' : show(value)} cannot name a node`,
    where: where(),
    fix: 'Use a text, a finite number or a bigint for each node.',
  });
}
