import { describe, expect, test } from 'vitest';
import type { CheckpointSource } from './checkpoint.ts';
import { type EmbedOptions, embed } from './embed.ts';
import { twoRings } from './fixtures.ts';

const graph = twoRings(30);
const options = { method: 'node2vec', dimensions: 36, walksPerNode: 60, walkLength: 30, windowSize: 4, seed: 5 };

/** A copy of a checkpoint's parts, as a file. */
function sourceOf(parts: readonly Uint8Array[]): { bytes: Uint8Array; source: CheckpointSource } {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return {
    bytes,
    source: {
      size: bytes.length,
      read: (position, into) => into.set(bytes.subarray(position, position + into.length)),
    },
  };
}

/** The first checkpoint of a run, which is aborted there. */
async function firstCheckpoint(given: EmbedOptions = options): Promise<ReturnType<typeof sourceOf>> {
  const controller = new AbortController();
  let saved: ReturnType<typeof sourceOf> | undefined;
  await embed(graph, {
    ...given,
    signal: controller.signal,
    checkpoint: {
      seconds: 0,
      save(parts) {
        saved ??= sourceOf(parts);
        controller.abort(new Error('enough'));
      },
    },
  }).catch((error: Error) => expect(error.message).toBe('enough'));
  return saved!;
}

const resumed = (source: CheckpointSource, given: EmbedOptions = options) =>
  embed(graph, { ...given, checkpoint: { resume: (read) => read(source, 'c') } });
const message = (run: Promise<unknown>) =>
  run.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('a run that ends at its first checkpoint', () => {
  test.each([
    ['36 dimensions: the tables have no padding', {}],
    ['35 dimensions', { dimensions: 35 }],
    [
      'LINE',
      { method: 'line', samplesPerNode: 500, walksPerNode: undefined, walkLength: undefined, windowSize: undefined },
    ],
    ['from other vectors', { warmStart: { ids: [3, 99], vectors: new Float32Array(72).fill(0.1), dimensions: 36 } }],
  ])('is resumed to the same bytes: %s', async (_, changed) => {
    const given = { ...options, ...changed };
    const { source } = await firstCheckpoint(given);
    const [whole, once] = await Promise.all([embed(graph, given), resumed(source, given)]);
    expect(once.vectors).toEqual(whole.vectors);
  });

  test('is not resumed with other options, and the error names the difference', async () => {
    const { source } = await firstCheckpoint();
    expect(await message(resumed(source, { ...options, windowSize: 5 }))).toMatchInlineSnapshot(`
      "c: it belongs to another run: windowSize is 4 there and 5 in this run.
        Resume with the edges and the options of that run, or start again with --overwrite."
    `);
    expect(await message(resumed(source, { ...options, seed: 6 }))).toMatch('seed is 5 there and 6 in this run');
    expect(await message(resumed(source, { ...options, method: 'deepwalk' }))).toMatch('method is node2vec there');
    const other = embed(twoRings(31), { ...options, checkpoint: { resume: (read) => read(source, 'c') } });
    expect(await message(other)).toMatch('another run: the graph is another one');
  });

  test('is not resumed from a damaged file', async () => {
    const { bytes } = await firstCheckpoint();
    const from = (changed: Uint8Array) => message(resumed(sourceOf([changed]).source));
    expect(await from(bytes.subarray(0, bytes.length - 4))).toMatch('c: it is incomplete');
    expect(await from(bytes.subarray(0, 4))).toMatch('c: it is incomplete');
    for (const at of [2, 40, 120, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at] ^= 1;
      expect(await from(flipped), String(at)).toMatch(/^c: it/);
    }
  });
});

test('a method without training saves nothing and is not resumed', async () => {
  const found = await embed(graph, {
    method: 'cleora',
    dimensions: 4,
    checkpoint: {
      save: () => expect.unreachable(),
      resume: () => expect.unreachable(),
    },
  });
  expect(found.dimensions).toBe(4);
});
