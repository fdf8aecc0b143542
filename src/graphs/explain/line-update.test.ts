/** An update of a LINE run: its numbers are those of the kernel's definition, also where a node occurs twice. */
import { describe, expect, test } from 'vitest';
import { reference } from '../../engines/reference/index.ts';
import { renderHtml } from '../../explain/render/html.ts';
import { renderJson } from '../../explain/render/json.ts';
import { renderLatex } from '../../explain/render/latex.ts';
import { renderTerminal } from '../../explain/render/terminal.ts';
import { compile } from '../../plan/plan.ts';
import { fromEdges } from '../edges/from-edges.ts';
import type { LineOptions } from '../line/options.ts';
import { trainLine } from '../line/train.ts';
import { updateSample } from '../line/update.ts';
import { float32, float64 } from '../skip-gram/arithmetic.ts';
import { checkLine, explainLine } from './explain-line.ts';
import { LineRows } from './line-rows.ts';
import { type LineUpdate, lineUpdate, numbersOf } from './line-update.ts';
import { pairGraph } from './pair-graph.ts';
import { lineStep } from './pair-step.ts';

const graph = fromEdges([
  ['a', 'b', 2],
  ['a', 'c', 1],
  ['b', 'c', 0.5],
  ['c', 'd', 1],
  ['d', 'e', 3],
  ['e', 'f', 1],
  ['f', 'd', 1],
]);
const options: LineOptions = {
  dimensions: 8,
  order: 'both',
  samplesPerNode: 20,
  negativeSamples: 3,
  learningRate: 0.5,
  init: 'uniform',
};
const total = 2 * 6 * 20;

/** The tables after the update by the kernel's definition. */
function made({ run, sample, rate, vectors, contexts }: LineUpdate, arithmetic = float64) {
  const rounded = (table: Float64Array) => table.map(arithmetic.round);
  const after = rounded(vectors);
  const others = run.order === 1 ? after : rounded(contexts);
  updateSample(after, others, run.dimensions, sample, rate, arithmetic);
  const row = (table: Float64Array, node: number) => [
    ...table.subarray(node * run.dimensions, (node + 1) * run.dimensions),
  ];
  return { source: row(after, sample.source), other: (node: number) => row(others, node) };
}

/** The exact numbers of an explanation, by address. */
function explained(update: LineUpdate) {
  const { rows } = new LineRows(update, { components: 1000 });
  return new Map(rows.map(({ line, value }) => [`${line.quantity}${line.after > 0 ? '′' : ''}`, value]));
}

/** What is special about a step. */
function kindOf({ run, sample }: LineUpdate): string {
  const { source, targets } = sample;
  if (run.order === 1 && targets.includes(source)) return 'source is a target';
  return new Set(targets).size < targets.length ? 'repeated target' : 'plain';
}

describe("the explained numbers are those of the kernel's definition", () => {
  const seen = new Map<string, number>();

  test.each([1, 2, 3, 7, 8, 20, 45, 90, 91, 119, 120, 121, 122, 125, 126, 127, 150, 200, 230, 240])(
    'update %d: to the bit in float64, and to 1e-6 in float32',
    (step) => {
      const update = lineUpdate(graph, options, 7, step);
      const key = `${update.run.order} ${kindOf(update)}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      const found = explained(update);
      const { targets } = update.sample;
      const components = Array.from({ length: update.run.dimensions }, (_, d) => d);
      const shown = (address: string) => components.map((d) => found.get(`${address}[${d}]′`)!);
      const address = (k: number) => (k === 0 ? 'target' : `negative[${k - 1}]`);
      const largest = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((x, d) => Math.abs(x - b[d])));
      const exact = made(update);
      const single = made(update, float32);
      expect(shown('source')).toEqual(exact.source);
      expect(largest(shown('source'), single.source)).toBeLessThan(1e-6);
      for (const [k, node] of targets.entries()) {
        // the source changes once more, and a repeated node at its last occurrence
        if (targets.lastIndexOf(node) !== k || (update.run.order === 1 && node === update.sample.source)) continue;
        expect(shown(address(k))).toEqual(exact.other(node));
        expect(largest(shown(address(k)), single.other(node))).toBeLessThan(1e-6);
      }
    },
  );

  test('these updates had every kind: plain, with a repeated target, and with the source as a target', () => {
    expect([...seen.keys()].sort()).toEqual([
      '1 plain',
      '1 repeated target',
      '1 source is a target',
      '2 plain',
      '2 repeated target',
    ]);
  });
});

test.each([30, 61, 118, 140, 215])(
  'update %d has the bits of single pairs as graphs of core ops, one after another, on the reference engine',
  (step) => {
    const update = lineUpdate(graph, options, 7, step);
    const { run, sample, rate } = update;
    const rows = new Map<string, number[]>();
    const key = (node: number, isSource = false) => (run.order === 1 || isSource ? `v${node}` : `u${node}`);
    const row = (table: Float64Array, node: number) => [
      ...table.subarray(node * run.dimensions, (node + 1) * run.dimensions),
    ];
    for (const node of sample.targets) rows.set(key(node), row(update.contexts, node));
    rows.set(key(sample.source, true), row(update.vectors, sample.source));
    let change = row(new Float64Array(update.vectors.length), 0);
    for (const [k, node] of sample.targets.entries()) {
      const pair = { source: rows.get(key(sample.source, true))!, target: rows.get(key(node))! };
      const { graph: ops, given } = pairGraph(lineStep({ order: 2, ...pair, negatives: [], learningRate: rate }), {
        form: 'kernel',
      });
      const nodes = ['sigmoid', 'updated(context)'].map((name) => ops.get(name));
      const [program] = reference.compile([compile(ops, nodes)]);
      for (const [name, data] of given) program.view(name).set(data);
      program.run();
      // a negative is the same pair with the label 0
      const error = ((k === 0 ? 1 : 0) - program.view('sigmoid')[0]) * rate;
      change = change.map((sum, d) => sum + error * pair.target[d]);
      rows.set(
        key(node),
        k === 0 ? [...program.view('context')] : pair.target.map((x, d) => x + error * pair.source[d]),
      );
    }
    const source = rows.get(key(sample.source, true))!.map((x, d) => x + change[d]);
    expect(numbersOf(update).source.join()).toBe(source.join());
    const last = sample.targets.at(-1)!;
    expect(numbersOf(update).targets.at(-1)!.updated.join()).toBe(rows.get(key(last))!.join());
  },
);

test('after the last update of an order, the vectors are those of the float32 run, to its rounding', async () => {
  for (const order of ['first', 'second'] as const) {
    const own = { ...options, order };
    const vectors = await trainLine(graph, own, { seed: 7, threads: 1 });
    const last = lineUpdate(graph, own, 7, total / 2);
    const { source } = made(last);
    const width = own.dimensions;
    const at = last.sample.source * width;
    const largest = Math.max(...source.map((value, d) => Math.abs(value - vectors[at + d])));
    expect(largest).toBeLessThan(1e-4);
    expect(Math.max(...source.map(Math.abs))).toBeGreaterThan(0.1);
  }
});

test('its gradients agree with central differences', () => {
  for (const step of [30, 150]) {
    const { agrees, worst, rows } = checkLine(lineUpdate(graph, options, 7, step));
    expect(agrees).toBe(true);
    expect(worst).toBeLessThan(1e-8);
    expect(rows.length).toBeGreaterThanOrEqual(8);
  }
});

describe('the page', () => {
  const steps = Array.from({ length: 60 }, (_, i) => lineUpdate(graph, options, 7, i + 2));
  const update = steps.find((each) => kindOf(each) === 'source is a target')!;
  const page = explainLine(update);
  const text = renderTerminal(page);

  test('shows the negatives with their probabilities, then each target, then the source', () => {
    expect(page.title).toBe(`Update ${update.step} of line, number by number`);
    const headings = [...new Set(page.rows.map(({ heading }) => heading))];
    expect(headings).toEqual([
      'Negatives drawn from the noise distribution',
      expect.stringMatching(/^Target "\w", label 1$/),
      expect.stringMatching(/^Negative 1: "\w", label 0$/),
      expect.stringMatching(/^Negative 2: "\w", label 0$/),
      expect.stringMatching(/^Negative 3: "\w", label 0$/),
      'Loss',
      'Source: gradient and update',
      'Loss after the update',
    ]);
    expect(text).toContain('is the source itself');
    expect(text).toContain('A node occurs twice in this update.');
    expect(text).toMatch(/v1′ = u\d1′ − η·∂E\/∂v1 = /);
  });

  test('is there in every format', () => {
    const html = renderHtml(page);
    for (const { quantity } of page.lines) expect(html).toContain(`data-quantity="${quantity}"`);
    expect(html).not.toContain('class="untypeset"');
    expect(renderLatex(page)).not.toMatch(/undefined|\?\?/);
    expect(JSON.parse(renderJson(page))).toEqual(page.lines);
  });
});

test.each([0, 1.5, -1])('the update %d cannot be explained', (step) => {
  expect(() => lineUpdate(graph, options, 1, step)).toThrow('is not the number of an update');
  expect(() => lineUpdate(graph, options, 1, total + 1)).toThrow(`the run has ${total}`);
});
