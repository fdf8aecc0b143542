import { expect, test } from 'vitest';
import { softmax } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import { crossValidate } from '../studies/folds.ts';
import { train } from '../train/index.ts';
import { dense } from './layers/dense.ts';
import { crossEntropy, mse } from './losses.ts';
import { network } from './network.ts';
import { adam, sgd } from './optimizers.ts';
import { metric } from './own-metric.ts';

const worst = metric('worstError', {
  better: 'lower',
  value: (predictions, targets) => Math.max(...predictions.map(([y], i) => Math.abs(y - targets[i][0]))),
});
/** The mean cost of predictions: 5 for a missed class 1, 1 for a false alarm. */
const cost = metric('cost', {
  better: 'lower',
  of: 'classes',
  value: (predictions, targets) =>
    predictions.reduce((sum, k, i) => sum + (k === targets[i] ? 0 : targets[i] === 1 ? 5 : 1), 0) / targets.length,
});
const fixed = (weight: number, bias = 0) => network([dense(1, { weight: [[weight]], bias: [bias] })]);
const none = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 0 } };
const complaint = async (run: Promise<unknown>) => String(await run.catch((error: Error) => error));

test('a metric of one’s own is measured on each split, in the history, and by evaluate', async () => {
  const data = { inputs: [[0], [1]], targets: [[1], [5]], validation: { inputs: [[2]], targets: [[10]] } };
  const { model, metrics, validation, history } = await train(fixed(2), data, {
    ...none,
    metrics: [worst],
    stop: { epochs: 1 },
  });
  expect(metrics.worstError).toBe(
    Math.max(...model.predict(data.inputs).map(([y], i) => Math.abs(y - data.targets[i][0]))),
  );
  expect(validation).toMatchObject({ worstError: history[0].metrics?.worstError });
  expect(model.evaluate(data.validation, { metrics: [worst] }).metrics).toMatchObject({
    worstError: validation?.worstError,
  });
});

test('of a table, it gets the units of the target column; of several columns, whole rows', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ x: i, y: 1000 * i + 7, z: -i }));
  const seen: (readonly number[])[] = [];
  const look = metric('look', {
    better: 'higher',
    value(_, targets) {
      seen.push(targets[3]);
      return 1;
    },
  });
  const one = await train(
    network([dense(1)]),
    { table: readTable(rows), target: 'y', features: ['x'] },
    { ...none, metrics: [look] },
  );
  const table = readTable(rows);
  const two = await train(network([dense(2)]), { table, target: ['y', 'z'] }, { ...none, metrics: [look] });
  expect(seen.map((row) => row.map(Math.round))).toEqual([[3007], [3007, -3]]);
  expect([one, two].map(({ metrics }) => metrics.look)).toEqual([1, 1]);
  expect(Object.keys(two.metrics)).not.toContain('look(y)');
});

test('of classes, it gets their indices, and early stopping can watch it', async () => {
  const inputs = [[0], [1], [2], [3]];
  const targets = [0, 0, 1, 1];
  const net = network([dense(2, { activation: softmax, weight: [[0, 0]], bias: [1, 0] })]);
  const options = { loss: crossEntropy, optimizer: adam({ learningRate: 1e-9 }), metrics: [cost] };
  const { metrics, stop, kept } = await train(
    net,
    { inputs, targets, validation: { inputs, targets } },
    { ...options, stop: { epochs: 99, watch: 'cost', patience: 3 } },
  );
  // class 0 for every row: two of four rows are missed
  expect(metrics).toMatchObject({ accuracy: 0.5, cost: 2.5 });
  expect(stop).toMatchObject({ reason: 'patience', epoch: 4 });
  expect(kept?.epoch).toBe(1);
  const { mean } = await crossValidate(net, { inputs, targets }, { ...options, stop: { epochs: 1 }, folds: 2 });
  expect(mean.cost).toBe(2.5);
});

test('what cannot be a metric, or be measured, is refused', async () => {
  const data = { inputs: [[0]], targets: [[1]] };
  expect(() => metric('accuracy', { better: 'higher', value: () => 1 })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: metric "accuracy": chainrule already has a metric named "accuracy".
      Choose another name, such as "myMetric".]
  `);
  expect(() => metric('m', { better: 'more' as never, value: () => 1 })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: metric "m".better: unknown value "more".
      Choose one of: higher, lower.]
  `);
  expect(await complaint(train(fixed(1), data, { ...none, metrics: [(() => 1) as never] }))).toMatchInlineSnapshot(`
    "InputError: metrics[0]: () => 1 is not a metric.
      Make one with metric('name', { better, value })."
  `);
  const other = metric('worstError', { better: 'lower', value: () => 0 });
  expect(await complaint(train(fixed(1), data, { ...none, metrics: [worst, other] }))).toMatchInlineSnapshot(`
    "InputError: metrics: two metrics are named "worstError".
      Leave one of them out."
  `);
  const silent = metric('silent', { better: 'lower', value: () => undefined as never });
  expect(await complaint(train(fixed(1), data, { ...none, metrics: [silent] }))).toMatchInlineSnapshot(`
    "InputError: metric "silent": it returned undefined, not a number.
      Return a number from value(predictions, targets), NaN where it is undefined."
  `);
  expect(
    await complaint(train(fixed(1), data, { ...none, stop: { epochs: 1, watch: 'worst' } })),
  ).toMatchInlineSnapshot(`
    "InputError: stop.watch: unknown watch "worst".
      Choose one of: loss, accuracy, macroF1, macroPrecision, macroRecall, microF1, microPrecision, microRecall, rocAuc, logLoss, meanAbsoluteError, rootMeanSquaredError, r2."
  `);
});
