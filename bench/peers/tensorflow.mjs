/** TensorFlow.js on a backend: a sequential model with `trainOnBatch`, as in its guide to training. */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { data, serve, workload } from './serve.mjs';

const [backend, threads] = process.argv.slice(3);
if (backend === 'wasm') setThreadsCount(Number(threads));
await tf.setBackend(backend);
await tf.ready();
const { sizes, activations, bias, loss, optimizer, rate, rows, batch } = workload;
const { inputs, targets, width, outputs } = data();
const model = tf.sequential();
for (const [i, units] of sizes.slice(1).entries()) {
  model.add(
    tf.layers.dense({ units, useBias: bias, activation: activations[i], ...(i === 0 && { inputShape: [width] }) }),
  );
}
model.compile({
  optimizer: optimizer === 'adam' ? tf.train.adam(rate) : tf.train.sgd(rate),
  loss: loss === 'crossEntropy' ? 'categoricalCrossentropy' : 'meanSquaredError',
});
const batches = Array.from({ length: rows / batch }, (_, b) => [
  tf.tensor2d(inputs.slice(b * batch * width, (b + 1) * batch * width), [batch, width]),
  tf.tensor2d(targets.slice(b * batch * outputs, (b + 1) * batch * outputs), [batch, outputs]),
]);
await serve(async (count) => {
  let last = 0;
  for (let s = 0; s < count; s++) last = await model.trainOnBatch(...batches[s % batches.length]);
  return last;
});
