/**
 * chainrule: `train` as anybody calls it. Each turn is a training of its own, so its own clock counts, from the first
 * quarter of the steps on: by then the code is optimized and the threads are there, as those of its peers have long been.
 */
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
  const { history } = run;
  const last = history[history.length - 1];
  const first = history.find(({ step }) => step >= last.step / 4);
  const taken = first === last ? { step: 0, seconds: 0 } : first;
  return { seconds: ((last.seconds - taken.seconds) / (last.step - taken.step)) * count, loss: run.loss.final };
});
