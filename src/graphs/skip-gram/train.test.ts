import { describe, expect, test } from 'vitest';
import { twoRings } from '../fixtures.ts';
import type { EmbeddingProgress } from '../method.ts';
import type { SkipGramOptions } from './options.ts';
import { skipGramBytes } from './options.ts';
import { type SkipGramState, trainSkipGram } from './train.ts';

const options: SkipGramOptions = {
  walkLength: 10,
  walksPerNode: 2,
  p: 1,
  q: 1,
  dimensions: 40,
  windowSize: 3,
  negativeSamples: 3,
  epochs: 1,
  learningRate: 0.1,
  minLearningRate: 0.0001,
  subsampling: 0,
  minCount: 1,
  init: 'uniform',
  arithmetic: 'strict',
};
const context = { seed: 5, threads: 1 };
const bytesOf = ({ input, output }: SkipGramState) => [
  ...new Uint32Array(input.buffer),
  ...new Uint32Array(output.buffer),
];

describe('the generated code has the bits of the definition', () => {
  const cases: Record<string, Partial<SkipGramOptions>> = {
    'two slices, an even number of outputs': {},
    'one dimension': { dimensions: 1 },
    'three slices of 28, one negative': { dimensions: 84, negativeSamples: 1 },
    'an odd number of outputs, window 1': { negativeSamples: 4, windowSize: 1 },
    'subsampling, a minimum count and two epochs': { subsampling: 0.02, minCount: 14, epochs: 2 },
    'biased walks of weighted edges': { p: 0.5, q: 2 },
    'vectors hashed from ids': { init: 'hashed', windowSize: 7 },
  };
  test.each(Object.entries(cases))('%s', async (name, changed) => {
    const graph = twoRings(9, name.includes('weighted'));
    const [generated, reference] = await Promise.all(
      [false, true].map((isReference) => trainSkipGram(graph, { ...options, ...changed }, context, { isReference })),
    );
    expect(generated.input.every((each) => Number.isFinite(each))).toBe(true);
    expect(bytesOf(generated)).toEqual(bytesOf(reference));
  });
});

test('nodes of one ring become more similar than nodes of two', async () => {
  const size = 30;
  const { input } = await trainSkipGram(twoRings(size), { ...options, dimensions: 16, walksPerNode: 40 }, context);
  const row = (node: number) => input.subarray(node * 16, (node + 1) * 16);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, each, d) => sum + each * b[d], 0);
  const cosine = (a: number, b: number) => dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
  const mean = (values: number[]) => values.reduce((sum, each) => sum + each) / values.length;
  const nodes = Array.from({ length: size }, (_, i) => i);
  const near = mean(nodes.map((node) => cosine(node, (node + 2) % size)));
  const far = mean(nodes.map((node) => cosine(node, size + ((node + 2) % size))));
  expect(near).toBeGreaterThan(far + 0.4);
});

test('a run that is aborted and resumed ends with the bytes of a run without a break', async () => {
  const graph = twoRings(40);
  const long = { ...options, walksPerNode: 40 };
  const whole = await trainSkipGram(graph, long, context);
  const total = graph.ids.length * 40;
  let resume: SkipGramState | undefined;
  let breaks = 0;
  for (;;) {
    const controller = new AbortController();
    try {
      const end = await trainSkipGram(
        graph,
        long,
        { ...context, signal: controller.signal },
        {
          resume,
          onBreak: (state) => {
            resume = state();
            const { position } = resume;
            if (position > breaks * 700 && position < total) controller.abort(new Error('enough'));
          },
        },
      );
      expect(bytesOf(end)).toEqual(bytesOf(whole));
      break;
    } catch (error) {
      expect((error as Error).message).toBe('enough');
      breaks += 1;
    }
  }
  expect(breaks).toBeGreaterThan(1);
});

test('progress starts with the loss (1 + negatives) ln 2, and ends at 1', async () => {
  const seen: EmbeddingProgress[] = [];
  const graph = twoRings(60);
  await trainSkipGram(
    graph,
    { ...options, walksPerNode: 60, walkLength: 20 },
    { ...context, onProgress: (progress) => seen.push(progress) },
  );
  expect(seen.at(-1)).toMatchObject({ done: 1, tokens: 120 * 60 * 20 });
  const losses = seen.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  expect(losses[0]).toBeCloseTo(4 * Math.LN2, 2);
  expect(seen[0].tokens).toBe(20);
});

test('a minimum count above all counts is an error', async () => {
  await expect(trainSkipGram(twoRings(9), { ...options, minCount: 1e6 }, context)).rejects.toThrow(
    'no node occurs 1000000 times or more in the walks',
  );
});

test('memory grows with nodes times dimensions: two tables and one copy of the result', () => {
  const [small, large] = [1000, 2000].map((size) => skipGramBytes(twoRings(size), { ...options, dimensions: 256 }));
  expect(large - small).toBeGreaterThan(2000 * 256 * 4 * 3);
  expect(large - small).toBeLessThan(2000 * 256 * 4 * 3.3);
});
