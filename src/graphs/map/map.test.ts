import { describe, expect, test } from 'vitest';
import { fillNormal, fillUniform } from '../../base/random.ts';
import { fromEdges } from '../edges/from-edges.ts';
import { embeddingFigures } from './figures.ts';
import { nearestRows } from './nearest.ts';
import { pca } from './pca.ts';
import { umap } from './umap.ts';

const normal = (count: number, seed: number) => {
  const out = new Float64Array(count);
  fillNormal(out, seed, 'check', 0);
  return out;
};

describe('the nearest rows', () => {
  test('are those of a search by definition, for several blocks of rows', () => {
    const [rows, dimensions, wanted] = [150, 7, 5];
    const vectors = normal(rows * dimensions, 3);
    const row = (r: number) => vectors.subarray(r * dimensions, (r + 1) * dimensions);
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const cosine = (a: Float64Array, b: Float64Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    const { indices, cosines } = nearestRows(vectors, rows, dimensions, wanted);
    for (let r = 0; r < rows; r++) {
      const others = Array.from({ length: rows }, (_, j) => cosine(row(r), row(j)));
      const all = [...others.keys()].filter((j) => j !== r).sort((a, b) => others[b]! - others[a]!);
      expect([...indices.subarray(r * wanted, (r + 1) * wanted)]).toEqual(all.slice(0, wanted));
      expect(cosines[r * wanted]).toBeCloseTo(cosine(row(r), row(all[0]!)), 6);
    }
  });

  test('of one row are none; of equal rows those with the lowest index', () => {
    expect(nearestRows([1, 2], 1, 2, 5).count).toBe(0);
    expect([...nearestRows([1, 1, 1, 1, 1, 1, 1, 1], 4, 2, 2).indices]).toEqual([1, 2, 0, 2, 0, 1, 0, 1]);
  });

  test('a row of zeros has the cosine 0 with all others', () => {
    expect([...nearestRows([0, 0, 1, 0, 1, 1], 3, 2, 2).cosines.subarray(0, 2)]).toEqual([0, 0]);
  });
});

describe('PCA', () => {
  test('finds the directions of a stretched cloud, with the sign of their largest component', () => {
    // Rows are 5 a + 2 b + noise along orthogonal a and b.
    const [rows, d] = [500, 6];
    const [a, b, noise] = [normal(rows, 1), normal(rows, 2), normal(rows * d, 4)];
    const first = [0.6, 0, -0.8, 0, 0, 0];
    const second = [0, 1, 0, 0, 0, 0];
    const vectors = Float64Array.from({ length: rows * d }, (_, i) => {
      const [r, k] = [Math.floor(i / d), i % d];
      return 3 + 5 * a[r]! * first[k]! + 2 * b[r]! * second[k]! + 0.01 * noise[i]!;
    });
    const { x, y } = pca(vectors, rows, d);
    const correlation = (p: Float64Array, q: Float64Array) => {
      const center = (values: Float64Array) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / rows;
        return values.map((value) => value - mean);
      };
      const [u, v] = [center(p), center(q)];
      const dot = (s: Float64Array, t: Float64Array) => s.reduce((sum, value, i) => sum + value * t[i]!, 0);
      return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
    };
    // The largest component of the first direction is −0.8, so its sign is turned.
    expect(correlation(x, a)).toBeLessThan(-0.99);
    expect(correlation(y, b)).toBeGreaterThan(0.99);
  });

  test('equal vectors have one place', () => {
    const { x, y } = pca([1, 2, 1, 2, 1, 2], 3, 2);
    expect([...x, ...y].every((value) => Math.abs(value) < 1e-12)).toBe(true);
  });
});

test('UMAP keeps three clusters apart, and the same seed gives the same places', async () => {
  const [rows, d] = [60, 10];
  const noise = new Float64Array(rows * d);
  fillUniform(noise, 5, 'check', 1);
  const vectors = Float64Array.from(noise, (value, i) => 0.3 * value + (i % d === Math.floor(i / d) % 3 ? 3 : 0));
  const seen: number[] = [];
  const map = () => umap(vectors, rows, d, { seed: 1, epochs: 40, onProgress: (done) => seen.push(done) });
  const { x, y } = await map();
  const center = (group: number) => {
    const members = Array.from({ length: rows / 3 }, (_, i) => group + 3 * i);
    return [x, y].map((values) => members.reduce((sum, i) => sum + values[i]!, 0) / members.length);
  };
  for (let i = 0; i < rows; i++) {
    const distances = [0, 1, 2].map((group) => Math.hypot(x[i]! - center(group)[0]!, y[i]! - center(group)[1]!));
    expect(distances.indexOf(Math.min(...distances))).toBe(i % 3);
  }
  expect(await map()).toEqual({ x, y });
  expect(seen[1]).toBeGreaterThan(0);
});

test('the figures of an embedding: a map with labels and nearest points, norms by degree, the nodes with the most edges', async () => {
  const graph = fromEdges([
    ['a', 'b'],
    ['a', 'c'],
    ['a', 'd'],
    ['b', 'c'],
  ]);
  const vectors = Float32Array.of(3, 4, 3, 4.1, 0, 1, 0, 1.5);
  const labels = new Map([
    ['a', ['10', '9']],
    ['b', ['9']],
    ['c', ['10']],
  ]);
  const { map, norms, neighbors } = await embeddingFigures(
    graph,
    { ids: graph.ids, vectors, dimensions: 2 },
    { kind: 'PCA', seed: 1, labels },
  );
  expect(map.names).toEqual(['9', '10', 'no label']);
  expect(map.groups).toEqual([1, 0, 1, 2]);
  expect(map.near!.map(([first]) => map.ids[first!])).toEqual(['b', 'a', 'd', 'c']);
  expect(norms[0]).toEqual([3, 5]);
  expect(neighbors[0]).toMatchObject({ id: 'a', degree: 3 });
  expect(neighbors[0]!.neighbors.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
});
