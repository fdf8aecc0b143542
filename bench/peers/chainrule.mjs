/** chainrule: `train` as anybody calls it. Its own clock counts the training, not the set-up. */
import * as chainrule from 'chainrule';
import { data, rowsOf, serve, workload } from './serve.mjs';

/** By the names that a workload uses. */
const named = Object.fromEntries(Object.entries(chainrule));
const [engine, precision, threads] = process.argv.slice(3);
const { sizes, activations, bias, loss, optimizer, rate, rows, batch } = workload;
const { inputs, targets, width, outputs } = data();
const table = { inputs: rowsOf(inputs, width), targets: rowsOf(targets, outputs) };
const steps = rows / batch;

await serve(async (count) => {
  const layers = sizes.slice(1).map((units, i) => chainrule.dense(units, { bias, activation: named[activations[i]] }));
  const run = await chainrule.train(chainrule.network(layers), table, {
    loss: named[loss],
    optimizer: named[optimizer]({ learningRate: rate }),
    batchSize: batch,
    shuffle: false,
    engine,
    precision,
    threads: Number(threads),
    ...(engine === 'blas' && { arithmetic: 'fast' }),
    stop: { epochs: Math.ceil(count / steps) },
  });
  return { seconds: run.stop.seconds * (count / (steps * run.stop.epoch)), loss: run.loss.final };
});
