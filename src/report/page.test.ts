import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { readTable } from '../data/read/read.ts';
import { describe as describeTable } from '../data/table/describe.ts';
import { numberText } from '../explain/numbers.ts';
import type { Setup } from '../net/rows-setup.ts';
import type { ExperimentJson } from '../net/schema.ts';
import { experiment } from '../net/setup.ts';
import { baselines } from '../studies/baselines.ts';
import type { HistoryRow } from '../train/history.ts';
import { train } from '../train/train.ts';
import { renderComparison } from './compare.ts';
import { renderCurves } from './curves.ts';
import { renderReport } from './page.ts';
import { indented, type RunRecord, recordJson, recordOf } from './record.ts';
import { parseRecord } from './record-schema.ts';

const penguins = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');

interface Made {
  readonly record: RunRecord;
  readonly history: readonly HistoryRow[];
  readonly html: string;
  /** The text of the page without tags and styles. */
  readonly text: string;
}

async function make(json: object, table = penguins, name = 'trial'): Promise<Made> {
  const setup = experiment(json, { read: () => table }) as Setup & { readonly json: ExperimentJson };
  const trained = await train(setup, { probe: true });
  const whole = recordOf(
    {
      name,
      versions: { chainrule: '1.2.3', node: '20.0.0' },
      command: 'chainrule train penguins.csv',
      baselines: await baselines(setup),
      description: 'file' in setup.json.data ? describeTable(readTable(table, { name: 'penguins.csv' })) : undefined,
      seconds: { reading: 0.5 },
    },
    setup,
    trained,
  );
  // As read from the file, which cannot hold non-finite numbers.
  const record: RunRecord = { ...parseRecord(recordJson(whole), 'run.json'), stop: whole.stop, loss: whole.loss };
  const html = renderReport(record, trained.history);
  const { document } = parseHTML(html);
  for (const style of document.querySelectorAll('style')) style.remove();
  return { record, history: trained.history, html, text: document.body.textContent ?? '' };
}

const layers = [
  { dense: 8, activation: 'relu' },
  { dense: 3, activation: 'softmax' },
];
const classification = {
  network: { layers },
  data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2, test: 0.2 } },
  training: { loss: 'crossEntropy', optimizer: 'adam', batchSize: 32, stop: { epochs: 30, patience: 5 } },
};
const inline = (training: object) => ({
  network: { layers: [{ dense: 1 }] },
  data: { inputs: [[1], [2], [3]], targets: [[2], [4], [6]] },
  training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.05 }, stop: { epochs: 20 }, ...training },
});

/** The page loads, runs and links nothing, and its tags are closed. */
function checkPage({ html, record, text }: Made): void {
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|<link|@import|url\(|src=/);
  for (const tag of ['section', 'table', 'figure', 'svg', 'div', 'details']) {
    const opened = html.split(new RegExp(`<${tag}[\\s>]`)).length;
    expect(html.split(`</${tag}>`).length, tag).toBe(opened);
  }
  expect(html).not.toMatch(/undefined|\[object|NaN%/);
  for (const value of [record.loss.final, record.loss.first]) expect(text).toContain(numberText(value, 4));
}

describe('a classification', async () => {
  const made = await make(classification);

  test('states the stop reason, the held-out score and how to reproduce the run', () => {
    checkPage(made);
    const { record, text } = made;
    expect(text).toContain(`${numberText(100 * record.test.accuracy, 4)} %accuracy, test rows`);
    expect(text).toContain('Training stopped after');
    expect(text).toContain('chainrule 1.2.3, Node 20.0.0');
    for (const note of record.notes) expect(text).toContain(note);
    for (const input of ['island=Biscoe', 'bill_length_mm']) expect(text).toContain(input);
  });

  test('has the confusion matrix of the test rows, with recall and precision', () => {
    const { confusion, rows } = made.record;
    expect(confusion!.part).toBe('test');
    expect(confusion!.matrix.flat().reduce((a, b) => a + b)).toBe(rows.test);
    expect(made.text).toContain('Confusion matrix, test rows');
    const { document } = parseHTML(made.html);
    const cells = [...document.querySelectorAll('.matrix tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].slice(0, 3).map((cell) => Number(cell.textContent)),
    );
    expect(cells).toEqual(confusion!.matrix);
  });

  test('draws losses, scores, gradient norms, ROC curves, calibration and weights', () => {
    const { document } = parseHTML(made.html);
    const labels = [...document.querySelectorAll('svg')].map((svg) => svg.getAttribute('aria-label'));
    expect(labels).toEqual([
      'Loss: training, validation',
      'Validation scores: accuracy, macro F1',
      'Gradient norm before clipping: gradient norm',
      'Gradient norm of each layer: layers.0, layers.1',
      'ROC curves: Adelie, Chinstrap, Gentoo',
      'Calibration',
      'layers.0.weight, 9 × 8',
      'layers.1.weight, 8 × 3',
    ]);
  });
});

describe('a classification and its baselines', async () => {
  const made = await make(classification);
  const { document } = parseHTML(made.html);

  test('each score has a row for the linear model and for the constant; the best value of a split is bold', () => {
    const rows = [...document.querySelectorAll('table.results tbody tr')];
    expect(rows.map((row) => row.querySelector('td.left')!.textContent)).toEqual([
      'network',
      'linear',
      'constant',
      'network',
      'linear',
      'constant',
      'network',
      'linear',
      'constant',
    ]);
    const { constant, linear, verdict } = made.record.baselines!;
    const test = rows.slice(6).map((row) => [...row.querySelectorAll('td')].slice(2).map((cell) => cell.textContent));
    // If each row has one class, micro scores equal the accuracy.
    const shown = (scores: object) =>
      Object.entries(scores).flatMap(([name, value]) => (/^micro/.test(name) ? [] : [numberText(value, 4)]));
    expect(test).toEqual([shown(made.record.test), shown(linear!.test), shown(constant.test)]);
    expect(made.text).toContain(verdict!.text);
    const [low, high] = verdict!.networkInterval!.map((share) => numberText(100 * share, 3));
    expect(made.text).toContain(`accuracy, test rows (95 % interval ${low} to ${high} %)`);
    expect(made.text).toContain('Constant: always "Adelie"');
  });

  test('every column shows its encoding, every class its share', () => {
    const rows = [...document.querySelectorAll('section')].find((each) => each.textContent!.startsWith('Data'))!;
    const cells = (name: string) =>
      [...rows.querySelectorAll('tr')].find((row) => row.querySelector('th')!.textContent === name)!.textContent;
    expect(cells('bill_length_mm')).toMatch(
      /^bill_length_mmnumber216432\.143\.92259\.6a number: \(x − .*missing values filled with/,
    );
    expect(cells('island')).toContain('one-hot, 3 inputs: Biscoe, Dream, Torgersen');
    expect(cells('species')).toContain('target: 3 classes');
    expect(cells('Adelie')).toBe('Adelie92 · 44.7 %30 · 43.5 %30 · 43.5 %');
  });

  test('the command and the seconds of each phase are listed', () => {
    expect(made.text).toContain('chainrule train penguins.csv');
    expect(made.text).toContain('reading and encoding the data 0.5, compiling');
    expect(made.text).toMatch(/Updates210, [\d,]+ per second/);
  });

  test('the areas of the ROC curves are those of the metric', () => {
    const { roc } = made.record.figures!;
    const mean = roc!.reduce((sum, { area }) => sum + area, 0) / roc!.length;
    // rounded to five digits
    expect(mean).toBeCloseTo(made.record.test.rocAuc, 4);
    for (const { points } of roc!)
      expect([points[0], points.at(-1)]).toEqual([
        [0, 0],
        [1, 1],
      ]);
  });

  test('lists of numbers are on one line, and texts with brackets are unchanged', () => {
    const value = { a: [1, 2.5, -3], b: ['[ x ]', 'y, z'], c: [], d: { e: [[1], [2]] } };
    expect(JSON.parse(indented(value))).toEqual(value);
    expect(indented(value)).toContain('"a": [1, 2.5, -3]');
  });

  test('a comparison of two runs has their curves in one plot, the best values in bold, and the settings that differ', async () => {
    const other = await make({
      ...classification,
      seed: 2,
      network: { layers: [{ dense: 3, activation: 'softmax' }] },
    });
    const runs = [
      { label: 'one', record: made.record },
      { label: '<two>', record: other.record },
    ];
    const html = renderComparison(runs, [made.history, other.history]);
    checkPage({ ...made, html, text: numberText(made.record.loss.final, 4) + numberText(made.record.loss.first, 4) });
    const page = parseHTML(html).document;
    expect([...page.querySelectorAll('svg')].map((svg) => svg.getAttribute('aria-label'))).toContain(
      'Validation loss: one, <two>',
    );
    const accuracies = [...page.querySelectorAll('tr')].find(
      (row) => row.querySelector('th')?.textContent === 'test accuracy',
    )!;
    const better = made.record.test.accuracy > other.record.test.accuracy ? 0 : 1;
    expect([...accuracies.querySelectorAll('td')].map((cell) => cell.className === 'best')).toEqual(
      [0, 1].map((i) => i === better),
    );
    expect(html).toContain('network.layers.0.dense');
    expect(html).not.toContain('<two>');
  });
});

test('a regression on a table states the units of the loss and of the errors', async () => {
  const made = await make({
    ...classification,
    network: { layers: [{ dense: 1 }] },
    data: { file: 'penguins.csv', target: 'body_mass_g', split: { validation: 0.2 } },
    training: { ...classification.training, loss: 'mse' },
  });
  checkPage(made);
  expect(made.text).toContain('The loss is in training units; the errors are in the units of body_mass_g.');
  expect(made.text).toContain('mean absolute error in body_mass_g, validation rows');
  expect(made.text).not.toContain('Confusion');
  expect(made.text).toContain('Constant: always the mean of body_mass_g.');
  expect(made.html).toContain('aria-label="Predicted and actual values"');
  const [{ truth, residuals }] = made.record.figures!.numbers!;
  expect(truth).toHaveLength(made.record.rows.validation);
  expect(residuals!.counts.reduce((a, b) => a + b)).toBe(made.record.rows.validation);
});

test('each of several targets has its scores and its plots, and the verdict is in training units', async () => {
  const made = await make({
    ...classification,
    network: { layers: [{ dense: 8, activation: 'relu' }, { dense: 2 }] },
    data: { file: 'penguins.csv', target: ['body_mass_g', 'bill_length_mm'], split: { test: 0.2 } },
    training: { ...classification.training, loss: 'mse', stop: { epochs: 10 } },
  });
  checkPage(made);
  expect(made.text).toContain('Results by target');
  // a mean of grams and millimetres is not shown as the run's error
  expect(made.text).not.toContain('mean absolute error in');
  expect(made.text).toContain('The errors are means over targets in different units');
  expect(made.record.figures!.numbers!.map(({ name }) => name)).toEqual(['body_mass_g', 'bill_length_mm']);
  expect(made.html).toContain('aria-label="Residuals: bill_length_mm"');
  expect(made.record.baselines!.verdict).toMatchObject({ inTraining: true, part: 'test', outcome: 'worse' });
  expect(made.text).toContain('root mean squared error (in training units)');
  expect(made.record.data!.columns!.find(({ name }) => name === 'bill_length_mm')!.use).toBe('target, standardized');
});

test('a page of many rows and classes stays below 400 kB', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `${i % 7},${(i * 37) % 101},${(i * i) % 97},c${i % 12}\n`);
  const made = await make(
    {
      ...classification,
      network: {
        layers: [
          { dense: 8, activation: 'relu' },
          { dense: 12, activation: 'softmax' },
        ],
      },
      data: { file: 'x.csv', target: 't', split: { validation: 0.5 } },
    },
    `a,b,c,t\n${rows.join('')}`,
  );
  expect(made.html.length).toBeLessThan(400_000);
  expect(made.record.figures!.roc).toHaveLength(10);
});

test('a divergence is shown with its likely cause, and curves are drawn up to the last finite value', async () => {
  const made = await make(inline({ optimizer: { name: 'sgd', learningRate: 1e60 } }));
  checkPage(made);
  expect(made.record.stop.reason).toBe('diverged');
  expect(made.text).toContain('Training diverged.');
  expect(made.text).toContain(made.record.stop.cause!);
});

test('epochs: 0 gives a page without curves', async () => {
  const made = await make(inline({ stop: { epochs: 0 } }));
  checkPage(made);
  expect(made.html).not.toContain('<svg');
});

test('names with markup are text', async () => {
  const table = penguins.replaceAll('Adelie', '<b>&A</b>').replace('species', '<i>species</i>');
  const json = { ...classification, data: { ...classification.data, target: '<i>species</i>' } };
  const made = await make(json, table, '<script>alert(1)</script>');
  expect(made.html).not.toMatch(/<b>&|<i>|<script/);
  expect(made.text).toContain('<b>&A</b>');
});

test('ten thousand epochs keep the page small and the spikes in it', () => {
  const points = Array.from({ length: 10_000 }, (_, i): [number, number] => [i + 1, i === 5003 ? 50 : 2 - i / 1e4]);
  const svg = String(renderCurves('Loss', [{ label: 'training', points }]));
  expect(svg.length).toBeLessThan(40_000);
  expect(svg).toContain('>50<');
});

test('a page shows at most 30 classes, and states how many there are', () => {
  const classes = Array.from({ length: 40 }, (_, k) => `class ${k}`);
  const matrix = classes.map((_, k) => classes.map((_, j) => Number(j === k)));
  const record = {
    ...baseRecord,
    data: { target: 't', task: 'classification' as const, classes, inputs: ['x'] },
    confusion: { part: 'training' as const, matrix },
  };
  const html = renderReport(record, []);
  expect(html).toContain('The first 30 of 40 classes');
});

const baseRecord: RunRecord = {
  name: 'r',
  versions: { chainrule: '0' },
  experiment: experiment(inline({})).json!,
  parameters: 2,
  rows: { training: 3, validation: 0, test: 0 },
  stop: { reason: 'epochs', epoch: 1, seconds: 0 },
  loss: { first: 1, final: 0.5, best: 0.5 },
  metrics: { accuracy: 1 },
  validation: {},
  test: {},
  engine: { name: 'reference', precision: 'float64', threads: 1, arithmetic: 'strict', why: 'requested', memory: 1000 },
  notes: [],
  warnings: [],
};
