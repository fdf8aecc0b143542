import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../test/central-differences.ts';
import { Graph } from '../../core/graph.ts';
import { leakyRelu, linear, relu, sigmoid, softmax } from '../../core/ops/activations.ts';
import { heNormal, normal } from '../initializers.ts';
import { isTrained } from '../layer.ts';
import { dense } from './dense.ts';

const where = 'network.layers[1]';
const weight = [
  [0.15, 0.2],
  [0.6, 0.3],
  [0.3, 0.5],
];

describe('forward', () => {
  /** The layer in a graph of its own, for two rows. */
  function forward(layer: ReturnType<typeof dense>, rows: readonly (readonly number[])[], bias?: readonly number[]) {
    const graph = new Graph();
    const input = graph.source('input', 'layers.0.input', [rows.length, rows[0].length]);
    const count = graph.source('slot', 'count', []);
    const parameters = Object.fromEntries(
      layer
        .parameters([rows[0].length])
        .map(({ name, shape }) => [name, graph.source('parameter', `layers.0.${name}`, shape)]),
    );
    const context = { graph, address: 'layers.0', index: 0, training: true, seed: 1, count, feeds: {} };
    const nodes = layer.forward(context, input, parameters);
    const [sum, output] = evaluate(graph, [graph.get('layers.0.sum'), graph.get('layers.0.output')], {
      'layers.0.input': rows.flat(),
      'layers.0.weight': weight.flat(),
      ...(bias && { 'layers.0.bias': bias }),
    });
    return { nodes, sum: [...sum], output: [...output] };
  }

  const rows = [
    [2, 3, 1],
    [1, 0, 2],
  ];

  test('the sum is input · weight, weight [inputs, units]; each output its activation', () => {
    const { sum, output } = forward(dense(2, { activation: sigmoid, bias: false }), rows);
    // h1, h2 of the textbook page's first two samples
    const want = [2.4, 1.8, 0.75, 1.2];
    expect(sum).toEqual(want.map((z) => expect.closeTo(z, 15)));
    expect(output).toEqual(want.map((z) => expect.closeTo(1 / (1 + Math.exp(-z)), 15)));
  });

  test('a bias is added to every row', () => {
    const { sum } = forward(dense(2), rows, [10, -10]);
    expect(sum).toEqual([12.4, -8.2, 10.75, -8.8].map((z) => expect.closeTo(z, 14)));
  });

  test('with a linear activation, sum and output are the same node', () => {
    const { nodes } = forward(dense(2, { bias: false }), rows);
    expect(nodes.output).toBe(nodes.weighted?.sum);
  });

  test('an activation that mixes units works on each row', () => {
    const { output } = forward(dense(2, { activation: softmax, bias: false }), rows);
    expect(output[0] + output[1]).toBeCloseTo(1, 15);
    expect(output[0] / output[1]).toBeCloseTo(Math.exp(2.4 - 1.8), 14);
  });
});

describe('parameters', () => {
  test('weight [inputs, units], penalized; bias [units], not, starting at 0', () => {
    expect(dense(2, { initializer: heNormal }).parameters([3])).toEqual([
      { name: 'weight', shape: [3, 2], start: heNormal, penalized: true },
      { name: 'bias', shape: [2], start: 0, penalized: false },
    ]);
    expect(
      dense(2, { bias: false })
        .parameters([3])
        .map(({ name }) => name),
    ).toEqual(['weight']);
  });

  test('given numbers are the initial values', () => {
    const [w, b] = dense(2, { weight, bias: [0.35, -1] }).parameters([3]);
    expect(w.start).toEqual({ shape: [3, 2], data: Float64Array.from(weight.flat()) });
    expect(b.start).toEqual({ shape: [2], data: Float64Array.of(0.35, -1) });
  });

  test('the number of units does not depend on the inputs', () => {
    expect(dense(4).shape([17])).toEqual([4]);
    expect(dense(4).shape([5, 17])).toEqual([5, 4]);
  });
});

test('trainable: all parameters, none, or those that are listed', () => {
  const trained = (trainable?: boolean | string[]) => {
    const layer = dense(1, { trainable });
    return ['weight', 'bias'].filter((name) => isTrained(layer, name));
  };
  expect(trained()).toEqual(['weight', 'bias']);
  expect(trained(true)).toEqual(['weight', 'bias']);
  expect(trained(false)).toEqual([]);
  expect(trained(['weight'])).toEqual(['weight']);
  expect(trained(['bias'])).toEqual(['bias']);
  expect(trained([])).toEqual([]);
});

describe('its form in the experiment file, without numbers', () => {
  test.each([
    [dense(3), { dense: 3, activation: 'linear' }],
    [dense(3, { activation: relu, bias: false }), { dense: 3, activation: 'relu', bias: false }],
    // a family gives its member with the defaults
    [dense(3, { activation: leakyRelu }), { dense: 3, activation: { name: 'leakyRelu', slope: 0.01 } }],
    [
      dense(3, { initializer: normal({ std: 0.2 }) }),
      { dense: 3, activation: 'linear', initializer: { name: 'normal', mean: 0, std: 0.2 } },
    ],
    [dense(2, { weight, trainable: ['weight'] }), { dense: 2, activation: 'linear', trainable: ['weight'] }],
    [dense(1, { bias: [0.5], activation: linear }), { dense: 1, activation: 'linear' }],
  ])('%#', (layer, config) => {
    expect(layer.config).toEqual(config);
    expect(JSON.parse(JSON.stringify(layer.config))).toEqual(config);
  });
});

describe('invalid arguments', () => {
  test('an invalid number of units', () => {
    expect(() => dense(0)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: dense: 0 is not a number of units.
        Give a positive integer.]
    `);
    expect(() => dense(2.5, {}, where)).toThrow('network.layers[1]: 2.5 is not a number of units.');
    expect(() => dense('2' as never)).toThrow('"2" is not a number of units');
  });

  test('a weight with rows of another length than the units', () => {
    expect(() => dense(3, { weight }, where)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].weight: rows of 2 numbers, but the layer has 3 units.
        A weight is [inputs, units]: give each row 3 numbers.]
    `);
  });

  test('a weight with another number of rows than the inputs', () => {
    expect(() => dense(2, { weight }, where).parameters([2])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].weight: 3 rows, but the layer before has 2 units.
        A weight is [inputs, units]: give 2 rows of 2 numbers, or leave it out to have it drawn.]
    `);
  });

  test('a weight with unequal rows, or with a value that is not a number', () => {
    expect(() => dense(2, { weight: [[1, 2], [3]] }, where)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].weight[1]: 1 numbers, but row 0 has 2.
        Give every row the same number of columns.]
    `);
    expect(() => dense(1, { weight: [[Number.NaN]] }, where)).toThrow(
      'network.layers[1].weight[0][0]: NaN is not a finite number.',
    );
  });

  test('a bias of another length than the units', () => {
    expect(() => dense(2, { bias: [0.1] }, where)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].bias: 1 numbers, but the layer has 2 units.
        Give 2 numbers, or true to start at 0.]
    `);
  });

  test('a trainable that lists an unknown parameter', () => {
    expect(() => dense(2, { trainable: ['wieght'] }, where)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].trainable: the layer has no "wieght".
        Did you mean "weight"? Choose one of: weight, bias.]
    `);
    expect(() => dense(2, { bias: false, trainable: ['bias'] }, where)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].trainable: the layer has no "bias".
        Choose one of: weight.]
    `);
  });
});
