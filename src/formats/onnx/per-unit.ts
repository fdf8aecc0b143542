/** Arithmetic with one number for all units, or one for each. */
import type { PerUnit } from './values.ts';

/** The function of two operands, by unit. Operands with one number for each unit have the same length. */
export function combine(a: PerUnit, b: PerUnit, f: (a: number, b: number) => number): PerUnit {
  if (typeof a === 'number') return typeof b === 'number' ? f(a, b) : b.map((each) => f(a, each));
  return typeof b === 'number' ? a.map((each) => f(each, b)) : a.map((each, i) => f(each, b[i]));
}

/** The number of a unit. */
export const unit = (given: PerUnit, index: number): number => (typeof given === 'number' ? given : given[index]);

/** One number, if all units have the same one. */
export const uniform = (given: Float64Array): PerUnit =>
  given.length > 0 && given.every((each) => Object.is(each, given[0])) ? given[0] : given;
