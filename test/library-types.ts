/**
 * What compiles, and what does not: `tsc` checks this file, which is not run. A line after `@ts-expect-error` must be an error.
 */

import { readTable } from '../src/data/index.ts';
import { adam, crossEntropy, dense, load, network, type Run, sgd, softmax, type Trained, train } from '../src/index.ts';

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
  const same: Penguin['species'] = first.prediction;
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

// @ts-expect-error: sgd has no default rate
export const withoutRate = () => sgd();
// @ts-expect-error: an activation is not given by its name
export const byName = () => dense(2, { activation: 'softmax' });
// @ts-expect-error: a network takes a list of layers
export const oneLayer = () => network(dense(3));
export const typedRows = (rows: readonly Float32Array[]) =>
  train(network([dense(1)]), { inputs: rows, targets: new Float32Array(rows.length) }, options);
