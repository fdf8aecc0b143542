import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { fromEdges } from './edges/from-edges.ts';
import { type EmbedOptions, embed, planEmbedding } from './embed.ts';
import type { EmbeddingMethod, EmbeddingProgress } from './method.ts';
import { embeddingMethods } from './methods/index.ts';

const pair = fromEdges([['a', 'b']]);

/** A method of a user's own, with options of every type. It records what it gets. */
const own: EmbeddingMethod<{ walkLength: number; walksPerNode: number; negativeSamples: number; mode: string }> = {
  name: 'own',
  summary: 'for the test',
  options: z.object({
    walkLength: z._default(z.int().check(z.gte(1)), 80),
    walksPerNode: z._default(z.int(), 10),
    negativeSamples: z._default(z.int(), 5),
    mode: z._default(z.enum(['one', 'two']), 'one'),
  }),
  memory: (graph, { walkLength }) => graph.ids.length * walkLength,
  embed: async (_, { walkLength }, { seed, threads }) => Float32Array.of(walkLength, seed, threads, 0),
};

const message = (options: EmbedOptions) =>
  embed(pair, options).then(
    () => 'no error',
    (error: Error) => error.message,
  );

test('random vectors depend on the seed alone and have the expected squared length 1', async () => {
  const graph = fromEdges(Array.from({ length: 200 }, (_, i) => [i, i + 1]));
  const first = await embed(graph, { method: 'random', dimensions: 64, seed: 3 });
  const again = await embed(graph, { method: 'random', dimensions: 64, seed: 3, threads: 2 });
  expect(again.vectors).toEqual(first.vectors);
  expect((await embed(graph, { method: 'random', dimensions: 64, seed: 4 })).vectors).not.toEqual(first.vectors);
  const squares = first.vectors.reduce((sum, x) => sum + x * x, 0) / graph.ids.length;
  // 201 · 64 squares, each of variance 2/64²: the standard error of the mean is √(2/(201 · 64)) = 0.0125
  expect(Math.abs(squares - 1)).toBeLessThan(4 * 0.0125);
});

test('a method of a user gets its options with defaults, the seed and the threads', async () => {
  const found = await embed(pair, { method: own, walkLength: 40, seed: 9, threads: 2 });
  expect([...found.vectors]).toEqual([40, 9, 2, 0]);
  expect(found).toMatchObject({
    ids: ['a', 'b'],
    dimensions: 2,
    method: 'own',
    options: { walkLength: 40, walksPerNode: 10, negativeSamples: 5, mode: 'one' },
    aliases: {},
  });
  expect(planEmbedding(pair, { method: own }).memory).toBe(160);
});

test('names of other tools are accepted and reported', async () => {
  const given = { walk_length: 20, walk_num: 3, neg_num: 4, randomSeed: 7, workers: 2 };
  const found = await embed(pair, { method: own, ...given });
  expect(found.options).toEqual({ walkLength: 20, walksPerNode: 3, negativeSamples: 4, mode: 'one' });
  expect([found.seed, found.threads]).toEqual([7, 2]);
  expect(found.aliases).toEqual({
    walk_length: 'walkLength',
    walk_num: 'walksPerNode',
    neg_num: 'negativeSamples',
    randomSeed: 'seed',
    workers: 'threads',
  });
});

test('every method describes each option, and needs none', () => {
  for (const { name, options } of embeddingMethods) {
    const { properties = {}, required = [] } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
    expect({ name, required }).toEqual({ name, required: [] });
    const undescribed = Object.entries(properties).filter(
      ([, each]) => !(each as { description?: string }).description,
    );
    expect({ name, undescribed }).toEqual({ name, undescribed: [] });
  }
});

test('errors name the option and the nearest known one', async () => {
  expect(await message({ method: own, walkLenth: 3 })).toMatchInlineSnapshot(`
    "embed with own: unknown option "walkLenth".
      Did you mean "walkLength"? Choose one of: seed, threads, walkLength, walksPerNode, negativeSamples, mode."
  `);
  expect(await message({ method: own, walkLength: 3, walk_length: 4 })).toMatch(/the option walkLength is given twice/);
  expect(await message({ method: 'randm' })).toMatch(/unknown method "randm"\.\n {2}Did you mean "random"\?/);
  expect(await message({ method: own, walkLength: 0 })).toMatch(/^walkLength: 0 /);
  expect(await message({ method: own, mode: 'three' })).toMatch(/^mode: unknown mode "three"/);
  expect(await message({ seed: -1 })).toMatch(/seed is -1/);
  expect(await message({ threads: 1.5 })).toMatch(/threads is 1\.5/);
});

test('a plan warns of whitened vectors of few nodes, and of features that are not used', () => {
  const ring = fromEdges(Array.from({ length: 30 }, (_, i): [number, number] => [i, (i + 1) % 30]));
  const warnings = (options: EmbedOptions) => planEmbedding(ring, options).warnings;
  expect(warnings({ method: 'cleora', dimensions: 8 })).toEqual([expect.stringContaining('Use at most 7 dimensions')]);
  expect(warnings({ method: 'cleora', dimensions: 7 })).toEqual([]);
  expect(warnings({ method: 'cleora', dimensions: 8, whiten: false })).toEqual([]);
  const features = { age: new Float64Array(30) };
  expect(warnings({ method: 'fastrp', features })).toEqual([expect.stringContaining('The features are not used')]);
  expect(warnings({ method: 'fastrp', features, propertyRatio: 0.5 })).toEqual([]);
});

test('a graph without an edge between two nodes is an error', async () => {
  await expect(embed(fromEdges([['a', 'a']]))).rejects.toThrow('the graph has one node');
  await expect(embed(fromEdges([['a', 'a']], { nodes: ['b'] }))).rejects.toThrow('no edge connects two nodes');
});

test('an aborted signal rejects', async () => {
  await expect(embed(pair, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
});

describe('reports of progress', () => {
  const ring = fromEdges(Array.from({ length: 30 }, (_, i): [number, number] => [i, (i + 1) % 30]));
  const small = { dimensions: 8, walksPerNode: 3, walkLength: 12 };

  test.each([
    ['node2vec', small],
    ['line', { dimensions: 8, order: 'second', samplesPerNode: 50 }],
    ['cleora', { dimensions: 4 }],
    ['fastrp', { dimensions: 8 }],
  ])('watched at 25 places or more, %s has the same bytes, which the last report has too', async (method, options) => {
    const plain = await embed(ring, { method, seed: 7, ...options });
    const done: number[] = [];
    let last: EmbeddingProgress | undefined;
    const watched = await embed(ring, {
      method,
      seed: 7,
      ...options,
      minReports: 25,
      onProgress: (progress) => {
        done.push(progress.done);
        expect(progress.vectors!()).toHaveLength(plain.vectors.length);
        last = progress;
      },
    });
    expect(watched.vectors).toEqual(plain.vectors);
    expect(last!.done).toBe(1);
    expect(last!.vectors!()).toEqual(plain.vectors);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    if (last!.state !== undefined) expect(done.length).toBeGreaterThanOrEqual(25);
  });

  test('a run waits for the promise of a report, and its state is that of the report', async () => {
    const positions: number[] = [];
    let isWaiting = false;
    await embed(ring, {
      method: 'node2vec',
      ...small,
      minReports: 9,
      onProgress: async ({ state }) => {
        expect(isWaiting).toBe(false);
        isWaiting = true;
        const { position, tables } = state!();
        const before = tables.input.slice();
        await new Promise((resolve) => setTimeout(resolve, 1));
        expect(state!().position).toBe(position);
        expect(tables.input).toEqual(before);
        positions.push(position);
        isWaiting = false;
      },
    });
    // 90 walks, and the untrained vectors first
    expect(positions.filter((position) => position % 10 === 0)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  test('a number of reports that is not whole is an error', async () => {
    expect(await message({ minReports: -1 })).toMatch(/minReports is -1/);
  });
});
