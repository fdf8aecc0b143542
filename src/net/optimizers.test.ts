/** Defaults, errors and updates computed by hand. test/optimizers.test.ts compares with PyTorch's numbers. */
import { describe, expect, test } from 'vitest';
import type { OptionSpecs } from '../base/options.ts';
import { argument, mul, sub } from '../core/formula.ts';
import { Graph } from '../core/graph.ts';
import { mapOf } from '../core/op.ts';
import { reference } from '../engines/reference/index.ts';
import { compile } from '../plan/plan.ts';
import { adagrad, adam, adamW, lion, nadam, type Optimizer, optimizers, radam, rprop, sgd } from './optimizers.ts';

/** One parameter through updates with given gradients. */
function follow(optimizer: Optimizer, start: number, gradients: readonly number[]): number[] {
  const graph = new Graph();
  const parameter = graph.source('parameter', 'w', [1], start);
  const gradient = graph.source('input', 'g', [1]);
  const rate = graph.source('slot', 'learningRate', [], optimizer.learningRate);
  const count = graph.source('slot', 'count', [], 1);
  const value = optimizer.update!({
    graph,
    parameter,
    gradient,
    rate,
    count,
    state: (name, { initial = 0, scalar = false } = {}) =>
      graph.source('state', `optimizer.w.${name}`, scalar ? [] : [1], initial),
    keep: (state, next) => graph.update(state, next),
  });
  graph.update(parameter, value);
  const [program] = reference.compile([compile(graph, [])]);
  return gradients.map((g, i) => {
    program.view('g')[0] = g;
    program.view('count')[0] = i + 1;
    program.run();
    return program.view('w')[0];
  });
}

const near = (numbers: readonly number[]) => numbers.map((x) => expect.closeTo(x, 14));

test("names, options and defaults are PyTorch 2's; sgd requires a rate, and lion has the defaults of its paper", () => {
  const shown = (specs: OptionSpecs) =>
    Object.entries(specs)
      .map(([key, { default: value }]) => `${key} ${value === undefined ? '(required)' : value}`)
      .join(', ');
  // torch 2.13, torch/optim: etas (0.5, 1.2) and step_sizes (1e-6, 50) are rprop's four, betas are beta1 and beta2
  expect(optimizers.map(({ family, specs }) => `${family}: ${shown(specs)}`).join('\n')).toMatchInlineSnapshot(`
    "sgd: learningRate (required), momentum 0, nesterov false, dampening 0, weightDecay 0
    adam: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, amsgrad false, epsilonPlacement afterCorrection, weightDecay 0
    adamW: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, amsgrad false, epsilonPlacement afterCorrection, weightDecay 0.01
    rmsprop: learningRate 0.01, alpha 0.99, epsilon 1e-8, momentum 0, centered false, weightDecay 0
    adagrad: learningRate 0.01, learningRateDecay 0, epsilon 1e-10, weightDecay 0
    adadelta: learningRate 1, rho 0.9, epsilon 0.000001, weightDecay 0
    adamax: learningRate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0
    nadam: learningRate 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8, momentumDecay 0.004, weightDecay 0
    radam: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0
    rprop: learningRate 0.01, etaMinus 0.5, etaPlus 1.2, minStep 0.000001, maxStep 50
    lion: learningRate 0.0001, beta1 0.9, beta2 0.99, weightDecay 0
    lbfgs: learningRate 1, historySize 100"
  `);
});

describe('options', () => {
  test('options that are left out have their defaults in the resolved options', () => {
    expect(adam().options).toEqual({
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      amsgrad: false,
      epsilonPlacement: 'afterCorrection',
      weightDecay: 0,
    });
    expect(adamW().options.weightDecay).toBe(0.01);
    expect(sgd({ learningRate: 0.5 }).learningRate).toBe(0.5);
  });

  test('a rate that is missing', () => {
    expect(() => (sgd as unknown as () => unknown)()).toThrowErrorMatchingInlineSnapshot(`
      [InputError: sgd: learningRate is missing.
        Add learningRate: 0.1.]
    `);
  });

  test('a rate that is not positive', () => {
    expect(() => adam({ learningRate: 0 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: adam.learningRate: 0 is not above 0.
        Give a number above 0.]
    `);
    for (const make of optimizers) {
      for (const learningRate of [0, -0.1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => make({ learningRate } as never)).toThrow(
          `${make.family}.learningRate: ${learningRate} is not above 0.`,
        );
      }
    }
  });

  test('an unknown option', () => {
    // @ts-expect-error: in TypeScript the compiler says so first
    expect(() => sgd({ learningRate: 0.1, momentun: 0.9 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: sgd: unknown option "momentun".
        Did you mean "momentum"? Choose one of: learningRate, momentum, nesterov, dampening, weightDecay.]
    `);
  });

  test('factors are below 1, amounts are not negative', () => {
    expect(() => sgd({ learningRate: 0.1, momentum: 1 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: sgd.momentum: 1 is not at least 0 and below 1.
        Give a number at least 0 and below 1.]
    `);
    expect(() => adam({ beta2: 1 })).toThrow('adam.beta2: 1 is not at least 0 and below 1.');
    expect(() => adamW({ weightDecay: -0.01 })).toThrow('adamW.weightDecay: -0.01 is not at least 0.');
    expect(() => rprop({ etaPlus: 1 })).toThrow('rprop.etaPlus: 1 is not above 1.');
    expect(() => rprop({ etaMinus: 1 })).toThrow('rprop.etaMinus: 1 is not above 0 and below 1.');
  });

  test('an unknown placement of epsilon', () => {
    expect(() => adam({ epsilonPlacement: 'before' })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: adam.epsilonPlacement: "before" is not one of the allowed values.
        Choose one of: afterCorrection, beforeCorrection.]
    `);
  });
});

describe('updates by hand', () => {
  test('sgd: w − ηg; with momentum the velocity carries no rate', () => {
    expect(follow(sgd({ learningRate: 0.5 }), 1, [0.2, -0.4])).toEqual(near([0.9, 1.1]));
    // v = 1, 1.9, 2.71: the first is the first gradient, whatever the dampening
    expect(follow(sgd({ learningRate: 0.1, momentum: 0.9 }), 1, [1, 1, 1])).toEqual(near([0.9, 0.71, 0.439]));
    expect(follow(sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.5 }), 1, [1, 1])).toEqual(near([0.9, 0.76]));
    expect(follow(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), 1, [1])).toEqual(near([1 - 0.1 * 1.9]));
  });

  test('weight decay is coupled in sgd and adam, decoupled in adamW', () => {
    expect(follow(sgd({ learningRate: 0.1, weightDecay: 0.5 }), 2, [0])).toEqual(near([2 - 0.1 * 1]));
    // coupled, it is a gradient like any: Adam's first step is η whatever its size
    const [coupled] = follow(adam({ learningRate: 0.1, weightDecay: 0.5 }), 2, [0]);
    expect(coupled).toBeCloseTo(2 - 0.1, 8);
    expect(follow(adamW({ learningRate: 0.1, weightDecay: 0.5 }), 2, [0])).toEqual(near([2 * (1 - 0.05)]));
  });

  test("adam's first step is η against the gradient's sign, apart from epsilon", () => {
    for (const g of [1e-3, 1, -50]) {
      expect(follow(adam(), 0, [g])[0]).toBeCloseTo((-0.001 * g) / (Math.abs(g) + 1e-8), 17);
    }
  });

  test("lion: the sign of β1·m + (1 − β1)·g, then m by β2: its paper's algorithm 2", () => {
    // m = 0, then 0.01·2 = 0.02, then 0.99·0.02 + 0.01·(-0.1) = 0.0188
    const optimizer = lion({ learningRate: 0.1, weightDecay: 0.5 });
    const first = 1 - 0.1 * (1 + 0.5 * 1);
    // 0.9·0.02 - 0.1·0.1 = 0.008: still up
    const second = first - 0.1 * (1 + 0.5 * first);
    // 0.9·0.0188 - 0.1·0.5 = -0.03308: turned
    const third = second - 0.1 * (-1 + 0.5 * second);
    expect(follow(optimizer, 1, [2, -0.1, -0.5])).toEqual(near([first, second, third]));
    // its rate 1e-4 is its paper's too; nothing moves where there is no gradient
    expect(follow(lion(), 1, [3])).toEqual(near([1 - 1e-4]));
    expect(follow(lion(), 1, [0])).toEqual([1]);
  });

  test('rprop: only signs count; the step grows, shrinks when the sign changes, and is then skipped once', () => {
    const sizes = [0.01, 0.012, 0, 0.006];
    const got = follow(rprop(), 1, [5, 0.1, -3, -3]);
    expect(got).toEqual(near([1 - sizes[0], 1 - sizes[0] - sizes[1], 1 - sizes[0] - sizes[1], 1 - 0.022 + sizes[3]]));
  });

  test('adagrad: the rate decays with the updates before, not with this one', () => {
    const [first, second] = follow(adagrad({ learningRate: 0.1, learningRateDecay: 1 }), 1, [2, 0]);
    expect(first).toBeCloseTo(1 - 0.1, 10);
    expect(second).toBe(first);
    const [, moved] = follow(adagrad({ learningRate: 0.1, learningRateDecay: 1 }), 1, [2, 2]);
    expect(first - moved).toBeCloseTo((0.1 / 2) * (2 / Math.sqrt(8)), 10);
  });

  test('radam: not rectified in its first five updates, where it is momentum with a corrected mean', () => {
    expect(follow(radam({ learningRate: 0.1 }), 0, [1, 1, 1, 1, 1])).toEqual(near([-0.1, -0.2, -0.3, -0.4, -0.5]));
    const steps = follow(radam({ learningRate: 0.1 }), 0, [1, 1, 1, 1, 1, 1]);
    // from ρ > 5 on the variance counts; rectified, the first such step is a small one
    expect(Math.abs(steps[5] - steps[4])).toBeLessThan(0.05);
  });

  test("nadam's first direction is more than adam's: it looks one momentum ahead", () => {
    const [mu1, mu2] = [1, 2].map((t) => 0.9 * (1 - 0.5 * 0.96 ** (t * 0.004)));
    // m = 0.1 g, v corrected = g²
    const want = ((1 - mu1) / (1 - mu1) + (mu2 / (1 - mu1 * mu2)) * 0.1) / (1 + 1e-8);
    expect(follow(nadam({ learningRate: 0.1 }), 0, [1])).toEqual(near([-0.1 * want]));
  });
});

describe("where Adam's epsilon is added", () => {
  test('the two placements differ by about 1e-4 of a step at a gradient of 0.003, in one update', () => {
    const [after, before] = ['afterCorrection', 'beforeCorrection'].map((epsilonPlacement) => {
      const [w] = follow(adam({ learningRate: 1, epsilonPlacement }), 0, [0.003]);
      return -w;
    });
    // the corrected root is |g|, the uncorrected one √0.001·|g|: ε counts √1000 times as much beside it
    expect(after).toBeCloseTo(0.003 / (0.003 + 1e-8), 14);
    expect(before).toBeCloseTo(0.003 / (0.003 + 1e-8 * Math.sqrt(1000)), 14);
    expect((after - before) / after).toBeGreaterThan(1.0e-4);
    expect((after - before) / after).toBeLessThan(1.1e-4);
  });

  test('without epsilon there is no difference', () => {
    const run = (epsilonPlacement: string) => follow(adam({ epsilon: 0, epsilonPlacement }), 1, [0.3, -2, 0.7]);
    expect(run('beforeCorrection')).toEqual(near(run('afterCorrection')));
  });
});

test("a user's own optimizer is an object like a built-in one", () => {
  const steady: Optimizer = {
    name: 'steady',
    options: {},
    learningRate: 0.25,
    update: ({ graph, parameter, rate, gradient }) =>
      graph.map(mapOf('steady', sub(argument(0), mul(argument(1), argument(2))), 3), [parameter, rate, gradient]),
  };
  expect(follow(steady, 1, [2, 2])).toEqual([0.5, 0]);
});

test('options that do not go together are refused, as PyTorch refuses them', () => {
  expect(() => sgd({ learningRate: 0.1, nesterov: true })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: sgd: nesterov is defined with momentum and without dampening.
      Add "momentum": 0.9 and leave dampening out, or leave nesterov out.]
  `);
  expect(() => sgd({ learningRate: 0.1, nesterov: true, momentum: 0.9, dampening: 0.1 })).toThrow('without dampening');
  expect(() => rprop({ minStep: 1, maxStep: 0.1 })).toThrow('minStep 1 is above maxStep 0.1');
});
