/**
 * What compiles, and what does not: `tsc` checks this file, which is not run. A line after `@ts-expect-error` must be an error.
 */

import { readTable, type SplitOptions, type Table } from '../src/data/index.ts';
import {
  adam,
  crossEntropy,
  dense,
  huber,
  type Loss,
  load,
  type Model,
  metric,
  mse,
  network,
  type Run,
  sgd,
  softmax,
  type Trained,
  train,
} from '../src/index.ts';

interface Penguin {
  readonly bill: number;
  readonly island: string | null;
  readonly species: 'Adelie' | 'Gentoo';
}

declare const penguins: readonly Penguin[];
const options = { loss: crossEntropy, optimizer: adam(), stop: { epochs: 1 } };

/** A model of a typed table knows the cells of a row and the classes. */
export async function ofTable() {
  const net = network([dense(2, { activation: softmax })]);
  const { model } = await train(net, { table: readTable(penguins), target: 'species' }, options);
  const { prediction, probabilities } = model.predictRow({ bill: 39, island: null });
  const species: Penguin['species'] = prediction;
  const share: number = probabilities.Gentoo;
  const [first] = model.predict([{ bill: 39, island: 'Dream' }]);
  const same: Penguin['species'] | undefined = first?.prediction;
  // @ts-expect-error: no such class
  probabilities.Chinstrap;
  // @ts-expect-error: no such column
  model.predictRow({ bill: 39, isle: 'Dream' });
  // @ts-expect-error: a text in a column of numbers
  model.predictRow({ bill: 'long', island: 'Dream' });
  // @ts-expect-error: the column is not in the table
  train(net, { table: readTable(penguins), target: 'specis' as const satisfies keyof Penguin }, options);
  return [species, share, same];
}

/** A model whose rows and classes are declared. */
export function ofFile(bytes: Uint8Array) {
  const model = load<{ readonly bill: number }, 'Adelie' | 'Gentoo'>(bytes);
  // @ts-expect-error: no such column
  model.predictRow({ beak: 39 });
  return model.predictRow({ bill: 39 }).probabilities.Adelie;
}

/** A run is a promise. */
export function ofRun(run: Run): Promise<Trained> {
  run.catch(() => {}).finally(() => {});
  return run;
}

const line = { inputs: [[0], [1]], targets: [[1], [3]] };
const straight = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } };

/** The loss decides the metrics of rows; a split that the data do not have is absent. */
export async function ofRows() {
  const net = network([dense(1)]);
  const trained = await train(net, line, straight);
  const sum: number = trained.metrics.r2 + trained.metrics.meanAbsoluteError;
  // @ts-expect-error: no such metric
  trained.metrics.rSquared;
  // @ts-expect-error: a metric of classes
  trained.metrics.accuracy;
  // @ts-expect-error: no test split
  trained.test;
  // @ts-expect-error: no validation rows
  trained.validation;
  const validated = await train(net, { ...line, validation: line }, { ...straight, loss: huber });
  const error: number = validated.validation.r2 + validated.validation.loss;
  const classes = await train(net, { inputs: [[0], [1]], targets: [0, 1] }, options);
  const share: number = classes.metrics.accuracy + classes.metrics.logLoss;
  // @ts-expect-error: a metric of numbers
  classes.metrics.r2;
  return sum + error + share;
}

/** The metrics and splits of a table. */
export async function ofSplits(table: Table, split: SplitOptions, loss: Loss) {
  const net = network([dense(1)]);
  const { validation, test } = await train(net, { table, target: 'y', split: { validation: 0.2, test: 0.2 } }, options);
  const share: number = validation.accuracy + test.macroF1 + test.loss;
  const one = await train(net, { table, target: 'y', split: { validation: 0.2 } }, options);
  // @ts-expect-error: no test split
  one.test;
  // @ts-expect-error: no such split
  train(net, { table, target: 'y', split: { tset: 0.2 } }, options);
  // @ts-expect-error: an unknown option
  train(net, { table, target: 'y', splits: { test: 0.2 } }, options);
  // what TypeScript does not know may be undefined
  const unknown = await train(net, { table, target: 'y', split }, { ...options, loss });
  const maybe: number | undefined = unknown.test?.r2 ?? unknown.metrics.accuracy;
  // @ts-expect-error: the split may be missing
  unknown.test.loss;
  // @ts-expect-error: no such metric
  unknown.metrics.f1;
  const { metrics } = await train(net, { table, target: 'y', task: 'regression' }, straight);
  const known: number = metrics.r2;
  const typed = await train(net, { table: readTable(penguins), target: 'species', split: { test: 0.2 } }, options);
  return [share, maybe, known, typed.test.accuracy, typed.model.predictRow({ bill: 1, island: null }).prediction];
}

/** A metric of one's own is among the metrics. */
export async function ofOwn() {
  const worst = metric('worst', {
    better: 'lower',
    value: (predictions, targets) => predictions.length - targets.length,
  });
  const { metrics } = await train(network([dense(1)]), line, { ...straight, metrics: [worst] });
  const found: number = metrics.worst + metrics.r2;
  // @ts-expect-error: no such metric
  metrics.best;
  // @ts-expect-error: lists of class indices are not rows
  metric('m', { better: 'lower', of: 'classes', value: (predictions) => predictions[0][0] });
  return found;
}

/** A model is measured by the metrics of its training, and by those of one's own; those of a file's model may be any. */
export async function ofEvaluation(bytes: Uint8Array) {
  const gap = metric('gap', {
    better: 'lower',
    value: (predictions, targets) => predictions.length - targets.length,
  });
  const { model } = await train(network([dense(1)]), line, { ...straight, metrics: [gap] });
  const { metrics } = model.evaluate(line);
  const both = model.evaluate(line, { metrics: [gap] }).metrics;
  const sum: number = metrics.r2 + both.r2 + both.gap;
  // @ts-expect-error: a metric of classes
  metrics.accuracy;
  // @ts-expect-error: it was not asked for
  metrics.gap;
  const loaded = load(bytes).evaluate(line, { metrics: undefined }).metrics;
  const maybe: number | undefined = loaded.accuracy ?? loaded.r2;
  // @ts-expect-error: no such metric
  loaded.f1;
  // @ts-expect-error: a model of a file may have another task
  const certain: number = loaded.accuracy;
  const any: Model = model;
  return [sum, maybe, certain, any];
}

/** Any run is a run, and any result is a result. */
export async function ofAny(): Promise<Trained> {
  const run: Run = train(network([dense(1)]), { ...line, validation: line }, straight);
  await run;
  return train(network([dense(2)]), { inputs: [[0]], targets: [1] }, options);
}

// @ts-expect-error: sgd has no default rate
export const withoutRate = () => sgd();
// @ts-expect-error: an activation is not given by its name
export const byName = () => dense(2, { activation: 'softmax' });
// @ts-expect-error: a network takes a list of layers
export const oneLayer = () => network(dense(3));
export const typedRows = (rows: readonly Float32Array[]) =>
  train(network([dense(1)]), { inputs: rows, targets: new Float32Array(rows.length) }, options);
