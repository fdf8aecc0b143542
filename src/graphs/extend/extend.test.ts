import { describe, expect, test } from 'vitest';
import { fromEdges } from '../edges/from-edges.ts';
import { type EmbedOptions, embed } from '../embed.ts';
import { twoRings } from '../fixtures.ts';
import { neighbors } from '../neighbors.ts';
import { extendVectors } from './extend.ts';

/** The edges of two rings, by name. */
const ringEdges = (size: number): [string, string][] => {
  const { offsets, neighbors: to } = twoRings(size);
  const edges: [string, string][] = [];
  for (let u = 0; u < 2 * size; u++) {
    for (let e = offsets[u]; e < offsets[u + 1]; e++) if (u < to[e]) edges.push([`n${u}`, `n${to[e]}`]);
  }
  return edges;
};

const edges = ringEdges(21);
const graph = fromEdges(edges);
const training = { dimensions: 32, walksPerNode: 40, windowSize: 4, walkLength: 20, learningRate: 0.05 };
/** The edges of n5, for a new node. */
const twin = edges.filter((edge) => edge.includes('n5')).map(([a, b]) => ['new', a === 'n5' ? b : a] as const);
const message = (run: Promise<unknown>) =>
  run.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe.each([
  ['node2vec', training],
  ['prone', { dimensions: 8 }],
  ['fastrp', { dimensions: 8 }],
])('vectors of %s are extended', (method, own) => {
  const options = { method, ...own };

  test('known rows keep their bits, and a node with the edges of another is near it', async () => {
    const before = await embed(graph, options);
    const found = await extendVectors(before, fromEdges(twin));
    expect(found.ids).toEqual([...before.ids, 'new']);
    expect(found.vectors.subarray(0, before.vectors.length)).toEqual(before.vectors);
    const near = neighbors(found, 'new', { count: 40 });
    // the vectors of n5 and of its neighbors are the nearest five of 40
    expect(near.findIndex(({ id }) => id === 'n5')).toBeLessThan(5);
    expect(near.find(({ id }) => id === 'n5')!.similarity).toBeGreaterThan(0.5);
  });
});

test('a new node that only new nodes know gets a vector, and one without a path to the others has 0', async () => {
  const given = { ids: [1, 2], vectors: Float32Array.of(3, 0, 0, 1), dimensions: 2 };
  const edges = fromEdges([
    ['1', 'a', 1],
    ['2', 'a', 3],
    ['a', 'b', 1],
    ['lost', 'gone', 1],
  ]);
  const { ids, vectors } = await extendVectors(given, edges);
  expect(ids).toEqual([1, 2, 'a', 'b', 'lost', 'gone']);
  // without b, the mean of a is (3/4, 3/4), with the length (3 + 3)/4 = 1.5; b follows a and points the same way
  expect([...vectors]).toEqual([
    3,
    0,
    0,
    1,
    ...Array.from({ length: 4 }, () => expect.closeTo(1.5 / Math.SQRT2, 6)),
    0,
    0,
    0,
    0,
  ]);
});

test('errors of extensions and warm starts', async () => {
  const before = await embed(graph, { method: 'fastrp', dimensions: 4 });
  expect(await message(extendVectors(before, graph))).toMatchInlineSnapshot(`
    "extend: every node of the graph has a vector.
      Pass a graph with new nodes."
  `);
  expect(await message(extendVectors(before, fromEdges([['x', 'y']])))).toMatchInlineSnapshot(`
    "extend: the vectors and the graph have no node in common.
      Pass edges between new nodes and nodes of the vectors, with the same names."
  `);
  expect(await message(embed(graph, { warmStart: before, method: 'cleora' }))).toMatch(
    /^warmStart: cleora does not train, so it cannot start from other vectors\.\n {2}Run it again without a warm start, or choose a method that trains: node2vec/,
  );
  expect(await message(embed(graph, { warmStart: before, method: 'node2vec', dimensions: 3 }))).toMatchInlineSnapshot(`
    "warmStart: the vectors have 4 dimensions, and this run has 3.
      Leave dimensions out, or pass 4."
  `);
  expect(await message(embed(fromEdges([['x', 'y']]), { warmStart: before, method: 'node2vec' }))).toMatch(
    'warmStart: the vectors and the graph have no node in common',
  );
});

describe('a warm start', () => {
  const options: EmbedOptions = { method: 'node2vec', ...training };

  test('finds nodes by name, in any order and where a format stores numbers as text', async () => {
    const numbered = fromEdges([
      [7, 8],
      [8, 9],
      [9, 7],
    ]);
    const start = { ids: ['9', '8'], vectors: Float32Array.of(1, 2, 3, 4), dimensions: 2 };
    // A rate that changes nothing in float32 leaves the vectors where they start.
    const found = await embed(numbered, {
      method: 'node2vec',
      learningRate: 1e-30,
      minLearningRate: 0,
      warmStart: start,
    });
    expect([...found.vectors.subarray(2)]).toEqual([3, 4, 1, 2]);
    expect(Math.max(...found.vectors.subarray(0, 2).map(Math.abs))).toBeLessThanOrEqual(0.25);
  });

  test('the same bytes for 1 to 3 threads, and fewer walks keep what earlier ones found', async () => {
    const before = await embed(graph, options);
    const changed = fromEdges([...edges, ...twin]);
    const short = { ...options, walksPerNode: 2, warmStart: before };
    const [one, two, three] = await Promise.all([1, 2, 3].map((threads) => embed(changed, { ...short, threads })));
    expect(two.vectors).toEqual(one.vectors);
    expect(three.vectors).toEqual(one.vectors);
    const { similarity } = neighbors(
      {
        ids: ['before', 'after'],
        dimensions: 32,
        vectors: Float32Array.of(...before.vectors.subarray(0, 32), ...one.vectors.subarray(0, 32)),
      },
      'before',
    )[0];
    expect(similarity).toBeGreaterThan(0.9);
  });
});
