import { describe, expect, test } from 'vitest';
import { Graph } from '../core/graph.ts';
import { relu, sigmoid } from '../core/ops/activations.ts';
import { constant, orthogonal } from './initializers.ts';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { countParameters, forward, initialize, layerShapes, network } from './network.ts';

const layers = [dense(4, { activation: relu }), dropout(0.5), dense(2, { activation: sigmoid, bias: false })];

test('dense sets the number of units, and dropout keeps that of the layer before it', () => {
  expect(layerShapes(network(layers), [3])).toEqual([[4], [4], [2]]);
  expect(layerShapes(network([dropout(0.1)]), [3])).toEqual([[3]]);
});

test('the number of parameters counts weights and biases', () => {
  expect(countParameters(network(layers), 3)).toBe(3 * 4 + 4 + 4 * 2);
  expect(countParameters(network([dropout(0.5)]), 3)).toBe(0);
});

describe('initialize', () => {
  test('parameters have addresses with the index of their layer, in the order of the layers', () => {
    const parameters = initialize(network(layers), 3);
    expect([...parameters].map(([name, { shape }]) => `${name} [${shape}]`)).toEqual([
      'layers.0.weight [3,4]',
      'layers.0.bias [4]',
      'layers.2.weight [4,2]',
    ]);
    expect(parameters.get('layers.0.bias')!.data).toEqual(new Float64Array(4));
  });

  test('given numbers are copied unchanged', () => {
    const net = network([dense(2, { weight: [[0.15, 0.2]], bias: [1, 2] })]);
    const first = initialize(net, 1);
    expect([...first.get('layers.0.weight')!.data]).toEqual([0.15, 0.2]);
    expect([...first.get('layers.0.bias')!.data]).toEqual([1, 2]);
    first.get('layers.0.weight')!.data.fill(9);
    expect([...initialize(net, 1).get('layers.0.weight')!.data]).toEqual([0.15, 0.2]);
  });

  test('same seed, same bits; another seed, other numbers', () => {
    const weights = (seed?: number) => initialize(network(layers, { seed }), 3).get('layers.0.weight')!.data;
    expect(weights(7)).toEqual(weights(7));
    expect(weights(undefined)).toEqual(weights(1));
    const [a, b] = [weights(7), weights(8)];
    expect(a.every((w, i) => w !== b[i])).toBe(true);
    // the largest seed is one like the others
    expect(weights(2 ** 32 - 1)).not.toEqual(weights(0));
  });

  test('two layers of the same shape get different numbers, which do not depend on layers between them', () => {
    const same = initialize(network([dense(3), dense(3)]), 3);
    const [a, b] = ['layers.0.weight', 'layers.1.weight'].map((name) => same.get(name)!.data);
    expect(a.every((w, i) => w !== b[i])).toBe(true);
  });

  test('each layer has its own initializer', () => {
    const net = network([dense(2, { initializer: constant({ value: 0.5 }) }), dense(2, { initializer: orthogonal })]);
    const parameters = initialize(net, 1);
    expect([...parameters.get('layers.0.weight')!.data]).toEqual([0.5, 0.5]);
    const [a, b, c, d] = parameters.get('layers.1.weight')!.data;
    expect(Math.abs(a * d - b * c)).toBeCloseTo(1, 14);
  });

  test('a weight that does not fit the layer before it', () => {
    const first = dense(2);
    const second = dense(1, { weight: [[1], [2], [3]] }, 'network.layers[1]');
    expect(() => initialize(network([first, second]), 3)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].weight: 3 rows, but the layer before has 2 units.
        A weight is [inputs, units]: give 2 rows of 1 number, or leave it out to have it drawn.]
    `);
  });
});

describe('forward', () => {
  const build = (training: boolean) => {
    const graph = new Graph();
    const count = graph.source('slot', 'count', []);
    return { graph, nodes: forward(graph, network(layers), { batch: 5, inputs: 3, training, count }) };
  };

  test('every input, sum, output and parameter has its address', () => {
    const { graph, nodes } = build(true);
    expect([...graph.names()].map(([name, { shape }]) => `${name} [${shape}]`).join('\n')).toMatchInlineSnapshot(`
      "count []
      layers.0.weight [3,4]
      layers.0.bias [4]
      layers.2.weight [4,2]
      layers.0.input [5,3]
      layers.0.sum [5,4]
      layers.0.output [5,4]
      layers.1.input [5,4]
      layers.1.draw [5,4]
      layers.1.output [5,4]
      layers.2.input [5,4]
      layers.2.sum [5,2]
      layers.2.output [5,2]"
    `);
    expect(nodes.output).toBe(graph.get('layers.2.output'));
    expect(nodes.input).toBe(graph.get('layers.0.input'));
    // a layer's input is the output of the layer before: one node under two names
    expect(graph.get('layers.1.input')).toBe(graph.get('layers.0.output'));
  });

  test('evaluation uses no random numbers', () => {
    expect(build(true).graph.nodes.some(({ op }) => op.kind === 'kernel')).toBe(true);
    expect(build(false).graph.nodes.some(({ op }) => op.kind === 'kernel')).toBe(false);
  });

  test('weights are penalized and biases are not; the layer decides which parameters are trained', () => {
    const graph = new Graph();
    const count = graph.source('slot', 'count', []);
    const net = network([dense(2, { trainable: ['bias'] }), dense(1, { trainable: false })]);
    const { parameters } = forward(graph, net, { batch: 1, inputs: 1, training: true, count });
    expect(parameters.map(({ node, ...rest }) => ({ name: node.name, ...rest }))).toEqual([
      { name: 'layers.0.weight', trained: false, penalized: true },
      { name: 'layers.0.bias', trained: true, penalized: false },
      { name: 'layers.1.weight', trained: false, penalized: true },
      { name: 'layers.1.bias', trained: false, penalized: false },
    ]);
  });

  test('rows with more numbers than the weight has rows are refused', () => {
    const graph = new Graph();
    const count = graph.source('slot', 'count', []);
    const net = network([dense(1, { weight: [[1], [2]] }, 'network.layers[0]')]);
    expect(() => forward(graph, net, { batch: 1, inputs: 3, training: true, count })).toThrow(
      'network.layers[0].weight: 2 rows, but the layer before has 3 units.',
    );
  });
});

describe('an invalid network is refused', () => {
  test('no layers', () => {
    expect(() => network([])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers: there are no layers.
        Give at least one, such as dense(1).]
    `);
  });

  test('an invalid number of inputs', () => {
    expect(() => network(layers, { inputs: 0 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.inputs: 0 is not a number of inputs.
        Give a positive integer, or leave it out.]
    `);
    expect(() => network(layers, { inputs: 1.5 })).toThrow('network.inputs: 1.5 is not a number of inputs.');
  });

  test('a seed outside 0 to 2^32 − 1', () => {
    expect(() => network(layers, { seed: -1 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: seed: -1 is not a seed.
        Give an integer from 0 to 4294967295.]
    `);
    for (const seed of [2 ** 32, 0.5, Number.NaN]) {
      expect(() => network(layers, { seed })).toThrow(`seed: ${seed} is not a seed.`);
    }
    expect(network(layers, { seed: 0 }).seed).toBe(0);
  });
});
