/**
 * Trains, predicts and evaluates in several ways and prints the results as JSON: the engine, the warnings, and a hash
 * of the model's file and its predictions; or the error. `long/restricted-library.test.ts` runs it in restricted
 * processes.
 */
import { createHash } from 'node:crypto';

const { adam, crossEntropy, dense, load, network, relu, softmax, train } = await import('../dist/index.js');

const rows = 80;
const inputs = Array.from({ length: rows }, (_, r) => Array.from({ length: 20 }, (_, k) => Math.sin(r * k + r)));
const data = { inputs, targets: inputs.map((_, r) => r % 3) };
const net = (units) => network([dense(units, { activation: relu }), dense(3, { activation: softmax })]);
const options = { loss: crossEntropy, optimizer: adam(), batchSize: 64, stop: { epochs: 4 } };

async function outcome(units, more) {
  try {
    const { model, engine, warnings } = await train(net(units), data, { ...options, ...more });
    const file = model.save();
    // a large network: enough work to compile it, if possible
    const found = [model.evaluate(data), load(file).predict(inputs)];
    const hash = createHash('sha256').update(file).update(JSON.stringify(found)).digest('hex');
    const { name, precision, threads, why } = engine;
    return { engine: `${name}, ${precision}, ${threads}: ${why}`, warnings, hash };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

const asked = {
  small: [32, { threads: 1 }],
  large: [450, { threads: 1 }],
  largeInFloat64: [450, { threads: 1, precision: 'float64' }],
  threads: [450, { threads: 2, precision: 'float64' }],
  worker: [32, { threads: 1, worker: true }],
  reference: [32, { engine: 'reference' }],
  wasm: [32, { threads: 1, engine: 'wasm' }],
  float32: [32, { threads: 1, precision: 'float32' }],
  blas: [32, { threads: 1, engine: 'blas', arithmetic: 'fast' }],
};
const found = {};
for (const [name, [units, more]] of Object.entries(asked)) found[name] = await outcome(units, more);
console.log(JSON.stringify(found));
