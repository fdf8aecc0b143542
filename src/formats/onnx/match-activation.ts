/**
 * Finds the activation that a formula computes, however it is spelled: both are evaluated at many numbers. That recognizes
 * `x·(1/(1 + e^-x))` as silu and `min(max(x, 0), 6)` as relu6, and no algebra is needed.
 */
import { InputError } from '../../base/errors.ts';
import { evaluate, type Formula, primitives } from '../../core/formula.ts';
import { type Activation, type ActivationFamily, activations, linear } from '../../core/ops/activations.ts';

/** Where the option of a family shows: the slope below 0 is -f(-1), the limit at minus infinity is f(-10000). */
const optionPoints = [-1, -1e4];

/**
 * From -30 to 30 in steps of 1/4, and powers of two from 2^-20 to 2^60 with both signs: a function that differs from an
 * activation over any factor of two is noticed.
 */
const fixedPoints: readonly number[] = [
  ...optionPoints,
  0.5,
  2,
  -3,
  ...Array.from({ length: 241 }, (_, i) => (i - 120) / 4),
  ...Array.from({ length: 81 }, (_, i) => 2 ** (i - 20)).flatMap((x) => [x, -x]),
];

/** The points where formulas are compared: near each constant of the formulas too, because corners may be there. */
export function comparisonPoints(formulas: Iterable<Formula>): Float64Array {
  const near = new Set<number>();
  for (const formula of formulas) {
    if (formula.kind !== 'constant' || near.size > 200 || !Number.isFinite(formula.value)) continue;
    for (const at of [formula.value, -formula.value]) {
      for (const shift of [-1e-3, 0, 1e-3]) near.add(at + shift * (1 + Math.abs(at)));
    }
  }
  return Float64Array.of(...fixedPoints, ...near);
}

/** The values of an application of a primitive, from those of its operands at the same points. */
export function applied(formula: Extract<Formula, { kind: 'apply' }>, operands: readonly Float64Array[]): Float64Array {
  const call = primitives[formula.primitive] as (a: number, b?: number, c?: number) => number;
  const [a, b, c] = operands;
  return a.map((value, i) => call(value, b?.[i], c?.[i]));
}

/** A spelling may overflow where its function does not, as ln(1 + e^x) does for large x. */
const mayOverflow = (x: number) => Math.abs(x) > 80;

/**
 * 1e-6: files hold constants such as √2 in float32, whose relative error is at most 6e-8; functions that people tell apart
 * differ by more, gelu and its approximation by tanh by 5e-4.
 */
const tolerance = 1e-6;

function isSame(activation: Activation, points: Float64Array, values: Float64Array): boolean {
  if (activation.map === undefined) return false;
  const { formula } = activation.map;
  return points.every((x, i) => {
    if (!Number.isFinite(values[i])) return mayOverflow(x);
    const wanted = evaluate(formula, [x]);
    return Math.abs(values[i] - wanted) <= tolerance * Math.max(1, Math.abs(x), Math.abs(wanted));
  });
}

/** The members of a family that a function may be, from its values at `optionPoints`. */
function membersFor(family: ActivationFamily, values: Float64Array): Activation[] {
  const [option] = Object.keys(family.specs);
  return optionPoints.flatMap((_, i) => {
    try {
      // -0 is no option
      return [(family as unknown as (options?: object) => Activation)({ [option]: -values[i] || 0 })];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });
}

/**
 * The activation with these values at these points, which `comparisonPoints` made; undefined if there is none, or if it changes
 * nothing.
 */
export function activationWith(points: Float64Array, values: Float64Array): Activation | undefined {
  // leakyRelu with the slope 1 would be the same.
  if (isSame(linear, points, values)) return undefined;
  for (const entry of activations) {
    const members = typeof entry === 'function' ? membersFor(entry, values) : [entry];
    const found = members.find((each) => isSame(each, points, values));
    if (found !== undefined) return found;
  }
  return undefined;
}
