/** A program's own activation, loss, layer, optimizer, schedule and initializer work like the built-in ones. */
import { describe, expect, test } from 'vitest';
import { InputError } from '../src/base/errors.ts';
import { activations } from '../src/core/ops/activations.ts';
import {
  activation,
  activationFamily,
  fillUniform,
  formula,
  initializer,
  initializerFamily,
  layer,
  loss,
  lossFamily,
  map,
  optimizer,
  schedule,
} from '../src/core.ts';
import { fromOnnx, toOnnx } from '../src/formats/index.ts';
import {
  adam,
  check,
  constant,
  dense,
  experiment,
  explain,
  huber,
  type Layer,
  type Loss,
  leakyRelu,
  load,
  Model,
  mse,
  network,
  relu,
  residual,
  schedules,
  sgd,
  train,
} from '../src/index.ts';
import { initializers } from '../src/net/initializers.ts';
import { layerEntries } from '../src/net/layers/index.ts';
import { losses } from '../src/net/losses.ts';
import { optimizers } from '../src/net/optimizers.ts';
import type { Setup } from '../src/net/rows-setup.ts';
import { entryName } from '../src/net/schema.ts';
import { setUp } from '../src/net/table-setup.ts';
import { assemble } from '../src/net/training.ts';
import { pack } from '../src/train/worker/serialize.ts';

const { add, div, mul, sign, sqrt, square, sub } = formula;

const squareplus = activationFamily(
  'squareplus',
  { width: { type: 'number', default: 4, above: 0, note: 'how wide the bend is' } },
  ({ width }) => ({
    f: (x) => div(add(x, sqrt(add(square(x), width))), 2),
    range: [0, Number.POSITIVE_INFINITY],
  }),
);
const quartic = loss('quartic', { f: (y, t) => square(square(sub(y, t))) });
const multiply = map('multiply', { f: (x, w) => mul(x, w) });
const gain = layer('gain', {
  options: { start: { type: 'number', default: 1, note: 'the initial factor' } },
  make: ({ start }) => ({
    parameters: { factor: { shape: ([units]) => [units], start } },
    forward: ({ graph }, input, { factor }) => graph.map(multiply, [input, factor], 'bu,u->bu'),
  }),
});
const halve = layer('halve', {
  make: () => ({ forward: ({ graph }, input) => graph.map(map('halve', { f: (x) => div(x, 2) }), [input]) }),
});
const signum = optimizer('signum', {
  learningRate: 0.002,
  options: { momentum: { type: 'number', default: 0.5, atLeast: 0, below: 1, note: 'decay rate of the velocity' } },
  update:
    ({ momentum }) =>
    ({ graph, parameter, gradient, rate, state, keep }) => {
      const before = state('velocity');
      const velocity = graph.map(map('velocity', { f: (v, g) => add(mul(momentum, v), g) }), [before, gradient]);
      keep(before, velocity);
      return graph.map(map('signum', { f: (w, eta, v) => sub(w, mul(eta, sign(v))) }), [parameter, rate, velocity]);
    },
});
const fanIn = initializer('fanIn', (out, [inputs], seed, sequence) => {
  fillUniform(out, seed, 'initialization', sequence);
  for (let i = 0; i < out.length; i++) out[i] = (2 * out[i] - 1) / Math.sqrt(inputs);
});
const inverse = schedule('inverse', {
  options: { halfLife: { type: 'number', default: 100, above: 0, note: 'epochs until the rate is half' } },
  rate:
    ({ halfLife }) =>
    (rate, { steps, stepsPerEpoch }) =>
      div(rate, add(1, div(steps, halfLife * stepsPerEpoch))),
});
const recipes = [squareplus, quartic, gain, halve, signum, inverse, fanIn];

const data = {
  inputs: Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
  targets: Array.from({ length: 12 }, (_, i) => [Math.sin(i) * 0.8 + 0.3]),
};
const layers = [
  dense(4, { activation: squareplus({ width: 2 }), initializer: fanIn }),
  gain({ start: 0.5 }),
  residual([halve(), dense(4, { activation: squareplus })]),
  dense(1),
];
const trained = (options: object = {}) =>
  train(network(layers, { seed: 2 }), data, {
    loss: quartic,
    optimizer: signum({ momentum: 0.25, learningRate: inverse({ halfLife: 150 }) }),
    stop: { epochs: 200 },
    ...options,
  });
const { model, loss: course } = await trained();

function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('a model of user-defined recipes', () => {
  test('trains', () => {
    expect(course.final).toBeLessThan(course.first / 10);
  });

  test('trains to the same bits on both engines', async () => {
    const [a, b] = await Promise.all(['reference', 'wasm'].map((engine) => trained({ engine, precision: 'float64' })));
    expect(b.model.save()).toEqual(a.model.save());
  });

  test('is saved and loaded: the same bytes, predictions and next steps', () => {
    const again = load(model.save(), { recipes });
    expect(again.save()).toEqual(model.save());
    expect(again.predict(data.inputs)).toEqual(model.predict(data.inputs));
    expect(again.evaluate(data)).toEqual(model.evaluate(data));
    expect(explain(again.problem(data))).toEqual(explain(model.problem(data)));
  });

  test('is explained: the lines contain its formulas', () => {
    const lines = explain(model.problem(data));
    const shown = (quantity: string) => lines.find((line) => line.quantity === quantity)!;
    expect(shown('layers.0.output[0][0]').formula).toContain('√');
    expect(shown('layers.1.output[0][0]').formula).toMatch(/^a1_1·.*factor/);
    expect(lines.some(({ phase, quantity }) => phase === 'update' && quantity === 'layers.1.factor[0]')).toBe(true);
  });

  test('has correct gradients', () => {
    expect(check(model.problem(data))).toMatchObject({ agrees: true });
  });

  test('is exported to ONNX and read back', () => {
    const bytes = toOnnx(model);
    const again = new Model(fromOnnx(bytes, { recipes }));
    again.predict(data.inputs).forEach(([y], i) => void expect(y).toBeCloseTo(model.predict(data.inputs)[i][0], 5));
    expect(complaint(() => fromOnnx(bytes, { file: 'm.onnx' }))).toContain('fromOnnx(bytes, { recipes: [gain] })');
  });

  test('is described by an experiment file', async () => {
    const json = {
      network: {
        layers: [{ dense: 4, activation: 'squareplus', initializer: 'fanIn' }, { gain: { start: 2 } }, { dense: 1 }],
      },
      data,
      training: {
        loss: 'quartic',
        optimizer: { name: 'signum', momentum: 0.1, learningRate: { name: 'warmup', epochs: 1, schedule: 'inverse' } },
        stop: { epochs: 3 },
      },
    };
    const { model: made } = await train(experiment(json, { recipes }));
    expect(load(made.save(), { recipes }).predict(data.inputs)).toEqual(made.predict(data.inputs));
    const typo = { ...json, network: { layers: [{ gain: { begin: 2 } }, { dense: 1 }] } };
    expect(complaint(() => experiment(typo, { recipes }))).toMatchInlineSnapshot(`
      "network.layers[0].gain.begin: unknown key "begin".
        Choose one of: start."
    `);
  });

  test('is refused by a worker, which has only the built-in recipes', () => {
    expect(complaint(() => pack(model.problem() as Setup))).toMatchInlineSnapshot(`
      "network.layers[0].activation: the activation "squareplus" is your own, and a worker has only chainrule's recipes.
        Leave "worker" out to train in this thread."
    `);
    const net = network([gain(), dense(1)]);
    const setup = setUp(net, data, assemble({ loss: mse, optimizer: adam, stop: { epochs: 1 } }));
    expect(complaint(() => pack(setup))).toContain('the layer "gain" is your own');
  });
});

describe('the error for a missing recipe names it, and shows the call that passes it', () => {
  const without = (left: (typeof recipes)[number]) =>
    complaint(() => load(model.save(), { file: 'm', recipes: recipes.filter((recipe) => recipe !== left) }));

  test.each([
    ['activation "squareplus"', 'network.layers[0].activation.name', squareplus],
    ['initializer "fanIn"', 'network.layers[0].initializer', fanIn],
    ['layer "gain"', 'network.layers[1]', gain],
    ['layer "halve"', 'network.layers[2].residual[0]', halve],
    ['loss "quartic"', 'training.loss.name', quartic],
    ['optimizer "signum"', 'training.optimizer.name', signum],
    ['schedule "inverse"', 'training.optimizer.learningRate.name', inverse],
  ] as const)('%s at %s', (text, path, recipe) => {
    const [kind, name] = text.replaceAll('"', '').split(' ');
    expect(without(recipe)).toBe(
      `m: experiment.${path}: unknown ${text}.\n  If it is your own ${kind}, pass it: load(bytes, { recipes: [${name}] }).`,
    );
  });
});

describe('names', () => {
  test('of built-in recipes are refused at construction, for every kind', () => {
    const f = { f: () => formula.constant(1) };
    const make = () => ({ forward: (_context: unknown, input: never) => input });
    for (const entry of activations) {
      expect(() => activation(entryName(entry), f)).toThrow(InputError);
      expect(() => activationFamily(entryName(entry), {}, () => f)).toThrow(InputError);
    }
    for (const entry of losses) {
      expect(() => loss(entryName(entry), f)).toThrow(InputError);
      expect(() => lossFamily(entryName(entry), {}, () => f)).toThrow(InputError);
    }
    for (const entry of optimizers) {
      expect(() => optimizer(entryName(entry), { update: () => (context) => context.parameter })).toThrow(InputError);
    }
    for (const entry of initializers) {
      expect(() => initializer(entryName(entry), () => {})).toThrow(InputError);
      expect(() => initializerFamily(entryName(entry), {}, () => () => {})).toThrow(InputError);
    }
    for (const { kind } of layerEntries) expect(() => layer(kind, { make })).toThrow(InputError);
    for (const name of Object.keys(schedules)) {
      expect(() => schedule(name, { rate: () => (rate) => rate })).toThrow(InputError);
    }
    expect(complaint(() => loss('mse', f))).toMatchInlineSnapshot(`
      "loss "mse": chainrule already has a loss named "mse".
        Choose another name, such as "myMse"."
    `);
    expect(complaint(() => activation('relu', f))).toMatchInlineSnapshot(`
      "activation "relu": chainrule already has an activation named "relu".
        Choose another name, such as "myRelu"."
    `);
  });

  test('of recipes made by hand are checked when they are passed', () => {
    const bytes = model.save();
    expect(complaint(() => load(bytes, { recipes: [{ ...quartic, name: 'mse' }] }))).toContain('a loss named "mse"');
    expect(complaint(() => load(bytes, { recipes: [quartic, { ...quartic }] }))).toBe(
      'recipes[1]: there are two recipes of kind loss with the name "quartic".\n  Rename one of them.',
    );
    expect(complaint(() => load(bytes, { recipes: [{} as never] }))).toMatchInlineSnapshot(`
      "recipes[0]: it is not an activation, an initializer, a layer, a loss, an optimizer or a schedule.
        Pass what activation(), initializer(), layer(), loss(), optimizer() or schedule() of 'chainrule/core' returned."
    `);
  });

  test('of built-in recipes are refused for other objects where the network or the training is set up', () => {
    const training = (options: object) => () =>
      assemble({ loss: mse, optimizer: adam, stop: { epochs: 1 }, ...options } as never);
    const copies: [string, () => unknown][] = [
      ['activation "relu"', () => dense(2, { activation: { ...relu } })],
      ['activation "leakyRelu"', () => dense(2, { activation: { ...leakyRelu({ slope: 0.3 }) } })],
      ['initializer "constant"', () => dense(2, { initializer: { ...constant({ value: 1 }) } })],
      ['loss "mse"', training({ loss: { ...quartic, name: 'mse' } })],
      ['loss "huber"', training({ loss: { ...huber({ delta: 2 }) } })],
      ['optimizer "sgd"', training({ optimizer: { ...signum(), name: 'sgd' } })],
      ['schedule "cosine"', () => sgd({ learningRate: { ...schedules.cosine({ learningRate: 0.1 }) } })],
      ['layer "dense"', () => network([{ ...dense(1) }])],
      ['layer "dense"', () => network([{ ...dense(1), kind: 'mine' }])],
      ['layer "dense"', () => network([residual([{ ...dense(1) }]), dense(1)])],
    ];
    for (const [where, act] of copies)
      expect(complaint(act)).toContain(`${where}: this ${where.split(' ')[0]} has the name`);
    expect(complaint(copies[0][1])).toMatchInlineSnapshot(`
      "activation "relu": this activation has the name of chainrule's "relu" but differs from it, so a model file could not distinguish the two.
        Pass chainrule's relu, or make your own with activation("myRelu", …) of 'chainrule/core'."
    `);
  });

  test('of built-in recipes are accepted for the built-in ones, with any options', () => {
    const net = network([dense(2, { activation: leakyRelu({ slope: 0.3 }), initializer: constant({ value: 1 }) })]);
    const loss: Loss = huber({ delta: 2 });
    const optimizer = sgd({ learningRate: schedules.warmup({ schedule: schedules.cosine({ learningRate: 0.1 }) }) });
    expect(assemble({ loss, optimizer, stop: { epochs: 1 } }).recipe).toMatchObject({ loss, optimizer });
    const mine: Layer = { ...dense(1), kind: 'mine', config: { mine: true } };
    expect(network([...net.layers, mine]).layers).toHaveLength(2);
  });

  test('of built-in recipes may be passed along: they change nothing', () => {
    expect(load(model.save(), { recipes: [...recipes, ...activations, ...losses] }).save()).toEqual(model.save());
  });
});
