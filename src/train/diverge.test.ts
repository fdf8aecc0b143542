import { describe, expect, test } from 'vitest';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { divergenceCause } from './diverge.ts';
import { train } from './train.ts';

type Json = Readonly<Record<string, unknown>>;

const line = (learningRate: number, data: Json, training: Json = {}): Setup =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data,
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate }, stop: { epochs: 2000 }, ...training },
  });

async function causeOf(setup: Setup): Promise<string | undefined> {
  const { stop } = await train(setup);
  expect(stop.reason).toBe('diverged');
  return stop.cause;
}

const unit = { inputs: [[1]], targets: [[1]] };

describe('the likely cause of a divergence', () => {
  test('a learning rate that is too high: the message has the growth of the loss and a rate to try', async () => {
    expect(await causeOf(line(3, unit))).toMatchInlineSnapshot(
      `"The learning rate 3 is likely too high: the loss grew from 1 to 244000000 first, and the gradient's norm reached 31300. Try a rate of 0.3."`,
    );
  });

  test('clipping is advised only where it was tried and helps', async () => {
    // w starts 100 from its optimum: steps of length 1 approach it, whatever the rate
    const far = { inputs: [[1]], targets: [[100]] };
    expect(await causeOf(line(1.1, far))).toMatch(/Try a rate of 0\.11, or clipNorm 1\.$/);
    expect(await causeOf(line(1.1, far, { clipNorm: 1e9 }))).toMatch(/Try a rate of 0\.11\.$/);
    // clipped steps of length 3 jump over an optimum at a distance of 1
    expect(await causeOf(line(3, unit))).toMatch(/Try a rate of 0\.3\.$/);
  });

  test('no advice that was tried and failed is given', async () => {
    expect(await causeOf(line(1e200, unit))).toContain('Neither a lower rate nor clipNorm helped on a few batches');
  });

  test('unscaled inputs, if there was a warning about them', async () => {
    const apart = {
      inputs: [
        [1, 10_000],
        [2, 52_000],
        [3, 91_000],
      ],
      targets: [[1], [2], [3]],
    };
    const setup = experiment({
      network: { layers: [{ dense: 1 }] },
      data: apart,
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.01 }, stop: { epochs: 1000 } },
    });
    expect(setup.warnings).toHaveLength(1);
    expect(await causeOf(setup)).toMatchInlineSnapshot(
      `"The likely cause: unscaled inputs make steps too large for the rate 0.01. The ranges of the inputs differ widely: "x2" ranges from 10000 to 91000, "x1" from 1 to 3, a range 40500 times smaller. Standardize the inputs, (x - mean)/std, before training."`,
    );
  });

  test('a loss that was not finite within the first epoch', async () => {
    const rows = { inputs: [[1], [1], [1]], targets: [[1], [1], [1]] };
    expect(await causeOf(line(1e200, rows, { batchSize: 1 }))).toMatchInlineSnapshot(
      `"The loss was not finite within the first epoch: the learning rate 1e+200 is likely too high. Neither a lower rate nor clipNorm helped on a few batches: look for very large inputs or targets, and scale them."`,
    );
  });

  test('inputs so large that the loss overflows from the start', async () => {
    // one row: no range to warn of
    const setup = experiment({
      network: { layers: [{ dense: 1, bias: false, weight: [[1]] }] },
      data: { inputs: [[1e200]], targets: [[1]] },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 3 } },
    });
    expect(await causeOf(setup)).toMatchInlineSnapshot(
      `"The loss was not finite from the start: inputs as large as 1e+200 overflow it. Scale them."`,
    );
  });

  test('a steep gradient is named if the loss did not grow', () => {
    const row = { epoch: 1, step: 1, loss: 2, learningRate: 3, gradientNorm: 12_345, seconds: 0 };
    expect(divergenceCause(line(3, unit), [row])).toMatchInlineSnapshot(
      `"The learning rate 3 is likely too high: the gradient's norm reached 12300. Try a rate of 0.3."`,
    );
    // without other signs, the rate is still named
    expect(divergenceCause(line(3, unit), [{ ...row, gradientNorm: 1 }])).toMatchInlineSnapshot(
      `"The learning rate 3 is likely too high. Try a rate of 0.3."`,
    );
  });

  test('only a divergence has a cause', async () => {
    const { stop } = await train(line(0.1, unit, { stop: { epochs: 3 } }));
    expect(stop).not.toHaveProperty('cause');
  });
});
