/**
 * Trainings whose bits are recorded in bits.test.ts. Run as a program, it prints their hashes from the built package,
 * for machines that have only Node:
 *
 *     npm run build && node test/bits-runs.mjs
 */
/** Numbers in [-1, 1], computed from integers, so that the data do not depend on the platform's functions. */
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
    const arrays = [...model.parameters.values()].map(({ data }) => data);
    arrays.push(Float64Array.from(history, ({ loss }) => loss));
    const bytes = await new Blob(arrays).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    found[name] = Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return found;
}

/** All of them, in both precisions, by one thread and by two. */
export async function* allHashes(chainrule) {
  for (const precision of ['float64', 'float32']) {
    for (const threads of [1, 2]) {
      yield { precision, threads, hashes: await hashes(chainrule, { engine: 'wasm', precision, threads }) };
    }
  }
}

if (globalThis.process?.argv[1]?.endsWith('bits-runs.mjs')) {
  console.log(process.version, process.arch);
  for await (const each of allHashes(await import('../dist/index.js'))) console.log(each);
}
