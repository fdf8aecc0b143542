import { describe, expect, test } from 'vitest';
import { evaluate as run } from '../../test/central-differences.ts';
import { argument, evaluate, log, mul, neg, sub } from '../core/formula.ts';
import { gradient } from '../core/gradient.ts';
import { Graph } from '../core/graph.ts';
import { map } from '../core/op.ts';
import { linear, logSoftmax, sigmoid, softmax } from '../core/ops/activations.ts';
import {
  binaryCrossEntropy,
  crossEntropy,
  halfMse,
  hinge,
  huber,
  type Loss,
  logCosh,
  losses,
  lossFamily,
  mae,
  mse,
  loss as ownLoss,
  resolveLoss,
} from './losses.ts';

type Rows = readonly (readonly number[])[];

const activations = { linear, sigmoid, softmax, logSoftmax };
const lastOf = (loss: Loss) => activations[(loss.takes?.[0] ?? 'linear') as keyof typeof activations];

/** A loss of a batch of last sums, and its gradient in them. */
function lossOf(loss: Loss, sums: Rows, targets: Rows, activation = lastOf(loss)) {
  const graph = new Graph();
  const shape = [sums.length, sums[0].length];
  const sum = graph.source('parameter', 'sum', shape);
  const target = graph.source('input', 'target', shape);
  const output = activation.apply(graph, sum);
  const terms = loss.terms(graph, { sum, output, target, activation });
  const total = graph.contract('bk->', [terms]);
  const [slope] = gradient(graph, total, [sum]);
  const [value, got, outputs] = run(graph, [total, slope, output], { sum: sums.flat(), target: targets.flat() });
  return { value: value[0], gradient: [...got], outputs: [...outputs] };
}

/** To a few units in the last place: a handful of operations of half an ulp each. */
const near = (want: number) => expect.closeTo(want, 14);

/** Two samples of three outputs, so that 2m, m, n and mn all differ. */
const errors = [
  [0.5, -0.5, 2],
  [-2, 1, 0],
];
const zeros = [
  [0, 0, 0],
  [0, 0, 0],
];
const all = errors.flat();

describe('regression losses of two samples and three outputs, by hand', () => {
  const squares = 0.25 + 0.25 + 4 + 4 + 1;

  test('halfMse is Σ(t − y)²/2m, m samples', () => {
    const got = lossOf(halfMse, errors, zeros);
    expect(got.value).toBe(squares / 4);
    expect(got.gradient).toEqual(all.map((e) => e / 2));
  });

  test('mse is the mean of (y − t)² over samples and outputs', () => {
    const got = lossOf(mse, errors, zeros);
    expect(got.value).toEqual(near(squares / 6));
    expect(got.gradient).toEqual(all.map((e) => near((2 * e) / 6)));
  });

  test("mae is the mean of |y − t|, and mae'(0) = 0", () => {
    const got = lossOf(mae, errors, zeros);
    expect(got.value).toEqual(near(6 / 6));
    expect(got.gradient).toEqual([1, -1, 1, -1, 1, 0].map((e) => near(e / 6)));
    expect(lossOf(mae, [[3]], [[3]]).gradient).toEqual([0]);
  });

  test('huber is e²/2 up to delta and delta·(|e| − delta/2) from there on, both 1/2 at 1', () => {
    const got = lossOf(huber(), errors, zeros);
    expect(got.value).toEqual(near((0.125 + 0.125 + 1.5 + 1.5 + 0.5) / 6));
    expect(got.gradient).toEqual([0.5, -0.5, 1, -1, 1, 0].map((e) => near(e / 6)));
  });

  test('huber with another delta changes form there: value and slope are continuous', () => {
    const wide = huber({ delta: 1.5 });
    const got = lossOf(wide, errors, zeros);
    expect(got.value).toEqual(near((0.125 + 0.125 + 1.5 * 1.25 + 1.5 * 1.25 + 0.5) / 6));
    expect(got.gradient).toEqual([0.5, -0.5, 1.5, -1.5, 1, 0].map((e) => near(e / 6)));
    for (const sign of [-1, 1]) {
      const [below, above] = [1.5 - 1e-9, 1.5 + 1e-9].map((e) => lossOf(wide, [[sign * e]], [[0]]));
      expect(Math.abs(above.value - below.value)).toBeLessThan(4e-9);
      expect(Math.abs(above.gradient[0] - below.gradient[0])).toBeLessThan(2e-9);
    }
    // far from 0 it is delta times mae, less delta²/2
    expect(lossOf(huber({ delta: 0.01 }), [[7]], [[2]]).value).toEqual(near(0.01 * (5 - 0.005)));
  });

  test('logCosh is the mean of ln cosh(y − t): ln 1.25 at ln 2', () => {
    expect(lossOf(logCosh, [[Math.LN2]], [[0]]).value).toEqual(near(Math.log(1.25)));
    expect(lossOf(logCosh, [[1]], [[1]])).toMatchObject({ value: 0, gradient: [0] });
    const got = lossOf(logCosh, errors, zeros);
    expect(got.value).toEqual(near(all.reduce((sum, e) => sum + Math.log(Math.cosh(e)), 0) / 6));
    expect(got.gradient).toEqual(all.map((e) => near(Math.tanh(e) / 6)));
  });

  test('hinge is the mean of max(0, 1 − ty): nothing beyond the margin, no slope at its corner', () => {
    const got = lossOf(
      hinge,
      [
        [0.25, 2, 1],
        [0.25, -2, -1],
      ],
      [
        [1, 1, 1],
        [-1, -1, -1],
      ],
    );
    expect(got.value).toEqual(near((0.75 + 1.25) / 6));
    expect(got.gradient).toEqual([-1 / 6, 0, 0, 1 / 6, 0, 0].map(near));
  });
});

describe('likelihoods, by hand', () => {
  test('binaryCrossEntropy is the mean over samples and outputs of −(t ln y + (1 − t) ln(1 − y))', () => {
    // sigmoid(ln 3) = 3/4
    const s = Math.log(3);
    const got = lossOf(
      binaryCrossEntropy,
      [
        [s, s, -s],
        [0, 0, s],
      ],
      [
        [1, 0, 0],
        [1, 0, 0.25],
      ],
    );
    const [likely, unlikely] = [-Math.log(0.75), -Math.log(0.25)];
    const terms = [likely, unlikely, likely, Math.LN2, Math.LN2, 0.25 * likely + 0.75 * unlikely];
    expect(got.value).toEqual(near(terms.reduce((a, b) => a + b) / 6));
    expect(got.gradient).toEqual([-0.25, 0.75, 0.25, -0.5, 0.5, 0.5].map((e) => near(e / 6)));
  });

  test.each([softmax, logSoftmax])('crossEntropy of $name is the mean over samples of −Σ t ln y', (activation) => {
    // softmax of the logarithms of 1, 2 and 5 is 1/8, 2/8, 5/8
    const logits = [1, 2, 5].map(Math.log);
    const targets = [
      [0, 0, 1],
      [0.5, 0.5, 0],
    ];
    const got = lossOf(crossEntropy, [logits, logits.map((s) => s + 100)], targets, activation);
    const want = [-Math.log(5 / 8), -0.5 * Math.log(1 / 8) - 0.5 * Math.log(2 / 8)];
    expect(got.value).toEqual(near((want[0] + want[1]) / 2));
    const y = [1 / 8, 2 / 8, 5 / 8];
    expect(got.gradient).toEqual(targets.flatMap((row) => row.map((t, k) => near((y[k] - t) / 2))));
  });

  test('crossEntropy of the logits 2 and 0, the first being correct, is ln(1 + e^-2) = 0.126928', () => {
    expect(lossOf(crossEntropy, [[2, 0]], [[1, 0]]).value).toBeCloseTo(0.126928, 6);
  });
});

describe('the divisor of the loss', () => {
  const samples = [
    [0.3, -0.8],
    [1.7, 0.4],
  ];
  const targets: Record<string, Rows> = {
    probabilities: [
      [1, 0],
      [0.25, 0.75],
    ],
    values: [
      [1, -1],
      [-1, -1],
    ],
    other: [
      [0.2, 0.9],
      [0.6, 0.1],
    ],
  };
  const targetsOf = ({ targets: kind }: Loss) =>
    kind === 'probabilities'
      ? targets.probabilities
      : typeof kind === 'object' && 'values' in kind
        ? targets.values
        : targets.other;

  test.each(losses.map(resolveLoss))('$name: the same samples twice give the same loss', (loss) => {
    const t = targetsOf(loss);
    const once = lossOf(loss, samples, t).value;
    expect(lossOf(loss, [...samples, ...samples], [...t, ...t]).value).toEqual(near(once));
  });

  test('repeated outputs double halfMse; the other losses are means over outputs, except crossEntropy', () => {
    const twice = (rows: Rows) => rows.map((row) => [...row, ...row]);
    const factors = losses.map(resolveLoss).map((loss) => {
      const t = targetsOf(loss);
      const factor = lossOf(loss, twice(samples), twice(t)).value / lossOf(loss, samples, t).value;
      return `${loss.name} ${Math.round(factor * 1e9) / 1e9}`;
    });
    // of crossEntropy, whose twice as many classes are each half as likely, nothing can be said this way
    expect(factors.filter((text) => !text.startsWith('crossEntropy'))).toMatchInlineSnapshot(`
      [
        "halfMse 2",
        "mse 1",
        "mae 1",
        "huber 1",
        "logCosh 1",
        "binaryCrossEntropy 1",
        "hinge 1",
      ]
    `);
  });

  test.each(losses.map(resolveLoss))('$name: the computed loss is its definition over its divisor', (loss) => {
    const t = targetsOf(loss);
    const { value, outputs } = lossOf(loss, samples, t);
    const formula = loss.definition(argument(0), argument(1));
    const sum = outputs.reduce((total, y, i) => total + evaluate(formula, [y, t.flat()[i]]), 0);
    // two samples of two outputs: 2m and mn are both 4
    expect(sum / (loss === crossEntropy ? 2 : 4)).toEqual(near(value));
  });
});

describe('hard values', () => {
  test('binaryCrossEntropy at sums of ±1e4 is finite, and so is its gradient', () => {
    for (const [s, t, value, slope] of [
      [1e4, 1, 0, 0],
      [1e4, 0, 1e4, 1],
      [-1e4, 1, 1e4, -1],
      [-1e4, 0, 0, 0],
      [1e4, 0.5, 5e3, 0.5],
      [-1e4, 0.25, 2.5e3, -0.25],
      [40, 1, Math.exp(-40), -Math.exp(-40)],
    ]) {
      const got = lossOf(binaryCrossEntropy, [[s]], [[t]]);
      // the value keeps e^-40, which 1 - sigmoid(40) has lost; the gradient is y - t, off by half an ulp of 1
      expect(Math.abs(got.value - value), `at ${s}, target ${t}: ${got.value}`).toBeLessThanOrEqual(
        1e-15 * Math.abs(value),
      );
      expect(got.gradient, `at ${s}, target ${t}`).toEqual([near(slope)]);
    }
  });

  test.each([softmax, logSoftmax])(
    'crossEntropy of $name at logits of ±1e4 is finite, and so is its gradient',
    (activation) => {
      const logits = [1e4, -1e4, 0];
      const want = [0, 2e4, 1e4];
      want.forEach((value, right) => {
        const target = logits.map((_, k) => Number(k === right));
        const got = lossOf(crossEntropy, [logits], [target], activation);
        expect(got.value).toBe(value);
        expect(got.gradient).toEqual([1, 0, 0].map((y, k) => y - target[k]));
      });
      const equal = lossOf(crossEntropy, [[1e4, 1e4]], [[0.5, 0.5]], activation);
      expect(equal.value).toEqual(near(Math.LN2));
      expect(equal.gradient).toEqual([0, 0]);
    },
  );

  test('errors of ±1e4: logCosh is |e| − ln 2, huber |e| − 1/2, and both have the slope of mae', () => {
    for (const e of [-1e4, 1e4]) {
      // half an ulp of 1e4 is 9e-13
      expect(lossOf(logCosh, [[e]], [[0]]).value).toBeCloseTo(1e4 - Math.LN2, 11);
      expect(lossOf(huber(), [[e]], [[0]]).value).toBe(1e4 - 0.5);
      for (const loss of [logCosh, huber(), mae]) expect(lossOf(loss, [[e]], [[0]]).gradient).toEqual([Math.sign(e)]);
      expect(lossOf(mse, [[e]], [[0]]).value).toBe(1e8);
      expect(lossOf(hinge, [[e]], [[1]]).value).toBe(e < 0 ? 10001 : 0);
    }
    // cosh(1e4) is infinite: nothing here computes it
    expect(lossOf(logCosh, [[1e300]], [[0]])).toMatchObject({ value: 1e300, gradient: [1] });
  });

  test.each(losses.map(resolveLoss))('$name of NaN is NaN, so divergence is detected', (loss) => {
    expect(lossOf(loss, [[Number.NaN, 0]], [[1, 0]]).value).toBeNaN();
  });
});

test('whether a loss is joint, the last activations that it accepts, and its targets', () => {
  const lines = losses.map(resolveLoss).map(({ name, joint, takes, targets, options }) => {
    const goal = typeof targets === 'string' ? targets : JSON.stringify(targets);
    return `${[name, ...Object.entries(options).flat()].join(' ')}: ${joint ? 'jointly ' : ''}with ${takes?.join(' or ') ?? 'any'}; targets ${goal}`;
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "halfMse: with any; targets any
    mse: with any; targets any
    mae: with any; targets any
    huber delta 1: with any; targets any
    logCosh: with any; targets any
    crossEntropy: jointly with softmax or logSoftmax; targets probabilities
    binaryCrossEntropy: jointly with sigmoid; targets {"range":[0,1]}
    hinge: with linear; targets {"values":[-1,1]}"
  `);
});

test('a joint loss multiplies the upstream gradient: three times the loss has three times the gradient', () => {
  const triple = map('triple', { f: (l) => mul(3, l) });
  for (const [loss, activation] of [
    [binaryCrossEntropy, sigmoid],
    [crossEntropy, softmax],
    [crossEntropy, logSoftmax],
  ] as const) {
    const graph = new Graph();
    const sum = graph.source('parameter', 'sum', [2, 2]);
    const target = graph.source('input', 'target', [2, 2]);
    const output = activation.apply(graph, sum);
    const terms = loss.terms(graph, { sum, output, target, activation });
    const total = graph.contract('bk->', [graph.map(triple, [terms])]);
    const sums = [0.4, -1, 2, 0.3];
    const targets = [1, 0, 0.3, 0.7];
    const [got] = run(graph, gradient(graph, total, [sum]), { sum: sums, target: targets });
    const once = lossOf(loss, [sums.slice(0, 2), sums.slice(2)], [targets.slice(0, 2), targets.slice(2)], activation);
    expect([...got]).toEqual(once.gradient.map((g) => near(3 * g)));
  }
});

describe('options', () => {
  test('a delta that is not above 0', () => {
    expect(() => huber({ delta: 0 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: huber.delta: 0 is not above 0.
        Give a number above 0.]
    `);
  });

  test('an unknown option', () => {
    // @ts-expect-error: in TypeScript the compiler says so first
    expect(() => huber({ detla: 2 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: huber: unknown option "detla".
        Did you mean "delta"? Choose one of: delta.]
    `);
  });

  test('a family gives its member with default options', () => {
    expect(resolveLoss(huber).options).toEqual({ delta: 1 });
    expect(resolveLoss(mse)).toBe(mse);
  });
});

test("a user's own loss is an object like a built-in one", () => {
  // the negative logarithm of the output itself
  const surprise: Loss = {
    name: 'surprise',
    options: {},
    joint: false,
    targets: 'any',
    definition: (y, t) => neg(mul(t, log(y))),
    terms: (graph, { output, target }) =>
      graph.map(map('surprise', { f: (y, t) => neg(mul(t, log(y))) }), [output, target]),
  };
  const got = lossOf(surprise, [[0]], [[1]], sigmoid);
  expect(got.value).toEqual(near(Math.LN2));
  expect(got.gradient).toEqual([near(-0.5)]);
});

test('a loss whose function computes with numbers is refused when it is made', () => {
  const operators = (y: unknown, t: unknown) => ((y as number) - (t as number)) ** 2;
  const words = 'it gives NaN, not a formula.\n  Build it with formula of';
  expect(() => ownLoss('quartic', { f: operators as never })).toThrow(`loss "quartic": f: ${words}`);
  expect(() => ownLoss('quartic', { f: (y, t) => sub(y, t), d: operators as never })).toThrow(
    `loss "quartic": d: ${words}`,
  );
  expect(() => ownLoss('quartic', { f: () => undefined as never })).toThrow('it gives undefined, not a formula');
  const scaled = lossFamily('scaled', { by: { type: 'number', default: 1, note: '' } }, () => ({
    f: operators as never,
  }));
  expect(() => scaled()).toThrow(`loss "scaled": f: ${words}`);
});
