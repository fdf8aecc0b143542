import { describe, expect, test } from 'vitest';
import { add, mul } from './formula.ts';
import { Graph } from './graph.ts';
import { map } from './op.ts';
import { rowMaximum } from './ops/row-maximum.ts';
import { uniform } from './ops/uniform.ts';

const product = map('product', { f: (a, b) => mul(a, b) });
const addBias = map('addBias', { f: (z, b) => add(z, b) });

function graphOf(shapes: Readonly<Record<string, readonly number[]>>) {
  const graph = new Graph();
  for (const [name, shape] of Object.entries(shapes)) graph.source('input', name, shape);
  return graph;
}

describe('shapes', () => {
  test.each([
    ['bi,io->bo', [3, 2], [2, 4], [3, 4]],
    ['bo,bi->io', [3, 4], [3, 2], [2, 4]],
    ['a,b->ab', [3], [2], [3, 2]],
    ['ab,ab->', [3, 2], [3, 2], []],
    [',ab->ba', [], [3, 2], [2, 3]],
  ])('contract %s: %j and %j give %j', (letters, a, b, want) => {
    const graph = graphOf({ a, b });
    expect(graph.contract(letters, [graph.get('a'), graph.get('b')]).shape).toEqual(want);
  });

  test('a map repeats an input along its missing letters, and a scalar along all', () => {
    const graph = graphOf({ z: [3, 2], b: [2], one: [] });
    const [z, b, one] = ['z', 'b', 'one'].map((name) => graph.get(name));
    expect(graph.map(addBias, [z, b], 'bo,o->bo').shape).toEqual([3, 2]);
    expect(graph.map(product, [one, z]).shape).toEqual([3, 2]);
    expect(graph.map(product, [one, one]).shape).toEqual([]);
    expect(rowMaximum(graph, z).shape).toEqual([3]);
    expect(uniform(graph, z, one, 1, 0).shape).toEqual([3, 2]);
  });
});

describe('shapes that do not fit', () => {
  const graph = graphOf({
    x: [3, 7],
    weight: [8, 4],
    'layers.0.sum': [3, 4],
    bias: [5],
    cube: [2, 2, 2],
    square: [3, 3],
  });
  const at = (name: string) => graph.get(name);

  test('two lengths of one letter: the error names both nodes and their shapes', () => {
    expect(() => graph.contract('bi,io->bo', [at('x'), at('weight')])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: contract bi,io->bo: weight [8, 4] has 8 along i, but x [3, 7] has 7.
        Make the two lengths of i equal.]
    `);
    expect(() => graph.map(addBias, [at('layers.0.sum'), at('bias')], 'bo,o->bo')).toThrowErrorMatchingInlineSnapshot(`
      [InputError: addBias bo,o->bo: bias [5] has 5 along o, but layers.0.sum [3, 4] has 4.
        Make the two lengths of o equal.]
    `);
  });

  test('a map without letters needs equal shapes; a node without a name is shown by its number', () => {
    expect(() => graph.map(product, [at('x'), at('weight')])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: product: weight is [8, 4], but x is [3, 7].
        Give both the same shape, or name their axes with letters.]
    `);
    const unnamed = graph.contract('bi->b', [at('x')]);
    expect(() => graph.map(product, [unnamed, at('bias')])).toThrow(`node ${unnamed.id} is [3]`);
  });

  // the rest are mistakes of the code that builds a graph, not of what people give it
  const bugs: [string, () => unknown, string][] = [
    [
      'letters for another number of axes',
      () => graph.contract('b->b', [at('x')]),
      'contract b->b: input 0 has shape [3, 7]',
    ],
    ['letters for more inputs', () => graph.contract('bi,io->bo', [at('x')]), 'contract bi,io->bo: it has 1 inputs'],
    ['another number of inputs', () => graph.map(product, [at('x')]), 'product takes 2 inputs, not 1'],
    ['a letter of no input', () => graph.contract('bi->bk', [at('x')]), 'bi->bk: no input has k'],
    ['a diagonal', () => graph.contract('ii->i', [at('square')]), 'contract ii->i: ii repeats a letter'],
    ['an output on a diagonal', () => graph.contract('i->ii', [at('bias')]), 'contract i->ii: ii repeats a letter'],
    ['a product of three', () => graph.contract('bi,bi,bi->b', [at('x'), at('x'), at('x')]), 'more than two inputs'],
    [
      'a map that would sum',
      () => graph.map(product, [at('x'), at('bias')], 'bi,o->bi'),
      'a map does not sum, so the output needs every letter of the inputs',
    ],
  ];
  test.each(bugs)('%s', (_title, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('names', () => {
  test('a node can have several names and is shown under the first; names are unique', () => {
    const graph = graphOf({ x: [2] });
    const x = graph.get('x');
    graph.name('layers.0.input', x);
    expect(x.name).toBe('x');
    expect(graph.get('layers.0.input')).toBe(x);
    expect(() => graph.name('x', x)).toThrow('two nodes are named x');
    expect([...graph.names()].map(([name]) => name)).toEqual(['x', 'layers.0.input']);
  });

  test('an unknown name', () => {
    const graph = graphOf({ x: [2] });
    expect(graph.find('y')).toBeUndefined();
    expect(() => graph.get('y')).toThrow('no node is named y');
  });
});

test('nodes are listed in the order of computation', () => {
  const graph = graphOf({ x: [3, 2], w: [2, 1] });
  graph.map(product, [graph.contract('bi,io->bo', [graph.get('x'), graph.get('w')]), graph.get('x')], 'bo,bi->bio');
  for (const [i, node] of graph.nodes.entries()) {
    expect(node.id).toBe(i);
    for (const input of node.inputs) expect(input.id).toBeLessThan(node.id);
  }
});

test('an update takes a computed value of the same shape', () => {
  const graph = graphOf({ w: [2], v: [2], x: [3] });
  const [w, v, x] = ['w', 'v', 'x'].map((name) => graph.get(name));
  graph.update(w, graph.map(product, [w, v]));
  expect(graph.updates).toHaveLength(1);
  expect(() => graph.update(w, graph.map(product, [x, x]))).toThrow('update of w: shapes differ');
  // sources swapped by two updates would read each other's new value
  expect(() => graph.update(w, v)).toThrow('update of w: the value is a source');
});
