import { describe, expect, test } from 'vitest';
import { sampled } from '../../../test/runs.ts';
import { tensor } from '../../base/tensor.ts';
import type { RowStream } from '../../data/table/rows.ts';
import type { Engine } from '../../engines/engine.ts';
import { reference } from '../../engines/reference/index.ts';
import { wasm, wasmEngine } from '../../engines/wasm/index.ts';
import { batchSizes } from '../../model/batches.ts';
import { stepSizeOf } from '../../net/problem.ts';
import { experiment } from '../../net/setup.ts';
import { trainingStep } from '../../net/step.ts';
import { compile } from '../../plan/plan.ts';
import { loopSpecOf } from '../programs.ts';
import { loopOverRows } from './loop-over-rows.ts';

const features = 3;
const numbers = (rows: number) =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: features }, (__, c) => Math.fround(Math.sin(r * 5 + c))));

function problemOf(rows: number, batchSize: number, shuffle: boolean, weighted = false) {
  const inputs = numbers(rows);
  return experiment({
    network: { layers: [{ dense: 4, activation: 'tanh' }, { dropout: 0.2 }, { dense: 1 }] },
    data: {
      inputs,
      targets: inputs.map(([a, b]) => [a * b]),
      ...(weighted && { weights: inputs.map(([a]) => Math.abs(a)) }),
    },
    training: { loss: 'mse', optimizer: 'adam', batchSize, shuffle, stop: { epochs: 3 } },
  });
}

/** The same rows as a stream, and which were read. */
function streamOf({ inputs, targets }: ReturnType<typeof problemOf>) {
  const read: number[] = [];
  const rows = inputs.shape[0];
  const stream: RowStream = {
    rows,
    read(positions, x, t, places) {
      for (let i = 0; i < positions.length; i++) {
        const [from, to] = [positions[i], places?.[i] ?? i];
        // an expectation for each row would take most of the time
        if (i > 0 && !(positions[i] > positions[i - 1])) throw new Error(`row ${from} is read after a later one`);
        read.push(from);
        for (let c = 0; c < features; c++) x[to * features + c] = inputs.data[from * features + c];
        t[to] = targets.data[from];
      }
    },
  };
  const first = { inputs: tensor([1, features], inputs.data.slice(0, features)), targets: tensor([1, 1], [0]) };
  return { data: { ...first, stream }, read };
}

function loopOf(
  engine: Engine,
  rows: number,
  batchSize: number,
  shuffle: boolean,
  windowRows?: number,
  weighted = false,
) {
  const problem = problemOf(rows, batchSize, shuffle, weighted);
  const { data, read } = streamOf(problem);
  const batches = batchSizes(rows, batchSize);
  const plans = batches.map((batch) => {
    const graph = trainingStep(problem.network, problem.recipe, stepSizeOf(problem, batch));
    const sum = graph.find('sampleWeight.sum');
    return compile(graph, [graph.get('loss'), graph.get('gradientNorm'), ...(sum === undefined ? [] : [sum])]);
  });
  const { weights: counts } = problem;
  const spec = { ...loopSpecOf(problem), shuffleSeed: shuffle ? 9 : undefined };
  const rowBytes = 8 * (features + 1);
  const made =
    windowRows === undefined
      ? loopOverRows(engine, plans, problem, spec)
      : loopOverRows(engine, plans, { ...data, weights: counts }, spec, {
          whole: 0,
          window: windowRows * rowBytes,
          blockRows: 8,
        });
  for (const [name, { data: start }] of problem.parameters) made.programs[0].view(name).set(start);
  const weights = () => [...problem.parameters.keys()].map((name) => [...made.programs[0].view(name)]);
  return { ...made, weights, read, steps: Math.ceil(rows / batchSize) };
}

const sizes = [
  [100, 10, 30],
  [103, 10, 30],
  [103, 10, 50],
  [97, 32, 33],
  [64, 16, 16],
  [65, 16, 47],
] as const;

describe.each([
  ['reference', reference],
  ['wasm', wasm],
  ['wasm, loops, two threads', wasmEngine({ unrollUpTo: 0, threads: 2 })],
])('%s', (_name, engine) => {
  test.each([
    ...sizes.map((each) => [...each, ''] as const),
    [103, 10, 30, ', weighted'],
    [100, 10, 30, ', weighted'],
  ] as const)(
    '%i rows in batches of %i, windows of %i, in order%s: the bits of all rows in memory',
    (rows, batch, window, weighted) => {
      const wanted = loopOf(engine, rows, batch, false, undefined, weighted !== '');
      const found = loopOf(engine, rows, batch, false, window, weighted !== '');
      for (let epoch = 0; epoch < 3; epoch++) {
        // slices that end anywhere
        let left = wanted.steps;
        while (left > 0) left -= found.loop.run(Math.min(3, left)) > 0 ? left : Math.min(3, left);
        expect(wanted.loop.run(wanted.steps)).toBe(1);
        expect(found.loop.epoch()).toBe(epoch + 1);
        expect(found.weights()).toEqual(wanted.weights());
        expect(found.loop.norms[0]).toBe(wanted.loop.norms[0]);
        // the mean over the window's rows times their number, over all: three roundings
        expect(Math.abs(found.loop.losses[0] / wanted.loop.losses[0] - 1)).toBeLessThan(2 ** -50);
      }
      for (const { loop } of [wanted, found]) loop.close();
    },
  );

  test.each(sizes)(
    '%i rows in batches of %i, windows of %i, shuffled: each row once an epoch, in another order',
    (rows, batch, window) => {
      const { loop, read, steps } = loopOf(engine, rows, batch, true, window);
      const epochs = [0, 1].map(() => {
        read.length = 0;
        expect(loop.run(steps)).toBe(1);
        return [...read];
      });
      loop.close();
      const all = Array.from({ length: rows }, (_, r) => r);
      for (const order of epochs) expect(order.toSorted((a, b) => a - b)).toEqual(all);
      expect(epochs[0]).not.toEqual(epochs[1]);
    },
  );

  test.each(sizes.map((each, i) => [...each, i] as const))(
    '%i rows in batches of %i, windows of %i: a run that is resumed at any step has the same bits',
    (rows, batch, window, i) => {
      const whole = loopOf(engine, rows, batch, true, window);
      whole.loop.run(3 * whole.steps);
      const even = Array.from({ length: Math.ceil((3 * whole.steps) / 2) }, (_, k) => 2 * k);
      for (const at of sampled(even, 10, i)) {
        const before = loopOf(engine, rows, batch, true, window);
        for (let taken = 0; taken < at; taken++) before.loop.run(1);
        const saved = before.loop.save();
        const { epoch, count, position, total, most } = saved;
        const after = loopOf(engine, rows, batch, true, window);
        after.loop.restore(after.loop.load({ epoch, count, position, total, most }, before.loop.numbers(saved)));
        for (let taken = at; taken < 3 * whole.steps; taken++) after.loop.run(1);
        expect(after.weights()).toEqual(whole.weights());
        expect(after.loop.losses[0]).toBe(whole.loop.losses[2]);
        for (const { loop } of [before, after]) loop.close();
      }
      whole.loop.close();
    },
  );
});
