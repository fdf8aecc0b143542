import type { ExperimentJson } from 'chainrule';
import { describe, expect, test } from 'vitest';
import textbook from '../../../../examples/textbook-3-2-1.json' with { type: 'json' };
import { canStartFrom, editableOf, readNumber, typedOver } from './editing.ts';

const experiment = textbook.experiment as unknown as ExperimentJson;

test('a number is read as people type it, and anything else is refused', () => {
  const read = ['0.5', '-1', '−1', '+2.', '.5', '1e-3', '0,25', ' 7 '].map(readNumber);
  expect(read).toEqual([0.5, -1, -1, 2, 0.5, 0.001, 0.25, 7]);
  for (const text of ['', 'abc', '1 2', '0x10', 'Infinity', '1e999', '1,2,3', '--1', '<b>']) {
    expect(readNumber(text), text).toBeUndefined();
  }
});

describe('typing over', () => {
  const parameters = [
    { name: 'layers.0.weight', shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
    { name: 'layers.1.weight', shape: [2, 1], values: [7, 8] },
  ];

  test('an input changes only this input', () => {
    const changed = typedOver(experiment, editableOf('layers.0.input[1][2]', experiment)!, 9, []);
    expect(changed).toEqual({
      ...experiment,
      data: {
        ...experiment.data,
        inputs: [
          [2, 3, 1],
          [1, 0, 9],
          [3, 1, 1],
        ],
      },
    });
    expect(experiment.data).toEqual(textbook.experiment.data);
  });

  test('a weight is written with all weights as they are before the step', () => {
    const changed = typedOver(experiment, editableOf('layers.1.weight[1][0]', experiment)!, 0.5, parameters, 3);
    const layers = changed.network.layers as readonly { readonly weight: unknown }[];
    expect(layers.map(({ weight }) => weight)).toEqual([
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[7], [0.5]],
    ]);
  });

  test('before the first update, weights in the experiment stay, and drawn ones are written', () => {
    const drawn = {
      ...experiment,
      network: {
        inputs: 3,
        layers: [
          {
            dense: 2,
            bias: false,
            weight: [
              [9, 9],
              [9, 9],
              [9, 9],
            ],
          },
          { dense: 1, bias: false },
        ],
      },
    } as unknown as ExperimentJson;
    const changed = typedOver(drawn, editableOf('layers.1.weight[1][0]', drawn)!, 0.5, parameters);
    const layers = changed.network.layers as readonly { readonly weight: unknown }[];
    expect(layers.map(({ weight }) => weight)).toEqual([
      [
        [9, 9],
        [9, 9],
        [9, 9],
      ],
      [[7], [0.5]],
    ]);
  });

  test('the learning rate and a flat list of targets', () => {
    expect(typedOver(experiment, editableOf('learningRate', experiment)!, 0.1, []).training.optimizer).toEqual({
      name: 'sgd',
      learningRate: 0.1,
    });
    const flat = { ...experiment, data: { inputs: [[1, 2, 3]], targets: [0.5] } } as unknown as ExperimentJson;
    expect(typedOver(flat, editableOf('target[0][0]', flat)!, 1, []).data).toEqual({
      inputs: [[1, 2, 3]],
      targets: [1],
    });
  });

  test('computed numbers, data from a file and layers without a place for weights cannot be typed over', () => {
    for (const key of ['layers.0.sum[0][0]', 'loss', 'gradient(layers.0.weight[0][0])', 'layers.0.weight[0][0]′']) {
      expect(editableOf(key, experiment), key).toBeUndefined();
    }
    const fromFile = { ...experiment, data: { file: 'a.csv', target: 'y' } } as unknown as ExperimentJson;
    expect(editableOf('layers.0.input[0][0]', fromFile)).toBeUndefined();
    const normed = {
      ...experiment,
      network: { inputs: 3, layers: ['batchNorm', { dense: 1 }] },
    } as unknown as ExperimentJson;
    expect(canStartFrom(experiment, parameters)).toBe(true);
    expect(canStartFrom(normed, parameters)).toBe(false);
  });
});
