/** Aborting within an epoch: what the run resolves with, and that it can be resumed. */
import { describe, expect, test } from 'vitest';
import { reference } from '../engines/reference/index.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { sampledLoss, sampleNotes, sampleOf } from './aborted.ts';
import type { HistoryRow } from './history.ts';
import { train } from './train.ts';
import { type Snapshot, type TrainingResult, trainingLoop } from './trainer.ts';

const rowsOf = (n: number, phase = 0) => ({
  inputs: Array.from({ length: n }, (_, r) => [Math.sin(3 * r + phase), Math.cos(5 * r), Math.sin(r * r)]),
  targets: Array.from({ length: n }, (_, r) => [Math.cos(2 * r + phase)]),
});

/** Batches of 1, so that an epoch of n rows has n steps. */
const setupOf = (rows: number, training: object = {}, validation?: number, hidden = 4): Setup =>
  experiment({
    network: { layers: [{ dense: hidden, activation: 'tanh' }, { dense: 1 }] },
    data: { ...rowsOf(rows), ...(validation && { validation: rowsOf(validation, 1) }) },
    training: { loss: 'mse', optimizer: 'adam', batchSize: 1, stop: { epochs: 4 }, ...training },
  });

/** Runs the loop in slices of one step, and aborts when `when` is true: it gets the number of the pause and its row. */
function drive(setup: Setup, when: (pause: number, row?: HistoryRow) => boolean = () => false, resume?: Snapshot) {
  let last: Snapshot | undefined;
  // a clock that pauses every evaluation after its first chunk
  const loop = trainingLoop(reference, setup, { slice: 1e-9, resume, onEnd: (take) => (last = take()) });
  let abort = false;
  for (let pause = 0; ; pause++) {
    const { value, done } = loop.next(abort);
    if (done) return { result: value, last: last! };
    abort = when(pause, value);
  }
}

/** A result without its times. */
const timeless = ({ history, stop, loss, parameters, kept }: TrainingResult) => ({
  history: history.map(({ seconds: _, ...row }) => row),
  reason: stop.reason,
  epoch: stop.epoch,
  loss,
  kept,
  parameters,
});

describe('a run that is aborted at any pause', () => {
  test.each([
    ['', {}, undefined],
    [' with validation rows', {}, 600],
    [' that keeps the best weights', { stop: { epochs: 4, patience: 9 } }, 600],
    [' with averaged weights', { ema: 0.9, keep: 'best' }, undefined],
  ] as const)('has the epochs that ended, and resumes to the same bits%s', (_, training, validation) => {
    const setup = setupOf(11, training, validation);
    let pauses = 0;
    const whole = drive(setup, (pause) => {
      pauses = pause;
      return false;
    });
    for (let at = 1; at < pauses; at += 5) {
      const { result, last } = drive(setup, (pause) => pause >= at);
      if (result.stop.reason === 'epochs') continue;
      expect(result.stop.reason).toBe('aborted');
      expect(result.history).toHaveLength(result.stop.epoch);
      // aborted before the first step, there is nothing to resume
      if (last === undefined) continue;
      expect(timeless(drive(setup, undefined, last).result)).toEqual(timeless(whole.result));
    }
  });
});

/** Whether so many steps of the second epoch are taken. */
function afterFirst(steps: number) {
  let taken = Number.NaN;
  return (_: number, row?: HistoryRow) => {
    if (row?.epoch === 1) taken = 0;
    return row === undefined && ++taken === steps;
  };
}

test('within the second epoch: the weights after the last update, and the history of the first epoch', () => {
  const setup = setupOf(11);
  const { result, last } = drive(setup, (_, row) => row?.epoch === 1);
  expect(result.stop).toMatchObject({ reason: 'aborted', epoch: 1 });
  const later = drive(setup, afterFirst(3));
  const { places, now } = later.last.progress;
  expect([places[now].epoch, places[now].position]).toEqual([1, 3]);
  expect(later.result.history.map(({ epoch }) => epoch)).toEqual([1]);
  const weights = later.last.saves[now].get('layers.0.weight')!;
  expect([...later.result.parameters.get('layers.0.weight')!.data]).toEqual([...weights]);
  expect([...weights]).not.toEqual([...last.saves[last.progress.now].get('layers.0.weight')!]);
});

test('with keep: "best", the weights of the best epoch so far', () => {
  const setup = setupOf(11, { keep: 'best' }, 20);
  const one = drive(setup, (_, row) => row?.epoch === 1).result;
  const { result } = drive(setup, afterFirst(3));
  expect(result).toMatchObject({ stop: { epoch: 1 }, kept: { epoch: 1, why: 'best' } });
  expect(result.parameters).toEqual(one.parameters);
});

describe('a long evaluation', () => {
  test('is replaced by one of rows at equal distances', () => {
    const setup = setupOf(5000);
    const { inputs } = sampleOf(setup, setup);
    expect(inputs.shape).toEqual([4096, 3]);
    expect([...inputs.data.subarray(3, 6)]).toEqual([...setup.inputs.data.subarray(3, 6)]);
    expect(sampleNotes({ ...setup, validation: setupOf(4097) })).toEqual([
      'The run was aborted: loss and metrics are measured on 4,096 of 5,000 training rows, 4,096 of 4,097 validation rows.',
    ]);
    const small = setupOf(9);
    expect(sampleOf(small, small)).toBe(small);
    expect(sampleNotes(small)).toEqual([]);
  });

  test('of few rows gives the loss of all', () => {
    const setup = setupOf(300, { l2: 0.1 });
    const { result } = drive(setup, () => true);
    const weights = new Map(Array.from(setup.parameters, ([name, { data }]) => [name, data] as const));
    expect(Math.abs(sampledLoss(setup, weights) / drive(setup).result.loss.first - 1)).toBeLessThan(1e-12);
    expect(result.stop).toMatchObject({ reason: 'aborted', epoch: 0 });
  });
});

test('in an epoch of many seconds, the answer takes less than a second of processor time', async () => {
  // 60,000 steps of 30,000 multiplications
  const setup = setupOf(60_000, {}, 3000, 2000);
  const controller = new AbortController();
  let before = process.cpuUsage();
  setTimeout(() => {
    before = process.cpuUsage();
    controller.abort();
  }, 200);
  const { stop, history } = await train(setup, { signal: controller.signal });
  const { user, system } = process.cpuUsage(before);
  expect(stop).toMatchObject({ reason: 'aborted', epoch: 0 });
  expect(history).toEqual([]);
  // some 0.05 s in this thread; the rest is the compiler's and the other threads'
  expect((user + system) / 1e6).toBeLessThan(1);
});
