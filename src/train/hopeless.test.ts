import { describe, expect, test } from 'vitest';
import { experiment } from '../net/setup.ts';
import { train } from './train.ts';

type Json = Readonly<Record<string, unknown>>;

const inputs = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const targets = inputs.map(([a, b]) => [a * b + a]);

/** The warnings of a training beyond those of its setup. */
async function warningsOf(
  hidden: Json,
  training: Json = {},
  data: Json = {},
  last: Json = {},
): Promise<readonly string[]> {
  const setup = experiment({
    network: {
      layers: [
        { dense: 3, ...hidden },
        { dense: 1, ...last },
      ],
    },
    data: { inputs, targets, ...data },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.05 }, stop: { epochs: 60 }, ...training },
  });
  const { warnings } = await train(setup);
  return warnings.filter((warning) => !setup.warnings.includes(warning));
}

describe('a set-up that cannot learn is named, with one thing to try', () => {
  test('all units of a relu layer are dead', async () => {
    expect(await warningsOf({ activation: 'relu', bias: [-9, -9, -9] })).toEqual([
      'The network predicts the same for every row. The likely cause: every unit of layer 1 gives 0 for every row, so that its relu passes no gradient back. Try a learning rate 10 times lower.',
    ]);
  });

  test('all units of a layer are saturated, because the inputs are not scaled', async () => {
    const far = { inputs: inputs.map(([a, b]) => [1e4 + a, 3e6 + 1e4 * b]) };
    const [warning] = await warningsOf({ activation: 'tanh' }, {}, far);
    expect(warning).toMatch(
      /every unit of layer 1 is saturated for every row, where tanh is flat\. Scale the inputs\.$/,
    );
  });

  test('all weights of a layer are 0', async () => {
    const zeros = { initializer: 'zeros' };
    const [warning] = await warningsOf({ activation: 'tanh', ...zeros }, {}, {}, zeros);
    expect(warning).toMatch(/all weights of layer 1 are 0, .* Try another initializer, such as glorotUniform\.$/);
  });

  test('the learning rate is too low for the loss to move', async () => {
    expect(await warningsOf({ activation: 'tanh' }, { optimizer: { name: 'sgd', learningRate: 1e-9 } })).toEqual([
      'The loss has not moved for most of the training. The likely cause: the learning rate 1e-9 is too low, or the inputs say nothing about the target. Try a learning rate 10 times higher.',
    ]);
  });
});

describe('no warning', () => {
  test('where training learns', async () => {
    expect(await warningsOf({ activation: 'tanh' })).toEqual([]);
  });

  test('where the loss is flat because training has converged, or starts at its optimum', async () => {
    expect(
      await warningsOf(
        { activation: 'linear' },
        { optimizer: { name: 'sgd', learningRate: 0.3 }, stop: { epochs: 800 } },
      ),
    ).toEqual([]);
    const zero = { targets: inputs.map(() => [0]) };
    expect(
      await warningsOf(
        {
          weight: [
            [0, 0, 0],
            [0, 0, 0],
          ],
        },
        {},
        zero,
      ),
    ).toEqual([]);
  });

  test('after a few epochs, which show nothing', async () => {
    const slow = { optimizer: { name: 'sgd', learningRate: 1e-9 }, stop: { epochs: 5 } };
    expect(await warningsOf({ activation: 'tanh' }, slow)).toEqual([]);
  });
});
