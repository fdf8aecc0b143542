/**
 * Optimizers. Each is one entry: its options, and the nodes that make a parameter's new value from its gradient. The
 * formulas and defaults are PyTorch 2's; Lion's are its paper's. Weight decay, where an optimizer has it, applies to
 * every parameter that it updates, biases too.
 */
import { aFunction, aPositiveNumber, kind, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import {
  type AnyFamily,
  checkOwnName,
  type Family,
  family,
  memberOf,
  type NumberOption,
  type OptionSpecs,
  type OptionValues,
  type ResolvedOptions,
  recipeKindOf,
  someSpecs,
} from '../base/options.ts';
import {
  abs,
  add,
  constant,
  div,
  type Formula,
  max,
  min,
  mul,
  neg,
  pow,
  sign,
  sqrt,
  square,
  sub,
  where,
} from '../core/formula.ts';
import type { Graph, Node } from '../core/graph.ts';
import { map } from '../core/op.ts';
import { alternative, type RateSchedule, schedules, writtenSchedule } from './schedules.ts';

/** The nodes and functions that an optimizer gets when it adds the update of one parameter to the graph. */
export interface UpdateContext {
  readonly graph: Graph;
  readonly parameter: Node;
  /** After clipping, before the optimizer's own weight decay. */
  readonly gradient: Node;
  /** The learning rate η, a scalar slot. */
  readonly rate: Node;
  /** The number t of this update, from 1; a scalar slot. */
  readonly count: Node;
  /** A tensor that the optimizer keeps: shaped like the parameter, or a scalar. */
  state(name: string, options?: { readonly initial?: number; readonly scalar?: boolean }): Node;
  /** Writes a state's next value. */
  keep(state: Node, value: Node): void;
}

export interface Optimizer {
  readonly name: string;
  readonly options: OptionValues;
  /** The learning rate, or the base rate of the schedule. */
  readonly learningRate: number;
  readonly schedule?: RateSchedule;
  /** Adds the nodes of one update and returns the parameter's new value. */
  readonly update?: (context: UpdateContext) => Node;
  /** Instead of an update: a line search over all rows, which evaluates the loss several times. */
  readonly search?: { readonly learningRate: number; readonly historySize: number };
}

export type OptimizerFamily = AnyFamily<Optimizer>;

interface OptimizerEntry<S extends OptionSpecs> {
  readonly options: S;
  /** Throws an InputError if options contradict each other. */
  readonly check?: (options: ResolvedOptions<S>) => void;
  readonly update: (options: ResolvedOptions<S>) => (context: UpdateContext) => Node;
}

function builtIn<const S extends OptionSpecs & { readonly learningRate: NumberOption }>(
  name: string,
  entry: OptimizerEntry<S>,
): Family<Optimizer, S> {
  return family('optimizer', name, entry.options, (resolved, options) => {
    entry.check?.(resolved);
    const given = options.learningRate as number | RateSchedule;
    const update = entry.update(resolved);
    if (typeof given === 'number') return { name, options, learningRate: given, update };
    const learningRate = given.learningRate ?? entry.options.learningRate.default;
    if (learningRate === undefined) {
      fail({
        what: `${name} has no default learning rate`,
        where: `${name}.learningRate`,
        fix: 'Add "learningRate": 0.1 to the schedule.',
      });
    }
    return {
      name,
      options: { ...options, learningRate: writtenSchedule(given) },
      learningRate,
      schedule: given,
      update,
    };
  });
}

const rate = (value?: number) =>
  ({
    type: 'number',
    default: value,
    above: 0,
    note: 'the learning rate η',
    or: alternative(() => Object.values(schedules)),
  }) as const;
/** A rate without a default: TypeScript too asks for it. */
const requiredRate = { ...rate(), default: undefined } as const;
const factor = (value: number, note: string): NumberOption => ({
  type: 'number',
  default: value,
  atLeast: 0,
  below: 1,
  note,
});
const amount = (value: number, note: string): NumberOption => ({ type: 'number', default: value, atLeast: 0, note });
const flag = (note: string) => ({ type: 'boolean', default: false, note }) as const;
const coupledDecay = amount(0, 'L2 weight decay: adds this value times the parameter to its gradient');
const decoupledDecay = (value: number) =>
  amount(value, 'decoupled weight decay: shrinks the parameter by this value times η');
const epsilon = (value: number) => amount(value, 'added to the denominator for numerical stability');
const betas = (beta1: number, beta2: number) => ({
  beta1: factor(beta1, 'decay rate of the first-moment estimate (β1)'),
  beta2: factor(beta2, 'decay rate of the second-moment estimate (β2)'),
});

/** The gradient with coupled (L2) decay: g + λw. */
function decayed({ graph, gradient, parameter }: UpdateContext, decay: number): Node {
  if (decay === 0) return gradient;
  return graph.map(map('weightDecay', { f: (g, w) => add(g, mul(constant(decay, 'λ'), w)) }), [gradient, parameter]);
}

/** An exponential mean that is kept: s <- βs + (1-β)x. */
function running(context: UpdateContext, name: string, beta: number, value: Node, squared = false): Node {
  const { graph } = context;
  const held = context.state(name);
  const symbol = constant(beta, squared ? 'β2' : 'β1');
  const next = graph.map(
    map(name, { f: (s, x) => add(mul(symbol, s), mul(sub(1, symbol), squared ? square(x) : x)) }),
    [held, value],
  );
  context.keep(held, next);
  return next;
}

/** The bias correction 1 - β^t, a scalar. Source: Kingma and Ba (2015), section 3. */
function correction({ graph, count }: UpdateContext, beta: number, symbol: string): Node {
  return graph.map(map('biasCorrection', { f: (t) => sub(1, pow(constant(beta, symbol), t)) }), [count]);
}

/** w - η·d, the last operation of most optimizers. */
const descend = map('descend', { f: (w, rate, d) => sub(w, mul(rate, d)) });

export const sgd = builtIn('sgd', {
  options: {
    learningRate: requiredRate,
    momentum: factor(0, 'decay rate of the velocity'),
    nesterov: flag('use Nesterov momentum; needs momentum'),
    dampening: amount(0, 'share of each gradient, after the first, that the velocity leaves out'),
    weightDecay: coupledDecay,
  },
  check({ nesterov, momentum, dampening }) {
    if (!nesterov || (momentum > 0 && dampening === 0)) return;
    fail({
      what: 'nesterov is defined with momentum and without dampening',
      where: 'sgd',
      fix: 'Add "momentum": 0.9 and leave dampening out, or leave nesterov out.',
    });
  },
  update(options) {
    const { momentum, dampening, weightDecay, nesterov } = options;
    return (context) => {
      const { graph, parameter, count } = context;
      const g = decayed(context, weightDecay);
      if (momentum === 0) return graph.map(descend, [parameter, context.rate, g]);
      const mu = constant(momentum, 'μ');
      const held = context.state('velocity');
      // The first velocity is the first gradient, without dampening.
      const velocity =
        dampening === 0
          ? graph.map(map('velocity', { f: (v, g) => add(mul(mu, v), g) }), [held, g])
          : graph.map(
              map('velocity', { f: (v, g, t) => where(sub(t, 1), add(mul(mu, v), mul(1 - dampening, g)), g) }),
              [held, g, count],
            );
      context.keep(held, velocity);
      const direction = nesterov
        ? graph.map(map('nesterov', { f: (g, v) => add(g, mul(mu, v)) }), [g, velocity])
        : velocity;
      return graph.map(descend, [parameter, context.rate, direction]);
    };
  },
});

type AdamOptions = typeof adamOptions & { readonly weightDecay: NumberOption };

/** Source: Kingma and Ba (2015); AMSGrad: Reddi, Kale, Kumar (2018). */
function adamUpdate(options: ResolvedOptions<AdamOptions>, decoupled: boolean): (context: UpdateContext) => Node {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const early = options.epsilonPlacement === 'beforeCorrection';
  return (context) => {
    const { graph, rate } = context;
    const g = decoupled ? context.gradient : decayed(context, weightDecay);
    const start = decoupled ? decoupledShrink(context, weightDecay) : context.parameter;
    const m = running(context, 'mean', beta1, g);
    let v = running(context, 'meanSquare', beta2, g, true);
    if (options.amsgrad) {
      const most = context.state('largestMeanSquare');
      v = graph.map(map('largest', { f: (a, b) => max(a, b) }), [most, v]);
      context.keep(most, v);
    }
    const c1 = correction(context, beta1, 'β1');
    const c2 = correction(context, beta2, 'β2');
    const eps = constant(epsilon, 'ε');
    const step = early
      ? map('adam', {
          f: (w, rate, m, v, c1, c2) => sub(w, mul(div(mul(rate, sqrt(c2)), c1), div(m, add(sqrt(v), eps)))),
        })
      : map('adam', {
          f: (w, rate, m, v, c1, c2) => sub(w, mul(div(rate, c1), div(m, add(div(sqrt(v), sqrt(c2)), eps)))),
        });
    return graph.map(step, [start, rate, m, v, c1, c2]);
  };
}

/** w(1 - ηλ). Source: Loshchilov and Hutter (2019). */
function decoupledShrink({ graph, parameter, rate }: UpdateContext, decay: number): Node {
  if (decay === 0) return parameter;
  const shrink = map('decoupledDecay', { f: (w, rate) => mul(w, sub(1, mul(rate, constant(decay, 'λ')))) });
  return graph.map(shrink, [parameter, rate]);
}

const adamOptions = {
  learningRate: rate(0.001),
  ...betas(0.9, 0.999),
  epsilon: epsilon(1e-8),
  amsgrad: flag('divide by the maximum mean square so far'),
  epsilonPlacement: {
    type: 'choice',
    values: ['afterCorrection', 'beforeCorrection'],
    default: 'afterCorrection',
    note: "where ε is added: to the corrected root, or before it is corrected (the paper's shortcut)",
  },
} as const;

export const adam = builtIn('adam', {
  options: { ...adamOptions, weightDecay: coupledDecay },
  update: (options) => adamUpdate(options, false),
});

export const adamW = builtIn('adamW', {
  options: { ...adamOptions, weightDecay: decoupledDecay(0.01) },
  update: (options) => adamUpdate(options, true),
});

/** Source: Tieleman and Hinton (2012), lecture 6.5; centered: Graves (2013), equations 38 to 45. */
export const rmsprop = builtIn('rmsprop', {
  options: {
    learningRate: rate(0.01),
    alpha: factor(0.99, 'decay rate of the mean square of the gradient'),
    epsilon: epsilon(1e-8),
    momentum: factor(0, 'decay rate of the velocity'),
    centered: flag('divide by the standard deviation instead of the root mean square'),
    weightDecay: coupledDecay,
  },
  update(options) {
    const { alpha, epsilon, momentum, weightDecay } = options;
    return (context) => {
      const { graph, parameter, rate } = context;
      const g = decayed(context, weightDecay);
      const v = running(context, 'meanSquare', alpha, g, true);
      const eps = constant(epsilon, 'ε');
      const divided = options.centered
        ? graph.map(map('rmsprop', { f: (g, v, mean) => div(g, add(sqrt(sub(v, square(mean))), eps)) }), [
            g,
            v,
            running(context, 'mean', alpha, g),
          ])
        : graph.map(map('rmsprop', { f: (g, v) => div(g, add(sqrt(v), eps)) }), [g, v]);
      if (momentum === 0) return graph.map(descend, [parameter, rate, divided]);
      const held = context.state('velocity');
      const velocity = graph.map(map('velocity', { f: (v, d) => add(mul(constant(momentum, 'μ'), v), d) }), [
        held,
        divided,
      ]);
      context.keep(held, velocity);
      return graph.map(descend, [parameter, rate, velocity]);
    };
  },
});

/** Source: Duchi, Hazan, Singer (2011). */
export const adagrad = builtIn('adagrad', {
  options: {
    learningRate: rate(0.01),
    learningRateDecay: amount(
      0,
      'decay of the learning rate: divides η by 1 + this value times the number of previous updates',
    ),
    epsilon: epsilon(1e-10),
    weightDecay: coupledDecay,
  },
  update(options) {
    const { learningRateDecay, epsilon, weightDecay } = options;
    return (context) => {
      const { graph, parameter, rate, count } = context;
      const g = decayed(context, weightDecay);
      const held = context.state('sumOfSquares');
      const total = graph.map(map('sumOfSquares', { f: (s, g) => add(s, square(g)) }), [held, g]);
      context.keep(held, total);
      const slower = graph.map(
        map('decayedRate', { f: (rate, t) => div(rate, add(1, mul(sub(t, 1), learningRateDecay))) }),
        [rate, count],
      );
      const adapted = map('adagrad', { f: (g, s) => div(g, add(sqrt(s), constant(epsilon, 'ε'))) });
      return graph.map(descend, [parameter, slower, graph.map(adapted, [g, total])]);
    };
  },
});

/** Source: Zeiler (2012). */
export const adadelta = builtIn('adadelta', {
  options: {
    learningRate: rate(1),
    rho: factor(0.9, 'decay rate of the mean squares of the gradient and of the step'),
    epsilon: epsilon(1e-6),
    weightDecay: coupledDecay,
  },
  update(options) {
    const { rho, epsilon, weightDecay } = options;
    return (context) => {
      const { graph, parameter, rate } = context;
      const g = decayed(context, weightDecay);
      const v = running(context, 'meanSquare', rho, g, true);
      const steps = context.state('meanSquareStep');
      const eps = constant(epsilon, 'ε');
      const delta = graph.map(map('adadelta', { f: (g, v, u) => mul(div(sqrt(add(u, eps)), sqrt(add(v, eps))), g) }), [
        g,
        v,
        steps,
      ]);
      const symbol = constant(rho, 'ρ');
      const next = map('meanSquareStep', { f: (u, d) => add(mul(symbol, u), mul(sub(1, symbol), square(d))) });
      context.keep(steps, graph.map(next, [steps, delta]));
      return graph.map(descend, [parameter, rate, delta]);
    };
  },
});

/** Source: Kingma and Ba (2015), section 7.1. */
export const adamax = builtIn('adamax', {
  options: { learningRate: rate(0.002), ...betas(0.9, 0.999), epsilon: epsilon(1e-8), weightDecay: coupledDecay },
  update(options) {
    const { beta1, beta2, epsilon, weightDecay } = options;
    return (context) => {
      const { graph, parameter, rate } = context;
      const g = decayed(context, weightDecay);
      const m = running(context, 'mean', beta1, g);
      const held = context.state('largest');
      const norm = map('largest', {
        f: (u, g) => max(mul(constant(beta2, 'β2'), u), add(abs(g), constant(epsilon, 'ε'))),
      });
      const u = graph.map(norm, [held, g]);
      context.keep(held, u);
      const c1 = correction(context, beta1, 'β1');
      const step = map('adamax', { f: (w, rate, m, u, c1) => sub(w, mul(div(rate, c1), div(m, u))) });
      return graph.map(step, [parameter, rate, m, u, c1]);
    };
  },
});

/** Source: Dozat (2016). */
export const nadam = builtIn('nadam', {
  options: {
    learningRate: rate(0.002),
    ...betas(0.9, 0.999),
    epsilon: epsilon(1e-8),
    momentumDecay: amount(0.004, 'how fast the momentum rises to β1'),
    weightDecay: coupledDecay,
  },
  update(options) {
    const { beta1, beta2, epsilon, momentumDecay, weightDecay } = options;
    const momentum = (t: Formula) =>
      mul(constant(beta1, 'β1'), sub(1, mul(0.5, pow(0.96, mul(t, constant(momentumDecay, 'ψ'))))));
    return (context) => {
      const { graph, parameter, rate, count } = context;
      const g = decayed(context, weightDecay);
      const mu = graph.map(map('momentum', { f: (t) => momentum(t) }), [count]);
      const muNext = graph.map(map('momentum', { f: (t) => momentum(add(t, 1)) }), [count]);
      const held = context.state('momentumProduct', { initial: 1, scalar: true });
      const product = graph.map(map('momentumProduct', { f: (p, mu) => mul(p, mu) }), [held, mu]);
      context.keep(held, product);
      const m = running(context, 'mean', beta1, g);
      const v = running(context, 'meanSquare', beta2, g, true);
      const c2 = correction(context, beta2, 'β2');
      const direction = map('nadam', {
        f: (g, m, v, c2, mu, muNext, product) =>
          div(
            add(mul(div(sub(1, mu), sub(1, product)), g), mul(div(muNext, sub(1, mul(product, muNext))), m)),
            add(sqrt(div(v, c2)), constant(epsilon, 'ε')),
          ),
      });
      return graph.map(descend, [parameter, rate, graph.map(direction, [g, m, v, c2, mu, muNext, product])]);
    };
  },
});

/** Source: Liu et al. (2020). */
export const radam = builtIn('radam', {
  options: { learningRate: rate(0.001), ...betas(0.9, 0.999), epsilon: epsilon(1e-8), weightDecay: coupledDecay },
  update(options) {
    const { beta1, beta2, epsilon, weightDecay } = options;
    const limit = 2 / (1 - beta2) - 1;
    return (context) => {
      const { graph, parameter, rate, count } = context;
      const g = decayed(context, weightDecay);
      const m = running(context, 'mean', beta1, g);
      const v = running(context, 'meanSquare', beta2, g, true);
      const c1 = correction(context, beta1, 'β1');
      const c2 = correction(context, beta2, 'β2');
      const inf = constant(limit, 'ρ∞');
      const length = map('rho', {
        f: (t, c2) => sub(inf, div(mul(mul(2, t), pow(constant(beta2, 'β2'), t)), c2)),
      });
      const rho = graph.map(length, [count, c2]);
      // the variance is rectified once the mean square has seen enough gradients, and ignored before
      const rectified = map('radam', {
        f: (m, v, c1, c2, rho) =>
          mul(
            div(m, c1),
            where(
              sub(rho, 5),
              mul(
                sqrt(max(div(mul(mul(sub(rho, 4), sub(rho, 2)), inf), mul(mul(sub(inf, 4), sub(inf, 2)), rho)), 0)),
                div(sqrt(c2), add(sqrt(v), constant(epsilon, 'ε'))),
              ),
              1,
            ),
          ),
      });
      return graph.map(descend, [parameter, rate, graph.map(rectified, [m, v, c1, c2, rho])]);
    };
  },
});

/** Resilient backpropagation: only the gradient's sign counts. Source: Riedmiller and Braun (1993), as PyTorch's. */
export const rprop = builtIn('rprop', {
  options: {
    learningRate: { type: 'number', default: 0.01, above: 0, note: 'the size of the first step' },
    etaMinus: {
      type: 'number',
      default: 0.5,
      above: 0,
      below: 1,
      note: 'factor of the step size when the sign of the gradient changes',
    },
    etaPlus: {
      type: 'number',
      default: 1.2,
      above: 1,
      note: 'factor of the step size while the sign of the gradient stays the same',
    },
    minStep: amount(1e-6, 'the minimum step size'),
    maxStep: { type: 'number', default: 50, above: 0, note: 'the maximum step size' },
  },
  check({ minStep, maxStep }) {
    if (minStep <= maxStep) return;
    fail({ what: `minStep ${minStep} is above maxStep ${maxStep}`, where: 'rprop', fix: 'Swap them.' });
  },
  update(options) {
    const { learningRate, etaMinus, etaPlus, minStep, maxStep } = options;
    return (context) => {
      const { graph, parameter, gradient } = context;
      const before = context.state('lastGradient');
      const held = context.state('stepSize', { initial: learningRate });
      const size = graph.map(
        map('stepSize', {
          f: (s, g, last) =>
            min(max(mul(s, where(mul(g, last), etaPlus, where(neg(mul(g, last)), etaMinus, 1))), minStep), maxStep),
        }),
        [held, gradient, before],
      );
      context.keep(held, size);
      const used = graph.map(map('unlessTurned', { f: (g, last) => where(neg(mul(g, last)), 0, g) }), [
        gradient,
        before,
      ]);
      context.keep(before, used);
      return graph.map(map('rprop', { f: (w, g, s) => sub(w, mul(sign(g), s)) }), [parameter, used, size]);
    };
  },
});

/** Source: Chen et al. (2023), algorithm 2. */
export const lion = builtIn('lion', {
  options: { learningRate: rate(0.0001), ...betas(0.9, 0.99), weightDecay: decoupledDecay(0) },
  update(options) {
    const { beta1, beta2, weightDecay } = options;
    return (context) => {
      const { graph, parameter, gradient, rate } = context;
      const held = context.state('mean');
      const b1 = constant(beta1, 'β1');
      const b2 = constant(beta2, 'β2');
      const next = graph.map(
        map('lion', {
          f: (w, rate, m, g) =>
            sub(w, mul(rate, add(sign(add(mul(b1, m), mul(sub(1, b1), g))), mul(constant(weightDecay, 'λ'), w)))),
        }),
        [parameter, rate, held, gradient],
      );
      context.keep(
        held,
        graph.map(map('mean', { f: (m, g) => add(mul(b2, m), mul(sub(1, b2), g)) }), [held, gradient]),
      );
      return next;
    };
  },
});

/**
 * L-BFGS with a line search that meets the strong Wolfe conditions: an epoch is one iteration over all rows. Sources as in
 * the trainer's search; the options are PyTorch's.
 */
export const lbfgs = family(
  'optimizer',
  'lbfgs',
  {
    learningRate: { type: 'number', default: 1, above: 0, note: 'the first step length that the line search tries' },
    historySize: {
      type: 'number',
      default: 100,
      atLeast: 1,
      note: 'number of past steps that approximate the Hessian',
    },
  },
  (search, options): Optimizer => ({ name: 'lbfgs', options, learningRate: search.learningRate, search }),
);

export const optimizers: readonly OptimizerFamily[] = [
  sgd,
  adam,
  adamW,
  rmsprop,
  adagrad,
  adadelta,
  adamax,
  nadam,
  radam,
  rprop,
  lion,
  lbfgs,
];

/** A user's own optimizer, as its author writes it. */
export interface OwnOptimizerEntry<S extends OptionSpecs> {
  /** The default learning rate. Without one, the rate must be given. */
  readonly learningRate?: number;
  /** Options in addition to the learning rate. */
  readonly options?: S;
  /** Adds the nodes of one parameter's update to the graph and returns the parameter's new value. */
  readonly update: (options: ResolvedOptions<S>) => (context: UpdateContext) => Node;
}

const anOptimizerEntry = record({
  update: aFunction,
  learningRate: optional(aPositiveNumber),
  options: optional(someSpecs),
});

/**
 * An optimizer of a user's own. It has the option `learningRate`, a number or a schedule, like the built-in ones.
 * Throws an InputError if a built-in optimizer has the name.
 */
export function optimizer<const S extends OptionSpecs = Record<never, never>>(
  name: string,
  entry: OwnOptimizerEntry<S>,
): Family<Optimizer, S & { readonly learningRate: ReturnType<typeof rate> }> {
  checkOwnName('optimizer', name, optimizers);
  anOptimizerEntry(entry, `optimizer "${name}"`);
  const { learningRate, options, update } = entry;
  const specs = { learningRate: rate(learningRate), ...options } as S & { learningRate: ReturnType<typeof rate> };
  return builtIn(name, { options: specs, update: update as (options: object) => ReturnType<typeof update> });
}

/**
 * A family gives its member with default options. Throws an InputError for an optimizer that has the name of a built-in one
 * and is another.
 */
export const resolveOptimizer = (given: Optimizer | OptimizerFamily): Optimizer =>
  memberOf<Optimizer>('optimizer', given, optimizers);

/** An optimizer, not a family. */
export const anOptimizer = kind(
  'an optimizer',
  (value) => typeof value !== 'function' && recipeKindOf(value) === 'optimizer',
  'Pass one, such as sgd({ learningRate: 0.1 }).',
);
