import { describe, expect, test } from 'vitest';
import { checkGraph, evaluate, program, spreadOut } from '../../test/central-differences.ts';
import { size } from '../base/shape.ts';
import { compile, show } from '../plan/plan.ts';
import { add, exp, mul, sin, square, tanh } from './formula.ts';
import { gradient } from './gradient.ts';
import { Graph, type Node } from './graph.ts';
import { map } from './op.ts';
import { rowMaximum } from './ops/row-maximum.ts';
import { uniform } from './ops/uniform.ts';

const product = map('product', { f: (a, b) => mul(a, b) });
const squared = map('squared', { f: (a) => square(a) });
const sine = map('sine', { f: (a) => sin(a) });
/** Its partials differ, and each reads both arguments. */
const mixed = map('mixed', { f: (a, b) => mul(tanh(a), exp(mul(0.5, add(a, b)))) });

const alphabet = 'abcdef';

/** Sources of the given shapes, and numbers for them. */
function sources(shapes: readonly (readonly number[])[]) {
  const graph = new Graph();
  const nodes = shapes.map((shape, i) => graph.source('parameter', `x${i}`, shape));
  const numbers = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, spreadOut(size(shape), i)]));
  return { graph, nodes, numbers };
}

function sum(graph: Graph, node: Node): Node {
  return graph.contract(`${alphabet.slice(0, node.shape.length)}->`, [node]);
}

/** The lengths of the letters in the patterns below: all different, so that a mistaken axis does not fit. */
const lengths: Record<string, number> = { b: 3, i: 2, o: 4, a: 3, c: 5, d: 2 };
const shapesOf = (letters: string) =>
  letters
    .split('->')[0]
    .split(',')
    .map((axes) => [...axes].map((letter) => lengths[letter]));

describe('a contraction has its letters swapped', () => {
  const patterns = [
    'bi,io->bo',
    'ib,io->bo',
    'bi,io->ob',
    'bi,oi->bo',
    'bo->o',
    'bo->b',
    'bo->',
    'bo->bo',
    'bo->ob',
    'a,b->ab',
    'a,b->ba',
    'a,b->a', // b is summed out of the second alone
    'a,b->',
    'a,a->a',
    'a,a->',
    'ab,ab->',
    'ab,ba->',
    'ab,ab->b',
    'ab,c->a', // b and c are each summed out of one input
    'ab,c->',
    'ab,cd->bc',
    'abc,bd->acd',
    'abc,cb->a',
    ',ab->ab',
    'ab,->ba',
    ',->',
    '->',
  ];
  test.each(patterns)('%s', (letters) => {
    const { graph, nodes, numbers } = sources(shapesOf(letters));
    const result = graph.contract(letters, nodes);
    // squares: the gradient from above is a separate tensor
    expect(checkGraph(graph, sum(graph, graph.map(squared, [result])), nodes, numbers)).toEqual([]);
  });

  test.each(patterns)('%s, summed: ones come from above', (letters) => {
    const { graph, nodes, numbers } = sources(shapesOf(letters));
    const result = graph.contract(letters, nodes);
    const of = result.shape.length === 0 ? result : sum(graph, result);
    expect(checkGraph(graph, of, nodes, numbers)).toEqual([]);
  });
});

describe('a map multiplies by its partial derivative and sums over repeated axes', () => {
  const patterns = [
    'bo,bo->bo',
    'bo,o->bo',
    'b,bo->bo',
    ',bo->bo',
    'bo,->ob',
    'a,b->ab',
    'ab,ba->ab',
    'ac,b->bca',
    ',->',
  ];
  test.each(patterns)('%s', (letters) => {
    const { graph, nodes, numbers } = sources(shapesOf(letters));
    const result = graph.map(mixed, nodes, letters);
    expect(checkGraph(graph, sum(graph, graph.map(squared, [result])), nodes, numbers)).toEqual([]);
  });

  test.each(patterns)('%s, summed: ones come from above', (letters) => {
    for (const op of [mixed, product, map('plus', { f: (a, b) => add(a, b) }), map('first', { f: (a, _b) => a })]) {
      const { graph, nodes, numbers } = sources(shapesOf(letters));
      const result = graph.map(op, nodes, letters);
      const of = result.shape.length === 0 ? result : sum(graph, result);
      expect(checkGraph(graph, of, nodes, numbers), op.name).toEqual([]);
    }
  });
});

describe('a node that is used more than once gets the sum', () => {
  test('as both operands of a product', () => {
    const { graph, nodes, numbers } = sources([[2, 3]]);
    const [x] = nodes;
    const both = graph.map(product, [x, x]);
    expect(checkGraph(graph, graph.contract('ab,ab->', [both, x]), nodes, numbers)).toEqual([]);
  });

  test('along two paths that meet again', () => {
    const { graph, nodes, numbers } = sources([[2, 3], [3]]);
    const [x, b] = nodes;
    const middle = graph.map(mixed, [x, b], 'ab,b->ab');
    const left = graph.map(sine, [middle]);
    const right = graph.contract('ab,b->a', [middle, b]);
    const of = sum(graph, graph.map(product, [left, right], 'ab,a->ab'));
    expect(checkGraph(graph, of, nodes, numbers)).toEqual([]);
  });

  test('for an inner node of the graph, which counts as a source', () => {
    const { graph, nodes, numbers } = sources([[2]]);
    const middle = graph.name('middle', graph.map(sine, nodes));
    const of = graph.contract('a,a->', [middle, middle]);
    const [x, inner] = evaluate(graph, gradient(graph, of, [nodes[0], middle]), numbers);
    numbers.x0.forEach((value, i) => {
      expect(inner[i]).toBeCloseTo(2 * Math.sin(value), 14);
      expect(x[i]).toBeCloseTo(2 * Math.sin(value) * Math.cos(value), 14);
    });
  });
});

test('a node that the scalar does not depend on has a gradient of zeros', () => {
  const { graph, nodes, numbers } = sources([[2], [3, 2]]);
  const [, other] = evaluate(graph, gradient(graph, graph.contract('a,a->', [nodes[0], nodes[0]]), nodes), numbers);
  expect(other).toEqual(new Float64Array(6));
});

test('the gradient of a scalar in itself is 1', () => {
  const { graph, nodes, numbers } = sources([[]]);
  expect(evaluate(graph, gradient(graph, nodes[0], nodes), numbers)).toEqual([Float64Array.of(1)]);
  const node = graph.map(sine, nodes);
  expect(evaluate(graph, gradient(graph, node, [node]), numbers)).toEqual([Float64Array.of(1)]);
});

test('only a scalar has a gradient', () => {
  const { graph, nodes } = sources([[2]]);
  expect(() => gradient(graph, nodes[0], nodes)).toThrow('only a scalar has a gradient');
});

test('ones are never multiplied: the gradient of a sum of maps is one map', () => {
  const { graph, nodes } = sources([[2, 3]]);
  const [g] = gradient(graph, sum(graph, graph.map(sine, nodes)), nodes);
  expect(show(compile(graph, [g]))).toMatchInlineSnapshot(`
    "x0 [2, 3] @0 = parameter
    gradient(x0) [2, 3] @6 = sine'(x0) ab->ab"
  `);
});

test('kernels are held constant: a row minus its maximum, and random numbers', () => {
  const { graph, nodes, numbers } = sources([[2, 3], []]);
  const [x, one] = nodes;
  const less = map('less', { f: (x, most, u) => add(mul(x, u), mul(-1, most)) });
  const of = sum(graph, graph.map(less, [x, rowMaximum(graph, x), uniform(graph, x, one, 1, 0)], 'ab,a,ab->ab'));
  const draws = graph.nodes.find(({ op }) => op.kind === 'kernel' && op.kernel.name === 'uniform')!;
  const [g, u] = evaluate(graph, [...gradient(graph, of, [x]), draws], numbers);
  expect(g).toEqual(u);
});

describe('a rule of its own', () => {
  test('replaces the nodes in between, and receives the gradient of its node', () => {
    const { graph, nodes, numbers } = sources([[2]]);
    const [x] = nodes;
    const y = graph.map(sine, [graph.map(sine, [x])]);
    const seen: (Node | undefined)[] = [];
    y.backward = {
      to: [x],
      rule: (upstream) => {
        seen.push(upstream);
        return [graph.map(map('sevenfold', { f: (g) => mul(7, g) }), [upstream!])];
      },
    };
    const [g] = evaluate(graph, gradient(graph, graph.contract('a,a->', [y, y]), [x]), numbers);
    expect(seen).toHaveLength(1);
    expect([...g]).toEqual([...numbers.x0].map((v) => expect.closeTo(7 * 2 * Math.sin(Math.sin(v)), 14)));
  });

  test('receives undefined for ones, and its node can be used elsewhere too', () => {
    const { graph, nodes, numbers } = sources([[2]]);
    const [x] = nodes;
    const inner = graph.map(sine, [x]);
    const y = graph.map(sine, [inner]);
    const three = map('three', { f: (_x) => add(1, 2) });
    y.backward = { to: [x], rule: (g) => [graph.map(three, [g ?? x])] };
    const of = graph.map(map('plus', { f: (a, b) => add(a, b) }), [sum(graph, y), sum(graph, inner)]);
    const [g] = evaluate(graph, gradient(graph, of, [x]), numbers);
    expect([...g]).toEqual([...numbers.x0].map((v) => expect.closeTo(3 + Math.cos(v), 14)));
  });
});

describe('replace: updates during the backward pass', () => {
  /** y = w2·(w1·x), and w2 also in a penalty. */
  function chain() {
    const { graph, nodes, numbers } = sources([
      [1, 2],
      [2, 3],
      [3, 1],
    ]);
    const [x, w1, w2] = nodes;
    const hidden = graph.contract('bi,io->bo', [x, w1]);
    const y = graph.contract('bi,io->bo', [hidden, w2]);
    const penalty = graph.contract('io,io->', [w2, w2]);
    const of = graph.map(map('plus', { f: (a, b) => add(a, b) }), [graph.contract('bo,bo->', [y, y]), penalty]);
    return { graph, x, w1, w2, of, numbers };
  }

  test('each source is passed once, the last first, when its gradient is complete', () => {
    const { graph, w1, w2, of, numbers } = chain();
    const asked: [Node, Node][] = [];
    const gradients = gradient(graph, of, [w1, w2], {
      replace: (source, g) => {
        asked.push([source, g]);
        return source;
      },
    });
    expect(asked).toEqual([
      [w2, gradients[1]],
      [w1, gradients[0]],
    ]);
    const again = chain();
    const plain = gradient(again.graph, again.of, [again.w1, again.w2]);
    expect(evaluate(graph, gradients, numbers)).toEqual(evaluate(again.graph, plain, numbers));
  });

  test('the replacement is used in the rest of the backward pass, and only there', () => {
    const { graph, w1, w2, of, numbers } = chain();
    const shift = map('shift', { f: (w, g) => add(w, mul(-0.1, g)) });
    let next: Node | undefined;
    const [g1, g2] = gradient(graph, of, [w1, w2], {
      replace: (source, g) => {
        if (source === w2) next = graph.map(shift, [source, g]);
        return next!;
      },
    });
    const [first, second, updated] = evaluate(graph, [g1, g2, next!], numbers);

    const plain = chain();
    const [plainFirst, plainSecond] = gradient(plain.graph, plain.of, [plain.w1, plain.w2]);
    const [exact, last] = evaluate(plain.graph, [plainFirst, plainSecond], numbers);
    expect(second).toEqual(last);
    // dL/dw1 = x δ w2ᵀ is proportional to w2 here, elementwise in its column: so is what changed
    first.forEach((value, i) => {
      expect(value).toBeCloseTo((exact[i] * updated[i % 3]) / numbers.x2[i % 3], 12);
    });
  });
});

describe('names', () => {
  function named() {
    const { graph, nodes } = sources([[2]]);
    const middle = graph.name('middle', graph.map(sine, nodes));
    return { graph, x: nodes[0], of: graph.name('loss', graph.contract('a,a->', [middle, middle])) };
  }

  test('the gradients of named nodes are named', () => {
    const { graph, x, of } = named();
    const [g] = gradient(graph, of, [x]);
    expect(graph.get('gradient(x0)')).toBe(g);
    expect(graph.get('gradient(middle)').shape).toEqual([2]);
    expect(graph.find('gradient(loss)')).toBeUndefined();
  });

  test('unless the option turns names off', () => {
    const { graph, x, of } = named();
    gradient(graph, of, [x], { unnamed: true });
    expect([...graph.names()].map(([name]) => name)).toEqual(['x0', 'middle', 'loss']);
  });
});

test('a gradient consists of ordinary nodes, so it can be differentiated again', () => {
  const { graph, nodes, numbers } = sources([[3]]);
  const [first] = gradient(graph, sum(graph, graph.map(sine, nodes)), nodes, { unnamed: true });
  expect(checkGraph(graph, graph.contract('a,a->', [first, first]), nodes, numbers)).toEqual([]);
  expect(program(graph, [first], numbers).has('x0')).toBe(true);
});
