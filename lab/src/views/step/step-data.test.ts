/** The data that the worker makes of a step, with the library as the page has it. */
import { type ExperimentJson, experiment } from 'chainrule';
import { describe, expect, test } from 'vitest';
import textbook from '../../../../examples/textbook-3-2-1.json' with { type: 'json' };
import { gradientData } from './gradients.ts';
import { stepData } from './step-data.ts';

const setupOf = (json: unknown) => experiment(json as ExperimentJson, { withoutStop: true });
const data = stepData(setupOf(textbook.experiment), 0);
const idOf = (key: string) => data.numbers.findIndex((number) => number.key === key);
const keysOf = (ids: readonly number[]) => ids.map((id) => data.numbers[id].key);

describe('the numbers of a step', () => {
  test('have one id each, and every line computes one of them', () => {
    const keys = data.numbers.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(data.lines.map(({ number }) => data.numbers[number].line)).toEqual(data.lines.map((_, at) => at));
  });

  test('know the numbers in their formula, and their phase', () => {
    const update = data.lines[data.numbers[idOf('layers.1.weight[0][0]′')].line!];
    expect(keysOf(update.reads)).toEqual(['layers.1.weight[0][0]', 'learningRate', 'gradient(layers.1.weight[0][0])']);
    const phases = ['layers.1.weight[0][0]', 'layers.1.output[0][0]', 'loss', 'layers.1.weight[0][0]′', 'loss′'];
    expect(phases.map((key) => data.numbers[idOf(key)].phase)).toEqual(['given', 'forward', 'loss', 'update', 'after']);
  });

  test('are the same before and after the update if no update changes them', () => {
    const after = data.lines[data.numbers[idOf('layers.0.sum[0][0]′')].line!];
    expect(keysOf(after.reads).slice(0, 2)).toEqual(['layers.0.input[0][0]', 'layers.0.weight[0][0]′']);
  });

  test('are marked in the formulas, also in a chain rule', () => {
    const { tex } = data.lines[data.numbers[idOf('gradient(layers.1.weight[0][0])')].line!];
    const ids = (text = '') => [...text.matchAll(/\\data\{n=(\d+)\}/g)].map(([, id]) => data.numbers[Number(id)].key);
    expect(ids(tex.rule)).toEqual([
      'gradient(layers.1.sum[mean][0])',
      'factor(layers.1.sum[mean][0], layers.1.weight[0][0])',
    ]);
    expect(ids(tex.numbers)).toEqual(['gradient(layers.1.sum[mean][0])', 'layers.1.input[mean][0]']);
  });

  test('whose lines are left out are known from the first line that reads them', () => {
    const wide = {
      network: { inputs: 30, layers: [{ dense: 20, activation: 'tanh' }, { dense: 1 }] },
      data: {
        inputs: Array.from({ length: 9 }, (_, r) => Array.from({ length: 30 }, (_, i) => Math.sin(r + i))),
        targets: Array.from({ length: 9 }, () => [1]),
      },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
    };
    const { numbers, lines, leftOut } = stepData(setupOf(wide), 0);
    expect(leftOut.length).toBeGreaterThan(0);
    const without = numbers.filter(({ line, phase }) => line === undefined && phase !== 'given');
    expect(without.length).toBeGreaterThan(0);
    for (const { since, key } of without) expect(lines[since!].reads.map((id) => numbers[id].key)).toContain(key);
  });
});

describe('the gradients compared', () => {
  test('at the weights before any step: the exact ones agree with the central differences, averaged factors do not', () => {
    for (const updates of [0, 7]) {
      const { rows, withoutAveraged } = gradientData(setupOf(textbook.experiment), updates);
      expect(withoutAveraged).toBeUndefined();
      expect(rows).toHaveLength(8);
      for (const { exact, central, averaged } of rows) {
        expect(Math.abs(exact - central)).toBeLessThan(1e-9);
        expect(Math.abs(averaged! - central)).toBeGreaterThan(1e-6);
      }
    }
    const [first] = gradientData(setupOf(textbook.experiment), 0).rows.filter(
      ({ key }) => key === 'layers.1.weight[0][0]',
    );
    expect(first.exact).toBeCloseTo(0.0592621, 7);
    expect(first.averaged).toBeCloseTo(0.0671828, 7);
  });

  test('without averaged factors where the rule is not defined', () => {
    const normed = {
      data: textbook.experiment.data,
      network: { inputs: 3, layers: [{ dense: 2 }, { batchNorm: true }, { dense: 1 }] },
      training: { ...textbook.experiment.training, gradient: 'exact' },
    };
    const { rows, withoutAveraged } = gradientData(setupOf(normed), 0);
    expect(withoutAveraged).toContain('averagedFactors');
    expect(rows.every(({ averaged }) => averaged === undefined)).toBe(true);
  });
});
