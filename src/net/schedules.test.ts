import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { explain } from '../explain/explanation.ts';
import { initialPlateau, plateauAfter } from '../train/plateau.ts';
import { trainingLoop } from '../train/trainer.ts';
import { adam, sgd } from './optimizers.ts';
import { rateOf, schedules } from './schedules.ts';
import { experiment } from './setup.ts';

interface Outside {
  readonly options: Readonly<Record<string, number>>;
  readonly losses?: readonly number[];
  readonly rates: readonly number[];
}
const outside: Readonly<Record<string, Outside>> = JSON.parse(
  readFileSync(new URL('../../test/outside/schedules.json', import.meta.url), 'utf8'),
);

const file = (learningRate: unknown, training: object = {}) => ({
  network: { layers: [{ dense: 2, activation: 'tanh' }, { dense: 1 }] },
  data: { inputs: [[1], [2], [3], [4], [5]], targets: [1, 0, 1, 0, 1] },
  training: { loss: 'mse', optimizer: { name: 'sgd', learningRate }, stop: { epochs: 12 }, ...training },
});
const ratesOf = (learningRate: unknown, training: object, steps: number) => {
  const { recipe } = experiment(file(learningRate, training));
  const at = rateOf(recipe.optimizer, recipe.span!);
  return Array.from({ length: steps }, (_, i) => at(i + 1, 1));
};
const near = (found: readonly number[], wanted: readonly number[]) => {
  expect(found).toHaveLength(wanted.length);
  // PyTorch multiplies rate by rate: an ulp or two each
  found.forEach((rate, i) => {
    expect(Math.abs(rate / wanted[i] - 1), `rate ${i}`).toBeLessThan(1e-13);
  });
};

test.each(Object.keys(outside).filter((name) => !name.startsWith('plateau')))("%s: the rates are PyTorch's", (name) => {
  const { options, rates } = outside[name];
  near(ratesOf({ name, learningRate: 0.1, ...options }, {}, rates.length), rates);
});

test("plateau: the rates are PyTorch's", () => {
  const { options, losses, rates } = outside.plateau;
  const { plateau } = schedules.plateau(options);
  let state = initialPlateau('lower');
  const found = losses!.map((loss) => {
    const rate = 0.1 * state.scale;
    state = plateauAfter(plateau!, state, loss, 0.1);
    return rate;
  });
  near(found, rates);
});

test("plateau of a score that must rise: the rates are PyTorch's under mode max", () => {
  const { options, losses, rates } = outside.plateauRising;
  const { plateau } = schedules.plateau(options);
  let state = initialPlateau('higher');
  const found = losses!.map((score) => {
    const rate = 0.1 * state.scale;
    state = plateauAfter(plateau!, state, score, 0.1, 'higher');
    return rate;
  });
  near(found, rates);
});

test('warmup rises by the same amount in each step; then the other schedule begins with its own clock', () => {
  const of = (schedule: unknown, batchSize: unknown, steps: number) =>
    ratesOf({ name: 'warmup', epochs: 2, schedule }, { batchSize }, steps);
  near(of(0.1, 2, 8), [1 / 60, 2 / 60, 3 / 60, 4 / 60, 5 / 60, 0.1, 0.1, 0.1]);
  const cosine = { name: 'cosine', learningRate: 0.1 };
  near(of(cosine, 'full', 12), [0.05, 0.1, ...ratesOf({ ...cosine, epochs: 10 }, {}, 10)]);
});

test('lengths are epochs, for any batch size: with three steps in an epoch, each epoch begins with the same rate', () => {
  for (const name of ['step', 'exponential', 'cosine', 'linear']) {
    const { options, rates } = outside[name];
    const found = ratesOf({ name, learningRate: 0.1, ...options }, { batchSize: 2 }, 3 * rates.length);
    near(
      found.filter((_, i) => i % 3 === 0),
      rates,
    );
  }
});

test.each(Object.keys(schedules))(
  '%s: the reference and wasm train to the same bits, and the history has its rates',
  (name) => {
    const setup = experiment(file({ name, learningRate: 0.3 }, { batchSize: 2, shuffle: true }));
    const [slow, quick] = [reference, wasmEngine({ threads: 1 })].map((engine) => {
      const loop = trainingLoop(engine, setup);
      for (;;) {
        const { value, done } = loop.next();
        if (done) return value;
      }
    });
    expect([...quick.parameters.values()]).toEqual([...slow.parameters.values()]);
    expect(quick.loss).toEqual(slow.loss);
    const at = rateOf(setup.recipe.optimizer, setup.recipe.span!);
    if (name !== 'plateau')
      expect(slow.history.map((row) => row.learningRate)).toEqual(slow.history.map((row) => at(row.step, 1)));
  },
);

test('plateau: the engine takes the lowered rate', () => {
  // the loss cannot fall: all weights are 0 and stay there
  const setup = experiment({
    ...file({ name: 'plateau', learningRate: 0.4, patience: 2, factor: 0.5, minRate: 0.15 }, { stop: { epochs: 11 } }),
    network: { layers: [{ dense: 1, bias: false, initializer: 'zeros', activation: 'relu' }] },
  });
  const loop = trainingLoop(wasmEngine({ threads: 1 }), setup);
  let last = loop.next();
  while (!last.done) last = loop.next();
  expect(last.value!.history.map((row) => row.learningRate)).toEqual([
    0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.15, 0.15, 0.15, 0.15,
  ]);
});

test('the explanation shows the formula of the rate', () => {
  const setup = experiment(file({ name: 'cosine', learningRate: 0.1 }));
  const line = explain(setup, { step: 7 }).find(({ quantity }) => quantity === 'learningRate');
  expect(line).toMatchInlineSnapshot(`
    {
      "after": 7,
      "formula": "(η0/2)·(1 + cos(π·min((step − 1)/12, 1)))",
      "name": "η",
      "numbers": "(0.1/2)·(1 + cos(3.14159·min((7 − 1)/12, 1)))",
      "phase": "update",
      "quantity": "learningRate",
      "value": 0.05,
    }
  `);
});

test('a schedule in a file has the options that it has in code', () => {
  expect(
    sgd({ learningRate: schedules.warmup({ epochs: 3, schedule: schedules.cosine({ learningRate: 0.1 }) }) }).options,
  ).toMatchInlineSnapshot(`
    {
      "dampening": 0,
      "learningRate": {
        "epochs": 3,
        "name": "warmup",
        "schedule": {
          "learningRate": 0.1,
          "minRate": 0,
          "name": "cosine",
        },
      },
      "momentum": 0,
      "nesterov": false,
      "weightDecay": 0,
    }
  `);
  expect(adam({ learningRate: schedules.oneCycle }).learningRate).toBe(0.001);
});

const complaint = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

test('a missing or unknown schedule or option is an error with a fix', () => {
  expect(complaint(() => experiment(file({ name: 'cosine' })))).toMatchInlineSnapshot(`
    "training.optimizer: sgd has no default learning rate.
      Add "learningRate": 0.1 to the schedule."
  `);
  expect(
    complaint(() => experiment(file({ name: 'cosine', learningRate: 0.1 }, { stop: { seconds: 1 } }))),
  ).toMatchInlineSnapshot(`
    "training.optimizer.learningRate: cosine needs the number of epochs.
      Add "epochs" to the schedule, or to training.stop."
  `);
  expect(complaint(() => experiment(file({ name: 'cosin', learningRate: 0.1 })))).toMatchInlineSnapshot(`
    "training.optimizer.learningRate.name: unknown schedule "cosin".
      Did you mean "cosine"? Choose one of: constant, step, exponential, cosine, oneCycle, linear, warmup, plateau."
  `);
  expect(complaint(() => experiment(file({ name: 'warmup', schedule: { name: 'warmup' } })))).toMatchInlineSnapshot(`
    "training.optimizer.learningRate.schedule.name: unknown schedule "warmup".
      Choose one of: constant, step, exponential, cosine, linear, oneCycle, plateau."
  `);
  expect(complaint(() => experiment(file({ name: 'step', learningRate: 0.1, size: 3 })))).toMatchInlineSnapshot(`
    "training.optimizer.learningRate.size: unknown key "size".
      Choose one of: name, learningRate, stepSize, gamma."
  `);
  expect(complaint(() => sgd({ learningRate: '0.1' as never }))).toMatchInlineSnapshot(`
    "sgd.learningRate: unknown schedule "0.1".
      Choose one of: constant, step, exponential, cosine, oneCycle, linear, warmup, plateau."
  `);
});
