import { describe, expect, test } from 'vitest';
import { checkGraph } from '../../../test/central-differences.ts';
import { fillUniform } from '../../base/random.ts';
import { Graph } from '../../core/graph.ts';
import { reference } from '../../engines/reference/index.ts';
import { compile } from '../../plan/plan.ts';
import { mse } from '../losses.ts';
import { forward, network } from '../network.ts';
import { lossGraph } from '../step.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';

const rows = 200;
const units = 100;
const n = rows * units;

/** Outputs of dropout layers, one after the other, on inputs of 1, in the update `count`. */
function outputs(ps: readonly number[], { seed = 1, count = 1, training = true } = {}): Float64Array[] {
  const graph = new Graph();
  const slot = graph.source('slot', 'count', [], count);
  const net = network(
    ps.map((p) => dropout(p)),
    { seed },
  );
  forward(graph, net, { batch: rows, inputs: units, training, count: slot });
  const wanted = ps.map((_, l) => `layers.${l}.output`);
  const [program] = reference.compile([
    compile(
      graph,
      wanted.map((name) => graph.get(name)),
    ),
  ]);
  program.view('layers.0.input').fill(1);
  program.run();
  return wanted.map((name) => program.view(name).slice());
}

describe('in training', () => {
  test.each([0.1, 0.3, 0.5, 0.9])('drops with probability %d and scales the rest by 1/(1 − p)', (p) => {
    const [y] = outputs([p]);
    expect(new Set(y)).toEqual(new Set([0, 1 / (1 - p)]));
    const dropped = y.filter((value) => value === 0).length;
    // 5 standard deviations of a binomial count: passed by all but one seed in two million, and the seed is fixed
    expect(Math.abs(dropped - n * p)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)));
  });

  test('a unit is dropped where its draw is below p, by the dropout stream of this update', () => {
    const draws = new Float64Array(n);
    fillUniform(draws, 6, 'dropout', 3);
    expect(outputs([0.25], { seed: 6, count: 3 })[0]).toEqual(draws.map((u) => (u < 0.25 ? 0 : 1 / 0.75)));
  });

  test('each unit of each row is dropped independently', () => {
    const [y] = outputs([0.5]);
    const sigma = Math.sqrt(0.25 / units);
    for (let r = 0; r < rows; r++) {
      const kept = y.subarray(r * units, (r + 1) * units).filter((value) => value > 0).length / units;
      // 200 rows: 5 standard deviations again
      expect(Math.abs(kept - 0.5), `row ${r}`).toBeLessThan(5 * sigma);
    }
  });

  test('same seed and update, same draws; another seed, update or layer, others', () => {
    const [first] = outputs([0.5]);
    expect(outputs([0.5])[0]).toEqual(first);
    const others = [
      outputs([0.5], { count: 2 })[0],
      outputs([0.5], { seed: 2 })[0],
      // a layer that drops nothing comes first
      outputs([0, 0.5])[1],
    ];
    for (const other of others) {
      const same = first.filter((value, i) => value === other[i]).length;
      expect(Math.abs(same - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4));
    }
  });

  test('two layers in a row keep the product of their shares', () => {
    const [, y] = outputs([0.5, 0.5]);
    expect(new Set(y)).toEqual(new Set([0, 4]));
    const kept = y.filter((value) => value > 0).length;
    expect(Math.abs(kept - n / 4)).toBeLessThan(5 * Math.sqrt((n * 3) / 16));
  });

  test('a dropped unit has no gradient, and the others have that of their scale', () => {
    const graph = new Graph();
    const count = graph.source('slot', 'count', [], 1);
    const x = graph.source('parameter', 'x', [3, 4]);
    const context = { graph, address: 'layers.0', index: 0, training: true, seed: 2, count, feeds: {} };
    const { output } = dropout(0.4).forward(context, x, {});
    const of = graph.name('of', graph.contract('ab,ab->', [output, output]));
    const numbers = { x: Float64Array.from({ length: 12 }, (_, i) => 0.5 + i / 10) };
    expect(checkGraph(graph, of, [x], numbers)).toEqual([]);
  });

  test('with p = 0, the layer uses no random numbers and returns its input', () => {
    const graph = new Graph();
    const count = graph.source('slot', 'count', []);
    const net = forward(graph, network([dropout(0)]), { batch: 2, inputs: 3, training: true, count });
    expect(net.output).toBe(net.input);
    expect(graph.nodes.filter(({ op }) => op.kind === 'kernel')).toEqual([]);
  });
});

describe('in evaluation', () => {
  test('it is the identity: the output is the input, node for node', () => {
    const net = network([dropout(0.9), dense(1)], { inputs: 2 });
    const graph = lossGraph(net, { loss: mse, l1: 0, l2: 0 }, { batch: 2, inputs: 2, outputs: 1 });
    expect(graph.get('layers.0.output')).toBe(graph.get('layers.0.input'));
    expect(outputs([0.9], { training: false })[0].every((y) => y === 1)).toBe(true);
  });
});

test('it has no parameters, any number of units, and is written with its probability', () => {
  const layer = dropout(0.2);
  expect(layer.parameters([5])).toEqual([]);
  expect(layer.shape([5])).toEqual([5]);
  expect(layer.config).toEqual({ dropout: 0.2 });
});

test('a probability outside [0, 1)', () => {
  expect(() => dropout(1, 'network.layers[2]')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: network.layers[2]: 1 is not a probability.
      Give a number from 0 up to, but not including, 1.]
  `);
  for (const p of [-0.1, 1.5]) expect(() => dropout(p)).toThrow(`dropout: ${p} is not a probability.`);
  expect(() => dropout('0.5' as never)).toThrow('"0.5" is not a probability');
});
