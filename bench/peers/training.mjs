/** A workload with `train`, in Node or in a page. */

import { rowsOf } from './data.mjs';

/** A function that takes a number of steps; it measures their time itself. */
export function training(chainrule, workload, { inputs, targets, width, outputs }, { engine, precision, threads }) {
  const { sizes, activations, bias, loss, optimizer, rate, rows, batch } = workload;
  const table = { inputs: rowsOf(inputs, width), targets: rowsOf(targets, outputs) };
  return async (count) => {
    const layers = sizes
      .slice(1)
      .map((units, i) => chainrule.dense(units, { bias, activation: chainrule[activations[i]] }));
    const run = await chainrule.train(chainrule.network(layers), table, {
      loss: chainrule[loss],
      optimizer: chainrule[optimizer]({ learningRate: rate }),
      batchSize: batch,
      shuffle: false,
      engine,
      precision,
      threads,
      ...(engine === 'blas' && { arithmetic: 'fast' }),
      stop: { epochs: Math.ceil((count * batch) / rows) },
    });
    const { history } = run;
    const ran = `${run.engine.name}, ${run.engine.threads} threads`;
    if (ran !== `${engine}, ${threads} threads`) throw new Error(`it ran on ${ran}`);
    const last = history[history.length - 1];
    const first = history.find(({ step }) => step >= last.step / 4);
    const taken = first === last ? { step: 0, seconds: 0 } : first;
    return { seconds: ((last.seconds - taken.seconds) / (last.step - taken.step)) * count, loss: run.loss.final };
  };
}
