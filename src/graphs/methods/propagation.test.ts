/** Cleora, FastRP and ProNE compared with dense matrices in NumPy and SciPy (test/outside/propagation.py), and their rules for special graphs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingMethod } from '../method.ts';
import { cleora } from './cleora.ts';
import { fastrp } from './fastrp.ts';
import { context, graphOf, karate, karatePairs, rowProduct } from './fixtures.ts';
import { prone } from './prone.ts';
import { bessel } from './spectral-propagation.ts';

interface Recorded {
  readonly method: 'cleora' | 'fastrp' | 'prone';
  readonly seed: number;
  readonly options: { readonly dimensions: number };
  readonly products: readonly (readonly number[])[];
  readonly vectors?: readonly (readonly number[])[];
}

const { vectors: recorded } = JSON.parse(
  readFileSync(new URL('../../../test/outside/propagation.json', import.meta.url), 'utf8'),
) as { readonly vectors: readonly Recorded[] };

const entries = { cleora, fastrp, prone };
type Name = keyof typeof entries;
const names: readonly Name[] = ['cleora', 'fastrp', 'prone'];

async function embed(name: Name, graph: NodeGraph, options: object, given = context()): Promise<Float32Array> {
  const { options: form, embed } = entries[name] as EmbeddingMethod;
  return embed(graph, form.parse(options), given);
}

describe('dense matrices in NumPy give the same vectors', () => {
  test.each(recorded)('$method, seed $seed, $options', async ({ method, seed, options, products, vectors }) => {
    const { dimensions } = options;
    const found = await embed(method, karate, options, context(seed));
    expect(found).toHaveLength(34 * dimensions);
    // float32: about 1e-7 an operation; ten whitenings add up. Whitened rows have a norm of about √dimensions.
    const near = (a: number, b: number) => Math.abs(a - b) < 1e-4;
    products.forEach((row, u) => {
      row.forEach((product, v) => {
        expect([u, v, rowProduct(found, dimensions, u, v), product]).toSatisfy(([, , a, b]) => near(a, b));
      });
    });
    vectors?.flat().forEach((x, i) => {
      expect([i, found[i], x]).toSatisfy(([, a, b]) => near(a, b));
    });
  });
});

describe.each(names)('%s', (name) => {
  const make = (graph: NodeGraph, options: object, seed?: number) => embed(name, graph, options, context(seed));

  test('equal seeds give equal bytes, and others do not', async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => make(karate, { dimensions: 8 }, seed)));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test('vectors depend on the ids of the nodes, and not on their order', async () => {
    // float32 sums over the neighbors in another order
    const reversed = graphOf(karatePairs.toReversed());
    const [here, there] = await Promise.all([karate, reversed].map((graph) => make(graph, { dimensions: 8 })));
    const product = (vectors: Float32Array, { ids }: NodeGraph, u: number, v: number) =>
      rowProduct(vectors, 8, ids.indexOf(u), ids.indexOf(v));
    for (const [u, v] of [
      [1, 34],
      [5, 7],
      [9, 9],
      [26, 12],
    ]) {
      expect(product(there, reversed, u, v)).toBeCloseTo(product(here, karate, u, v), 3);
    }
    const renamed = graphOf(karatePairs.map(([u, v]) => [String(u), String(v)]));
    expect(await make(renamed, { dimensions: 8 })).not.toEqual(here);
  });

  test('an isolated node has the zero vector; so has every node of a graph without edges', async () => {
    const vectors = await make(graphOf(karatePairs, { isolated: ['alone'] }), { dimensions: 6 });
    expect([...vectors.subarray(34 * 6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(vectors.subarray(0, 34 * 6).every(Number.isFinite)).toBe(true);
    expect(await make(graphOf([], { isolated: [1, 2] }), { dimensions: 2 })).toEqual(new Float32Array(4));
    expect(await make(graphOf([]), { dimensions: 2 })).toEqual(new Float32Array());
  });

  test('more dimensions than nodes, two nodes, one node with a loop: finite numbers', async () => {
    const path: [number, number][] = [
      [0, 1],
      [1, 2],
    ];
    for (const graph of [graphOf(path), graphOf([[0, 1]]), graphOf([[0, 0]])]) {
      const vectors = await make(graph, { dimensions: 16 });
      expect(vectors).toHaveLength(16 * graph.ids.length);
      expect(vectors.every(Number.isFinite)).toBe(true);
    }
  });

  test('a run reports its progress and can be aborted', async () => {
    const done: number[] = [];
    const stop = new AbortController();
    const given = { ...context(), onProgress: (progress: { done: number }) => done.push(progress.done) };
    await embed(name, karate, { dimensions: 4 }, given);
    expect(done[0]).toBe(0);
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    stop.abort(new Error('enough'));
    const aborted = embed(name, karate, { dimensions: 4 }, { ...given, signal: stop.signal });
    await expect(aborted).rejects.toThrow('enough');
  });

  test('the estimate of memory counts every array of the size of the vectors', () => {
    const { options: form, memory } = entries[name] as EmbeddingMethod;
    const bytes = memory(karate, form.parse({ dimensions: 64 }));
    const matrices = bytes / (4 * 34 * 64);
    // Two are in the module. The entries and two matrices of 64 × 64 take as much as less than six.
    const more = { cleora: 1, fastrp: 2, prone: 4 }[name];
    expect(matrices).toBeGreaterThan(2 + more);
    expect(matrices).toBeLessThan(2 + more + 6);
  });
});

test.each(['cleora', 'fastrp'] as const)(
  '%s: weights count by their ratios, so that all of them times 3 changes rounding only',
  async (name) => {
    const pairs = [
      [0, 1, 2],
      [1, 2, 1],
      [2, 0, 1],
      [2, 3, 1],
    ] as const;
    const doubled = pairs.map(([u, v, weight]): [number, number, number] => [u, v, 3 * weight]);
    const plain = pairs.map(([u, v]): [number, number, number] => [u, v, 1]);
    const [first, second, third] = await Promise.all(
      [pairs, doubled, plain].map((each) => embed(name, graphOf(each), { dimensions: 4 })),
    );
    first.forEach((x, i) => {
      expect(second[i]).toBeCloseTo(x, 3);
    });
    expect(third).not.toEqual(first);
  },
);

test.each(['cleora', 'fastrp'] as const)('%s of a directed edge: the target has no vector', async (name) => {
  const vectors = await embed(name, graphOf([[0, 1]], { isDirected: true }), {
    dimensions: 8,
    whiten: false,
    iterations: 1,
    iterationWeights: [1],
  });
  expect(rowProduct(vectors, 8, 0, 0)).toBeCloseTo(1, 5);
  expect([...vectors.subarray(8)]).toEqual(new Array(8).fill(0));
});

test('the bits are the same on every version of Node', async () => {
  const hashes = names.map(async (name) => {
    const { buffer } = await embed(name, karate, { dimensions: 16 });
    return [name, createHash('sha256').update(new Uint8Array(buffer)).digest('hex').slice(0, 16)];
  });
  expect(Object.fromEntries(await Promise.all(hashes))).toEqual({
    cleora: '47b41f5cd247a072',
    fastrp: '75c7cb6bd26df9b3',
    prone: 'd71177051936fff7',
  });
});

describe('cleora', () => {
  test('whitened columns are uncorrelated with variance 1', async () => {
    const width = 8;
    const vectors = await embed('cleora', karate, { dimensions: width });
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        let sum = 0;
        for (let u = 0; u < 34; u++) sum += vectors[u * width + a] * vectors[u * width + b];
        expect(sum / 34).toBeCloseTo(a === b ? 1 : 0, 4);
      }
    }
  });
});

describe('fastrp', () => {
  const features = { age: Float64Array.from({ length: 34 }, (_, i) => i + 1), place: new Float64Array(68).fill(2) };

  test('node features change the last dimensions only', async () => {
    const options = { dimensions: 8, iterationWeights: [1], selfInfluence: 1 };
    const withFeatures = { ...options, features, propertyRatio: 0.5 };
    const [a, b, some] = await Promise.all([
      embed('fastrp', karate, withFeatures),
      embed('fastrp', karate, { ...withFeatures, features: { ...features, age: features.age.map((x) => 3 * x) } }),
      embed('fastrp', karate, { ...withFeatures, featureProperties: ['place'] }),
    ]);
    expect(a).not.toEqual(b);
    expect(some).not.toEqual(a);
    // the ratio of two of the first dimensions of a node does not depend on the features
    const u = Array.from({ length: 34 }, (_, i) => i).find((i) => a[i * 8] !== 0 && a[i * 8 + 1] !== 0)!;
    expect(b[u * 8] / b[u * 8 + 1]).toBeCloseTo(a[u * 8] / a[u * 8 + 1], 3);
  });

  test('properties that do not fit are errors', async () => {
    const messages = await Promise.all(
      [
        { propertyRatio: 0.5 },
        { propertyRatio: 0.5, features, featureProperties: ['height'] },
        { propertyRatio: 0.5, features: { age: [1, 2] } },
        { propertyRatio: 0.5, features: { age: features.age.map((x, i) => (i === 3 ? Number.NaN : x)) } },
      ].map((options) => embed('fastrp', karate, { dimensions: 8, ...options }).then(String, ({ message }) => message)),
    );
    expect(messages).toMatchInlineSnapshot(`
      [
        "featureProperties: propertyRatio is above 0, but there are no properties.
        Pass features, or propertyRatio 0.",
        "featureProperties: the nodes have no property "height".
        Choose one of: age, place.",
        "featureProperties: property "age" has 2 numbers for 34 nodes.
        Pass the same number of values for each node, in the order of the ids.",
        "featureProperties: property "age" of node 3 is NaN.
        Replace it by a finite number.",
      ]
    `);
  });
});

describe('prone', () => {
  test('rows have unit length', async () => {
    const vectors = await embed('prone', karate, { dimensions: 8 });
    for (let u = 0; u < 34; u++) expect(rowProduct(vectors, 8, u, u)).toBeCloseTo(1, 5);
  });

  test('a directed graph is refused', async () => {
    await expect(embed('prone', graphOf([[0, 1]], { isDirected: true }), {})).rejects.toThrow(
      'prone: the graph is directed, and prone factorizes the matrix of an undirected one.\n  Read the edges without direction: pass --no-directed',
    );
  });

  test('bessel: as in scipy.special.iv', () => {
    expect(bessel(0, 0.5)).toBeCloseTo(1.0634833707413236, 14);
    expect(bessel(3, 2)).toBeCloseTo(0.21273995923985264, 14);
    expect(bessel(9, 0.5) / 1.057817177529413e-11).toBeCloseTo(1, 12);
  });
});
