import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Engine } from '../../engines/engine.ts';
import { reference } from '../../engines/reference/index.ts';
import { wasmEngine } from '../../engines/wasm/index.ts';
import { explain } from '../../explain/explanation.ts';
import { experiment } from '../../net/setup.ts';
import { identify, writeCheckpoint } from '../checkpoint.ts';
import { readCheckpoint } from '../read-checkpoint.ts';
import { train } from '../train.ts';
import { type Snapshot, trainingLoop } from '../trainer.ts';

const worked = JSON.parse(
  readFileSync(new URL('../../../examples/textbook-3-2-1.json', import.meta.url), 'utf8'),
).experiment;
const example = (stop: object, training: object = {}) =>
  experiment({ ...worked, training: { loss: 'halfMse', optimizer: 'lbfgs', stop, ...training } });

const waves = (n: number, width: number) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: width }, (_, c) => Math.sin(3 * r + 7 * c + r * c)));
const regression = (
  training: object = {},
  layers: readonly object[] = [{ dense: 8, activation: 'tanh' }, { dense: 1 }],
) =>
  experiment({
    network: { layers },
    data: { inputs: waves(40, 3), targets: waves(40, 1).map(([y], r) => [y * Math.cos(r)]) },
    training: { loss: 'mse', optimizer: 'lbfgs', l2: 1e-4, stop: { epochs: 60 }, ...training },
  });

test('the worked example is solved, error below 1e-20, in at most 20 evaluations of loss and gradient', async () => {
  // PyTorch 2.13's strong-Wolfe L-BFGS takes 15
  const { stop, loss } = await train(example({ epochs: 100, loss: 1e-20 }));
  expect(stop.reason).toBe('loss');
  expect(loss.final).toBeLessThan(1e-20);
  expect(stop.evaluations).toBeLessThanOrEqual(20);
});

test("the losses of the iterations are PyTorch's as long as both searches take the same steps", async () => {
  // torch.optim.LBFGS(line_search_fn='strong_wolfe', tolerance_grad=0, tolerance_change=0), PyTorch 2.13; 0.032 was a trial
  const torch = [
    0.04885599223002374, 0.004324912782888606, 0.0022770368649060336, 0.00179966603515534, 0.0013506265785173902,
    0.0003191560222727848, 4.922824439437329e-5, 3.859402590651899e-6, 2.54508500764768e-9, 3.8971907461489115e-11,
  ];
  const { history } = await train(example({ epochs: torch.length }));
  history.forEach(({ loss }, i) => {
    expect(Math.abs(loss - torch[i]), `iteration ${i}`).toBeLessThan(1e-9 * torch[i] + 1e-18);
  });
});

function run(setup: ReturnType<typeof experiment>, engine: Engine = reference, resume?: Snapshot, slices = 1e9) {
  let take: (() => Snapshot) | undefined;
  const loop = trainingLoop(engine, setup, {
    resume,
    onStart: (snapshot) => {
      take = snapshot;
    },
  });
  for (let s = 0; s < slices; s++) {
    const { value, done } = loop.next();
    if (done) return { result: value };
  }
  return { snapshot: take!() };
}

test.each([
  ['float64, unrolled', { precision: 'float64', threads: 1 }],
  ['float64, loops on two threads', { precision: 'float64', threads: 2, unrollUpTo: 0 }],
] as const)('wasm, %s: the bits of the reference', (_name, options) => {
  const [slow, quick] = [reference, wasmEngine(options)].map((engine) => run(regression(), engine).result!);
  expect([...quick.parameters.values()]).toEqual([...slow.parameters.values()]);
  expect(quick.history.map(({ loss }) => loss)).toEqual(slow.history.map(({ loss }) => loss));
  expect(quick.stop.evaluations).toBe(slow.stop.evaluations);
});

test('the loss never rises from one iteration to the next, in float64 and in float32', async () => {
  for (const precision of ['float64', 'float32'] as const) {
    const { history, loss } = await train(regression({ engine: 'wasm', precision }));
    history.forEach((row, i) => {
      if (i > 0) expect(row.loss).toBeLessThanOrEqual(history[i - 1].loss);
    });
    expect(loss.final).toBeLessThan(0.2 * loss.first);
  }
});

test('when rounding allows no further step, it stops moving and evaluates nothing', async () => {
  const of = async (epochs: number) => (await train(regression({ stop: { epochs }, l2: 0 }, [{ dense: 1 }]))).stop;
  const [some, many] = [await of(100), await of(5000)];
  expect(many.evaluations).toBe(some.evaluations);
});

test('parameters that are not trained stay the same', async () => {
  const layers = [
    {
      dense: 2,
      activation: 'tanh',
      weight: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      trainable: ['bias'],
    },
    { dense: 1, trainable: ['weight'] },
  ];
  const { model } = await train(regression({}, layers));
  expect([...model.parameters.get('layers.0.weight')!.data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...model.parameters.get('layers.1.bias')!.data]).toEqual([0]);
  expect(model.parameters.get('layers.0.bias')!.data[0]).not.toBe(0);
});

test('interrupted after any iteration and resumed: the same bits', () => {
  const whole = run(regression()).result!;
  const identity = identify(regression(), { name: 'reference', precision: 'float64', arithmetic: 'strict' });
  for (const slices of [1, 2, 7, 30]) {
    const { snapshot } = run(regression(), reference, undefined, slices);
    const again = readCheckpoint(writeCheckpoint(snapshot!, identity), identity);
    const { result } = run(regression(), reference, again);
    expect([...result!.parameters.values()]).toEqual([...whole.parameters.values()]);
    expect(result!.stop.evaluations).toBe(whole.stop.evaluations);
  }
});

const complaint = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

test('incompatible options are refused', () => {
  expect(complaint(() => example({ epochs: 1 }, { batchSize: 2 }))).toMatchInlineSnapshot(`
    "training.batchSize: lbfgs compares losses of all rows.
      Leave it out, or write "full"."
  `);
  expect(complaint(() => example({ epochs: 1 }, { update: 'sequential' }))).toMatchInlineSnapshot(`
    "training.update: lbfgs changes all layers at once.
      Leave it out."
  `);
  expect(complaint(() => example({ epochs: 1 }, { gradient: 'averagedFactors' }))).toMatchInlineSnapshot(`
    "training.gradient: lbfgs needs the gradient of the loss.
      Leave it out."
  `);
  expect(complaint(() => example({ epochs: 1 }, { clipNorm: 1 }))).toMatchInlineSnapshot(`
    "training.clipNorm: lbfgs needs the gradient of the loss.
      Leave it out."
  `);
  expect(complaint(() => regression({}, [{ dropout: 0.5 }, { dense: 1 }]))).toMatchInlineSnapshot(`
    "network.layers[0]: dropout uses new random numbers each time, and lbfgs compares losses.
      Leave the layer out (l2 is another regularizer), or use another optimizer."
  `);
  expect(complaint(() => explain(example({ epochs: 1 }), { step: 2 }))).toMatchInlineSnapshot(`
    "step: lbfgs searches for its step length, so no single formula gives its update.
      Explain step 1: its loss and gradients are those at the start. Or use another optimizer."
  `);
  expect(explain(example({ epochs: 1 })).some(({ phase }) => phase === 'backward')).toBe(true);
});
