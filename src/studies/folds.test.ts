import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/runs.ts';
import { relu, softmax } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import { dense } from '../net/layers/dense.ts';
import { embedding } from '../net/layers/embedding.ts';
import { crossEntropy, mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { adam, sgd } from '../net/optimizers.ts';
import { type CrossValidated, crossValidate } from './folds.ts';
import { findLearningRate } from './learning-rate.ts';
import { overfitBatch } from './overfit.ts';

const complaint = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: Error) => thrown);
  return error instanceof Error ? error.message : 'none';
};
const rowsOf = ({ predictions }: CrossValidated, fold: number) =>
  predictions.filter((each) => each.fold === fold).map(({ row }) => row);

const line = { inputs: [[0], [1], [2], [3], [4], [5], [6]], targets: [1, 3, 5, 7, 9, 11, 13] };
const straight = {
  loss: mse,
  optimizer: sgd({ learningRate: 0.05 }),
  stop: { epochs: 3000 },
} as const;

describe('rows of numbers', () => {
  test('each row is held out once, folds differ by at most one row, and a line is found from any of them', async () => {
    const result = await crossValidate(network([dense(1)]), line, { ...straight, folds: 3 });
    expect(result.predictions.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(result.folds.map(({ rows }) => rows.heldOut)).toEqual([3, 2, 2]);
    for (const { row, prediction } of result.predictions) {
      expect((prediction as number[])[0]).toBeCloseTo(1 + 2 * row, 3);
    }
  });

  test('folds of more rows than a call can have arguments', async () => {
    const rows = runs(150_000, 300_000);
    const inputs = Array.from({ length: rows }, (_, row) => [row % 7]);
    const many = { inputs, targets: inputs.map(([x]) => x) };
    const { predictions } = await crossValidate(network([dense(1)]), many, {
      ...straight,
      folds: 2,
      stop: { epochs: 0 },
    });
    expect(predictions).toHaveLength(rows);
    expect(predictions[rows - 1].row).toBe(rows - 1);
  });

  test('mean and sample standard deviation are those of the folds', async () => {
    const { folds, mean, std } = await crossValidate(network([dense(1)]), line, {
      ...straight,
      folds: 3,
      stop: { epochs: 2 },
    });
    const losses = folds.map(({ loss }) => loss);
    const center = (losses[0] + losses[1] + losses[2]) / 3;
    expect(mean.loss).toBeCloseTo(center, 12);
    expect(std.loss).toBeCloseTo(Math.sqrt(losses.reduce((sum, loss) => sum + (loss - center) ** 2, 0) / 2), 12);
    expect(Object.keys(mean)).toEqual(['loss', 'meanAbsoluteError', 'rootMeanSquaredError', 'r2']);
  });

  test('a fold of one row has no R²: its targets do not vary', async () => {
    const { folds, mean } = await crossValidate(network([dense(1)]), line, {
      ...straight,
      folds: 7,
      stop: { epochs: 2 },
    });
    expect(folds.every(({ metrics }) => Number.isNaN(metrics.r2))).toBe(true);
    expect(mean.r2).toBeNaN();
  });

  test('rows keep their weights: a row of weight 0 has no influence', async () => {
    const wrong = {
      inputs: [...line.inputs, [7]],
      targets: [...line.targets, -100],
      weights: [1, 1, 1, 1, 1, 1, 1, 0],
    };
    const { predictions } = await crossValidate(network([dense(1)]), wrong, { ...straight, folds: 4 });
    for (const { row, prediction } of predictions) expect((prediction as number[])[0]).toBeCloseTo(1 + 2 * row, 2);
  });

  test('the seed determines the folds, independent of its other random numbers', async () => {
    const of = (seed: number, folds = 2) =>
      crossValidate(network([dense(1)], { seed }), line, { ...straight, folds, stop: { epochs: 1 } });
    expect((await of(1)).predictions).toEqual((await of(1)).predictions);
    expect(rowsOf(await of(1), 0)).not.toEqual(rowsOf(await of(2), 0));
  });

  test('classes as a list: folds are stratified, even if one of them lacks the last class', async () => {
    const targets = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2];
    const inputs = targets.map((target, i) => [target, i % 2]);
    const net = network([dense(3, { activation: softmax })]);
    const result = await crossValidate(
      net,
      { inputs, targets },
      { loss: crossEntropy, optimizer: adam(), stop: { epochs: 1 }, folds: 3 },
    );
    for (const fold of [0, 1, 2]) {
      expect(rowsOf(result, fold).map((row) => targets[row])).toEqual([0, 0, 1, 2]);
    }
  });
});

describe('a table', () => {
  const penguins = readTable(readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8'), {
    name: 'penguins.csv',
  });
  const net = network([dense(8, { activation: relu }), dense(3, { activation: softmax })]);
  const training = {
    loss: crossEntropy,
    optimizer: adam({ learningRate: 0.02 }),
    batchSize: 32,
    stop: { epochs: 20 },
  } as const;

  test('held-out penguins are classified as accurately as in a single held-out split', async () => {
    const result = await crossValidate(net, { table: penguins, target: 'species' }, { ...training, folds: 5 });
    expect(result.predictions).toHaveLength(344);
    const species = penguins.columns.find(({ name }) => name === 'species')!.values;
    const right = result.predictions.filter(({ row, prediction }) => prediction === species[row]).length;
    // A single split of the same network gives 97 %.
    expect(right / 344).toBeGreaterThan(0.95);
    expect(result.mean.accuracy).toBeCloseTo(right / 344, 2);
    expect(result.predictions[0].probabilities).toBeDefined();
    // 152 Adelie, 68 Chinstrap, 124 Gentoo
    for (const fold of [0, 1, 2, 3, 4]) {
      const held = rowsOf(result, fold).map((row) => species[row]);
      expect(held.filter((name) => name === 'Chinstrap').length).toBeGreaterThanOrEqual(13);
      expect(held.filter((name) => name === 'Chinstrap').length).toBeLessThanOrEqual(14);
    }
  });

  test('held-out rows have no influence: an outlier does not change the fold that holds it out', async () => {
    // y = 2x - 1; the x of the last row is large. (An x of 0, 1, 2, … would number the rows, and be left out.)
    const csv = (x: number) =>
      `x,c,y\n${Array.from({ length: 20 }, (_, i) => `${i === 19 ? x : i + 0.5},${i % 2 ? 'a' : 'b'},${2 * i}`).join('\n')}\n`;
    const of = (x: number) =>
      crossValidate(
        network([dense(1)]),
        { table: readTable(csv(x), { name: 'x.csv' }), target: 'y' },
        { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 30 }, folds: 4 },
      );
    const [near, far] = [await of(19.5), await of(1e6)];
    const fold = near.predictions[19].fold;
    const ownFold = ({ predictions }: CrossValidated) =>
      predictions.filter((each) => each.fold === fold && each.row !== 19);
    expect(ownFold(far)).toEqual(ownFold(near));
    // The folds that train on it learn another scale.
    const others = ({ predictions }: CrossValidated) => predictions.filter((each) => each.fold !== fold);
    expect(others(far)).not.toEqual(others(near));
  });

  test('columns have their type in the whole table, whichever cells a fold trains on', async () => {
    // "kind" has one text among numbers; the training cells of one fold alone would be numeric.
    const rows = Array.from({ length: 12 }, (_, i) => `${i === 5 ? 'x' : i % 3},${i},${i % 2 ? 'yes' : 'no'}`);
    const table = readTable(`kind,n,y\n${rows.join('\n')}\n`, { name: 'kinds.csv' });
    const result = await crossValidate(
      network([dense(2, { activation: softmax })]),
      { table, target: 'y', categories: ['kind'], split: { validation: 0.25, test: 0.2 } },
      { loss: crossEntropy, optimizer: adam(), stop: { epochs: 2, patience: 1 }, folds: 3 },
    );
    expect(result.predictions.map(({ row }) => row)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(result.folds[0].rows).toEqual({ training: 6, validation: 2, heldOut: 4 });
    expect(result.notes).toEqual([
      'The test split is ignored, because each row is held out once.',
      '3 folds, stratified by class.',
    ]);
  });

  test('a row without a target is in no fold', async () => {
    const table = readTable('x,y\n1,2\n2,\n3,6\n4,8\n5,10\n', { name: 'gap.csv' });
    const { predictions } = await crossValidate(
      network([dense(1)]),
      { table, target: 'y' },
      { ...straight, folds: 2, stop: { epochs: 1 } },
    );
    expect(predictions.map(({ row }) => row)).toEqual([0, 2, 3, 4]);
  });
});

test('after an abort, no other fold begins', async () => {
  const controller = new AbortController();
  const { folds } = await crossValidate(network([dense(1)]), line, {
    ...straight,
    folds: 3,
    signal: controller.signal,
    onFold: () => controller.abort(),
  });
  expect(folds).toHaveLength(1);
});

test('a fold that is aborted is left out', async () => {
  const controller = new AbortController();
  const found = await crossValidate(network([dense(1)]), line, {
    ...straight,
    folds: 3,
    stop: { epochs: 1e9 },
    signal: controller.signal,
    onEpoch: () => controller.abort(),
  });
  expect(found).toMatchObject({ folds: [], mean: {}, std: {}, predictions: [] });
});

test('the notes name what is left out', async () => {
  expect(
    await complaint(crossValidate(network([dense(1)]), undefined as never, { ...straight })),
  ).toMatchInlineSnapshot(`
    "data: it is missing.
      Call crossValidate(network, { inputs, targets }, { loss, optimizer, stop })."
  `);
  expect(await complaint(crossValidate(network([dense(1)]), line, undefined as never))).toMatchInlineSnapshot(`
    "training: the options are missing.
      Pass { loss, optimizer, stop } as the third argument of train."
  `);
});

test('invalid numbers of folds, and a class of one row', async () => {
  const of = (folds: number) => crossValidate(network([dense(1)]), line, { ...straight, folds });
  expect(await complaint(of(1))).toMatchInlineSnapshot(`
    "folds: 7 rows cannot be divided into 1 folds.
      Give an integer from 2 to 7, such as 5."
  `);
  expect(await complaint(of(8))).toMatchInlineSnapshot(`
    "folds: 7 rows cannot be divided into 8 folds.
      Give an integer from 2 to 7, such as 5."
  `);
  const net = network([dense(3, { activation: softmax })]);
  const data = { inputs: [[0], [1], [2], [3], [4]], targets: [0, 0, 1, 1, 2] };
  expect(
    await complaint(crossValidate(net, data, { loss: crossEntropy, optimizer: adam(), stop: { epochs: 1 }, folds: 2 })),
  ).toMatchInlineSnapshot(`
    "folds: class "2" has a single row, so the fold that holds it out would train without this class.
      Leave the row out, or merge the class with another."
  `);
});

test('weights, embedded columns and several targets stay with their rows', async () => {
  const rows = Array.from({ length: 24 }, (_, r) => [Math.sin(r), r % 3, Math.cos(r), (r % 4) + 1]);
  const text = `x,kind,y,count\n${rows.map(([x, kind, y, count]) => `${x},k${kind},${y},${count}`).join('\n')}\n`;
  const table = readTable(text, { name: 't.csv' });
  const training = { loss: mse, optimizer: adam(), stop: { epochs: 2 } } as const;
  const found = await crossValidate(
    network([embedding('auto'), dense(2)]),
    { table, target: ['x', 'y'], embed: ['kind'], weights: 'count' },
    { ...training, folds: 3 },
  );
  expect(found.folds.map(({ rows: { heldOut } }) => heldOut)).toEqual([8, 8, 8]);
  expect(Object.keys(found.predictions[0].prediction as object)).toEqual(['x', 'y']);
  expect(found.mean['r2(x)']).toBeDefined();

  const inline = {
    inputs: rows.map(([x]) => [x]),
    targets: rows.map(([, , y]) => [y]),
    weights: rows.map(([, , , count]) => count),
  };
  const weighted = await crossValidate(network([dense(1)]), inline, { ...training, folds: 3 });
  const { weights: _weights, ...rest } = inline;
  const plain = await crossValidate(network([dense(1)]), rest, { ...training, folds: 3 });
  expect(weighted.mean.loss).not.toBe(plain.mean.loss);
  const rates = await Promise.all(
    [inline, rest].map((data) => findLearningRate(network([dense(1)]), data, { ...training, steps: 10 })),
  );
  expect(rates[0].points[0].loss).not.toBe(rates[1].points[0].loss);
  expect((await overfitBatch(network([dense(1)]), inline, { ...training, steps: 2 })).rows).toHaveLength(24);
});
