import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../base/errors.ts';
import { relu, sigmoid, softmax } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import { dense } from '../net/layers/dense.ts';
import { dropout } from '../net/layers/dropout.ts';
import { crossEntropy, halfMse, hinge, mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { adam, sgd } from '../net/optimizers.ts';
import { experiment } from '../net/setup.ts';
import type { TrainingOptions } from '../net/training.ts';
import type { HistoryRow } from './history.ts';
import { type Run, type RunOptions, train } from './train.ts';

/** The metrics of a classification, in the displayed order. */
const scores = [
  'accuracy',
  'macroF1',
  'macroPrecision',
  'macroRecall',
  'microF1',
  'microPrecision',
  'microRecall',
  'rocAuc',
  'logLoss',
];

const inputs = [
  [2, 3, 1],
  [1, 0, 2],
  [3, 1, 1],
];
const targets = [[0.64], [0.52], [0.36]];
const net = network([dense(2), dense(1, { activation: sigmoid })], { inputs: 3, seed: 1 });
const options: TrainingOptions = {
  loss: halfMse,
  optimizer: sgd({ learningRate: 0.5 }),
  stop: { epochs: 1000, loss: 1e-4 },
};
const start = (more: Partial<TrainingOptions & RunOptions> = {}) =>
  train(net, { inputs, targets }, { ...options, ...more });

async function rowsOf(run: Run): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for await (const row of run) rows.push(row);
  return rows;
}

/** The error of a run. */
async function failure(run: Run): Promise<InputError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe("the contract's library example", () => {
  test('progress, the result, and predictions', async () => {
    const run = start();
    const epochs: number[] = [];
    for await (const { epoch, loss } of run) {
      epochs.push(epoch);
      expect(loss).toBeGreaterThan(0);
    }
    const { model, stop, history, loss } = await run;
    expect(stop.reason).toBe('loss');
    expect(epochs.at(-1)).toBe(stop.epoch);
    expect(history).toHaveLength(stop.epoch);
    expect(history.at(-1)!.loss).toBeLessThanOrEqual(1e-4);
    // halfMse of three rows at or below 1e-4: no output is off by more than √(6e-4)
    expect(loss.final).toBeLessThan(1e-4);
    expect(Math.abs(model.predict([[2, 3, 1]])[0][0] - 0.64)).toBeLessThan(Math.sqrt(6e-4));
  });

  test('the fields of train --json, and the model', async () => {
    const trained = await start();
    expect(Object.keys(trained)).toEqual(
      expect.arrayContaining(['model', 'stop', 'loss', 'metrics', 'engine', 'history']),
    );
    expect(Object.keys(trained.metrics)).toEqual(['meanAbsoluteError', 'rootMeanSquaredError', 'r2']);
    // there are no such splits
    expect(Object.keys(trained).filter((key) => key === 'validation' || key === 'test')).toEqual([]);
    expect(trained.confusion).toBeUndefined();
    // the engine that auto chooses is reported with a reason; other tests check the choice
    expect(trained.engine).toMatchObject({ precision: 'float64', threads: 1, arithmetic: 'strict' });
    expect(trained.engine.why).not.toBe('');
  });

  test('validation rows have their loss and metrics', async () => {
    const validation = { inputs: [[2, 2, 2]], targets: [[0.5]] };
    const { validation: found, model } = await train(net, { inputs, targets, validation }, options);
    const [[y]] = model.predict(validation.inputs);
    expect(found!.loss).toBeCloseTo((y - 0.5) ** 2 / 2, 15);
    expect(found!.meanAbsoluteError).toBeCloseTo(Math.abs(y - 0.5), 15);
  });

  test('trains on a table, and names its splits', async () => {
    const table = readTable({
      x: Array.from({ length: 40 }, (_, i) => i % 8),
      y: Array.from({ length: 40 }, (_, i) => (i % 8 > 3 ? 'high' : 'low')),
    });
    const {
      confusion,
      model,
      test: found,
      validation,
      metrics,
      notes,
    } = await train(
      network([dense(4, { activation: relu }), dense(2, { activation: softmax })]),
      { table, target: 'y', split: { validation: 0.2, test: 0.1 } },
      { loss: crossEntropy, optimizer: adam({ learningRate: 0.05 }), stop: { epochs: 100 }, batchSize: 8 },
    );
    expect(Object.keys(validation!)).toEqual(['loss', ...scores]);
    // round(0.1·40) rows of two classes, each in its share
    expect(Object.keys(found!)).toEqual(['loss', ...scores]);
    expect(confusion).toEqual({
      part: 'test',
      matrix: [
        [2, 0],
        [0, 2],
      ],
    });
    expect(model.evaluate({ table }).metrics.accuracy).toBe(1);
    expect(metrics.accuracy).toBe(1);
    expect(notes[0]).toBe('"y" is text, so the task is classification (2 classes): high 20, low 20.');
  });
});

describe('a run', () => {
  test('can be awaited several times and has one result', async () => {
    const run = start();
    const [first, second] = await Promise.all([run, run]);
    expect(second).toBe(first);
    expect(await run).toBe(first);
  });

  test('begins after the caller has it, whether or not it is awaited', async () => {
    let begun = false;
    const data = {
      get inputs() {
        begun = true;
        return inputs;
      },
      targets,
    };
    train(net, data, { ...options, stop: { epochs: 1 } });
    expect(begun).toBe(false);
    await vi.waitFor(() => expect(begun).toBe(true));
  });

  test('gives each turn the newest row: a slow reader skips some, in order, and gets the last', async () => {
    const run = start({ stop: { epochs: 1e9, seconds: 0.15 } });
    const rows: HistoryRow[] = [];
    for await (const row of run) {
      rows.push(row);
      await sleep(40);
    }
    const { stop } = await run;
    const epochs = rows.map(({ epoch }) => epoch);
    expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
    expect(epochs.at(-1)).toBe(stop.epoch);
    expect(epochs.length).toBeGreaterThan(1);
    expect(epochs.length).toBeLessThan(stop.epoch / 10);
  });

  test('yields its last row also if it ended before the iteration began', async () => {
    const run = start({ stop: { epochs: 7 } });
    await run;
    expect((await rowsOf(run)).map(({ epoch }) => epoch)).toEqual([7]);
    // and to each who asks
    expect((await rowsOf(run)).map(({ epoch }) => epoch)).toEqual([7]);
  });

  test('can be iterated twice at the same time', async () => {
    const run = start({ stop: { epochs: 1e9, seconds: 0.1 } });
    const [first, second] = await Promise.all([rowsOf(run), rowsOf(run)]);
    const { stop } = await run;
    expect([first.at(-1)!.epoch, second.at(-1)!.epoch]).toEqual([stop.epoch, stop.epoch]);
  });

  test('continues when an iteration is left early', async () => {
    const run = start({ stop: { epochs: 1e9, seconds: 0.1 } });
    for await (const { epoch } of run) if (epoch > 0) break;
    const { stop, history } = await run;
    expect(stop.reason).toBe('seconds');
    expect(history.length).toBeGreaterThan(1);
  });

  test('has a result and no rows if it has no epochs', async () => {
    const run = start({ stop: { epochs: 0 } });
    expect(await rowsOf(run)).toEqual([]);
    const { loss, history } = await run;
    expect(history).toEqual([]);
    expect(loss.final).toBe(loss.first);
  });
});

describe('bad input', () => {
  const bad = () => train(net, { inputs: [[1, 2]], targets: [[0.5]] }, options);

  test('rejects with what, where and fix', async () => {
    const { what, where, fix, message } = await failure(bad());
    expect({ what, where, fix }).toMatchInlineSnapshot(`
      {
        "fix": "Write 2, or leave it out.",
        "what": "3, but the data have 2 inputs",
        "where": "network.inputs",
      }
    `);
    expect(message).toBe(`${where}: ${what}.\n  ${fix}`);
  });

  test('rejects an iteration with the same error', async () => {
    const run = bad();
    const error = await rowsOf(run).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(await failure(run)).toBe(error);
    // again and again
    await expect(rowsOf(run)).rejects.toBe(error);
  });

  test('the call itself never throws: data, options and engine are checked later', async () => {
    const data = { inputs, targets };
    const calls: (() => Run)[] = [
      () => train(net, { inputs: [], targets: [] }, options),
      () => train(net, { inputs: [[1, 2], [3]] as number[][], targets: [[0], [1]] }, options),
      () => train(net, { inputs, targets: [[1]] }, options),
      () => train(net, { inputs: [[1, Number.NaN, 2]], targets: [[1]] }, options),
      () => train(net, data, { ...options, stop: {} }),
      () => train(net, data, { ...options, stop: { loss: 0.1 } }),
      () => train(net, data, { ...options, loss: hinge }),
      () => train(net, data, { ...options, loss: crossEntropy }),
      () => train(network([dense(2), dropout(0.5)]), data, options),
      () => train(net, data, { ...options, update: 'sequential', clipNorm: 1 }),
      () => train(net, data, { ...options, engine: 'blas' }),
      () => train(net, data, { ...options, engine: 'torch' as never }),
      () => train(net, data, { ...options, engine: 'reference', precision: 'float32' }),
      () => train(network([dense(1, { weight: [[1], [2]] })]), data, options),
    ];
    const messages: string[] = [];
    for (const call of calls) messages.push((await failure(call())).message);
    expect(messages.join('\n')).toMatchInlineSnapshot(`
      "data.inputs: there are no rows.
        Give at least one row: [[1, 2], [3, 4]].
      data.inputs[1]: 1 numbers, but row 0 has 2.
        Give every row the same number of columns.
      data.targets: 1 target for 3 rows of inputs.
        Write one target for each row of inputs.
      data.inputs[0][1]: NaN is not a finite number.
        Replace it with a number, or leave the row out.
      stop: neither epochs nor seconds is given, so training might never end.
        Add epochs: 1000 or seconds: 10.
      stop: neither epochs nor seconds is given, so training might never end.
        Add epochs: 1000 or seconds: 10.
      network.layers[1].activation: hinge needs linear as the last activation, not sigmoid.
        Write activation: 'linear', or choose another loss.
      network.layers[1].activation: crossEntropy needs softmax or logSoftmax as the last activation, not sigmoid.
        Write activation: 'softmax', or choose another loss.
      network.layers[1]: the network ends in dropout, but the loss needs a layer with weights at the end.
        End in a dense layer, such as { "dense": 1 }.
      update: a sequential update changes a layer before the gradients of the others are known, so they cannot be clipped.
        Leave clipNorm and clipValue out, or use "simultaneous".
      engine: "blas" rounds as its library does, which strict arithmetic forbids.
        Add arithmetic: 'fast', or leave the engine out.
      engine: unknown engine "torch".
        Choose one of: auto, reference, wasm, blas.
      precision: the engine "reference" computes in float64.
        Leave the precision out, or use the engine "wasm".
      dense.weight: 2 rows, but the layer before has 3 units.
        A weight is [inputs, units]: give 3 rows of 1 number, or leave it out to have it drawn."
    `);
  });
});

describe('an AbortSignal', () => {
  test('ends a run with the weights so far', async () => {
    const controller = new AbortController();
    const run = start({ stop: { epochs: 1e9 }, signal: controller.signal });
    let epochs = 0;
    for await (const { epoch } of run) {
      epochs = epoch;
      controller.abort();
    }
    const { stop, loss, model, history } = await run;
    expect(stop.reason).toBe('aborted');
    expect(stop.epoch).toBe(epochs);
    expect(history.at(-1)!.epoch).toBe(stop.epoch);
    expect(loss.final).toBeLessThan(loss.first);
    expect(model.evaluate({ inputs, targets }).loss).toBe(loss.final);
  });

  test('that was aborted before the run makes no step', async () => {
    const { stop, history, model } = await start({ signal: AbortSignal.abort() });
    expect(stop).toMatchObject({ reason: 'aborted', epoch: 0 });
    expect(history).toEqual([]);
    expect(model.predict(inputs)).toEqual((await start({ stop: { epochs: 0 } })).model.predict(inputs));
  });

  test('that is resumed and was aborted before the run keeps the progress of its checkpoint', async () => {
    const saved: Uint8Array[] = [];
    const onCheckpoint = (bytes: Uint8Array) => void saved.push(bytes);
    const before = await start({ stop: { epochs: 3 }, onCheckpoint });
    const more = { stop: { epochs: 9 }, resume: saved[0], onCheckpoint, signal: AbortSignal.abort() };
    const { stop, history, model } = await start(more);
    expect(stop).toMatchObject({ reason: 'aborted', epoch: 3 });
    expect(history).toEqual(before.history);
    expect(model.predict(inputs)).toEqual(before.model.predict(inputs));
    const whole = await start({ stop: { epochs: 9 } });
    const resumed = await start({ stop: { epochs: 9 }, resume: saved.at(-1) });
    expect(resumed.model.predict(inputs)).toEqual(whole.model.predict(inputs));
  });

  test('works with an experiment too', async () => {
    const setup = experiment({
      network: { layers: [{ dense: 1 }] },
      data: { inputs, targets },
      training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 1e9 } },
    });
    expect((await train(setup, { signal: AbortSignal.timeout(30) })).stop.reason).toBe('aborted');
  });

  test('does not hide invalid input', async () => {
    const run = train(net, { inputs: [], targets: [] }, { ...options, signal: AbortSignal.abort() });
    expect((await failure(run)).where).toBe('data.inputs');
  });
});

describe('the event loop', () => {
  /**
   * Counts how often other tasks run from the start of a training, and tells `onTurn`. It counts turns of the event loop,
   * not time, so a busy machine changes nothing.
   */
  function turns(onTurn: (turns: number) => void = () => {}) {
    let count = 0;
    let next: NodeJS.Immediate | undefined;
    const turn = () => {
      onTurn(++count);
      next = setImmediate(turn);
    };
    const onStart = () => {
      next = setImmediate(turn);
    };
    const end = () => {
      clearImmediate(next);
      return count;
    };
    return { onStart, end };
  }

  test('runs between many short epochs', async () => {
    const controller = new AbortController();
    const { onStart, end } = turns((count) => {
      if (count === 5) controller.abort();
    });
    const { stop } = await start({ stop: { epochs: 1e9, seconds: 20 }, onStart, signal: controller.signal });
    end();
    // without breaks, nothing could abort it before its time is over
    expect(stop.reason).toBe('aborted');
  });

  test('runs within one long epoch, between its batches', async () => {
    // some 0.2 s of processor time, on a fast machine 0.1 s: several slices of 16 ms
    const rows = 25_000;
    const data = {
      inputs: Array.from({ length: rows }, (_, r) => [Math.sin(r), Math.cos(r)]),
      targets: Array.from({ length: rows }, (_, r) => [Math.sin(2 * r)]),
    };
    const wide = network([dense(64, { activation: sigmoid }), dense(1)]);
    const { onStart, end } = turns();
    const run = train(wide, data, { loss: mse, optimizer: adam(), batchSize: 1, stop: { epochs: 1 }, onStart });
    let first: number | undefined;
    for await (const _row of run) first ??= end();
    expect((await run).stop).toMatchObject({ reason: 'epochs', epoch: 1 });
    expect(first).toBeGreaterThan(1);
  });
});

describe('the same seed', () => {
  const rows = 23;
  const data = {
    inputs: Array.from({ length: rows }, (_, r) => [Math.sin(3 * r), Math.cos(5 * r)]),
    targets: Array.from({ length: rows }, (_, r) => [Math.sin(r)]),
  };
  const layers = [dense(6, { activation: relu }), dropout(0.25), dense(1)];
  const training = { loss: mse, optimizer: adam({ learningRate: 0.01 }), batchSize: 5, stop: { epochs: 20 } };
  const bytes = async (seed: number) => (await train(network(layers, { seed }), data, training)).model.save();

  test('gives the same bytes twice, and another seed gives others', async () => {
    const first = await bytes(7);
    expect(await bytes(7)).toEqual(first);
    expect(await bytes(8)).not.toEqual(first);
  });

  test('gives the same bytes, whatever else runs, and however its progress is read', async () => {
    const alone = await bytes(7);
    const watched = train(network(layers, { seed: 7 }), data, training);
    await Promise.all([bytes(8), rowsOf(watched), bytes(9)]);
    expect((await watched).model.save()).toEqual(alone);
  });

  test('gives the same bytes as an experiment and in the library', async () => {
    const setup = experiment({
      network: { layers: [{ dense: 6, activation: 'relu' }, { dropout: 0.25 }, { dense: 1 }] },
      data,
      training: { ...training, loss: 'mse', optimizer: { name: 'adam', learningRate: 0.01 } },
      seed: 7,
    });
    expect((await train(setup)).model.save()).toEqual(await bytes(7));
  });

  test('gives the same losses on both engines, and reports which one ran', async () => {
    const run = (engine: 'reference' | 'wasm') =>
      train(network(layers.filter(({ kind }) => kind === 'dense')), data, { ...training, engine });
    const [reference, wasm] = await Promise.all([run('reference'), run('wasm')]);
    expect([reference.engine.name, wasm.engine.name]).toEqual(['reference', 'wasm']);
    expect(wasm.engine.why).toBe('requested');
    expect(wasm.model.save()).toEqual(reference.model.save());
    expect(wasm.loss).toEqual(reference.loss);
  });
});

describe('invalid arguments from JavaScript reject with what, where and fix', () => {
  const data = { inputs: [[0], [1]], targets: [[1], [3]] };
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 3 } };
  const complaint = async (changed: object | undefined, net: unknown = network([dense(1)]), rows: unknown = data) => {
    const run = train(net as never, rows as never, (changed && { ...options, ...changed }) as never);
    return await run.then(
      () => 'it was accepted',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };

  test('options out of range, of another type, or misspelt', async () => {
    expect(await complaint({ gradient: 'exactt' })).toMatchInlineSnapshot(`
      "InputError: gradient: unknown gradient "exactt".
        Did you mean "exact"? Choose one of: exact, averagedFactors."
    `);
    expect(await complaint({ batchSize: 0 })).toMatchInlineSnapshot(`
      "InputError: batchSize: 0 is not at least 1.
        Give a number at least 1."
    `);
    expect(await complaint({ batchSize: 1.5 })).toContain('InputError: batchSize: 1.5');
    expect(await complaint({ stop: { epochs: -1 } })).toMatchInlineSnapshot(`
      "InputError: stop.epochs: -1 is not at least 0.
        Give a number at least 0."
    `);
    expect(await complaint({ stop: { epochs: Number.NaN } })).toContain('InputError: stop.epochs: NaN');
    expect(await complaint({ l1: -1 })).toContain('InputError: l1: -1');
    expect(await complaint({ clipNorm: -1 })).toContain('InputError: clipNorm: -1');
    expect(await complaint({ bacthSize: 2 })).toContain('Did you mean "batchSize"?');
  });

  test('missing arguments', async () => {
    expect(await complaint({ loss: undefined })).toMatchInlineSnapshot(`
      "InputError: loss: it is not a loss.
        Pass one, such as mse."
    `);
    expect(await complaint({ optimizer: undefined })).toContain('InputError: optimizer');
    // as the experiment file writes them
    expect(await complaint({ optimizer: { name: 'adam' } })).toContain('optimizer: it is not an optimizer');
    expect(await complaint({ loss: { name: 'mse' } })).toContain('loss: it is not a loss');
    expect(await complaint(undefined)).toMatchInlineSnapshot(`
      "InputError: training: the options are missing.
        Pass { loss, optimizer, stop } as the third argument of train."
    `);
    expect(await complaint({}, null)).toMatchInlineSnapshot(`
      "InputError: network: it is missing.
        Call train(network, { inputs, targets }, { loss, optimizer, stop })."
    `);
    expect(await complaint({}, network([dense(1)]), null)).toContain('InputError: data: it is missing');
    // a path is not a table: the library reads no files by name
    expect(await complaint({}, network([dense(1)]), { table: 'a.csv', target: 'y' })).toContain('it is not a table');
    expect(await complaint({}, network([dense(1)]), { table: [{ y: 1 }], target: 'y' })).toContain('it is not a table');
  });

  test('an option that is undefined counts as left out', async () => {
    expect(await complaint({ clipNorm: undefined, batchSize: undefined })).toBe('it was accepted');
  });
});
