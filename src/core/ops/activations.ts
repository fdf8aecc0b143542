/**
 * Activations. Each is one entry: formula, derivative, kinks, ONNX name, exact values for tests. To add one, add an entry and put it
 * in the list at the end; everything else follows from it.
 */

import {
  type AnyFamily,
  checkOwnFamily,
  checkOwnName,
  type Family,
  family,
  memberOf,
  type OptionSpecs,
  type OptionValues,
  type ResolvedOptions,
  recipeName,
} from '../../base/options.ts';
import {
  abs,
  add,
  constant,
  div,
  erf,
  exp,
  expm1,
  type Formula,
  log,
  log1p,
  max,
  min,
  mul,
  neg,
  step,
  sub,
  tanh,
  where,
} from '../formula.ts';
import { type Graph, leadingLetters, type Node } from '../graph.ts';
import { type MapEntry, type MapOp, map, type OnnxOperator } from '../op.ts';
import { rowMaximum } from './row-maximum.ts';

export interface Activation {
  readonly name: string;
  readonly options: OptionValues;
  /** The elementwise op; undefined if an output depends on other units too. */
  readonly map?: MapOp;
  /** The ONNX operator that computes it, if there is one. */
  readonly onnx?: OnnxOperator;
  /** The call of PyTorch's `nn` that makes a module that computes it. */
  readonly torch?: string;
  /** Adds the activation of `sum` [batch, …, units] to the graph; one that mixes units works along the last axis. */
  apply(graph: Graph, sum: Node): Node;
  /** The open range of its outputs, to detect targets that it cannot reach. */
  readonly range: readonly [number, number];
  /** Whether outputs near an end of the range pass hardly any gradient on. */
  readonly saturates?: boolean;
  /** Whether units at or below 0 pass no gradient on. */
  readonly dies?: boolean;
  /** Whether its outputs are logarithms of probabilities. */
  readonly logarithmic?: boolean;
}

/** A family of activations: call it with options, or pass it unchanged for the defaults. */
export type ActivationFamily = AnyFamily<Activation>;

export interface ActivationEntry extends MapEntry {
  readonly torch?: string;
  readonly range?: readonly [number, number];
  readonly saturates?: boolean;
  readonly dies?: boolean;
}

const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
const positive = [0, Number.POSITIVE_INFINITY] as const;

function builtIn(name: string, entry: ActivationEntry): Activation {
  return withOptions(name, entry, {});
}

function withOptions(name: string, entry: ActivationEntry, options: OptionValues): Activation {
  const op = map(name, entry);
  return {
    name,
    options,
    map: op,
    onnx: op.onnx,
    torch: entry.torch,
    apply: (graph, sum) => graph.map(op, [sum]),
    range: entry.range ?? everything,
    saturates: entry.saturates,
    dies: entry.dies,
  };
}

function builtInFamily<const S extends OptionSpecs>(
  name: string,
  specs: S,
  entry: (options: ResolvedOptions<S>) => ActivationEntry,
): Family<Activation, S> {
  return family('activation', name, specs, (options, values) => withOptions(name, entry(options), values));
}

const sigmoidOf = (x: Formula) => div(1, add(1, exp(neg(x))));

export const linear: Activation = {
  ...builtIn('linear', { f: (x) => x, onnx: 'Identity', torch: 'Identity()' }),
  // Nothing is computed: the sum is the output.
  apply: (_graph, sum) => sum,
};

export const sigmoid = builtIn('sigmoid', {
  torch: 'Sigmoid()',
  f: sigmoidOf,
  d: (_x, y) => [mul(y, sub(1, y))],
  range: [0, 1],
  saturates: true,
  onnx: 'Sigmoid',
  near: { at: [-800, 0, 800], want: [0, 0.5, 1] },
});

export { tanhActivation as tanh };

const tanhActivation = builtIn('tanh', {
  torch: 'Tanh()',
  f: (x) => tanh(x),
  d: (_x, y) => [sub(1, mul(y, y))],
  range: [-1, 1],
  saturates: true,
  onnx: 'Tanh',
  near: { at: [-800, 0, 800], want: [-1, 0, 1] },
});

export const relu = builtIn('relu', {
  torch: 'ReLU()',
  f: (x) => max(x, 0),
  d: (x) => [step(x)],
  kinks: [{ at: 0, derivative: 0 }],
  range: positive,
  dies: true,
  onnx: 'Relu',
  near: { at: [-3, 0, 3], want: [0, 0, 3] },
});

export const leakyRelu = builtInFamily(
  'leakyRelu',
  { slope: { type: 'number', default: 0.01, atLeast: 0, note: 'the derivative below 0' } },
  ({ slope }) => ({
    f: (x) => where(x, x, mul(slope, x)),
    d: (x) => [where(x, 1, slope)],
    kinks: [{ at: 0, derivative: slope }],
    onnx: { operator: 'LeakyRelu', attributes: { alpha: slope } },
    torch: `LeakyReLU(${slope})`,
    near: { at: [-2, 0, 2], want: [-2 * slope, 0, 2] },
  }),
);

const alpha = { alpha: { type: 'number', default: 1, above: 0, note: 'minus the limit at minus infinity' } } as const;

export const elu = builtInFamily('elu', alpha, ({ alpha }) => ({
  f: (x) => where(x, x, mul(alpha, expm1(min(x, 0)))),
  d: (x) => [where(x, 1, mul(alpha, exp(min(x, 0))))],
  kinks: alpha === 1 ? [] : [{ at: 0, derivative: alpha }],
  range: [-alpha, Number.POSITIVE_INFINITY],
  onnx: { operator: 'Elu', attributes: { alpha } },
  torch: `ELU(${alpha})`,
  near: { at: [-800, 0, 800], want: [-alpha, 0, 800] },
}));

export const celu = builtInFamily('celu', alpha, ({ alpha }) => ({
  f: (x) => where(x, x, mul(alpha, expm1(div(min(x, 0), alpha)))),
  d: (x) => [where(x, 1, exp(div(min(x, 0), alpha)))],
  range: [-alpha, Number.POSITIVE_INFINITY],
  onnx: { operator: 'Celu', attributes: { alpha } },
  torch: `CELU(${alpha})`,
  near: { at: [-800, 0, 800], want: [-alpha, 0, 800] },
}));

// The fixed point of mean 0 and variance 1: Klambauer et al. (2017), equation 14
/** λ and α. */
const selfNormalizing = { gamma: 1.0507009873554804934193349852946, alpha: 1.6732632423543772848170429916717 };
const seluScale = constant(selfNormalizing.gamma, 'λ');
const seluAlpha = constant(selfNormalizing.alpha, 'α');
export const selu = builtIn('selu', {
  torch: 'SELU()',
  f: (x) => mul(seluScale, where(x, x, mul(seluAlpha, expm1(min(x, 0))))),
  d: (x) => [mul(seluScale, where(x, 1, mul(seluAlpha, exp(min(x, 0)))))],
  kinks: [{ at: 0, derivative: 1.0507009873554804934193349852946 * 1.6732632423543772848170429916717 }],
  onnx: { operator: 'Selu', attributes: selfNormalizing },
  near: { at: [0, 1], want: [0, 1.0507009873554804934193349852946] },
});

const phi = (x: Formula) => mul(0.5, add(1, erf(div(x, constant(Math.SQRT2, '√2')))));
const density = (x: Formula) => div(exp(div(neg(mul(x, x)), 2)), constant(Math.sqrt(2 * Math.PI), '√(2π)'));
export const gelu = builtIn('gelu', {
  torch: 'GELU()',
  f: (x) => mul(x, phi(x)),
  d: (x) => [add(phi(x), mul(x, density(x)))],
  onnx: { operator: 'Gelu', attributes: { approximate: 'none' } },
  near: { at: [-40, 0, 40], want: [0, 0, 40] },
});

const geluInner = (x: Formula) =>
  mul(constant(Math.sqrt(2 / Math.PI), '√(2/π)'), add(x, mul(0.044715, mul(x, mul(x, x)))));
export const geluTanh = builtIn('geluTanh', {
  torch: "GELU(approximate='tanh')",
  f: (x) => mul(mul(0.5, x), add(1, tanh(geluInner(x)))),
  onnx: { operator: 'Gelu', attributes: { approximate: 'tanh' } },
  near: { at: [-40, 0, 40], want: [0, 0, 40] },
});

export const silu = builtIn('silu', {
  torch: 'SiLU()',
  f: (x) => div(x, add(1, exp(neg(x)))),
  d: (x, y) => [add(y, mul(sigmoidOf(x), sub(1, y)))],
  near: { at: [-700, 0, 800], want: [0, 0, 800] },
});

/** ln(1 + e^x), written so that a large x does not overflow. */
const softplusOf = (x: Formula) => add(max(x, 0), log1p(exp(neg(abs(x)))));
export const softplus = builtIn('softplus', {
  torch: 'Softplus(threshold=100)',
  f: softplusOf,
  d: (x) => [sigmoidOf(x)],
  range: positive,
  onnx: 'Softplus',
  near: { at: [-800, 0, 800], want: [0, Math.LN2, 800] },
});

export const softsign = builtIn('softsign', {
  torch: 'Softsign()',
  f: (x) => div(x, add(1, abs(x))),
  d: (x) => [div(1, mul(add(1, abs(x)), add(1, abs(x))))],
  range: [-1, 1],
  saturates: true,
  onnx: 'Softsign',
  near: { at: [-1, 0, 1], want: [-0.5, 0, 0.5] },
});

/** 1 strictly between low and high, else 0. */
const inside = (x: Formula, low: number, high: number) => mul(step(sub(x, low)), step(sub(high, x)));

export const hardSigmoid = builtIn('hardSigmoid', {
  torch: 'Hardsigmoid()',
  f: (x) => div(min(max(add(x, 3), 0), 6), 6),
  d: (x) => [div(inside(x, -3, 3), 6)],
  kinks: [
    { at: -3, derivative: 0 },
    { at: 3, derivative: 0 },
  ],
  range: [0, 1],
  saturates: true,
  onnx: { operator: 'HardSigmoid', attributes: { alpha: 1 / 6, beta: 0.5 } },
  near: { at: [-4, 0, 4], want: [0, 0.5, 1] },
});

export const hardSwish = builtIn('hardSwish', {
  torch: 'Hardswish()',
  f: (x) => mul(x, div(min(max(add(x, 3), 0), 6), 6)),
  d: (x) => [where(sub(3, x), mul(step(add(x, 3)), add(div(x, 3), 0.5)), 1)],
  kinks: [
    { at: -3, derivative: 0 },
    { at: 3, derivative: 1 },
  ],
  onnx: 'HardSwish',
  near: { at: [-4, 0, 4], want: [0, 0, 4] },
});

export const mish = builtIn('mish', {
  torch: 'Mish()',
  f: (x) => mul(x, tanh(softplusOf(x))),
  d: (x) => [
    add(tanh(softplusOf(x)), mul(mul(x, sigmoidOf(x)), sub(1, mul(tanh(softplusOf(x)), tanh(softplusOf(x)))))),
  ],
  onnx: 'Mish',
  near: { at: [-800, 0, 800], want: [0, 0, 800] },
});

export const relu6 = builtIn('relu6', {
  torch: 'ReLU6()',
  f: (x) => min(max(x, 0), 6),
  d: (x) => [inside(x, 0, 6)],
  kinks: [
    { at: 0, derivative: 0 },
    { at: 6, derivative: 0 },
  ],
  range: [0, 6],
  dies: true,
  near: { at: [-1, 3, 7], want: [0, 3, 6] },
});

const shiftedExp = map('e^(x - max)', { f: (x, most) => exp(sub(x, most)) });
const quotient = map('quotient', { f: (a, b) => div(a, b) });
const logProbability = map('logSoftmax', { f: (x, most, total) => sub(sub(x, most), log(total)) });
const softmaxBack = map("softmax'", { f: (g, y, mixed) => mul(y, sub(g, mixed)) });
const logSoftmaxBack = map("logSoftmax'", { f: (g, y, total) => sub(g, mul(exp(y), total)) });
const onesLike = map('ones', { f: (_like) => constant(1) });

/** exp(x - row maximum) and its row sums. The maximum is subtracted first: e^1000 is infinite, e^0 is 1. */
function exponentials(graph: Graph, sum: Node) {
  const most = rowMaximum(graph, sum);
  const rows = leadingLetters(sum);
  const powers = graph.map(shiftedExp, [sum, most], `${rows}k,${rows}->${rows}k`);
  return { rows, most, powers, total: graph.contract(`${rows}k->${rows}`, [powers]) };
}

/** Each row's exponentials, normalized to the sum 1. dL/dx_j = y_j (g_j - sum_k g_k y_k). */
export const softmax: Activation = {
  name: 'softmax',
  options: {},
  onnx: { operator: 'Softmax', attributes: { axis: -1 } },
  torch: 'Softmax(dim=-1)',
  range: [0, 1],
  saturates: true,
  apply(graph, sum) {
    const { rows, powers, total } = exponentials(graph, sum);
    const y = graph.map(quotient, [powers, total], `${rows}k,${rows}->${rows}k`);
    y.backward = {
      to: [sum],
      rule: (upstream) => {
        const g = upstream ?? graph.map(onesLike, [y]);
        const mixed = graph.contract(`${rows}k,${rows}k->${rows}`, [g, y]);
        return [graph.map(softmaxBack, [g, y, mixed], `${rows}k,${rows}k,${rows}->${rows}k`)];
      },
    };
    return y;
  },
};

/** The logarithm of softmax, without computing softmax first. dL/dx_j = g_j - e^(y_j) sum_k g_k. */
export const logSoftmax: Activation = {
  name: 'logSoftmax',
  options: {},
  onnx: { operator: 'LogSoftmax', attributes: { axis: -1 } },
  torch: 'LogSoftmax(dim=-1)',
  range: [Number.NEGATIVE_INFINITY, 0],
  logarithmic: true,
  apply(graph, sum) {
    const { rows, most, total } = exponentials(graph, sum);
    const y = graph.map(logProbability, [sum, most, total], `${rows}k,${rows},${rows}->${rows}k`);
    y.backward = {
      to: [sum],
      rule: (upstream) => {
        const g = upstream ?? graph.map(onesLike, [y]);
        const whole = graph.contract(`${rows}k->${rows}`, [g]);
        return [graph.map(logSoftmaxBack, [g, y, whole], `${rows}k,${rows}k,${rows}->${rows}k`)];
      },
    };
    return y;
  },
};

/** All activations, in the usual order of teaching. */
export const activations: readonly (Activation | ActivationFamily)[] = [
  linear,
  sigmoid,
  tanhActivation,
  relu,
  leakyRelu,
  elu,
  selu,
  gelu,
  geluTanh,
  silu,
  softplus,
  softsign,
  hardSigmoid,
  hardSwish,
  mish,
  celu,
  relu6,
  softmax,
  logSoftmax,
];

/**
 * An elementwise activation of a user's own, without options. `entry` has the formula and what cannot be derived from it.
 * Throws an InputError if a built-in activation has the name.
 *
 * @example activation('square', { f: (x) => formula.square(x) }).name  // 'square'
 */
export function activation(name: string, entry: ActivationEntry): Activation {
  checkOwnName('activation', name, activations);
  return builtIn(name, entry);
}

/**
 * An elementwise activation of a user's own, with options: call the result with some of them, or pass it as it is for the
 * defaults. Throws an InputError if a built-in activation has the name.
 */
export function activationFamily<const S extends OptionSpecs>(
  name: string,
  specs: S,
  entry: (options: ResolvedOptions<S>) => ActivationEntry,
): Family<Activation, S> {
  checkOwnFamily('activation', name, activations, { specs, make: entry });
  return builtInFamily(name, specs, entry);
}

export const activationName: (given: Activation | ActivationFamily) => string = recipeName;

/**
 * A family gives its member with default options. Throws an InputError for an activation that has the name of a built-in one
 * and is another.
 */
export const resolveActivation = (given: Activation | ActivationFamily): Activation =>
  memberOf<Activation>('activation', given, activations);
