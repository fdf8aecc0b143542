/** The next update of a training: that of the run itself, around the wanted node, with the vectors of the moment. */
import { expect, test } from 'vitest';
import { typesetLines } from '../../explain/typeset.ts';
import { fromEdges } from '../edges/from-edges.ts';
import { embed, planEmbedding } from '../embed.ts';
import type { TrainingState } from '../method.ts';
import { explainLine } from './explain-line.ts';
import { lineUpdate } from './line-update.ts';
import { updateExplainer } from './next-update.ts';

const graph = fromEdges([
  ['a', 'b'],
  ['b', 'c'],
  ['c', 'a'],
  ['c', 'd'],
  ['d', 'e'],
  ['<e>', 'e'],
]);
const options = { method: 'node2vec', dimensions: 4, walkLength: 8, walksPerNode: 5, windowSize: 2, p: 0.5, seed: 3 };

/** The state after a number of walks. */
async function stateAfter(walks: number): Promise<TrainingState> {
  let found: TrainingState | undefined;
  await embed(graph, {
    ...options,
    minReports: 30,
    onProgress: ({ state }) => {
      const { position, tables } = state!();
      if (position === walks)
        found = { position, tables: { input: tables.input.slice(), output: tables.output.slice() } };
    },
  });
  return found!;
}

test('without a node, it is the first update of the walk at the position, from the vectors there', async () => {
  const state = await stateAfter(12);
  const next = updateExplainer(graph, options)!(state)!;
  expect([next.walkNumber, next.walksBefore]).toEqual([12, 0]);
  expect(next.centre).toBe(next.walk[0]);
  const [first] = next.inputs;
  const before = next.explained.parameters.find(({ name }) => name === 'input')!;
  expect(Array.from(before.numbers).slice(0, 4)).toEqual([...state.tables.input.subarray(4 * first, 4 * first + 4)]);
  expect(next.explained.title).toBe('The next update of node2vec, number by number');
});

test('with a node, that node is the centre, and the walks before the update are counted', async () => {
  const explainer = updateExplainer(graph, options)!;
  const state = await stateAfter(12);
  for (const [node, name] of graph.ids.entries()) {
    const next = explainer(state, name)!;
    expect(next.centre).toBe(node);
    expect(next.walk).toContain(node);
    expect(next.walksBefore).toBe(next.walkNumber - 12);
    expect(next.negatives).toHaveLength(5);
  }
  expect(() => explainer(state, 'zed')).toThrow('there is no node "zed"');
});

test('after the end, a walk is shown again at the lowest rate', async () => {
  const next = updateExplainer(graph, options)!(await stateAfter(30))!;
  expect([next.walkNumber, next.walksBefore]).toEqual([0, 0]);
  expect(next.explained.setting.join('\n')).toContain('Learning rate of this walk: 0.0001');
});

test('as TeX, sums of pairs name every term, and names of nodes are escaped', async () => {
  const { explained } = updateExplainer(graph, options)!(await stateAfter(12), '<e>', {
    pairs: 6,
    components: 1,
    terms: 2,
  })!;
  const lines = typesetLines(explained);
  const slope = lines[explained.lines.findIndex(({ quantity }) => quantity === 'gradient(input[0][0])')];
  expect(slope.formula!.join(' ')).toMatch(
    /^\\delta_\{11\} \\cdot u_\{11\} \+ \\delta_\{12\} \\cdot u_\{21\} \+ \\dots/,
  );
  expect(lines[0].heading).toMatch(/^Walk \d+, step by step$/);
  const walk = lines
    .filter(({ heading }) => heading === lines[0].heading)
    .map(({ name }) => name)
    .join(' ');
  expect(walk).not.toContain('<e>');
});

test('a method that trains on neither walks nor edges has no such updates', () => {
  expect(updateExplainer(graph, { method: 'prone' })).toBeUndefined();
});

test('of LINE, it is the sample at the position, with the numbers of the update from the start, in both orders', async () => {
  const line = { method: 'line', dimensions: 4, samplesPerNode: 6, seed: 5 };
  const states: TrainingState[] = [];
  await embed(graph, {
    ...line,
    minReports: 40,
    onProgress: ({ state }) => {
      const { position, tables } = state!();
      const copied = Object.entries(tables).map(([name, table]) => [name, table.slice()] as const);
      states.push({ position, tables: Object.fromEntries(copied) as TrainingState['tables'] });
    },
  });
  const explainer = updateExplainer(graph, line)!;
  const { method, options: own } = planEmbedding(graph, line);
  const total = 6 * graph.ids.length;
  for (const wanted of [0, 1].map((i) => states.find(({ position }) => position > i * total + 3)!)) {
    const next = explainer(wanted)!;
    const update = lineUpdate(graph, method.line!(own)!, 5, wanted.position + 1);
    expect([next.kind, next.walksBefore, next.walk]).toEqual([
      'edge',
      0,
      [update.sample.source, update.sample.targets[0]],
    ]);
    const values = (rows: readonly { readonly value: number }[]) => rows.map(({ value }) => value);
    const found = values(next.explained.lines);
    for (const [i, value] of values(explainLine(update).lines).entries()) expect(found[i]).toBeCloseTo(value, 5);
    for (const [node, name] of graph.ids.entries()) expect(explainer(wanted, name)!.centre).toBe(node);
  }
  // after the end
  expect(explainer(states.at(-1)!)!.walksBefore).toBe(0);
});
