import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../test/central-differences.ts';
import { fillUniform } from '../../base/random.ts';
import { tensor } from '../../base/tensor.ts';
import { add, apply, argument, constant, exp, mul, type Primitive, primitives, sub } from '../../core/formula.ts';
import { Graph } from '../../core/graph.ts';
import { map, mapOf } from '../../core/op.ts';
import { softmax, tanh } from '../../core/ops/activations.ts';
import { rowMaximum } from '../../core/ops/row-maximum.ts';
import { uniform } from '../../core/ops/uniform.ts';
import { page } from '../../explain/fixtures.ts';
import { dense } from '../../net/layers/dense.ts';
import { crossEntropy } from '../../net/losses.ts';
import { initialize, network } from '../../net/network.ts';
import { adam } from '../../net/optimizers.ts';
import { trainingStep } from '../../net/step.ts';
import { assemble } from '../../net/training.ts';
import { compile } from '../../plan/plan.ts';
import { reference } from './index.ts';

const product = map('product', { f: (a, b) => mul(a, b) });
const plus = map('plus', { f: (a, b) => add(a, b) });

/** Numbers at which arithmetic is special, and ordinary ones. */
const corners = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  1e-300,
  1e300,
  5e-324,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

describe('maps', () => {
  test.each(Object.keys(primitives) as Primitive[])(
    '%s is its definition, to the last bit, at every corner',
    (name) => {
      const call = primitives[name] as (...operands: number[]) => number;
      const arity = name === 'where' ? 3 : call.length;
      // all pairs; the third operand runs along with the first
      const n = corners.length ** 2;
      const x = Array.from({ length: n }, (_, i) => corners[i % corners.length]);
      const y = Array.from({ length: n }, (_, i) => corners[Math.floor(i / corners.length)]);
      const operands = [x, y, x.toReversed()].slice(0, arity);
      const graph = new Graph();
      const nodes = operands.map((_, i) => graph.source('input', `x${i}`, [n]));
      const op = mapOf(name, apply(name, ...operands.map((_, i) => argument(i))), arity);
      const [got] = evaluate(graph, [graph.map(op, nodes)], Object.fromEntries(operands.map((v, i) => [`x${i}`, v])));
      const want = x.map((_, i) => call(...operands.map((values) => values[i])));
      // toEqual distinguishes 0 from -0, and equates NaN with NaN
      expect([...got]).toEqual(want);
    },
  );

  test('lengths near the block of 256 elements: each element is computed once', () => {
    // a repeated input, a shared subformula, a constant
    const op = map('op', { f: (a, b) => add(mul(sub(a, b), sub(a, b)), add(b, 3)) });
    for (const n of [1, 2, 255, 256, 257, 511, 512, 513, 1000]) {
      const graph = new Graph();
      const [a, b] = [graph.source('input', 'a', [2, n]), graph.source('input', 'b', [n])];
      const values = Array.from({ length: 2 * n }, (_, i) => i % 97);
      const short = Array.from({ length: n }, (_, i) => i % 7);
      const [got] = evaluate(graph, [graph.map(op, [a, b], 'ab,b->ab')], { a: values, b: short });
      expect([...got], `${n}`).toEqual(values.map((v, i) => (v - short[i % n]) ** 2 + short[i % n] + 3));
    }
  });

  test('letters: repeated, transposed, broadcast from a scalar, an outer product', () => {
    const graph = new Graph();
    const m = graph.source('input', 'm', [2, 3]);
    const v = graph.source('input', 'v', [3]);
    const u = graph.source('input', 'u', [2]);
    const s = graph.source('input', 's', []);
    const numbers = { m: [1, 2, 3, 4, 5, 6], v: [10, 20, 30], u: [7, 8], s: [100] };
    const wanted = [
      graph.map(plus, [m, v], 'ab,b->ab'),
      graph.map(plus, [m, v], 'ab,b->ba'),
      graph.map(plus, [m, s]),
      graph.map(product, [u, v], 'a,b->ab'),
      graph.map(plus, [s, s]),
    ];
    expect(evaluate(graph, wanted, numbers).map((got) => [...got])).toEqual([
      [11, 22, 33, 14, 25, 36],
      [11, 14, 22, 25, 33, 36],
      [101, 102, 103, 104, 105, 106],
      [70, 140, 210, 80, 160, 240],
      [200],
    ]);
  });

  test('a formula of one argument copies it; a constant formula fills', () => {
    const graph = new Graph();
    const v = graph.source('input', 'v', [3]);
    const m = graph.source('input', 'm', [2, 3]);
    const wanted = [
      graph.map(map('copy', { f: (a) => a }), [v]),
      graph.map(map('spread', { f: (a, _like) => a }), [v, m], 'b,ab->ab'),
      graph.map(map('five', { f: (_like) => constant(5) }), [v]),
    ];
    const got = evaluate(graph, wanted, { v: [1, 2, 3], m: new Float64Array(6) });
    expect(got.map((each) => [...each])).toEqual([
      [1, 2, 3],
      [1, 2, 3, 1, 2, 3],
      [5, 5, 5],
    ]);
  });
});

describe('contractions', () => {
  /** By definition: over all indices of all letters. */
  function byDefinition(
    letters: string,
    a: number[],
    b: number[] | undefined,
    lengths: Record<string, number>,
  ): number[] {
    const [left, output] = letters.split('->');
    const [axesA, axesB] = left.split(',');
    const all = [...new Set(left.replace(',', ''))];
    const offset = (axes: string, index: Record<string, number>) =>
      [...axes].reduce((sum, letter) => sum * lengths[letter] + index[letter], 0);
    const out = new Array<number>([...output].reduce((n, letter) => n * lengths[letter], 1)).fill(0);
    const visit = (at: number, index: Record<string, number>) => {
      if (at === all.length) {
        out[offset(output, index)] += a[offset(axesA, index)] * (b === undefined ? 1 : b[offset(axesB, index)]);
        return;
      }
      for (let i = 0; i < lengths[all[at]]; i++) visit(at + 1, { ...index, [all[at]]: i });
    };
    visit(0, {});
    return out;
  }

  test.each([
    'bi,io->bo',
    'bo,bi->io',
    'bo,io->bi',
    'bo->o',
    'bo->',
    'bo->ob',
    'b,o->bo',
    'b,o->',
    'bio->i',
    ',bo->bo',
    'bo,bo->',
    '->',
  ])('%s is its definition', (letters) => {
    const lengths: Record<string, number> = { b: 3, i: 4, o: 5 };
    const graph = new Graph();
    // small integers: sums are exact in any order
    const inputs = letters
      .split('->')[0]
      .split(',')
      .map((axes, i) => {
        const shape = [...axes].map((letter) => lengths[letter]);
        const values = Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, e) => ((e * 7 + i) % 11) - 5);
        return { node: graph.source('input', `x${i}`, shape), values };
      });
    const node = graph.contract(
      letters,
      inputs.map((input) => input.node),
    );
    const [got] = evaluate(graph, [node], Object.fromEntries(inputs.map(({ values }, i) => [`x${i}`, values])));
    expect([...got]).toEqual(byDefinition(letters, inputs[0].values, inputs[1]?.values, lengths));
  });

  test('terms are added in order, one accumulator: 1 + 2^-53 + 2^-53 is 1', () => {
    const graph = new Graph();
    const node = graph.contract('a->', [graph.source('input', 'x', [3])]);
    expect([...evaluate(graph, [node], { x: [1, 2 ** -53, 2 ** -53] })[0]]).toEqual([1]);
    expect([...evaluate(graph, [node], { x: [2 ** -53, 2 ** -53, 1] })[0]]).toEqual([1 + 2 ** -52]);
  });
});

describe('kernels', () => {
  test('the maximum of each row; a row with NaN has NaN', () => {
    const graph = new Graph();
    const node = rowMaximum(graph, graph.source('input', 'x', [4, 3]));
    const x = [-3, -1, -2, 5, 5, 4, Number.NEGATIVE_INFINITY, -1e308, -1, 1, Number.NaN, 2];
    expect([...evaluate(graph, [node], { x })[0]]).toEqual([-1, 5, -1, Number.NaN]);
  });

  test('uniform numbers are those of the dropout stream: the sequence is the count, with the lane in its upper half', () => {
    const graph = new Graph();
    const x = graph.source('input', 'x', [2, 5]);
    const count = graph.source('slot', 'count', []);
    const nodes = [0, 3].map((lane) => uniform(graph, x, count, 9, lane));
    const got = evaluate(graph, nodes, { count: [4] });
    [4, 3 * 2 ** 32 + 4].forEach((sequence, i) => {
      const want = new Float64Array(10);
      fillUniform(want, 9, 'dropout', sequence);
      expect(got[i]).toEqual(want);
    });
  });
});

describe('a program', () => {
  /** Two numbers that swap, plus their sum, which is kept. */
  function swap() {
    const graph = new Graph();
    const a = graph.source('parameter', 'a', [1], 1);
    const b = graph.source('state', 'b', [1], 10);
    const zero = graph.constant(tensor([1], [0]));
    graph.name('sum', graph.map(plus, [a, b]));
    graph.update(a, graph.map(plus, [b, zero]));
    graph.update(b, graph.map(plus, [a, zero]));
    return compile(graph, [graph.get('sum')]);
  }

  test('applies updates after all values are computed', () => {
    const [program] = reference.compile([swap()]);
    program.run();
    expect([program.view('a')[0], program.view('b')[0], program.view('sum')[0]]).toEqual([10, 1, 11]);
    program.run(2);
    expect(program.view('a')[0]).toBe(10);
    program.run(0);
    expect(program.view('a')[0]).toBe(10);
  });

  test('plans that belong together share parameters and states by name, and nothing else', () => {
    const [one, two] = reference.compile([swap(), swap()]);
    one.view('a')[0] = 5;
    expect(two.view('a')[0]).toBe(5);
    two.run();
    expect([one.view('a')[0], one.view('b')[0]]).toEqual([10, 5]);
    expect([one.view('sum')[0], two.view('sum')[0]]).toEqual([0, 15]);
    // those compiled apart have memories of their own
    const [other] = reference.compile([swap()]);
    expect(other.view('a')[0]).toBe(1);
  });

  test('sources start at their initial values: a number, a tensor, else 0', () => {
    const graph = new Graph();
    graph.source('slot', 'rate', [], 0.5);
    graph.source('input', 'x', [2], tensor([2], [3, 4]));
    graph.source('input', 'y', [2]);
    const [program] = reference.compile([compile(graph, 'all')]);
    expect(['rate', 'x', 'y'].map((name) => [...program.view(name)])).toEqual([[0.5], [3, 4], [0, 0]]);
  });

  test('an address that the plan does not have is a bug of the caller', () => {
    const [program] = reference.compile([swap()]);
    expect(program.has('a')).toBe(true);
    expect(program.has('c')).toBe(false);
    expect(() => program.view('c')).toThrow('the plan has no c');
  });

  test('the same plan gives the same bits, again and again', () => {
    const run = () => {
      const graph = new Graph();
      const x = graph.source('parameter', 'x', [100], 0.3);
      graph.update(x, graph.map(map('chaos', { f: (v) => sub(exp(mul(-3, v)), mul(v, v)) }), [x]));
      const [program] = reference.compile([compile(graph, [])]);
      program.run(500);
      return program.view('x').slice();
    };
    expect(run()).toEqual(run());
  });
});

describe('the reference is not too slow', () => {
  test("a step of the page's 3-2-1 network takes less than 2 µs", () => {
    const problem = page();
    const graph = trainingStep(problem.network, problem.recipe, { batch: 3, inputs: 3, outputs: 1 });
    const [program] = reference.compile([compile(graph, [graph.get('loss')])]);
    for (const [name, { data }] of problem.parameters) program.view(name).set(data);
    program.view('layers.0.input').set(problem.inputs.data);
    program.view('target').set(problem.targets.data);
    // the best of many rounds during up to 20 s: others use this machine too
    let best = Number.POSITIVE_INFINITY;
    const end = performance.now() + 20_000;
    for (let round = 0; round < 20 || (best >= 2 && performance.now() < end); round++) {
      const start = performance.now();
      program.run(2000);
      best = Math.min(best, (performance.now() - start) / 2);
    }
    expect(best, 'µs per step').toBeLessThan(2);
    expect(program.view('loss')[0]).toBeLessThan(1e-3);
  });

  test('1,000 epochs over 150 rows with 16 hidden units take less than 5 s', () => {
    const net = network([dense(16, { activation: tanh }), dense(3, { activation: softmax })], { inputs: 4 });
    const { recipe } = assemble({ loss: crossEntropy, optimizer: adam, stop: { epochs: 1 } });
    const graph = trainingStep(net, recipe, { batch: 150, inputs: 4, outputs: 3 });
    const [program] = reference.compile([compile(graph, [graph.get('loss')])]);
    for (const [name, { data }] of initialize(net, 4)) program.view(name).set(data);
    fillUniform(program.view('layers.0.input'), 1, 'check', 0);
    program.view('target').set(Array.from({ length: 450 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3)));
    const start = performance.now();
    for (let epoch = 1; epoch <= 1000; epoch++) {
      program.view('count')[0] = epoch;
      program.run();
    }
    expect((performance.now() - start) / 1000, 'seconds').toBeLessThan(5);
    expect(program.view('loss')[0]).toBeLessThan(Math.log(3));
  });
});
