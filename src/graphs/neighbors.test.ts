import { expect, test } from 'vitest';
import { fillNormal } from '../base/random.ts';
import { neighbors, nodeIndex } from './neighbors.ts';

const nodes = {
  ids: ['x', 'same', 'right', 'opposite', 'zero', 'half'],
  dimensions: 2,
  vectors: Float32Array.of(3, 0, 0.5, 0, 0, 2, -1, 0, 0, 0, 1, 1),
};

test('the largest cosine comes first, whatever the lengths; a vector of zeros has the cosine 0', () => {
  expect(neighbors(nodes, 'x')).toEqual([
    { id: 'same', similarity: 1 },
    { id: 'half', similarity: expect.closeTo(Math.SQRT1_2, 12) },
    { id: 'right', similarity: 0 },
    { id: 'zero', similarity: 0 },
    { id: 'opposite', similarity: -1 },
  ]);
  expect(neighbors(nodes, 'x', { count: 1 })).toEqual([{ id: 'same', similarity: 1 }]);
  expect(neighbors({ ...nodes, ids: ['x'] }, 'x')).toEqual([]);
});

test('the result equals a full sort, also with equal vectors', () => {
  const [count, dimensions] = [200, 3];
  const numbers = new Float64Array(count * dimensions);
  fillNormal(numbers, 5, 'check', 0);
  // many equal directions
  const vectors = Float32Array.from(numbers, Math.round);
  const ids = Array.from({ length: count }, (_, i) => i);
  vectors.set([1, 0, 0]);
  const cosine = (node: number) => {
    const [x, y, z] = vectors.subarray(3 * node, 3 * node + 3);
    const length = Math.sqrt(x * x + y * y + z * z);
    return length === 0 ? 0 : x / length;
  };
  const sorted = ids.slice(1).sort((a, b) => cosine(b) - cosine(a) || a - b);
  const found = neighbors({ ids, vectors, dimensions }, 0, { count: 50 });
  expect(found.map(({ id }) => id)).toEqual(sorted.slice(0, 50));
});

test('a text finds a number that is written so, unless a text is named so', () => {
  expect(nodeIndex([1, 2n, 'a'], '2')).toBe(1);
  expect(nodeIndex([1, '1'], '1')).toBe(1);
  expect(nodeIndex([1, '1'], 1)).toBe(0);
});

test('errors name the nearest node', () => {
  expect(() => neighbors(nodes, 'sane')).toThrow('there is no node "sane".\n  Did you mean "same"?');
  expect(() => nodeIndex(['1'], 1)).toThrow('there is no node 1');
  expect(() => neighbors(nodes, 'zero')).toThrow('the vector of "zero" is zero');
  expect(() => neighbors(nodes, 'x', { count: 0 })).toThrow('count is 0');
});
