/**
 * Compares running averages of weights with PyTorch's AveragedModel, in float64: test/outside/averages.py wrote the
 * numbers.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Engine } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { wasmEngine } from '../src/engines/wasm/index.ts';
import { check } from '../src/explain/check.ts';
import { explanation } from '../src/explain/explanation.ts';
import { averageOf } from '../src/net/addresses.ts';
import type { Setup } from '../src/net/rows-setup.ts';
import { experiment } from '../src/net/setup.ts';
import { withPauses } from '../src/train/pauses.ts';
import { compilePrograms } from '../src/train/programs.ts';
import { train } from '../src/train/train.ts';

type Tensors = Readonly<Record<string, number[] | number[][]>>;

interface Case {
  readonly training: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, { readonly plain: Tensors; readonly average: Tensors }>>;
  /** The outputs of the averaged model after the last update. */
  readonly loss: number;
}

const outside = JSON.parse(readFileSync(new URL('outside/averages.json', import.meta.url), 'utf8')) as {
  readonly experiment: { readonly network: object; readonly data: object };
  readonly cases: readonly Case[];
};
const last = 40;

const setupOf = (training: object, epochs = last): Setup =>
  experiment({ ...outside.experiment, training: { ...training, stop: { epochs } } });

/** 40 updates at ε of about 1 each, some of them amplified by later updates; absolute near 0. */
const tolerance = 1e-12;

function compare(found: (name: string) => ArrayLike<number>, wanted: Tensors, when: string) {
  for (const [name, values] of Object.entries(wanted)) {
    const numbers = found(name);
    values.flat().forEach((value, i) => {
      const distance = Math.abs(numbers[i] - value) / Math.max(Math.abs(value), 0.1);
      expect(distance, `${when}, ${name}[${i}]`).toBeLessThan(tolerance);
    });
  }
}

const engines: Readonly<Record<string, Engine>> = {
  reference,
  'wasm, unrolled': wasmEngine({ threads: 1 }),
  'wasm, loops': wasmEngine({ threads: 1, unrollUpTo: 0 }),
};

const cases = outside.cases.flatMap((one, i) => Object.keys(engines).map((on) => [i, on, one] as const));
test.each(cases)("case %i, %s: plain and averaged weights are PyTorch's after each update", (_, on, one) => {
  const setup = setupOf(one.training);
  const { loop, step, evaluate } = compilePrograms(engines[on], setup, undefined);
  for (const [name, { data }] of setup.parameters) step.view(name).set(data);
  let taken = 0;
  for (const [at, { plain, average }] of Object.entries(one.after)) {
    for (; taken < Number(at); taken++) loop.run(1);
    compare((name) => step.view(name), plain, `plain after ${at}`);
    // Running values of batchNorm are copied, not averaged.
    compare((name) => step.view(step.has(averageOf(name)) ? averageOf(name) : name), average, `average after ${at}`);
  }
  // The averaged model is evaluated.
  const evaluation = withPauses(evaluate(setup, 'training'), 0).next().value;
  expect(Math.abs(evaluation!.loss / one.loss - 1)).toBeLessThan(tolerance);
});

test.each(outside.cases.map((one, i) => [i, one] as const))(
  'case %i: the model that training gives is the averaged one, and loss.final is its loss',
  async (_, one) => {
    const { model, loss } = await train(setupOf(one.training));
    compare((name) => model.parameters.get(name)!.data, one.after[last].average, 'model');
    expect(Math.abs(loss.final / one.loss - 1)).toBeLessThan(tolerance);
    const { data } = outside.experiment as { data: { inputs: number[][]; targets: number[][] } };
    expect(Math.abs(model.evaluate(data).loss / one.loss - 1)).toBeLessThan(tolerance);
  },
);

test.each(['simultaneous', 'sequential'])('%s updates: the same bits on the reference and on wasm', async (update) => {
  const { network, data } = outside.experiment as { network: { layers: object[] }; data: object };
  const on = async (engine: string) => {
    const training = { ...outside.cases[1].training, update, engine, batchSize: 2, stop: { epochs: 9 } };
    const layers = [network.layers[0], network.layers[2]];
    return (await train(experiment({ network: { ...network, layers }, data, training }))).model.parameters;
  };
  expect(await on('wasm')).toEqual(await on('reference'));
});

test('before any update, the average equals the initial weights', async () => {
  const setup = setupOf(outside.cases[0].training, 0);
  const { model, loss } = await train(setup);
  expect(model.parameters).toEqual(setup.parameters);
  expect(loss.final).toBe(loss.first);
});

test('an explained step has a line for each average, after the weight that it averages; the gradients check', () => {
  const { ema, ...plain } = outside.cases[0].training;
  const { network, data } = outside.experiment as { network: { layers: object[] }; data: object };
  const small = (training: object) =>
    experiment({
      network: { ...network, layers: [network.layers[0], network.layers[2]] },
      data,
      training: { ...training, stop: { epochs: 9 } },
    });
  const updates = (training: object, step: number) =>
    explanation(small(training), { step }).lines.filter(({ phase }) => phase === 'update');
  const shown = updates({ ...plain, ema }, 2);
  const averages = shown.filter(({ quantity }) => quantity.includes('average'));
  expect(averages.length).toBe(shown.length / 2);
  expect(
    shown.slice(0, 2).map(({ name, formula, numbers }) => `${name} = ${formula} = ${numbers}`),
  ).toMatchInlineSnapshot(`
    [
      "w2_11′ = w2_11 − η·∂E/∂w2_11 = 0.733752 − 0.1·(−0.246714)",
      "average′(w2_11) = (d·average(w2_11) + (1 − d)·w2_11′ if step > 1, else w2_11′) = (0.9·0.733752 + (1 − 0.9)·0.758423 if 2 > 1, else 0.758423)",
    ]
  `);
  expect(updates({ ...plain, ema }, 1)[1]).toMatchInlineSnapshot(`
    {
      "after": 1,
      "formula": "(d·average(w2_11) + (1 − d)·w2_11′ if step > 1, else w2_11′)",
      "layer": 1,
      "name": "average′(w2_11)",
      "numbers": "(0.9·0 + (1 − 0.9)·0.733752 if 1 > 1, else 0.733752)",
      "phase": "update",
      "quantity": "optimizer.layers.1.weight.average[0][0]",
      "value": 0.733751738503329,
    }
  `);
  // The rest of the step is the same as without averages.
  expect(shown.filter((line) => !averages.includes(line))).toEqual(updates(plain, 2));
  expect(check(small({ ...plain, ema })).worst).toBe(check(small(plain)).worst);
});
