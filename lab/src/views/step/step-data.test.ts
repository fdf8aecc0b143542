/** The data that the worker makes of a step, with the library as the page has it. */
import { type ExperimentJson, experiment } from 'chainrule';
import { explanation, texOfRow } from 'chainrule/explain';
import { describe, expect, test } from 'vitest';
import textbook from '../../../../examples/textbook-3-2-1.json' with { type: 'json' };
import { examples } from './examples.ts';
import { gradientData } from './gradients.ts';
import { stepData } from './step-data.ts';

const setupOf = (json: unknown) => experiment(json as ExperimentJson, { withoutStop: true });
const withGradient = (gradient: string) => ({
  ...textbook.experiment,
  training: { ...textbook.experiment.training, gradient },
});
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
    const without = numbers.filter(
      ({ line, phase, rule }) => line === undefined && rule === undefined && phase !== 'given',
    );
    expect(without.length).toBeGreaterThan(0);
    for (const { since, key } of without) expect(lines[since!].reads.map((id) => numbers[id].key)).toContain(key);
  });
});

/** A batch of so many samples, with a network whose lines of all of them would be too many. */
const large = (count: number) => ({
  network: { inputs: 2, layers: [{ dense: 4, activation: 'tanh' }, { dense: 1 }] },
  data: {
    inputs: Array.from({ length: count }, (_, r) => [Math.sin(r), Math.cos(3 * r)]),
    targets: Array.from({ length: count }, (_, r) => [r / count]),
  },
  training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, batchSize: 'full', stop: { epochs: 1 } },
});

describe('where a number goes', () => {
  const withRule = (gradient: string, update = 'simultaneous') => ({
    ...textbook.experiment,
    training: { ...textbook.experiment.training, gradient, update },
  });
  const networks: Readonly<Record<string, unknown>> = {
    'averaged factors': textbook.experiment,
    'the true gradient': withRule('exact'),
    'sequential updates': withRule('averagedFactors', 'sequential'),
    ...Object.fromEntries(examples.slice(1).map(({ name, experiment: json }) => [name, json])),
    'a batch of which one sample is shown': large(120),
  };

  test.each(Object.entries(networks))('is true for every number of %s', (_, json) => {
    const { numbers, lines, asides } = stepData(setupOf(json), 1, 3);
    const rows = explanation(setupOf(json), { step: 2 }).rows;
    const idsByName = new Map<string, number[]>();
    numbers.forEach(({ name, rule }, id) => {
      if (rule === undefined) idsByName.set(name, [...(idsByName.get(name) ?? []), id]);
    });
    let count = 0;
    for (const { number, quantity, reads, tex, phase } of [...lines, ...asides]) {
      expect(reads, quantity).not.toContain(number);
      const sides = [tex.rule, tex.formula, tex.numbers].join(' ');
      for (const [, id] of sides.matchAll(/data\{n=(\d+)\}/g)) {
        expect(Number(id) === number || reads.includes(Number(id)), `${quantity} reads ${id}`).toBe(true);
      }
      // every symbol, as the library writes it
      const row = rows.find(
        ({ line }) =>
          line.quantity === quantity &&
          numbers[number].phase === phase &&
          line.after === (phase === 'update' || phase === 'after' ? 2 : 1),
      );
      if (row === undefined || numbers[number].rule !== undefined) continue;
      texOfRow(row, {
        mark: (text, { name }) => {
          const meant = idsByName.get(name);
          if (meant?.length === 1 && meant[0] !== number) {
            expect(reads, `${quantity}: ${name}`).toContain(meant[0]);
            count++;
          }
          return text;
        },
      });
    }
    expect(count).toBeGreaterThan(50);
  });

  test('a factor of the chain rule goes to the gradient that the rule writes with it', () => {
    const factor = idOf('factor(layers.1.sum[mean][0], layers.0.output[mean][1])');
    const readers = data.lines
      .filter(({ reads }) => reads.includes(factor))
      .map(({ number }) => data.numbers[number].key);
    expect(readers).toEqual(['gradient(layers.0.output[mean][1])']);
  });

  test('every number before the loss, and each factor of the chain rule, goes somewhere', () => {
    for (const json of Object.values(networks)) {
      const { numbers, lines, asides } = stepData(setupOf(json), 0, 3);
      const read = new Set([...lines, ...asides].flatMap(({ reads }) => reads));
      // the loss is the end of the forward pass; a gradient by the rule that does not update is compared, and not used
      const isEnd = ({ key, rule }: (typeof numbers)[number]) =>
        key === 'loss' || (rule !== undefined && /gradient\(layers\.\d+\.(weight|bias)/.test(key));
      const without = numbers.filter(
        (number, id) => !['update', 'after'].includes(number.phase) && !isEnd(number) && !read.has(id),
      );
      expect(without.map(({ key }) => key)).toEqual([]);
    }
  });

  test('a term that a long sum does not write is read too', () => {
    const { numbers, lines, hasUnlistedReads } = stepData(setupOf(large(120)), 0, 100);
    expect(hasUnlistedReads).toBe(false);
    const term = numbers.findIndex(({ key }) => key === 'loss[100][0]');
    expect(lines.filter(({ reads }) => reads.includes(term)).map(({ quantity }) => quantity)).toEqual(['loss']);
  });
});

describe('the samples of a batch', () => {
  test('of a small batch, all are shown', () => {
    expect(data.samples).toEqual([0, 1, 2]);
    expect(data.batch).toEqual([0, 1, 2]);
    expect(data.leftOut).toEqual([]);
  });

  test('of a large batch, any one can be shown; what belongs to the whole batch stays', () => {
    const whole = (key: string, { numbers }: typeof data) => numbers.find((number) => number.key === key)?.value;
    const first = stepData(setupOf(large(150)), 0);
    expect(first.samples).toEqual([0]);
    expect(first.batch).toHaveLength(150);
    for (const sample of [7, 149]) {
      const of = stepData(setupOf(large(150)), 0, sample);
      expect(of.samples).toEqual([sample]);
      expect(new Set(of.lines.flatMap((line) => line.sample ?? []))).toEqual(new Set([sample]));
      for (const key of ['loss', 'gradient(layers.0.weight[0][0])', 'layers.0.weight[0][0]′', 'loss′']) {
        expect(whole(key, of), key).toBe(whole(key, first));
      }
      expect(of.leftOut).toContain(
        'The lines are those of one sample of 150. Sums over samples, averages and the update include all of them.',
      );
    }
    expect(stepData(setupOf(large(150)), 0, 150).samples).toEqual([0]);
  });
});

describe('the other rule', () => {
  test('has the parts of the true gradient as numbers of their own, with their lines', () => {
    const id = idOf('exact: gradient(layers.1.weight[0][0])');
    expect(data.numbers[id]).toMatchObject({ name: '∂E/∂w1', rule: 'exact', phase: 'backward' });
    expect(data.numbers[id].value).toBeCloseTo(0.0592621, 7);
    const line = data.asides[data.numbers[id].aside!];
    expect(line.number).toBe(id);
    // the product of each sample: ∂E/∂s and the input h1 of the weight
    expect(keysOf(line.reads)).toEqual(
      [0, 1, 2].flatMap((sample) => [`exact: gradient(layers.1.sum[${sample}][0])`, `layers.0.sum[${sample}][0]`]),
    );
  });

  test('shares the numbers that both rules compute', () => {
    const shared = idOf('gradient(layers.1.output[0][0])');
    const sum = data.asides[data.numbers[idOf('exact: gradient(layers.1.sum[0][0])')].aside!];
    expect(sum.reads).toContain(shared);
    expect(idOf('exact: gradient(layers.1.output[0][0])')).toBe(-1);
    const other = stepData(setupOf(withGradient('exact')), 0);
    expect(other.rule).toBe('exact');
    const factors = other.numbers.filter(({ rule }) => rule === 'averagedFactors');
    expect(factors.map(({ key }) => key)).toContain('averagedFactors: factor(loss, layers.1.output[mean][0])');
  });

  test('does not change the numbers of the step', () => {
    const own = data.numbers.filter(({ rule }) => rule === undefined);
    expect(data.numbers.slice(0, own.length)).toEqual(own);
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

  test('with the factors of every sample, whose products add up to the true gradient, and whose averages multiply', () => {
    const json = { ...large(150), training: { ...large(150).training, batchSize: 60 } };
    for (const [each, updates] of [
      [textbook.experiment, 3],
      [withGradient('exact'), 0],
      ...examples.slice(3).map(({ experiment: of }) => [of, 0] as const),
      [json, 1],
    ] as const) {
      const { layers, rows, samples } = gradientData(setupOf(each), updates);
      expect(layers).toHaveLength(2);
      for (const { key, exact, averaged } of rows) {
        const [, layer, name, ...at] = /^layers\.(\d+)\.(weight|bias)\[(\d+)\](?:\[(\d+)\])?$/.exec(key)!;
        const { inputs, units, sum, input, output, slope, averaged: means } = layers[Number(layer)];
        const [i, j] = name === 'weight' ? at.map(Number) : [undefined, Number(at[0])];
        const factor = (s: number) => (i === undefined ? 1 : input[s * inputs + i]);
        const products = samples.map((_, s) => sum[s * units + j] * factor(s));
        expect(products.reduce((a, b) => a + b, 0)).toBeCloseTo(exact, 12);
        if (output !== undefined) {
          for (const s of samples.keys()) {
            expect(output[s * units + j] * slope![s * units + j]).toBeCloseTo(sum[s * units + j], 12);
          }
        }
        expect(means!.sum[j] * (i === undefined ? 1 : means!.input[i])).toBeCloseTo(averaged!, 12);
      }
    }
  });
});
