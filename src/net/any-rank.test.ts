/** Layers, softmax and losses work along the last axis, whatever axes come before it. */
import { describe, expect, test } from 'vitest';
import { size } from '../base/shape.ts';
import { gradient } from '../core/gradient.ts';
import { Graph, leadingLetters, type Node } from '../core/graph.ts';
import { linear, logSoftmax, sigmoid, softmax } from '../core/ops/activations.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { compile } from '../plan/plan.ts';
import type { Layer } from './layer.ts';
import { dense } from './layers/dense.ts';
import { embedding } from './layers/embedding.ts';
import { batchNorm, layerNorm } from './layers/norm.ts';
import { losses, resolveLoss } from './losses.ts';
import { initialize, network } from './network.ts';

/** Six rows of four numbers, as a matrix and as two samples of three rows. */
const shapes = { matrix: [6, 4], cube: [2, 3, 4] } as const;
const numbers = (n: number, seed: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(seed + 1.7 * i));

/** The numbers of named nodes; sources are fed with fixed numbers, the same whatever their shape. */
function run(graph: Graph, named: Record<string, Node>): Record<string, number[]> {
  for (const [name, node] of Object.entries(named)) graph.name(name, node);
  const [program] = reference.compile([compile(graph, Object.values(named))]);
  for (const { op, name, shape } of graph.nodes) {
    if (op.kind === 'source' && name !== undefined && op.role === 'input') {
      program.view(name).set(name === 'target' ? targets(size(shape)) : numbers(size(shape), 1));
    }
  }
  program.run();
  return Object.fromEntries(Object.keys(named).map((name) => [name, [...program.view(name)]]));
}

/** Rows of four probabilities. */
const targets = (n: number) => Float64Array.from({ length: n }, (_, i) => [0.1, 0.2, 0.3, 0.4][i % 4]);

test('a layer keeps the axes before the last', () => {
  expect(dense(5).shape([3, 4])).toEqual([3, 5]);
  expect(layerNorm().shape([3, 4])).toEqual([3, 4]);
  expect(dense(5).parameters([3, 4])[0].shape).toEqual([4, 5]);
  const net = network([dense(5, { activation: softmax }), layerNorm(), dense(2)]);
  const outputs = Object.values(shapes).map((shape) => {
    const graph = new Graph();
    const input = graph.source('input', 'rows', shape);
    const count = graph.source('slot', 'count', [], 1);
    const start = initialize(net, 4);
    let inner = 0;
    const output = net.layers.reduce((current, layer, index) => {
      const specs = layer.parameters(current.shape.slice(1));
      const parameters = Object.fromEntries(
        specs.map(({ name }) => [name, graph.constant(start.get(`layers.${index}.${name}`)!)]),
      );
      inner += specs.length;
      const context = { graph, address: `layers.${index}`, index, training: false, seed: 1, count, feeds: {} };
      return layer.forward(context, current, parameters).output;
    }, input);
    expect(inner).toBe(6);
    expect(output.shape).toEqual([...shape.slice(0, -1), 2]);
    return run(graph, { out: output }).out;
  });
  expect(outputs[1]).toEqual(outputs[0]);
});

describe('in training, of samples with several rows and of the same rows as a matrix,', () => {
  /** The output, the updated buffers, and the gradient of the weighted sum of outputs in the trained parameters. */
  function trained(engine: Engine, layer: Layer, shape: readonly number[], rows: Float64Array) {
    const graph = new Graph();
    const input = graph.source('input', 'rows', shape);
    const specs = layer.parameters(shape.slice(1));
    const nodes = specs.map(({ name, shape }) => graph.source('parameter', name, shape));
    const parameters = Object.fromEntries(specs.map(({ name }, i) => [name, nodes[i]]));
    const count = graph.source('slot', 'count', [], 1);
    const context = { graph, address: 'layers.0', index: 0, training: true, seed: 1, count, feeds: {} };
    const { output } = layer.forward(context, input, parameters);
    const weights = graph.source('input', 'weights', output.shape);
    const axes = `${leadingLetters(output)}k`;
    const loss = graph.contract(`${axes},${axes}->`, [output, weights]);
    const learned = nodes.filter((_, i) => !specs[i].buffer);
    const inputs = layer.embeds === undefined ? [...learned, input] : learned;
    const back = gradient(graph, loss, inputs, { unnamed: true });
    back.forEach((node, i) => void graph.name(`back${i}`, node));
    graph.name('loss', loss);
    const [program] = engine.compile([compile(graph, [output, loss, ...back])]);
    const start = initialize(network([layer]), shape[shape.length - 1]);
    /** The loss if one number of a source is changed. */
    const run = (changed?: string, at = 0, by = 0) => {
      program.view('rows').set(rows);
      program.view('weights').set(numbers(size(output.shape), 3));
      for (const { name } of specs) program.view(name).set(start.get(`layers.0.${name}`)!.data);
      if (changed !== undefined) program.view(changed)[at] += by;
      program.run();
      return program.view('loss')[0];
    };
    return { run, read: (name: string) => [...program.view(name)], back: inputs.map(({ name }) => name!), specs };
  }
  const all = [
    ['batchNorm', batchNorm(), [2, 3, 4], numbers(24, 1)],
    ['batchNorm', batchNorm({ affine: false }), [2, 3, 1, 4], numbers(24, 1)],
    [
      'embedding',
      embedding(3, {
        of: [
          { input: 1, size: 5 },
          { input: 3, size: 2, units: 2 },
        ],
        trainable: true,
      }),
      [2, 3, 4],
      numbers(24, 1).map((x, i) => [x, i % 5, x, i % 2][i % 4]),
    ],
  ] as const;

  test.each(all)('%s gives the same bits, forward and back, on every engine', (_name, layer, shape, rows) => {
    expect(layer.shape(shape.slice(1)).slice(0, -1)).toEqual(shape.slice(1, -1));
    const results = [reference, wasmEngine({ unrollUpTo: 0 }), wasmEngine({ unrollUpTo: 1e6 })].flatMap((engine) =>
      [shape, [6, 4]].map((each) => {
        const { run, read, back, specs } = trained(engine, layer, each, rows);
        run();
        const names = ['layers.0.output', ...back.map((_, i) => `back${i}`), ...specs.map(({ name }) => name)];
        return names.map(read);
      }),
    );
    for (const each of results) expect(each).toEqual(results[0]);
  });

  test.each(all)('%s has the gradient of central differences', (_name, layer, shape, rows) => {
    const { run, read, back } = trained(reference, layer, shape, rows);
    const h = 1e-5;
    run();
    back
      .map((name, i) => [name, read(`back${i}`)] as const)
      .forEach(([name, exact]) => {
        exact.forEach((slope, at) => {
          const central = (run(name, at, h) - run(name, at, -h)) / (2 * h);
          // central differences of numbers of order 1: h² and 1e-16/h, times a few
          expect(Math.abs(slope - central), `${name}[${at}]`).toBeLessThan(1e-8);
        });
      });
  });
});

describe.each([softmax, logSoftmax])('$name', (activation) => {
  test('sums over the last axis, forward and back, with the same bits as for a matrix', () => {
    const [matrix, cube] = Object.values(shapes).map((shape) => {
      const graph = new Graph();
      const input = graph.source('input', 'rows', shape);
      const output = activation.apply(graph, input);
      const axes = `${leadingLetters(output)}k`;
      const total = graph.contract(`${axes},${axes}->`, [output, graph.source('input', 'weights', shape)]);
      const [back] = gradient(graph, total, [input], { unnamed: true });
      return run(graph, { out: output, back });
    });
    expect(cube).toEqual(matrix);
  });
});

describe.each(losses.map((entry) => resolveLoss(entry)))('$name', (loss) => {
  test.each([false, true])('of samples with several rows is that of the rows (weights: %s)', (weighted) => {
    const activation = loss.takes?.includes('softmax') ? softmax : loss.takes?.includes('sigmoid') ? sigmoid : linear;
    const [matrix, cube] = Object.values(shapes).map((shape) => {
      const graph = new Graph();
      const sum = graph.source('input', 'sums', shape);
      const output = activation.apply(graph, sum);
      const target = graph.source('input', 'target', shape);
      const ones = { shape: [shape[0]], data: new Float64Array(shape[0]).fill(1) };
      const count = { shape: [], data: Float64Array.of(shape[0]) };
      const weights = weighted ? { each: graph.constant(ones), total: graph.constant(count) } : undefined;
      const terms = loss.terms(graph, { sum, output, target, activation, weights });
      expect(terms.shape).toEqual(shape);
      const total = graph.contract(`${leadingLetters(terms)}k->`, [terms]);
      const [back] = gradient(graph, total, [sum], { unnamed: true });
      return run(graph, { total, back });
    });
    // halfMse alone divides by the number of samples, not by that of all numbers: there are two instead of six
    const factor = loss.name === 'halfMse' ? 3 : 1;
    cube.back.forEach((value, i) => void expect(value).toBeCloseTo(factor * matrix.back[i], 14));
    expect(cube.total[0]).toBeCloseTo(factor * matrix.total[0], 14);
  });
});
