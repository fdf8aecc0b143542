/** The conventions that docs/understand-a-step.md states, each pinned by numbers that were computed by hand. */
import { describe, expect, test } from 'vitest';
import {
  adam,
  adamW,
  crossEntropy,
  dense,
  halfMse,
  type Initializer,
  type Loss,
  leakyRelu,
  mse,
  network,
  type Optimizer,
  relu,
  schedules,
  sgd,
  softmax,
  type TrainingOptions,
  train,
} from '../src/index.ts';

type Options = Partial<Omit<TrainingOptions, 'loss' | 'optimizer'>>;

/** y = w·x, trained on one row x = 1, t = 0 with halfMse: the gradient is w. */
async function trained(
  optimizer: Optimizer,
  { epochs = 1, w = 1, ...options }: Options & { epochs?: number; w?: number },
) {
  const { model, ...rest } = await train(
    network([dense(1, { weight: [[w]], bias: false })]),
    { inputs: [[1]], targets: [[0]] },
    { loss: halfMse, optimizer, stop: { epochs }, ...options },
  );
  return { weight: model.parameters.get('layers.0.weight')!.data[0], ...rest };
}

const identity = [
  [1, 0],
  [0, 1],
];

/** The loss of the outputs `inputs` for some targets, without training. */
async function lossOf(loss: Loss, inputs: number[][], targets: number[][], last = dense(2, { weight: identity })) {
  const run = await train(
    network([last]),
    { inputs, targets },
    { loss, optimizer: sgd({ learningRate: 1 }), stop: { epochs: 0 } },
  );
  return run.loss.first;
}

describe('the reduction of a loss', () => {
  const outputs = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const zeros = outputs.map(() => [0, 0]);
  const sum = 1 + 4 + 9 + 16 + 25 + 36;

  test('halfMse divides by twice the samples, whatever the outputs; mse by samples times outputs', async () => {
    expect(await lossOf(halfMse, outputs, zeros)).toBeCloseTo(sum / (2 * 3), 12);
    expect(await lossOf(mse, outputs, zeros)).toBeCloseTo(sum / (3 * 2), 12);
  });

  test('crossEntropy is a mean over samples, not over classes', async () => {
    const even = outputs.map(() => [0, 0]);
    const last = dense(2, { weight: identity, activation: softmax });
    const classes = outputs.map(() => [1, 0]);
    expect(await lossOf(crossEntropy, even, classes, last)).toBeCloseTo(Math.LN2, 12);
  });

  test('l2 adds half its size times w², not divided by the samples', async () => {
    const inputs = [[0], [0], [0], [0]];
    const { loss } = await train(
      network([dense(1, { weight: [[3]], bias: [5] })]),
      { inputs, targets: [[5], [5], [5], [5]] },
      { loss: mse, optimizer: sgd({ learningRate: 1 }), stop: { epochs: 0 }, l2: 0.2 },
    );
    expect(loss.first).toBeCloseTo(0.1 * 9, 12);
  });
});

describe('weight decay', () => {
  test('is coupled in sgd and adam: it is part of the gradient', async () => {
    const { weight } = await trained(sgd({ learningRate: 0.1, weightDecay: 0.5 }), {});
    expect(weight).toBeCloseTo(1 - 0.1 * (1 + 0.5), 12);
    // Adam's first step is the sign of the gradient, so a coupled decay has no effect on it.
    const adams = await trained(adam({ learningRate: 0.1, weightDecay: 0.5, epsilon: 1e-30 }), {});
    expect(adams.weight).toBeCloseTo(1 - 0.1, 12);
  });

  test('is decoupled in adamW: the parameter shrinks by the learning rate times the decay', async () => {
    const { weight } = await trained(adamW({ learningRate: 0.1, weightDecay: 0.5, epsilon: 1e-30 }), {});
    expect(weight).toBeCloseTo(1 * (1 - 0.1 * 0.5) - 0.1, 12);
  });
});

test('the velocity of sgd does not contain the learning rate: a change of the rate scales the whole next step', async () => {
  const learningRate = schedules.step({ learningRate: 0.1, stepSize: 1, gamma: 0.1 });
  const { weight } = await trained(sgd({ learningRate, momentum: 0.9 }), { epochs: 2 });
  const [first, second] = [1, 1 - 0.1];
  const velocity = 0.9 * first + second;
  expect(weight).toBeCloseTo(1 - 0.1 * first - 0.01 * velocity, 12);
  // With v ← μv − ηg instead, the second step would be 0.9·0.1·1 + 0.01·0.9.
  expect(weight).not.toBeCloseTo(1 - 0.1 - (0.9 * 0.1 + 0.01 * 0.9), 3);
});

test("Adam's epsilon is added after the bias correction, or before it on request", async () => {
  const options = { learningRate: 0.1, epsilon: 0.1 };
  const after = await trained(adam(options), {});
  expect(after.weight).toBeCloseTo(1 - (0.1 * 1) / (1 + 0.1), 12);
  const before = await trained(adam({ ...options, epsilonPlacement: 'beforeCorrection' }), {});
  expect(before.weight).toBeCloseTo(1 - (0.1 * Math.sqrt(0.001)) / (Math.sqrt(0.001) + 0.1), 12);
});

test('a sequential update computes the gradient of layer 1 with the updated weight of layer 2', async () => {
  // y = v·w·x with x = 1, t = 0, w = 2, v = 3: y = 6, ∂L/∂v = y·w = 12, ∂L/∂w = y·v.
  const weights = async (update: 'simultaneous' | 'sequential') => {
    const { model } = await train(
      network([dense(1, { weight: [[2]], bias: false }), dense(1, { weight: [[3]], bias: false })]),
      { inputs: [[1]], targets: [[0]] },
      { loss: halfMse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 }, update },
    );
    return [0, 1].map((layer) => model.parameters.get(`layers.${layer}.weight`)!.data[0]);
  };
  const v = 3 - 0.1 * 12;
  expect(await weights('simultaneous')).toEqual([2 - 0.1 * 6 * 3, v].map((each) => expect.closeTo(each, 12)));
  expect(await weights('sequential')).toEqual([2 - 0.1 * 6 * v, v].map((each) => expect.closeTo(each, 12)));
});

test("an epoch's loss is read before its update, the final loss after the last", async () => {
  const { history, loss } = await trained(sgd({ learningRate: 0.5 }), { epochs: 2 });
  // w = 1, 1/2, 1/4; the loss is w²/2.
  expect(history.map((row) => row.loss)).toEqual([0.5, 0.125]);
  expect(loss).toMatchObject({ first: 0.5, final: 0.03125 });
});

test("relu'(0) = 0, and leakyRelu'(0) is the slope", async () => {
  // A unit with the sum 0, followed by the weight 1: the gradient of its own weight is the derivative at 0.
  const weightAfter = async (activation: typeof relu | ReturnType<typeof leakyRelu>) => {
    const zero: Initializer = { name: 'zero', options: {}, fill: (out) => void out.fill(0) };
    const { model } = await train(
      network([
        dense(1, { initializer: zero, bias: false, activation }),
        dense(1, { weight: [[1]], bias: false, trainable: false }),
      ]),
      { inputs: [[1]], targets: [[1]] },
      { loss: halfMse, optimizer: sgd({ learningRate: 1 }), stop: { epochs: 1 } },
    );
    return model.parameters.get('layers.0.weight')!.data[0];
  };
  expect(await weightAfter(relu)).toBe(0);
  expect(await weightAfter(leakyRelu({ slope: 0.25 }))).toBe(0.25);
});
