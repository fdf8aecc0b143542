/** An update of a skip-gram run: its numbers are those of the kernel's definition, and the page shows how each is computed. */
import { describe, expect, test } from 'vitest';
import { reference } from '../../engines/reference/index.ts';
import { renderHtml } from '../../explain/render/html.ts';
import { renderJson } from '../../explain/render/json.ts';
import { renderLatex } from '../../explain/render/latex.ts';
import { renderTerminal } from '../../explain/render/terminal.ts';
import { compile } from '../../plan/plan.ts';
import { fromEdges } from '../edges/from-edges.ts';
import { float32, float64 } from '../skip-gram/arithmetic.ts';
import type { SkipGramOptions } from '../skip-gram/options.ts';
import { slicesOf } from '../skip-gram/slices.ts';
import { trainSkipGram } from '../skip-gram/train.ts';
import { updateWindow } from '../skip-gram/update.ts';
import { checkUpdate, explainUpdate } from './explain-update.ts';
import { pairGraph } from './pair-graph.ts';
import { PairLines } from './pair-lines.ts';
import { pairStepOf, type SkipGramUpdate, skipGramUpdate } from './skip-gram-update.ts';

const graph = fromEdges([
  ['a', 'b', 2],
  ['a', 'c', 1],
  ['b', 'c', 0.5],
  ['c', 'd', 1],
  ['d', 'e', 3],
  ['e', 'f', 1],
  ['f', 'd', 1],
]);
const options: SkipGramOptions = {
  dimensions: 4,
  walkLength: 8,
  walksPerNode: 4,
  windowSize: 3,
  p: 0.5,
  q: 2,
  negativeSamples: 3,
  epochs: 1,
  learningRate: 0.5,
  minLearningRate: 0.01,
  subsampling: 0,
  minCount: 1,
  init: 'uniform',
  arithmetic: 'strict',
};

/** The exact numbers of an explanation, by address. */
function explained(update: SkipGramUpdate) {
  const { rows } = new PairLines(pairStepOf(update), { pairs: 1000, components: 1000 });
  return new Map(rows.map(({ line, value }) => [`${line.quantity}${line.after > 0 ? '′' : ''}`, value]));
}

/** The update made by the kernel's definition: its numbers, and the tables after it. */
function made({ tables, window, rate, options: { dimensions } }: SkipGramUpdate, arithmetic = float64) {
  const after = { input: tables.input.slice(), output: tables.output.slice() };
  const numbers = updateWindow(after, slicesOf(dimensions), window, rate, arithmetic);
  return { numbers, after };
}

describe("the explained numbers are those of the kernel's definition", () => {
  test.each([
    ['4 dimensions', options],
    ['2 dimensions', { ...options, dimensions: 2 }],
    ['7 dimensions, which no lane divides', { ...options, dimensions: 7 }],
    ['36 dimensions, in two slices', { ...options, dimensions: 36 }],
  ])('to the bit in float64, and to 1e-6 in float32: %s', (_name, changed) => {
    for (const step of changed.dimensions > 30 ? [60] : [1, 2, 60, 130]) {
      const update = skipGramUpdate(graph, changed, 7, step);
      const { window, tables } = update;
      const found = explained(update);
      const { numbers, after } = made(update);
      const [centre, ...negatives] = window.outputs;
      const present = negatives.filter((node) => node !== centre);
      const kept = [0, ...negatives.flatMap((node, k) => (node === centre ? [] : [k + 1]))];
      const at = (i: number, k: number) => (window.inputs.length > 1 ? `[${i}][${k}]` : `[${k}]`);
      const pairs = (name: string) => window.inputs.map((_, i) => kept.map((_k, k) => found.get(`${name}${at(i, k)}`)));
      expect(pairs('dot')).toEqual(numbers.dots.map((row) => kept.map((k) => row[k])));
      expect(pairs('sigmoid')).toEqual(numbers.probabilities.map((row) => kept.map((k) => row[k])));
      expect(found.get('loss')).toBeCloseTo(numbers.loss, 12);

      // a vector that occurs several times is shown at its first place
      const input = window.inputs.length > 1 ? (i: number) => `input[${i}]` : () => 'input';
      const vectors: [string, 'input' | 'output', number][] = [
        ['centre', 'output', centre],
        ...present.map((node): [string, 'output', number] => [`negative[${present.indexOf(node)}]`, 'output', node]),
        ...window.inputs.map((node): [string, 'input', number] => [input(window.inputs.indexOf(node)), 'input', node]),
      ];
      const dimensions = Array.from({ length: changed.dimensions }, (_, d) => d);
      const shown = vectors.map(([address]) => dimensions.map((d) => found.get(`${address}[${d}]′`)!));
      const rowsOf = (made: typeof after) =>
        vectors.map(([, table, node]) => dimensions.map((d) => made[table][node * changed.dimensions + d]));
      expect(shown).toEqual(rowsOf(after));
      const [single] = [{ input: tables.input.map(Math.fround), output: tables.output.map(Math.fround) }];
      const rounded = rowsOf(made({ ...update, tables: single }, float32).after);
      const differences = rounded.flatMap((row, v) => row.map((value, d) => Math.abs(value - shown[v][d])));
      expect(Math.max(...differences)).toBeLessThan(1e-6);
    }
  });

  test('to the bit too when the reference engine runs the graph', () => {
    const update = skipGramUpdate(graph, { ...options, dimensions: 10 }, 7, 40);
    const { graph: steps, given, rows } = pairGraph(pairStepOf(update), { form: 'kernel' });
    const nodes = ['dot', 'updated(centre)', 'updated(context)'].map((name) => steps.get(name));
    const [program] = reference.compile([compile(steps, nodes)]);
    for (const [name, data] of given) program.view(name).set(data);
    program.run();
    const { numbers, after } = made(update);
    expect(numbers.dots[0][0]).toBe(program.view('dot')[0]);
    update.window.inputs.forEach((node, i) => {
      const row = program.view('centre').subarray(rows.centres[i] * 10, (rows.centres[i] + 1) * 10);
      expect([...row]).toEqual([...after.input.subarray(node * 10, (node + 1) * 10)]);
    });
    const [centre] = update.window.outputs;
    expect([...program.view('context').subarray(0, 10)]).toEqual([
      ...after.output.subarray(centre * 10, centre * 10 + 10),
    ]);
  });

  test('after the last update, the vectors are those of the float32 run, to its rounding', async () => {
    const state = await trainSkipGram(graph, options, { seed: 7, threads: 1 }, { isReference: true });
    let last = 1;
    expect(() => skipGramUpdate(graph, options, 7, 1e6)).toThrow(/the run has (\d+)/);
    try {
      skipGramUpdate(graph, options, 7, 1e6);
    } catch (error) {
      last = Number(/the run has (\d+)/.exec((error as Error).message)![1]);
    }
    const { after } = made(skipGramUpdate(graph, options, 7, last));
    const largest = Math.max(...state.input.map((value, i) => Math.abs(value - after.input[i])));
    expect(largest).toBeLessThan(1e-4);
    expect(Math.max(...state.input.map(Math.abs))).toBeGreaterThan(0.3);
  });
});

test('its gradients agree with central differences', () => {
  const { agrees, worst, rows } = checkUpdate(skipGramUpdate(graph, options, 1, 60));
  expect(agrees).toBe(true);
  expect(worst).toBeLessThan(1e-8);
  expect(rows.length).toBeGreaterThan(8);
});

describe('the page', () => {
  const update = skipGramUpdate(graph, options, 1, 30);
  const page = explainUpdate(update);
  const text = renderTerminal(page);

  test('shows the walk with its probabilities, the negatives with theirs, and the update', () => {
    expect(page.title).toBe('Update 30 of node2vec, number by number');
    const headings = [...new Set(page.rows.map(({ heading }) => heading))];
    expect(headings).toEqual([
      expect.stringMatching(/^Walk \d+, step by step$/),
      'Negatives drawn from the noise distribution',
      'Dot products and sigmoids',
      'Loss',
      'Backward pass: errors, δ = ∂E/∂z',
      expect.stringMatching(/^Backward pass: gradient of the inputs?$/),
      'Backward pass: gradients of the centre and the negatives',
      'Update',
      'Loss after the update',
    ]);
    expect(text).toMatch(/P\(\w \| \w, \w\) = /);
    expect(text).toMatch(/P_n\(\w\) = n\(\w\)\^\(3\/4\)\/Z_n = \d+\^0\.75\/[\d.]+ = 0\.\d+/);
  });

  test('is there in every format', () => {
    const html = renderHtml(page);
    for (const { quantity } of page.lines) expect(html).toContain(`data-quantity="${quantity}"`);
    expect(html).not.toContain('class="untypeset"');
    expect(renderLatex(page)).not.toMatch(/undefined|\?\?/);
    expect(JSON.parse(renderJson(page))).toEqual(page.lines);
  });
});

describe('what cannot be explained', () => {
  test.each([0, 1.5, -1])('the update %d', (step) => {
    expect(() => skipGramUpdate(graph, options, 1, step)).toThrow('is not the number of an update');
  });

  test('with node2vec+, the probabilities of the walk are left out, and the page says so', () => {
    const page = explainUpdate(skipGramUpdate(graph, { ...options, extended: true }, 1, 3), 'node2vec+');
    expect(page.leftOut[0]).toContain('those of node2vec+ depend on the weights of two edges at once');
    expect(page.lines.some(({ phase }) => phase === 'walk')).toBe(false);
  });
});
