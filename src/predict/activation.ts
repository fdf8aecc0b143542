/**
 * Activations as functions: a column like those of the engines, because the entries in `core/ops/activations.ts` bring their
 * derivatives, their tests and the algebra of formulas, which are a fifth of what a page may load here. A test compares every
 * activation with its entry, bit by bit.
 */
import { erf, exp, expm1, log, log1p, tanh } from '../base/math.ts';
import { fields, finite, optional, text } from '../base/readers.ts';
import { type OptionPath, placeText } from '../base/reference.ts';
import { UnknownRecipe } from '../net/recipe-json.ts';
import { sumOf } from './sums.ts';

/** Replaces the numbers of rows of `width` numbers by their activations. `alone`: they are a single row, the only one. */
type Apply = (numbers: Float64Array, width: number, alone: boolean) => void;

/** An activation that was read. */
export interface ReadActivation {
  readonly name: string;
  /** Left out where nothing changes. */
  readonly apply?: Apply;
  /** Whether its outputs are logarithms of probabilities. */
  readonly logarithmic?: boolean;
}

type Scalar = (x: number) => number;

const { abs, max, min, sqrt, SQRT2, PI } = Math;
const softplus: Scalar = (x) => max(x, 0) + log1p(exp(-abs(x)));
const hardSigmoid: Scalar = (x) => min(max(x + 3, 0), 6) / 6;

/** The elementwise activations, by their options. */
const elementwise: Readonly<Record<string, (option: (name: string, usual: number) => number) => Scalar>> = {
  sigmoid: () => (x) => 1 / (1 + exp(-x)),
  tanh: () => tanh,
  relu: () => (x) => max(x, 0),
  leakyRelu(option) {
    const slope = option('slope', 0.01);
    return (x) => (x > 0 ? x : slope * x);
  },
  elu(option) {
    const alpha = option('alpha', 1);
    return (x) => (x > 0 ? x : alpha * expm1(min(x, 0)));
  },
  celu(option) {
    const alpha = option('alpha', 1);
    return (x) => (x > 0 ? x : alpha * expm1(min(x, 0) / alpha));
  },
  // λ and α of Klambauer et al. (2017), equation 14
  selu: () => (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(min(x, 0))),
  gelu: () => (x) => x * (0.5 * (1 + erf(x / SQRT2))),
  geluTanh: () => (x) => 0.5 * x * (1 + tanh(sqrt(2 / PI) * (x + 0.044715 * (x * (x * x))))),
  silu: () => (x) => x / (1 + exp(-x)),
  softplus: () => softplus,
  softsign: () => (x) => x / (1 + abs(x)),
  hardSigmoid: () => hardSigmoid,
  hardSwish: () => (x) => x * hardSigmoid(x),
  mish: () => (x) => x * tanh(softplus(x)),
  relu6: () => (x) => min(max(x, 0), 6),
};

/** Calls a function with the place of each number, the maximum of its row, and the sum of the row's e^(x − maximum). */
const overRows =
  (value: (x: number, most: number, total: number) => number): Apply =>
  (numbers, width, alone) => {
    for (let start = 0; start < numbers.length; start += width) {
      let most = Number.NEGATIVE_INFINITY;
      for (let k = start; k < start + width; k++) most = max(most, numbers[k]);
      const total = sumOf(width, (k) => exp(numbers[start + k] - most), alone);
      for (let k = start; k < start + width; k++) numbers[k] = value(numbers[k], most, total);
    }
  };

/** The others: what changes nothing, and what depends on all units of a row. */
const others: Readonly<Record<string, Omit<ReadActivation, 'name'>>> = {
  linear: {},
  softmax: { apply: overRows((x, most, total) => exp(x - most) / total) },
  logSoftmax: { apply: overRows((x, most, total) => x - most - log(total)), logarithmic: true },
};

/** The names of all activations, in any order. */
export const activationNames: readonly string[] = [...Object.keys(others), ...Object.keys(elementwise)];

/** The activation that a file names, by its name or an object of its name and options. */
export function readActivation(json: unknown, path: OptionPath): ReadActivation {
  const name = typeof json === 'string' ? json : text(Object(json).name, [...path, 'name']);
  if (Object.hasOwn(others, name)) return { name, ...others[name] };
  if (!Object.hasOwn(elementwise, name)) {
    throw new UnknownRecipe('activation', name, { where: placeText(path), known: activationNames });
  }
  const f = elementwise[name]((key, usual) => fields({ [key]: optional(finite) })(Object(json), path)[key] ?? usual);
  return {
    name,
    apply(numbers) {
      for (let i = 0; i < numbers.length; i++) numbers[i] = f(numbers[i]);
    },
  };
}
