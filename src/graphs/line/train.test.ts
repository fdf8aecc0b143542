import { describe, expect, test } from 'vitest';
import { twoRings } from '../fixtures.ts';
import type { EmbeddingContext, TrainingState } from '../method.ts';
import type { LineOptions } from './options.ts';
import { trainLine } from './train.ts';

const graph = twoRings(30);
const nodes = graph.ids.length;
const options: LineOptions = {
  dimensions: 32,
  order: 'both',
  samplesPerNode: 200,
  negativeSamples: 3,
  learningRate: 0.025,
  init: 'uniform',
};
const perOrder = nodes * options.samplesPerNode;
const context: EmbeddingContext = { seed: 5, threads: 1 };

/** A copy of the state at the first break after a position, where the run is aborted. */
async function stateAfter(own: LineOptions, position: number, given = context): Promise<TrainingState> {
  const controller = new AbortController();
  let found: TrainingState | undefined;
  const onBreak = (state: () => TrainingState) => {
    const now = state();
    if (now.position <= position || found !== undefined) return;
    const tables = Object.fromEntries(Object.entries(now.tables).map(([name, table]) => [name, table.slice()]));
    found = { position: now.position, tables };
    controller.abort(new Error('enough'));
  };
  await expect(trainLine(graph, own, { ...given, signal: controller.signal, onBreak })).rejects.toThrow('enough');
  return found!;
}

const start = (dimensions: number) => {
  const vectors = Float32Array.from({ length: nodes * dimensions }, (_, i) => (i % 7) / 10);
  return { vectors, isKnown: Uint8Array.from({ length: nodes }, (_, node) => node % 2) };
};

describe('a run that is aborted is resumed to the same bytes', () => {
  test.each<[string, Partial<LineOptions>, number]>([
    ['in the first order', {}, 1],
    ['at the end of the first order', {}, perOrder - 1],
    ['in the second order', {}, perOrder],
    ['in the second order, with padded rows', { dimensions: 35 }, perOrder + 500],
    ['of the second order alone', { order: 'second', dimensions: 16 }, 1],
  ])('%s', async (_, changed, after) => {
    const own = { ...options, ...changed };
    const resume = await stateAfter(own, after);
    expect(resume.position).toBeLessThan(own.order === 'both' ? 2 * perOrder : perOrder);
    expect(await trainLine(graph, own, { ...context, resume })).toEqual(await trainLine(graph, own, context));
  });

  test('from other vectors', async () => {
    const given = { ...context, start: start(32) };
    const resume = await stateAfter(options, 1, given);
    const whole = await trainLine(graph, options, given);
    expect(await trainLine(graph, options, { ...given, resume })).toEqual(whole);
    expect(await trainLine(graph, options, context)).not.toEqual(whole);
  });
});

test('training starts from given vectors: with a rate near 0, known nodes keep them, and others start as usual', async () => {
  const own: LineOptions = { ...options, samplesPerNode: 1, learningRate: 1e-9, order: 'first' };
  const given = start(32);
  const vectors = await trainLine(graph, own, { ...context, start: given });
  const fresh = await trainLine(graph, own, context);
  for (let node = 0; node < nodes; node++) {
    const wanted = node % 2 === 1 ? given.vectors : fresh;
    for (let i = 32 * node; i < 32 * (node + 1); i++) expect(Math.abs(vectors[i] - wanted[i])).toBeLessThan(1e-6);
  }
});
