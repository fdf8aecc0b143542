/** The same step under the other rule of the gradient. */
import { describe, expect, test } from 'vitest';
import { explanation, underRule } from './explanation.ts';
import { classes, page, problemOf } from './fixtures.ts';

const gradientAt = ({ lines }: ReturnType<typeof explanation>, quantity: string) =>
  lines.find((line) => line.quantity === quantity && line.phase === 'backward')!.value;

describe('the same step under another rule', () => {
  test('of the worked example: the gradient of the loss beside the averaged factors', () => {
    const averaged = explanation(page({ gradient: 'averagedFactors' }));
    const exact = underRule(averaged, 'exact');
    expect(exact.lines).toEqual(explanation(page()).lines);
    expect(gradientAt(averaged, 'gradient(layers.1.weight[0][0])')).toBeCloseTo(0.0671828, 7);
    expect(gradientAt(exact, 'gradient(layers.1.weight[0][0])')).toBeCloseTo(0.0592621, 7);
    expect(underRule(exact, 'averagedFactors').lines).toEqual(averaged.lines);
  });

  test('later in training, the parameters and the states of the optimizer are those of the step', () => {
    const training = { gradient: 'averagedFactors', optimizer: { name: 'adam', learningRate: 0.1 } };
    const averaged = explanation(page(training), { step: 9 });
    const exact = underRule(averaged, 'exact');
    const forward = ({ lines }: typeof exact) => lines.filter(({ phase, after }) => phase === 'forward' && after === 8);
    expect(forward(exact)).toEqual(forward(averaged));
    expect([...exact.trace.parameters]).toEqual([...averaged.trace.parameters]);
    // the running averages continue from those of the step, not from zero
    const readsOf = ({ rows }: typeof exact) =>
      rows
        .flatMap(({ reads }) => reads ?? [])
        .filter(({ quantity, after }) => quantity.startsWith('optimizer.') && after === 8)
        .map(({ quantity, value }) => [quantity, value]);
    expect(readsOf(exact).length).toBeGreaterThan(0);
    expect(readsOf(exact)).toEqual(readsOf(averaged));
  });

  test('with small batches, its samples are those of the step, and one of them can be chosen', () => {
    const problem = page({ gradient: 'averagedFactors', batchSize: 2, shuffle: false });
    const averaged = explanation(problem, { step: 2 });
    expect([...underRule(averaged, 'exact').trace.batch.rows]).toEqual([2]);
    expect(underRule(averaged, 'exact', { sample: 2 }).lines.every(({ sample }) => (sample ?? 2) === 2)).toBe(true);
    expect(() => underRule(averaged, 'exact', { sample: 0 })).toThrow('sample 0 is not in the batch of step 2');
  });

  test('a network for which averaged factors are not defined says so', () => {
    const normed = problemOf({
      network: { inputs: 2, layers: [{ dense: 2 }, { batchNorm: true }, { dense: 1 }] },
      data: {
        inputs: [
          [1, 2],
          [3, 5],
        ],
        targets: [[1], [2]],
      },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
    });
    expect(() => underRule(explanation(normed), 'averagedFactors')).toThrow('averagedFactors');
    expect(() => underRule(explanation(classes()), 'average' as never)).toThrow('unknown value "average"');
  });
});
