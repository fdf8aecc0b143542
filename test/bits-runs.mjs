/**
 * Trainings whose bits are recorded in bits.test.ts. By itself it prints their hashes from the built package, for machines
 * that have no more than Node:
 *
 *     npm run build && node test/bits-runs.mjs
 */
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';

/** Numbers in [-1, 1] from whole numbers alone, so that no function of the platform is in the data. */
const rowsOf = (n, width) =>
  Array.from({ length: n }, (_, r) =>
    Array.from({ length: width }, (_, c) => (((r * 7919 + c * 104_729) % 2003) - 1001) / 1001),
  );
const classesOf = (n, k) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: k }, (_, c) => Number((r * r) % k === c)));

/** By name: network, inputs, targets, options. */
const runsWith = ({ network, dense, dropout, sigmoid, gelu, tanh, relu, softmax, ...all }) => ({
  '3-2-1': [
    network([dense(2), dense(1, { activation: sigmoid })]),
    rowsOf(3, 3),
    [[0.64], [0.52], [0.36]],
    { loss: all.halfMse, optimizer: all.sgd({ learningRate: 0.5 }), stop: { epochs: 500 } },
  ],
  'gelu, dropout, nadam': [
    network([dense(9, { activation: gelu }), dropout(0.2), dense(3, { activation: softmax })]),
    rowsOf(50, 5),
    classesOf(50, 3),
    { loss: all.crossEntropy, optimizer: all.nadam(), batchSize: 16, stop: { epochs: 20 } },
  ],
  'tanh, rmsprop': [
    network([dense(13, { activation: tanh }), dense(2)]),
    rowsOf(41, 7),
    rowsOf(41, 2),
    { loss: all.mse, optimizer: all.rmsprop(), batchSize: 10, stop: { epochs: 20 } },
  ],
  'large enough for threads': [
    network([dense(120, { activation: relu }), dense(10, { activation: softmax })]),
    rowsOf(150, 90),
    classesOf(150, 10),
    { loss: all.crossEntropy, optimizer: all.adam(), batchSize: 64, stop: { epochs: 30 } },
  ],
});

/** The hash of weights and losses of each training, in hexadecimal. */
export async function hashes(chainrule, settings) {
  const found = {};
  for (const [name, [network, inputs, targets, options]] of Object.entries(runsWith(chainrule))) {
    const { model, history } = await chainrule.train(network, { inputs, targets }, { ...options, ...settings });
    const hash = createHash('sha256');
    const add = ({ buffer, byteOffset, byteLength }) => hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    for (const { data } of model.parameters.values()) add(data);
    add(Float64Array.from(history, ({ loss }) => loss));
    found[name] = hash.digest('hex').slice(0, 16);
  }
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const chainrule = await import('../dist/index.js');
  console.log(process.version, process.arch);
  for (const precision of ['float64', 'float32']) {
    for (const threads of [1, 2]) {
      console.log(precision, threads, await hashes(chainrule, { engine: 'wasm', precision, threads }));
    }
  }
}
