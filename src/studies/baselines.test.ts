import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import { relu, softmax } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import type { RowStream } from '../data/table/rows.ts';
import { dense } from '../net/layers/dense.ts';
import { binaryCrossEntropy, crossEntropy, halfMse, hinge, mse } from '../net/losses.ts';
import { type Network, network } from '../net/network.ts';
import { adam, sgd } from '../net/optimizers.ts';
import { type Dataset, rowsAt } from '../net/problem.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { setUp, type TableData } from '../net/table-setup.ts';
import { assemble, type TrainingOptions } from '../net/training.ts';
import { train } from '../train/train.ts';
import { baselines } from './baselines.ts';
import { differenceInterval } from './proportions.ts';
import { judge, verdictText } from './verdict.ts';

const outside = JSON.parse(readFileSync(new URL('../../test/outside/baselines.json', import.meta.url), 'utf8'));
const penguins = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');
const complete = penguins
  .split('\n')
  .filter((line) => !line.includes('NA'))
  .join('\n');

const options: TrainingOptions = { loss: mse, optimizer: adam(), stop: { epochs: 1 } };
const ofTable = (net: Network, data: Omit<TableData, 'table'>, loss: TrainingOptions['loss'], text = complete): Setup =>
  setUp(net, { ...data, table: readTable(text, { name: 'penguins.csv' }) }, assemble({ ...options, loss }));
const hidden = (outputs: number, activation = softmax) =>
  network([dense(8, { activation: relu }), dense(outputs, { activation })]);
const measures = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm'];

// both searches end where the slope is nearly 0; the remaining difference is far below these digits
const digits = 6;

describe('the linear model has the scores of scikit-learn', () => {
  test('three classes: LogisticRegression', async () => {
    const setup = ofTable(hidden(3), { target: 'species', features: [...measures, 'island'] }, crossEntropy);
    const { linear } = await baselines(setup);
    expect(setup.inputs.shape[0]).toBe(outside.species.rows);
    expect(linear!.strength).toBe(1);
    for (const metric of ['accuracy', 'logLoss', 'rocAuc']) {
      expect(linear!.training[metric], metric).toBeCloseTo(outside.species[metric], digits);
    }
  });

  test('two classes, as two outputs and as one: LogisticRegression', async () => {
    const data = { target: 'sex', features: [...measures, 'species'] };
    for (const [outputs, loss] of [
      [2, crossEntropy],
      [1, binaryCrossEntropy],
    ] as const) {
      const json = {
        network: { layers: [{ dense: outputs, activation: outputs === 2 ? 'softmax' : 'sigmoid' }] },
        data: { file: 'penguins.csv', ...data },
        training: { loss: loss.name, optimizer: 'adam', stop: { epochs: 1 } },
      };
      const { linear } = await baselines(experiment(json, { read: () => complete }));
      for (const metric of ['accuracy', 'logLoss', 'rocAuc']) {
        expect(linear!.training[metric], `${outputs}: ${metric}`).toBeCloseTo(outside.sex[metric], digits);
      }
    }
  });

  test('a regression: Ridge; errors are in the units of the target', async () => {
    const features = [...measures, 'species', 'island', 'sex'];
    const setup = ofTable(network([dense(8), dense(1)]), { target: 'body_mass_g', features }, mse);
    const { linear } = await baselines(setup);
    expect(linear!.training.r2).toBeCloseTo(outside.mass.r2, digits);
    // The errors are in the hundreds, with as many digits.
    expect(linear!.training.meanAbsoluteError).toBeCloseTo(outside.mass.meanAbsoluteError, digits - 3);
  });

  test('a validation split chooses the penalty: diabetes, 442 patients', async () => {
    const rows = outside.diabetesRows as number[][];
    const n = outside.diabetesTrainingRows as number;
    const columns = rows[0].map((_, c) => rows.slice(0, n).map((row) => row[c]));
    const moments = columns.map((values) => {
      const mean = values.reduce((a, b) => a + b) / n;
      return { mean, std: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / n) };
    });
    const scaled = rows.map((row) => row.map((value, c) => (value - moments[c].mean) / moments[c].std));
    const part = (some: number[][]) => ({
      inputs: some.map((row) => row.slice(0, -1)),
      targets: some.map((row) => row.slice(-1)),
    });
    const data = { ...part(scaled.slice(0, n)), validation: part(scaled.slice(n)) };
    // Another loss and reduction of the network change nothing.
    for (const loss of [mse, halfMse]) {
      const setup = setUp(network([dense(8), dense(1)]), data, assemble({ ...options, loss }));
      const { linear, constant } = await baselines(setup);
      const scores = outside.diabetesScores as { strength: number; training: number; validation: number }[];
      const best = scores.reduce((a, b) => (b.validation > a.validation ? b : a));
      expect(linear!.strength).toBe(best.strength);
      expect(linear!.training.r2).toBeCloseTo(best.training, digits);
      expect(linear!.validation.r2).toBeCloseTo(best.validation, digits);
      expect(constant.training.r2).toBeCloseTo(0, 12);
      expect(constant.validation.r2).toBeLessThan(0);
    }
  });
});

describe('the constant', () => {
  test('predicts the most frequent class, with the shares as probabilities', async () => {
    const { constant } = await baselines(ofTable(hidden(3), { target: 'species' }, crossEntropy, penguins));
    const shares = [152, 68, 124].map((count) => count / 344);
    expect(constant.value).toBe(0);
    expect(constant.training.accuracy).toBe(152 / 344);
    expect(constant.training.rocAuc).toBe(0.5);
    const entropy = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
    expect(constant.training.loss).toBeCloseTo(entropy, 12);
    expect(constant.training.logLoss).toBeCloseTo(entropy, 12);
  });

  test('has a finite loss if the training split lacks a class, and under the hinge loss', async () => {
    const inputs = [[10], [20], [30], [40]];
    const validation = { inputs: [[10], [20]], targets: [2, 1] };
    const lacking = setUp(
      hidden(3),
      { inputs, targets: [0, 1, 0, 1], validation },
      assemble({ ...options, loss: crossEntropy }),
    );
    expect((await baselines(lacking)).constant.validation.loss).toBeLessThan(40);
    const signs = setUp(
      network([dense(4), dense(1)]),
      { inputs, targets: [-1, 1, 1, 1] },
      assemble({ ...options, loss: hinge }),
    );
    const { constant, linear } = await baselines(signs);
    // The hinge loss of a wrong class is 2.
    expect([constant.value, constant.training.loss, constant.training.accuracy]).toEqual([1, 0.5, 0.75]);
    expect(linear!.training.accuracy).toBe(1);
  });
});

test('the seed samples rows that are not in memory; of a few rows, all are used', async () => {
  const setup = ofTable(hidden(3), { target: 'species', split: { test: 0.2 } }, crossEntropy);
  const streamed = <D extends Dataset>(data: D): D => {
    const [inputs, targets] = [data.inputs, data.targets].map(({ shape: [, w], data }) =>
      tensor([1, w], data.slice(0, w)),
    );
    const stream: RowStream = {
      rows: data.inputs.shape[0],
      read: (positions, x, t) => {
        const found = rowsAt({ inputs: data.inputs, targets: data.targets }, Uint32Array.from(positions));
        x.set(found.inputs.data);
        t.set(found.targets.data);
      },
    };
    return { ...data, inputs, targets, stream };
  };
  const large = { ...streamed(setup), test: streamed(setup.test!) };
  const [here, there] = [await baselines(setup), await baselines(large)];
  for (const name of ['constant', 'linear'] as const) {
    const { model: _, ...scores } = there[name]!;
    expect(scores).toEqual((({ model: _, ...rest }) => rest)(here[name]!));
  }
  const { model } = here.linear!;
  expect(judge(there, model, large)).toEqual(judge(here, model, setup));
});

test('arguments like those of train are not a setup', async () => {
  await expect(baselines(hidden(3) as never, {})).rejects.toThrowErrorMatchingInlineSnapshot(`
    [InputError: setup: it is not an experiment.
      Pass experiment(json, { read }).]
  `);
});

describe('the verdict', () => {
  const data = { target: 'species', split: { validation: 0.2, test: 0.2 } };
  const told = async (setup: Setup) => {
    const [found, { model }] = [await baselines(setup), await train(setup)];
    const verdict = judge(found, model, setup);
    const names = { classes: setup.prepared?.classes, target: setup.prepared?.encoding.target.name };
    return { verdict, text: verdict && verdictText(verdict, found, names, (x) => String(Number(x.toPrecision(3)))) };
  };
  const trained = (outputs: number, over: Partial<TrainingOptions>, from: Omit<TableData, 'table'> = data) => {
    const table = readTable(penguins, { name: 'penguins.csv' });
    return setUp(
      outputs === 3 ? hidden(3) : network([dense(8, { activation: relu }), dense(1)]),
      { ...from, table },
      assemble({ ...options, loss: crossEntropy, batchSize: 32, ...over }),
    );
  };

  test('a network that has learned nothing is worse than the linear model, and the verdict says so', async () => {
    const { verdict, text } = await told(trained(3, { optimizer: sgd({ learningRate: 1e-9 }) }));
    expect(verdict).toMatchObject({ part: 'test', metric: 'accuracy', baseline: 'linear', outcome: 'worse' });
    expect(text).toMatchInlineSnapshot(
      `"The network is worse than the linear model: accuracy 0.174 against 0.986 on the 69 test rows (95 % interval of the difference -0.884 to -0.688). The linear model is simpler: prefer it."`,
    );
  });

  test('twelve of twelve rows right say little: the interval of the difference is wide, and each score is written alone', () => {
    const few = { part: 'test', rows: 12, metric: 'accuracy', network: 1, baseline: 'linear', score: 1 } as const;
    const interval = differenceInterval([1, 12], [1, 12]);
    const verdict = { ...few, standardError: 0.105, interval, outcome: 'noBetter' } as const;
    const show = (value: number, digits = 3) => String(Number(value.toPrecision(digits)));
    expect(verdictText(verdict, { constant: { value: 0 } }, {}, show)).toContain(
      'accuracy 1 against 1 on the 12 test rows (95 % interval of the difference -0.242 to 0.242)',
    );
  });

  test('a network within one standard error of the linear model is no better', async () => {
    const { verdict, text } = await told(trained(3, { stop: { epochs: 100 } }));
    expect(verdict!.outcome).toBe('noBetter');
    expect(text).toMatchInlineSnapshot(
      `"The network is no better than the linear model: accuracy 0.971 against 0.986 on the 69 test rows (95 % interval of the difference -0.0862 to 0.052). The linear model is simpler: prefer it."`,
    );
  });

  test('a regression is judged by squared errors, row by row', async () => {
    const mass = { target: 'body_mass_g', split: { validation: 0.2 } };
    const { verdict, text } = await told(trained(1, { loss: mse, optimizer: sgd({ learningRate: 1e-9 }) }, mass));
    expect(verdict).toMatchObject({ part: 'validation', metric: 'rootMeanSquaredError', outcome: 'worse' });
    expect(text).toMatchInlineSnapshot(
      `"The network is worse than the linear model: root mean squared error 1330 against 317 on the 68 validation rows (standard error of the difference 140). The linear model is simpler: prefer it."`,
    );
  });

  test('a network of one layer is compared with the constant alone; without held-out rows there is no verdict', async () => {
    const single = setUp(
      network([dense(3, { activation: softmax })]),
      { ...data, table: readTable(penguins, { name: 'penguins.csv' }) },
      assemble({ ...options, loss: crossEntropy, batchSize: 32, stop: { epochs: 100 } }),
    );
    const { verdict, text } = await told(single);
    expect(verdict).toMatchObject({ baseline: 'constant', outcome: 'better' });
    // 57 of 69: Wilson's interval by its formula, with z = 1.959964
    expect(verdict!.networkInterval!.map((x) => x.toFixed(4))).toEqual(['0.7202', '0.8976']);
    expect(text).toMatchInlineSnapshot(
      `"The network is better than always predicting "Adelie": accuracy 0.826 against 0.435 on the 69 test rows."`,
    );
    expect((await told(trained(3, {}, { target: 'species' }))).verdict).toBeUndefined();
  });

  test('on imbalanced classes accuracy is misleading, and with class weights the mean recall judges', async () => {
    // Two of ten rows are on an outer ring; one of them has the rare class.
    const inputs = Array.from({ length: 400 }, (_, i) => [
      Math.sin(i) * (1 + Number(i % 10 < 2)),
      Math.cos(i) * (1 + Number(i % 10 < 2)),
    ]);
    const targets = inputs.map((_, i) => Number(i % 10 === 0));
    const part = (from: number, to: number) => ({ inputs: inputs.slice(from, to), targets: targets.slice(from, to) });
    const uneven = (classWeights?: 'balanced') =>
      setUp(
        network([dense(16, { activation: relu }), dense(2, { activation: softmax })]),
        { ...part(0, 200), validation: part(200, 400) },
        assemble({
          ...options,
          loss: crossEntropy,
          optimizer: adam({ learningRate: 0.02 }),
          stop: { epochs: 100 },
          ...(classWeights && { classWeights }),
        }),
      );
    expect((await told(uneven())).text).toMatchInlineSnapshot(
      `"The network is no better than always predicting the most frequent class: accuracy 0.895 against 0.9 on the 200 validation rows (95 % interval of the difference -0.0658 to 0.0557). Accuracy is misleading on imbalanced classes: see macroRecall and rocAuc, and train with balanced class weights."`,
    );
    const { verdict, text } = await told(uneven('balanced'));
    expect(verdict!.network).toBeGreaterThan(0.9);
    expect(text).toMatchInlineSnapshot(
      `"The network is better than the linear model: mean recall of the classes 0.944 against 0.503 on the 200 validation rows."`,
    );
    // The mean of two recalls, of 180 and 20 rows.
    const moderate = (share: number, n: number) => (share * n + 1) / (n + 2);
    expect(verdict!.standardError).toBeGreaterThan(Math.sqrt((moderate(1, 20) * (1 - moderate(1, 20))) / 20) / 2);
  });

  test('a network is better than the linear model on a ring around a disc', async () => {
    const inputs = Array.from({ length: 200 }, (_, i) => [Math.sin(i) * (1 + (i % 2)), Math.cos(i) * (1 + (i % 2))]);
    const targets = inputs.map((_, i) => i % 2);
    const part = (from: number, to: number) => ({ inputs: inputs.slice(from, to), targets: targets.slice(from, to) });
    const setup = setUp(
      network([dense(16, { activation: relu }), dense(2, { activation: softmax })]),
      { ...part(0, 100), validation: part(100, 200) },
      assemble({ ...options, loss: crossEntropy, optimizer: adam({ learningRate: 0.02 }), stop: { epochs: 200 } }),
    );
    const { verdict } = await told(setup);
    expect(verdict).toMatchObject({ part: 'validation', network: 1, outcome: 'better' });
    expect(verdict!.score).toBeLessThan(0.7);
  });
});
