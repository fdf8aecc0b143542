import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { permutation } from '../base/random.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { Model } from '../model/model.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { train } from './train.ts';
import { type TrainingResult, trainingLoop } from './trainer.ts';

afterEach(() => vi.restoreAllMocks());

type Json = Readonly<Record<string, unknown>>;

interface Driving {
  readonly engine?: Engine;
  /** After this epoch, the caller asks to abort. */
  readonly abortAfter?: number;
}

/** Runs the loop to its end. */
function drive(setup: Setup, { engine = reference, abortAfter }: Driving = {}): TrainingResult {
  const loop = trainingLoop(engine, setup);
  let abort = false;
  for (;;) {
    const { value, done } = loop.next(abort);
    if (done) return value;
    abort = value !== undefined && value.epoch === abortAfter;
  }
}

/** y = w·x from w = 0, without a bias. */
const line = (training: Json, data: Json = { inputs: [[1]], targets: [[1]] }, start = 0): Setup =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[start]] }] },
    data,
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.25 }, ...training },
  });

const weightsOf = ({ parameters }: TrainingResult) => Array.from(parameters.values(), ({ data }) => [...data]);
const lossesOf = ({ history }: TrainingResult) => history.map(({ loss }) => loss);

/** Arbitrary rows and targets of [n, 3] and [n, 1]. */
const someRows = (n: number) => ({
  inputs: Array.from({ length: n }, (_, r) => [Math.sin(3 * r + 1), Math.cos(5 * r), Math.sin(r * r)]),
  targets: Array.from({ length: n }, (_, r) => [Math.cos(2 * r + 1)]),
});

const small = (training: Json, { rows = 7, layers, seed = 1, validation }: Json & { rows?: number } = {}): Setup =>
  experiment({
    network: { layers: layers ?? [{ dense: 4, activation: 'tanh' }, { dense: 1 }] },
    data: { ...someRows(rows), ...(validation ? { validation } : {}) },
    training: {
      loss: 'mse',
      optimizer: { name: 'sgd', learningRate: 0.1 },
      stop: { epochs: 3 },
      ...training,
    },
    seed,
  });

const textbook = (training: Json) => {
  const file = JSON.parse(readFileSync(new URL('../../examples/textbook-3-2-1.json', import.meta.url), 'utf8'));
  const { gradient: _, ...own } = file.experiment.training;
  return experiment({ ...file.experiment, training: { ...own, ...training } });
};

describe('when training stops', () => {
  // w goes 0, 1/2, 3/4 …: the epochs' losses are 1, 1/4, 1/16 …, the norms 2, 1, 1/2 …, all exact in binary. The
  // validation loss of w·1 against 0 grows from the second epoch on
  const data = { inputs: [[1]], targets: [[1]], validation: { inputs: [[1]], targets: [[0]] } };

  test('"epochs": after that many epochs', () => {
    const result = drive(line({ stop: { epochs: 3 } }));
    expect(result.stop).toMatchObject({ reason: 'epochs', epoch: 3 });
    expect(lossesOf(result)).toEqual([1, 1 / 4, 1 / 16]);
    expect(weightsOf(result)).toEqual([[7 / 8]]);
  });

  test('"loss": at the threshold or below it, after the updates of the epoch', () => {
    const result = drive(line({ stop: { epochs: 9, loss: 1 / 4 } }));
    expect(result.stop).toMatchObject({ reason: 'loss', epoch: 2 });
    expect(weightsOf(result)).toEqual([[3 / 4]]);
    expect(drive(line({ stop: { epochs: 9, loss: 0.249 } })).stop).toMatchObject({ reason: 'loss', epoch: 3 });
  });

  test('"gradientNorm": at the threshold or below it', () => {
    const { stop, history } = drive(line({ stop: { epochs: 9, gradientNorm: 1 } }));
    expect(stop).toMatchObject({ reason: 'gradientNorm', epoch: 2 });
    expect(history.map(({ gradientNorm }) => gradientNorm)).toEqual([2, 1]);
  });

  test('"seconds": at the end of the epoch in which the time runs out', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    const { stop, history } = drive(line({ stop: { seconds: 3 } }));
    expect(stop).toEqual({ reason: 'seconds', epoch: 3, seconds: 3 });
    expect(history.map(({ seconds }) => seconds)).toEqual([1, 2, 3]);
  });

  test('"patience": after that many epochs without an improvement, of the validation loss if there is one', () => {
    const watched = drive(line({ stop: { epochs: 9, patience: 2 } }, data));
    expect(watched.stop).toMatchObject({ reason: 'patience', epoch: 3 });
    expect(watched.history.map(({ validationLoss }) => validationLoss)).toEqual([1 / 4, 9 / 16, 49 / 64]);
    // the training loss improves all the time
    expect(drive(line({ stop: { epochs: 9, patience: 2 } })).stop).toMatchObject({ reason: 'epochs', epoch: 9 });
  });

  test('"minDelta": a smaller improvement does not count, and slow improvements add up', () => {
    // losses 1, 1/4, 1/16, 1/64: the third epoch improves by 3/16, the fourth by 3/64
    const stop = (minDelta: number) => drive(line({ stop: { epochs: 9, patience: 1, minDelta } })).stop;
    expect(stop(3 / 16)).toMatchObject({ reason: 'patience', epoch: 3 });
    expect(stop(0.187)).toMatchObject({ reason: 'patience', epoch: 4 });
    // losses (15/16)^2n: 1, 0.879, 0.772, 0.679: no epoch improves by 0.2, but the third is better than the first by it
    const slow = { name: 'sgd', learningRate: 1 / 32 };
    expect(drive(line({ optimizer: slow, stop: { epochs: 4, patience: 3, minDelta: 0.2 } })).stop.reason).toBe(
      'epochs',
    );
    expect(drive(line({ optimizer: slow, stop: { epochs: 4, patience: 2, minDelta: 0.25 } })).stop).toMatchObject({
      reason: 'patience',
      epoch: 3,
    });
  });

  test('"aborted": after the epoch of the request', () => {
    const { stop, history } = drive(line({ stop: { epochs: 9 } }), { abortAfter: 4 });
    expect(stop).toMatchObject({ reason: 'aborted', epoch: 4 });
    expect(history).toHaveLength(4);
  });

  test('"diverged": after the first epoch whose loss is not finite', () => {
    // w is multiplied by -1e200 each time: 1e200 squared is Infinity
    const { stop, history } = drive(line({ optimizer: { name: 'sgd', learningRate: 5e199 }, stop: { epochs: 9 } }));
    expect(stop).toMatchObject({ reason: 'diverged', epoch: 2 });
    expect(history.map(({ loss }) => loss)).toEqual([1, Number.POSITIVE_INFINITY]);
  });

  test('"diverged": also if only the last update makes the weights infinite', () => {
    const result = drive(line({ optimizer: { name: 'sgd', learningRate: 5e199 }, stop: { epochs: 1 } }));
    expect(result.stop).toMatchObject({ reason: 'diverged', epoch: 1 });
    expect(result.loss).toEqual({ first: 1, final: 1, best: 1 });
    expect(weightsOf(result)).toEqual([[0]]);
  });

  test('of several reasons: aborted, loss, gradientNorm, patience, epochs, seconds', () => {
    // all of them hold at the end of the second epoch, and none at the end of the first
    const conditions = { loss: 1 / 4, gradientNorm: 1, patience: 1, epochs: 2, seconds: 2 };
    const reasons: string[] = [];
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    for (let left = ['aborted', ...Object.keys(conditions)]; left.length > 0; left = left.slice(1)) {
      const stop = Object.fromEntries(Object.entries(conditions).filter(([key]) => left.includes(key)));
      const setup = line({ stop }, data);
      const result = drive(setup, { abortAfter: left.includes('aborted') ? 2 : undefined });
      expect(result.stop.epoch).toBe(2);
      reasons.push(result.stop.reason);
    }
    expect(reasons).toEqual(['aborted', 'loss', 'gradientNorm', 'patience', 'epochs', 'seconds']);
  });

  test('of several reasons: diverged before all others', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    const stop = { epochs: 2, seconds: 2, patience: 1 };
    const setup = line({ optimizer: { name: 'sgd', learningRate: 5e199 }, stop });
    expect(drive(setup, { abortAfter: 2 }).stop).toMatchObject({ reason: 'diverged', epoch: 2 });
    expect(drive(line({ stop: { ...stop, patience: 9 } }), { abortAfter: 2 }).stop.reason).toBe('aborted');
  });

  test('epochs: 0 only evaluates: no update, no row, the loss of the initial weights', () => {
    const setup = small({ stop: { epochs: 0 }, batchSize: 2 });
    const result = drive(setup);
    expect(result.stop).toEqual({ reason: 'epochs', epoch: 0, seconds: 0 });
    expect(result.history).toEqual([]);
    for (const [name, { data }] of setup.parameters) expect(result.parameters.get(name)!.data).toEqual(data);
    const { first, final, best } = result.loss;
    expect([final, best]).toEqual([first, first]);
    expect(first).toBe(modelOf(setup, result).evaluateTensors(setup).loss);
    // so it is with patience, whose best weights are those of no epoch
    expect(drive(small({ stop: { epochs: 0, patience: 3 } })).kept).toBeUndefined();
  });
});

/** A result as a model: another way to the same losses. */
const modelOf = (setup: Setup, { parameters }: TrainingResult) =>
  new Model({
    network: setup.network,
    inputs: setup.inputs.shape[1],
    parameters,
    loss: setup.recipe.loss,
    optimizer: setup.recipe.optimizer,
  });

describe('the loss', () => {
  // 1, 1, 0 against w·x, x = 1: by hand
  const data = { inputs: [[1], [1], [1]], targets: [[1], [1], [0]] };

  test("an epoch's is the mean of its batches', weighted by samples, each before its update", () => {
    const { history, loss, parameters } = drive(line({ batchSize: 2, shuffle: false, stop: { epochs: 1 } }, data));
    // two rows at w = 0: loss 1, gradient -2, so w = 1/2; one row at w = 1/2: loss 1/4, gradient 1, so w = 1/4
    expect(history[0].loss).toBe((2 * 1 + 1 * (1 / 4)) / 3);
    expect(history[0].step).toBe(2);
    expect([...parameters.get('layers.0.weight')!.data]).toEqual([1 / 4]);
    // over all rows, before any update and after the last: 2/3 at w = 0; (9/16 + 9/16 + 1/16)/3 at w = 1/4
    expect(loss.first).toBeCloseTo(2 / 3, 15);
    expect(loss.final).toBeCloseTo(19 / 48, 15);
    expect(loss.best).toBe(loss.final);
  });

  test("a full batch's is that of the weights the epoch started with", () => {
    const { history, loss } = drive(line({ stop: { epochs: 2 } }));
    expect(history[0].loss).toBe(loss.first);
    expect(loss).toEqual({ first: 1, final: 1 / 16, best: 1 / 16 });
  });

  test('best is the lowest of the epochs and the final one', () => {
    // w - 1 is multiplied by 1 - 2·1.25 = -3/2
    const growing = drive(line({ optimizer: { name: 'sgd', learningRate: 1.25 }, stop: { epochs: 3 } }));
    expect(lossesOf(growing)).toEqual([1, (3 / 2) ** 2, (3 / 2) ** 4]);
    expect(growing.loss).toEqual({ first: 1, final: (3 / 2) ** 6, best: 1 });
    const data = { inputs: [[1], [1]], targets: [[0], [1]] };
    const swinging = drive(
      line({ batchSize: 1, shuffle: false, optimizer: { name: 'sgd', learningRate: 0.5 }, stop: { epochs: 2 } }, data),
    );
    // the rate 1/2 sets w to the target at hand, 0, 1, 0, 1: each loss is 1 but the first, which is 0
    expect(lossesOf(swinging)).toEqual([1 / 2, 1]);
    expect(swinging.loss).toEqual({ first: 1 / 2, final: 1 / 2, best: 1 / 2 });
  });

  test('penalties are in the training loss and not in the validation loss', () => {
    const validation = { inputs: [[1], [1], [1]], targets: [[1], [1], [0]] };
    const given = (training: Json) => drive(line({ stop: { epochs: 1 }, ...training }, { ...data, validation }, 3));
    const plain = given({});
    const penalized = given({ l1: 0.5, l2: 0.25 });
    // 0.5·|3| + 0.25/2·3² at w = 3
    expect(penalized.loss.first - plain.loss.first).toBeCloseTo(0.5 * 3 + 0.125 * 9, 14);
    expect(penalized.history[0].loss - plain.history[0].loss).toBeCloseTo(0.5 * 3 + 0.125 * 9, 14);
    const [[w]] = weightsOf(penalized);
    expect(penalized.history[0].validationLoss).toBeCloseTo((2 * (w - 1) ** 2 + w ** 2) / 3, 14);
    expect(penalized.loss.final).toBeCloseTo((2 * (w - 1) ** 2 + w ** 2) / 3 + 0.5 * w + 0.125 * w * w, 14);
  });

  test('dropout is on in the epochs and off in first and final, and in the validation loss', () => {
    const layers = [{ dense: 20, activation: 'tanh' }, { dropout: 0.5 }, { dense: 1 }];
    const without = [{ dense: 20, activation: 'tanh' }, { dropout: 0 }, { dense: 1 }];
    const validation = someRows(7);
    const dropped = drive(small({ stop: { epochs: 1 } }, { layers, validation }));
    const plain = drive(small({ stop: { epochs: 1 } }, { layers: without, validation }));
    // the same weights in the same order are drawn: the two differ by dropout alone
    expect(dropped.loss.first).toBe(plain.loss.first);
    expect(plain.history[0].loss).toBe(plain.loss.first);
    expect(Math.abs(dropped.history[0].loss - dropped.loss.first)).toBeGreaterThan(1e-3);
    expect(dropped.history[0].validationLoss).toBe(dropped.loss.final);
    const setup = small({ stop: { epochs: 1 } }, { layers });
    expect(dropped.loss.final).toBe(modelOf(setup, dropped).evaluateTensors(setup).loss);
  });

  test('more than a chunk of rows is evaluated whole: the mean over all of them', () => {
    const rows = 2500;
    const setup = small({ stop: { epochs: 0 } }, { rows });
    const { loss, parameters } = drive(setup);
    const model = modelOf(setup, { parameters } as TrainingResult);
    const outputs = model.predictTensor(setup.inputs).data;
    const byHand = outputs.reduce((sum, y, r) => sum + (y - setup.targets.data[r]) ** 2, 0) / rows;
    // 2,500 terms below 4, summed in another order: some 1e-16 each
    expect(loss.first).toBeCloseTo(byHand, 13);
  });
});

describe('the weights that are kept', () => {
  // momentum overshoots: the loss falls, rises and falls again
  const overshooting = { name: 'sgd', learningRate: 0.02, momentum: 0.9 };
  const path = drive(line({ optimizer: overshooting, stop: { epochs: 40 } }));
  const losses = lossesOf(path);
  const lowest = losses.slice(0, 12).indexOf(Math.min(...losses.slice(0, 12)));

  test('are the last ones, also if earlier ones were better', () => {
    const { kept, loss } = drive(line({ optimizer: overshooting, stop: { epochs: 12 } }));
    expect(lowest).toBeLessThan(11);
    expect(kept).toBeUndefined();
    expect(loss.final).toBe(losses[12]);
    expect(loss.best).toBe(losses[lowest]);
  });

  test('with patience are the best', () => {
    const result = drive(line({ optimizer: overshooting, stop: { epochs: 40, patience: 3 } }));
    expect(result.stop).toMatchObject({ reason: 'patience', epoch: lowest + 1 + 3 });
    // the loss of epoch n + 1 is that of the weights after epoch n
    expect(result.kept).toEqual({ epoch: lowest, why: 'best' });
    expect(result.loss.final).toBe(losses[lowest]);
    expect(result.loss.best).toBe(losses[lowest]);
  });

  test('with keep: "best" are the best without patience', () => {
    const result = drive(line({ optimizer: overshooting, keep: 'best', stop: { epochs: 12 } }));
    expect(result.stop.reason).toBe('epochs');
    expect(result.kept).toEqual({ epoch: lowest, why: 'best' });
    expect(result.loss.final).toBe(losses[lowest]);
  });

  test('with keep: "best" are those after the last update if no others were better', () => {
    const result = drive(line({ keep: 'best', stop: { epochs: 3 } }));
    expect(result.kept).toBeUndefined();
    expect(weightsOf(result)).toEqual([[7 / 8]]);
    expect(result.loss.final).toBe(1 / 64);
  });

  test('are judged by the validation loss if there is one', () => {
    // against the target 1, w goes 0, 1/2, 3/4, 7/8; validation wants 3/4
    const data = { inputs: [[1]], targets: [[1]], validation: { inputs: [[1]], targets: [[0.75]] } };
    const result = drive(line({ keep: 'best', stop: { epochs: 4 } }, data));
    expect(result.history.map(({ validationLoss }) => validationLoss)).toEqual([1 / 16, 0, 1 / 64, 9 / 256]);
    expect(result.kept).toEqual({ epoch: 2, why: 'best' });
    expect(weightsOf(result)).toEqual([[3 / 4]]);
    expect(result.loss).toEqual({ first: 1, final: 1 / 16, best: 1 / 64 });
  });

  test('in batches without validation are those after the epoch whose loss was lowest', () => {
    const training = { batchSize: 2, optimizer: { name: 'sgd', learningRate: 0.4 }, stop: { epochs: 6 } };
    const plain = drive(small(training));
    const best = lossesOf(plain).indexOf(Math.min(...lossesOf(plain))) + 1;
    expect(best).toBeLessThan(6);
    const result = drive(small({ ...training, keep: 'best' }));
    expect(result.kept).toEqual({ epoch: best, why: 'best' });
    expect(weightsOf(result)).toEqual(weightsOf(drive(small({ ...training, stop: { epochs: best } }))));
  });

  test('after a divergence are those of the last epoch whose loss was no higher than at the start', () => {
    // w - 1 is multiplied by -1e100 each epoch: losses 1, 1e200
    const result = drive(line({ optimizer: { name: 'sgd', learningRate: 5e99 }, stop: { epochs: 9 } }));
    expect(result.stop).toMatchObject({ reason: 'diverged', epoch: 2 });
    expect(result.kept).toEqual({ epoch: 0, why: 'diverged' });
    expect(result.loss).toEqual({ first: 1, final: 1, best: 1 });
    expect(weightsOf(result)[0][0]).toBe(0);
    // also where the best would be kept otherwise
    const stop = { epochs: 9, patience: 5 };
    const patient = drive(line({ optimizer: { name: 'sgd', learningRate: 5e99 }, stop }));
    expect(patient.kept).toEqual({ epoch: 0, why: 'diverged' });
  });

  test('a finite loss far above its start is a divergence too, during training and at its end', () => {
    // w - 1 is multiplied by -3 each epoch: losses 1, 9, 81 …, 9^k
    const steep = (epochs: number) => drive(line({ optimizer: { name: 'sgd', learningRate: 2 }, stop: { epochs } }));
    // 9^9 is the first above 1e8
    expect(steep(50).stop).toMatchObject({ reason: 'diverged', epoch: 10 });
    // the loss after 4 epochs is 9^4, that of the fourth 9^3: only one of them is above 1e3
    expect(steep(4).stop.reason).toBe('epochs');
    expect(steep(5)).toMatchObject({ stop: { reason: 'diverged', epoch: 5 }, loss: { final: 1 } });
  });

  test('a training that starts at its optimum has not diverged if it moves away a little', () => {
    const data = { inputs: [[1], [1]], targets: [[1], [1 + 1e-6]] };
    // the loss at the start is 1e-12 of that of predicting 0
    const setup = line({ optimizer: { name: 'sgd', learningRate: 1.2 }, stop: { epochs: 12 } }, data);
    const near = { ...setup, parameters: new Map([['layers.0.weight', { shape: [1, 1], data: Float64Array.of(1) }]]) };
    const { stop, loss } = drive(near);
    expect(loss.final / loss.first).toBeGreaterThan(1e3);
    expect(stop.reason).toBe('epochs');
  });

  test('after a divergence in the first epoch are the initial ones', () => {
    const batches = { inputs: [[1], [1], [1]], targets: [[1], [1], [1]] };
    const setup = line({ batchSize: 1, optimizer: { name: 'sgd', learningRate: 5e199 }, stop: { epochs: 9 } }, batches);
    const result = drive(setup);
    expect(result.stop).toMatchObject({ reason: 'diverged', epoch: 1 });
    expect(result.kept).toEqual({ epoch: 0, why: 'diverged' });
    expect(weightsOf(result)).toEqual([[0]]);
    expect(result.loss).toEqual({ first: 1, final: 1, best: 1 });
  });
});

/** An engine that records the rows of each step, by their first input. */
function recorder(): { engine: Engine; batches: number[][] } {
  const batches: number[][] = [];
  const engine: Engine = {
    ...reference,
    compile: (plans) =>
      reference.compile(plans).map((program) => {
        if (!program.has('gradientNorm')) return program;
        const input = program.view('layers.0.input');
        return {
          view: (at) => program.view(at),
          has: (at) => program.has(at),
          run(times) {
            batches.push([...input]);
            program.run(times);
          },
        };
      }),
  };
  return { engine, batches };
}

/** The rows of each step of a training; the only input is the row's number. */
function batchesOf(rows: number, training: Json, { seed = 1, units = 1 } = {}): number[][] {
  const { engine, batches } = recorder();
  const setup = experiment({
    network: { layers: [{ dense: units, activation: 'tanh' }, { dense: 1 }] },
    data: {
      inputs: Array.from({ length: rows }, (_, r) => [r]),
      targets: Array.from({ length: rows }, (_, r) => [r % 2]),
    },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.01 }, stop: { epochs: 3 }, ...training },
    seed,
  });
  drive(setup, { engine });
  return batches;
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('batches', () => {
  test('take all rows once each epoch, the last smaller batch too', () => {
    const batches = batchesOf(7, { batchSize: 3 });
    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1, 3, 3, 1, 3, 3, 1]);
    for (const epoch of range(3)) {
      const rows = batches.slice(3 * epoch, 3 * epoch + 3).flat();
      expect(rows.sort((a, b) => a - b)).toEqual(range(7));
    }
  });

  test('have one size if it divides the rows, and are one batch if it exceeds the rows', () => {
    expect(batchesOf(6, { batchSize: 3 }).map((batch) => batch.length)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(batchesOf(6, { batchSize: 100 }).map((batch) => batch.length)).toEqual([6, 6, 6]);
    expect(batchesOf(1, { batchSize: 32 })).toEqual([[0], [0], [0]]);
  });

  test('are shuffled by seed and epoch alone: not by the network, the batch size or the optimizer', () => {
    const order = (training: Json, options?: { seed?: number; units?: number }) => {
      const rows = batchesOf(11, { batchSize: 2, ...training }, options).flat();
      return range(3).map((epoch) => rows.slice(11 * epoch, 11 * epoch + 11));
    };
    const first = order({});
    expect(first).toEqual(range(3).map((epoch) => [...permutation(11, 1, 'shuffle', epoch)]));
    expect(new Set(first.map(String)).size).toBe(3);
    expect(order({ batchSize: 5 })).toEqual(first);
    expect(order({ optimizer: 'adam' })).toEqual(first);
    expect(order({}, { units: 6 })).toEqual(first);
    expect(order({}, { seed: 2 })).not.toEqual(first);
    // a longer training begins as a shorter one does
    expect(order({ stop: { epochs: 9 } })).toEqual(first);
  });

  test("keep the file's order without shuffle", () => {
    expect(batchesOf(5, { batchSize: 2, shuffle: false }).slice(0, 4)).toEqual([[0, 1], [2, 3], [4], [0, 1]]);
  });

  test("a full batch keeps the file's order unless shuffle is on", () => {
    expect(batchesOf(5, {})).toEqual([range(5), range(5), range(5)]);
    expect(batchesOf(5, { batchSize: 5, shuffle: false })).toEqual([range(5), range(5), range(5)]);
    expect(batchesOf(5, { shuffle: true })).toEqual(range(3).map((epoch) => [...permutation(5, 1, 'shuffle', epoch)]));
  });

  test('the gradient norm of an epoch is that of the full batch at its start, or the largest of the batches', () => {
    const data = { inputs: [[1], [1], [1]], targets: [[1], [4], [0]] };
    const norms = (training: Json) =>
      drive(line({ stop: { epochs: 1 }, ...training }, data)).history.map(({ gradientNorm }) => gradientNorm);
    // d mse/dw = 2·mean(w - t) at w = 0
    expect(norms({})[0]).toBeCloseTo(10 / 3, 14);
    // one by one, 2(w - t): -2, so w = 1/2; -7, so w = 9/4; 9/2
    expect(norms({ batchSize: 1, shuffle: false })).toEqual([7]);
    // before clipping
    expect(norms({ clipNorm: 0.1 })).toEqual(norms({}));
  });
});

describe('the state of an optimizer', () => {
  /** y = w·x, batches in the file's order, by hand: `step` gets the gradient and the number of the update. */
  function byHand(
    rows: readonly (readonly [number, number])[],
    size: number,
    epochs: number,
    step: (w: number, g: number, t: number) => number,
  ): number {
    let w = 0;
    let t = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let start = 0; start < rows.length; start += size) {
        const batch = rows.slice(start, start + size);
        const g = batch.reduce((sum, [x, y]) => sum + 2 * (w * x - y) * x, 0) / batch.length;
        w = step(w, g, ++t);
      }
    }
    return w;
  }
  const rows = [
    [1, 2],
    [0.5, -1],
    [-1, 0.25],
    [2, 1],
    [0.75, 3],
  ] as const;
  const data = { inputs: rows.map(([x]) => [x]), targets: rows.map(([, y]) => [y]) };
  const trained = (optimizer: Json) =>
    weightsOf(drive(line({ optimizer, batchSize: 2, shuffle: false, stop: { epochs: 4 } }, data)))[0][0];

  test('is one for full and last batches: momentum', () => {
    let velocity: number | undefined;
    const w = byHand(rows, 2, 4, (w, g) => {
      velocity = velocity === undefined ? g : 0.9 * velocity + g;
      return w - 0.05 * velocity;
    });
    // 12 updates of numbers near 1: some 1e-16 each
    expect(trained({ name: 'sgd', learningRate: 0.05, momentum: 0.9 })).toBeCloseTo(w, 14);
  });

  test('is one for full and last batches: the moments of adam, and its count of updates', () => {
    let m = 0;
    let v = 0;
    const w = byHand(rows, 2, 4, (w, g, t) => {
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      return w - (0.1 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
    });
    expect(trained({ name: 'adam', learningRate: 0.1 })).toBeCloseTo(w, 13);
  });

  test('is one for batches whose size divides the rows and for those whose size does not', () => {
    // the same four samples over and over: a batch of two, or one of three and one of one of the same mean
    const same = { inputs: [[1], [1], [1], [1]], targets: [[1], [1], [1], [1]] };
    const optimizer = { name: 'adam', learningRate: 0.1 };
    const of = (batchSize: number) =>
      drive(line({ optimizer, batchSize, stop: { epochs: 5 } }, same)).parameters.get('layers.0.weight')!.data[0];
    // the mean of three equal numbers may miss them by a bit
    expect(of(3)).toBeCloseTo(of(2), 14);
  });
});

describe('parameters that are not trained', () => {
  test('a network without trained parameters runs its epochs and stays the same', () => {
    const layers = [
      { dense: 4, activation: 'tanh', trainable: false },
      { dense: 1, trainable: false },
    ];
    for (const batchSize of ['full', 2]) {
      const setup = small({ batchSize, stop: { epochs: 3 } }, { layers });
      const { history, loss, parameters, stop } = drive(setup);
      expect(stop).toMatchObject({ reason: 'epochs', epoch: 3 });
      expect(history.map(({ gradientNorm }) => gradientNorm)).toEqual([0, 0, 0]);
      expect(loss.final).toBe(loss.first);
      for (const [name, { data }] of setup.parameters) expect(parameters.get(name)!.data).toEqual(data);
    }
    // such as a gradient of 0 asks
    expect(drive(small({ stop: { epochs: 3, gradientNorm: 0 } }, { layers })).stop).toMatchObject({
      reason: 'gradientNorm',
      epoch: 1,
    });
  });

  test('keep their bits, and the others do not', () => {
    const layers = [{ dense: 4, activation: 'tanh', trainable: ['bias'] }, { dense: 1 }];
    const setup = small({ l2: 0.1 }, { layers });
    const { parameters } = drive(setup);
    const changed = [...setup.parameters].filter(
      ([name, { data }]) => String(data) !== String(parameters.get(name)!.data),
    );
    expect(changed.map(([name]) => name)).toEqual(['layers.0.bias', 'layers.1.weight', 'layers.1.bias']);
  });

  test("the setup's own parameters are not changed", () => {
    const setup = small({});
    const before = [...setup.parameters.values()].map(({ data }) => [...data]);
    drive(setup);
    expect([...setup.parameters.values()].map(({ data }) => [...data])).toEqual(before);
  });
});

describe("the textbook page's example", () => {
  test('the documented file: training stops at epoch 132 with the reason loss', () => {
    const { stop, loss } = drive(textbook({}));
    expect(stop).toMatchObject({ reason: 'loss', epoch: 132 });
    expect(loss.first).toBe(0.04885599223002374);
    expect(loss.final.toFixed(8)).toBe('0.00009667');
    expect(loss.best).toBe(loss.final);
  });

  test('1,949 updates by the true gradient bring the error below 1e-30, and 1,948 do not', () => {
    expect(drive(textbook({ stop: { epochs: 1949 } })).loss.final).toBeLessThan(1e-30);
    expect(drive(textbook({ stop: { epochs: 1948 } })).loss.final).toBeGreaterThan(1e-30);
  });

  test('by averaged factors, the error levels off at 0.0025866', () => {
    const { history, loss } = drive(textbook({ gradient: 'averagedFactors', stop: { epochs: 1949 } }));
    expect(loss.final.toFixed(7)).toBe('0.0025866');
    expect(history[999].loss.toFixed(7)).toBe('0.0025866');
    // one step: the printed numbers
    const one = drive(textbook({ gradient: 'averagedFactors', stop: { epochs: 1 } }));
    expect(one.loss.final.toFixed(6)).toBe('0.039889');
    expect(drive(textbook({ stop: { epochs: 1 } })).loss.final.toFixed(6)).toBe('0.040227');
  });

  test('the wasm engine gives the same bits', async () => {
    const { wasm } = await import('../engines/wasm/index.ts');
    const onWasm = drive(textbook({ stop: { epochs: 300 } }), { engine: wasm });
    const onReference = drive(textbook({ stop: { epochs: 300 } }));
    expect(lossesOf(onWasm)).toEqual(lossesOf(onReference));
    expect(weightsOf(onWasm)).toEqual(weightsOf(onReference));
  });
});

test("keep: 'last' holds with patience too", async () => {
  const setup = (keep?: 'last') =>
    experiment({
      network: { layers: [{ dense: 1, weight: [[0]], bias: false }] },
      data: { inputs: [[1]], targets: [[1]], validation: { inputs: [[1]], targets: [[0]] } },
      training: {
        loss: 'mse',
        optimizer: { name: 'sgd', learningRate: 0.1 },
        stop: { epochs: 5, patience: 9 },
        ...(keep && { keep }),
      },
    });
  expect((await train(setup())).kept).toEqual({ epoch: 1, why: 'best' });
  expect((await train(setup('last'))).kept).toBeUndefined();
});

describe('the length of slices, and the engine that loops, change no number', () => {
  const runs: readonly [string, () => Setup][] = [
    ['full batches', () => small({ stop: { epochs: 700 } })],
    ['shuffled batches and a smaller last batch', () => small({ batchSize: 3, stop: { epochs: 90 } }, { rows: 23 })],
    ['batches in order', () => small({ batchSize: 4, shuffle: false, stop: { epochs: 90 } }, { rows: 22 })],
    ['a shuffled full batch', () => small({ shuffle: true, stop: { epochs: 50 } }, { rows: 9 })],
    ['rows of many numbers', () => wide({ batchSize: 5, stop: { epochs: 6 } })],
    [
      'Adam, dropout',
      () =>
        small(
          { batchSize: 3, optimizer: { name: 'adam' }, stop: { epochs: 40 } },
          { layers: [{ dense: 5, activation: 'tanh' }, { dropout: 0.3 }, { dense: 1 }], rows: 11 },
        ),
    ],
    ['a loss reached within a slice', () => small({ stop: { epochs: 5000, loss: 0.3 } }, { rows: 12 })],
    [
      'patience without a validation split',
      () => small({ batchSize: 2, stop: { epochs: 500, patience: 3 } }, { rows: 9 }),
    ],
    [
      'the best weights',
      () => line({ optimizer: { name: 'sgd', learningRate: 1.001 }, keep: 'best', stop: { epochs: 200 } }),
    ],
    ['divergence', () => line({ optimizer: { name: 'sgd', learningRate: 3 }, stop: { epochs: 5000 } })],
  ];
  function wide(training: Json): Setup {
    return experiment({
      network: { layers: [{ dense: 2, activation: 'tanh' }, { dense: 1 }] },
      data: {
        inputs: Array.from({ length: 13 }, (_, r) => Array.from({ length: 77 }, (_, c) => Math.sin(r * 77 + c))),
        targets: Array.from({ length: 13 }, (_, r) => [Math.cos(r)]),
      },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.01 }, ...training },
    });
  }

  test.each(runs)('%s', (_title, setup) => {
    const plain = ({ stop, history, threads: _threads, memory: _memory, ...rest }: TrainingResult) => ({
      ...rest,
      reason: stop.reason,
      epoch: stop.epoch,
      // which rows a long history keeps does not depend on slices either, but for when they ended
      history: history.map(({ seconds: _, ...row }) => row),
    });
    const run = (engine: Engine, slice: number) => {
      const loop = trainingLoop(engine, setup(), { slice });
      for (;;) {
        const { value, done } = loop.next();
        if (done) return plain(value);
      }
    };
    const wanted = run(reference, 0);
    for (const engine of [reference, wasmEngine(), wasmEngine({ unrollUpTo: 0 })]) {
      for (const slice of [0, 0.0002, 0.05]) expect(run(engine, slice), `${engine.name} ${slice}`).toEqual(wanted);
    }
  });
});
