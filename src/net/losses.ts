/**
 * Losses. Each is one entry: what one output of one sample adds to the loss (the reduction included), the last
 * activations that it takes, and the targets that it takes. The sum of the terms is the loss.
 *
 * If samples have weights ω, the terms of a sample are multiplied by its weight, and the sum of the weights of the batch
 * replaces the number of samples m: Σ ω·l / Σ ω. Equal weights of any size therefore change nothing. scikit-learn's
 * sample_weight and PyTorch's CrossEntropyLoss(weight=…) do the same; Keras and PyTorch's BCELoss(weight=…) divide by the
 * number of samples, so that large weights also make large steps (docs/decisions/0009).
 */
import { kind } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
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
  recipeKindOf,
} from '../base/options.ts';
import { size } from '../base/shape.ts';
import { show } from '../base/show.ts';
import {
  abs,
  add,
  argument,
  constant,
  div,
  exp,
  type Formula,
  log,
  log1p,
  max,
  min,
  mul,
  neg,
  square,
  sub,
  tanh,
  where,
} from '../core/formula.ts';
import { isFormula } from '../core/formula-form.ts';
import { type Graph, leadingLetters, type Node } from '../core/graph.ts';
import { aMapEntry, type MapEntry, map } from '../core/op.ts';
import { type Activation, logSoftmax } from '../core/ops/activations.ts';

/** The last layer's nodes, [batch, …, outputs], and the targets of the same shape. */
export interface LossInputs {
  readonly sum: Node;
  readonly output: Node;
  readonly target: Node;
  /** The last layer's activation. */
  readonly activation: Activation;
  readonly weights?: SampleWeights;
}

/** The weights of a batch's samples. */
export interface SampleWeights {
  /** [batch], each at least 0. */
  readonly each: Node;
  /** Their sum, or 1 where that is 0: a scalar. */
  readonly total: Node;
}

/** The targets that a loss accepts: any number, a closed range, one of two values, or a row of probabilities. */
export type LossTargets =
  | 'any'
  | { readonly range: readonly [number, number] }
  | { readonly values: readonly number[] }
  | 'probabilities';

export interface Loss<Targets extends LossTargets = LossTargets> {
  readonly name: string;
  readonly options: OptionValues;
  /** The last activations it takes; undefined: any. */
  readonly takes?: readonly string[];
  /** Computed together with the last activation: its gradient is that in `sum`, as one factor. */
  readonly joint: boolean;
  readonly targets: Targets;
  /** The definition for one output y and its target t, without the reduction. Explanations show it. */
  readonly definition: (y: Formula, t: Formula) => Formula;
  /** Adds the terms [batch, …, outputs]; their sum is the loss. */
  terms(graph: Graph, inputs: LossInputs): Node;
}

export type LossFamily = AnyFamily<Loss>;

/** The number of samples m, as a formula that the explanation shows by name. */
const samples = (node: Node) => constant(node.shape[0], 'm');
/** The number of samples, or the sum of their weights, times the outputs of a sample. */
const elements = ({ shape }: Node, m: Formula) => times(m, size(shape.slice(1)));
/** The number of samples, or the sum of their weights, times the rows of outputs in a sample: 1 unless it has more axes. */
const rowsOfOutputs = ({ shape }: Node, m: Formula) => times(m, size(shape.slice(1, -1)));
const times = (m: Formula, n: number) => (n === 1 ? m : mul(m, constant(n, 'n')));

/** The operands of a map of terms that come after its own, and the axes of all `count` and these. */
const weightOperands = (weights: SampleWeights | undefined) =>
  weights === undefined ? [] : [weights.each, weights.total];
const termLetters = (weights: SampleWeights | undefined, count: number, terms: Node) => {
  const axes = `${leadingLetters(terms)}k`;
  return weights === undefined ? undefined : `${`${axes},`.repeat(count)}b,->${axes}`;
};

/** A loss that is a sum over samples and outputs of a function of one output and its target. */
export interface LossEntry {
  /** The function, over the output y and the target t, before the reduction. */
  readonly f: (y: Formula, t: Formula) => Formula;
  /** Its derivative in y. Default: differentiated from `f`. */
  readonly d?: (y: Formula, t: Formula) => Formula;
  /**
   * What the sum is divided by: from the outputs [batch, …, outputs], and the number of samples m (or the sum of their
   * weights). `d` is the divisor of the derivative, where a factor cancels. Default: all outputs, which gives their mean.
   */
  readonly divisor?: (output: Node, m: Formula) => { readonly f: Formula; readonly d: Formula };
  /** The names of the last activations that it takes. Default: any. */
  readonly takes?: readonly string[];
  /** Default: any number. */
  readonly targets?: LossTargets;
}

const mean = (output: Node, m: Formula) => ({ f: elements(output, m), d: elements(output, m) });

function elementwise<Targets extends LossTargets = 'any'>(
  name: string,
  entry: LossEntry & { readonly targets?: Targets },
  options: OptionValues = {},
): Loss<Targets> {
  return {
    name,
    options,
    takes: entry.takes,
    joint: false,
    targets: (entry.targets ?? 'any') as Targets,
    definition: entry.f,
    terms(graph, { output, target, weights }) {
      const { f, d, divisor = mean } = entry;
      const by = divisor(output, samples(output));
      const none = constant(Number.NaN);
      const plain: MapEntry = {
        f: (y, t) => div(f(y, t), by.f),
        ...(d && { d: (y, t) => [div(d(y, t), by.d), none] }),
      };
      const weighted: MapEntry = {
        f: (y, t, w, m) => div(mul(w, f(y, t)), divisor(output, m).f),
        ...(d && { d: (y, t, w, m) => [div(mul(w, d(y, t)), divisor(output, m).d), none, none, none] }),
      };
      const operands = [output, target, ...weightOperands(weights)];
      return graph.map(map(name, weights === undefined ? plain : weighted), operands, termLetters(weights, 2, output));
    },
  };
}

/** Half the squared error: the sum over samples and outputs of (t - y)^2 / 2m, m samples. */
export const halfMse = elementwise('halfMse', {
  f: (y, t) => square(sub(t, y)),
  d: (y, t) => sub(y, t),
  divisor: (_output, m) => ({ f: mul(2, m), d: m }),
});

/** The mean over samples and outputs of (y - t)^2. */
export const mse = elementwise('mse', {
  f: (y, t) => square(sub(y, t)),
  d: (y, t) => mul(2, sub(y, t)),
});

/** The mean of |y - t|; its derivative at 0 is 0. */
export const mae = elementwise('mae', {
  f: (y, t) => abs(sub(y, t)),
  d: (y, t) => where(sub(y, t), 1, where(sub(t, y), -1, 0)),
});

/** The mean of e^2/2 for |e| <= delta, else delta (|e| - delta/2). Source: Huber (1964). */
export const huber = family(
  'loss',
  'huber',
  {
    delta: {
      type: 'number',
      default: 1,
      above: 0,
      note: 'the error at which the loss changes from quadratic to linear',
    },
  },
  ({ delta }, options) =>
    elementwise(
      'huber',
      {
        f: (y, t) => {
          const e = sub(y, t);
          return where(sub(abs(e), delta), mul(delta, sub(abs(e), delta / 2)), div(square(e), 2));
        },
        d: (y, t) => max(min(sub(y, t), delta), -delta),
      },
      options,
    ),
);

/** The mean of ln cosh(y - t), written so that a large error does not overflow. */
export const logCosh = elementwise('logCosh', {
  f: (y, t) => {
    const e = abs(sub(y, t));
    return sub(add(e, log1p(exp(mul(-2, e)))), constant(Math.LN2, 'ln 2'));
  },
  d: (y, t) => tanh(sub(y, t)),
});

/** The mean of max(0, 1 - ty), targets -1 and 1; its derivative at the corner is 0. */
export const hinge = elementwise('hinge', {
  f: (y, t) => max(sub(1, mul(t, y)), 0),
  d: (y, t) => where(sub(1, mul(t, y)), neg(t), 0),
  takes: ['linear'],
  targets: { values: [-1, 1] },
});

/**
 * Gives the terms the gradient (y - t)/divisor in the last layer's sum, times ω where there are weights: softmax and
 * sigmoid with their likelihoods.
 */
function jointGradient(
  graph: Graph,
  terms: Node,
  { sum, target, weights }: LossInputs,
  y: () => Node,
  divisor: (m: Formula) => Formula,
): Node {
  const own = divisor(samples(terms));
  const [delta, scaled] =
    weights === undefined
      ? [
          map('y - t', { f: (y, t) => div(sub(y, t), own) }),
          map('g(y - t)', { f: (g, y, t) => mul(g, div(sub(y, t), own)) }),
        ]
      : [
          map('ω(y - t)', { f: (y, t, w, m) => div(mul(w, sub(y, t)), divisor(m)) }),
          map('gω(y - t)', { f: (g, y, t, w, m) => mul(g, div(mul(w, sub(y, t)), divisor(m))) }),
        ];
  terms.backward = {
    to: [sum],
    rule: (g) => {
      const operands = [...(g === undefined ? [] : [g]), y(), target];
      const all = [...operands, ...weightOperands(weights)];
      return [graph.map(g === undefined ? delta : scaled, all, termLetters(weights, operands.length, terms))];
    },
  };
  return terms;
}

/**
 * The mean over samples and outputs of -(t ln y + (1 - t) ln(1 - y)), y a sigmoid; targets in [0, 1]. Computed from the
 * sum s as max(s, 0) - st + ln(1 + e^-|s|), which no s overflows.
 */
export const binaryCrossEntropy: Loss<{ readonly range: readonly [number, number] }> = {
  name: 'binaryCrossEntropy',
  options: {},
  takes: ['sigmoid'],
  joint: true,
  targets: { range: [0, 1] },
  definition: (y, t) => neg(add(mul(t, log(y)), mul(sub(1, t), log(sub(1, y))))),
  terms(graph, inputs) {
    const { sum, output, target, weights } = inputs;
    const term = (s: Formula, t: Formula) => add(sub(max(s, 0), mul(s, t)), log1p(exp(neg(abs(s)))));
    const divisor = (m: Formula) => elements(output, m);
    const entry =
      weights === undefined
        ? map('binaryCrossEntropy', { f: (s, t) => div(term(s, t), divisor(samples(output))) })
        : map('binaryCrossEntropy', { f: (s, t, w, m) => div(mul(w, term(s, t)), divisor(m)) });
    const terms = graph.map(entry, [sum, target, ...weightOperands(weights)], termLetters(weights, 2, output));
    return jointGradient(graph, terms, inputs, () => output, divisor);
  },
};

const powers = map('e^y', { f: (y) => exp(y) });

/**
 * The mean over samples (with more axes, over all rows of outputs) of -sum_k t_k ln y_k, y a softmax; targets are rows of
 * probabilities. It is computed from the logarithm of softmax, which does not overflow. Source: Goodfellow, Bengio, Courville (2016), section 6.2.2.3.
 */
export const crossEntropy: Loss<'probabilities'> = {
  name: 'crossEntropy',
  options: {},
  takes: ['softmax', 'logSoftmax'],
  joint: true,
  targets: 'probabilities',
  definition: (y, t) => neg(mul(t, log(y))),
  terms(graph, inputs) {
    const { sum, output, target, activation, weights } = inputs;
    const logs = activation.logarithmic ? output : logSoftmax.apply(graph, sum);
    const divisor = (m: Formula) => rowsOfOutputs(output, m);
    const entry =
      weights === undefined
        ? map('crossEntropy', { f: (l, t) => div(neg(mul(t, l)), divisor(samples(output))) })
        : map('crossEntropy', { f: (l, t, w, m) => div(mul(w, neg(mul(t, l))), divisor(m)) });
    const y = () => (logs === output ? graph.map(powers, [output]) : output);
    const terms = graph.map(entry, [logs, target, ...weightOperands(weights)], termLetters(weights, 2, output));
    return jointGradient(graph, terms, inputs, y, divisor);
  },
};

export const losses: readonly (Loss | LossFamily)[] = [
  halfMse,
  mse,
  mae,
  huber,
  logCosh,
  crossEntropy,
  binaryCrossEntropy,
  hinge,
];

/**
 * An elementwise loss of a user's own, without options. Throws an InputError if a built-in loss has the name.
 *
 * @example loss('quartic', { f: (y, t) => formula.square(formula.square(formula.sub(y, t))) }).name  // 'quartic'
 */
export function loss(name: string, entry: LossEntry): Loss {
  checkOwnName('loss', name, losses);
  return elementwise(name, checked(name, entry));
}

/** The entry itself. Throws an InputError if it is none, or if one of its functions computes with numbers and gives no formula. */
function checked(name: string, entry: LossEntry): LossEntry {
  const where = `loss "${name}"`;
  aMapEntry(entry, where);
  for (const key of ['f', 'd'] as const) {
    const made: unknown = entry[key]?.(argument(0), argument(1));
    if (entry[key] === undefined || isFormula(made) || Number.isFinite(made)) continue;
    fail({
      what: `it gives ${show(made)}, not a formula`,
      where: `${where}: ${key}`,
      fix: "Build it with formula of 'chainrule/core', not with operators: (y, t) => formula.square(formula.sub(y, t)).",
    });
  }
  return entry;
}

/**
 * A user's own elementwise loss with options. Call the result with some of the options, or pass it unchanged for the
 * defaults. Throws an InputError if a built-in loss has the name.
 */
export function lossFamily<const S extends OptionSpecs>(
  name: string,
  specs: S,
  entry: (options: ResolvedOptions<S>) => LossEntry,
): Family<Loss, S> {
  checkOwnFamily('loss', name, losses, { specs, make: entry });
  return family('loss', name, specs, (resolved, options) => elementwise(name, checked(name, entry(resolved)), options));
}

/**
 * A family gives its member with default options. Throws an InputError for a loss that has the name of a built-in one and is
 * another.
 */
export const resolveLoss = (given: Loss | LossFamily): Loss => memberOf<Loss>('loss', given, losses);

/** A loss, not a family. */
export const aLoss = kind(
  'a loss',
  (value) => typeof value !== 'function' && recipeKindOf(value) === 'loss',
  'Pass one, such as mse.',
);
