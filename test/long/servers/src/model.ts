/** Trains once, when the server starts, in a worker, and keeps the model. */
import { readFileSync } from 'node:fs';
import { adam, crossEntropy, dense, network, relu, softmax, train } from 'chainrule';
import { readTable } from 'chainrule/data';
import { load } from 'chainrule/predict';

async function trained() {
  const table = readTable(readFileSync('penguins.csv', 'utf8'), { name: 'penguins.csv' });
  const net = network([dense(16, { activation: relu }), dense(3, { activation: softmax })]);
  const { model, warnings } = await train(
    net,
    { table, target: 'species' },
    { loss: crossEntropy, optimizer: adam(), batchSize: 32, stop: { epochs: 60 }, worker: true },
  );
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  return load(model.save());
}

export const model = trained();

export const row = {
  island: 'Biscoe',
  bill_length_mm: 50,
  bill_depth_mm: 15.3,
  flipper_length_mm: 220,
  body_mass_g: 5550,
  sex: null,
};

export const predicted = async (): Promise<string> => String((await model).predictRow(row).prediction);
