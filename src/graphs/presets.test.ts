import { expect, test } from 'vitest';
import { fromEdges } from './edges/from-edges.ts';
import { type EmbedOptions, planEmbedding } from './embed.ts';
import { presets } from './presets.ts';

const pair = fromEdges([['a', 'b']]);
const message = (options: EmbedOptions) => {
  try {
    planEmbedding(pair, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

test.each(presets.map((preset) => [preset.name, preset] as const))(
  '%s sets options that its method has',
  (name, preset) => {
    const plan = planEmbedding(pair, { preset: name });
    expect(plan.method.name).toBe(preset.method);
    expect(plan.options).toMatchObject(preset.options);
    expect(plan.preset).toEqual({ name, source: preset.source, options: preset.options, overridden: [] });
    expect(plan.why).toBeUndefined();
  },
);

test("names are unique, and DeepWalk's protocol is 80 walks of 40 nodes", () => {
  expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
  expect(planEmbedding(pair, { preset: 'deepwalk-blogcatalog' }).options).toMatchObject({
    ...{ dimensions: 128, walksPerNode: 80, walkLength: 40, windowSize: 10, learningRate: 0.025 },
    negativeSamples: 5,
  });
});

test('single options override a preset, also under other names, and so does a method with the same options', () => {
  const given = { preset: 'node2vec-ppi', walk_num: 3, q: 2, method: 'node2vec+' };
  const { method, options, preset } = planEmbedding(pair, given);
  expect(method.name).toBe('node2vec+');
  expect(options).toMatchObject({ walksPerNode: 3, q: 2, p: 4, walkLength: 80 });
  expect(preset!.overridden).toEqual(['walksPerNode', 'q']);
  expect(preset!.options).not.toHaveProperty('q');
});

test('vectors to start from decide the dimensions', () => {
  const warmStart = { ids: ['a'], vectors: new Float32Array(6), dimensions: 6 };
  const plan = planEmbedding(pair, { preset: 'deepwalk-blogcatalog', warmStart });
  expect(plan.options.dimensions).toBe(6);
});

test('errors name the presets and what does not fit', () => {
  expect(message({ preset: 'deepwalk' })).toMatch(/^preset: unknown preset "deepwalk"\.\n {2}.*deepwalk-blogcatalog/);
  expect(message({ preset: 'line-paper', method: 'prone' })).toMatchInlineSnapshot(`
    "preset: the preset line-paper is for the method line, and prone has no option negativeSamples.
      Use line, or leave the preset out."
  `);
});
