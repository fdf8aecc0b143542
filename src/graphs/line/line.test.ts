import { describe, expect, test } from 'vitest';
import * as math from '../../base/math.ts';
import { type LineParts, makeLineMachine } from '../code/line.ts';
import { twoRings } from '../fixtures.ts';
import { line } from '../methods/line.ts';
import { float64 } from '../skip-gram/arithmetic.ts';
import { fillInitial } from '../skip-gram/initial.ts';
import { referenceLine } from './reference.ts';
import { LineSampler, lineTables } from './samples.ts';
import { updateSample } from './update.ts';

const numbers = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => math.sin(12.9898 * i + 78.233 * seed));

describe('an update of LINE', () => {
  const dimensions = 5;
  const nodes = 5;
  const sample = { source: 1, targets: [0, 3, 2] };
  /** −ln σ(xᵤ·yᵥ) − Σₖ ln σ(−xᵤ·yₖ), written down independently. */
  const lossOf = (x: Float64Array, y: Float64Array) =>
    sample.targets.reduce((loss, target, k) => {
      let z = 0;
      for (let d = 0; d < dimensions; d++) z += x[sample.source * dimensions + d] * y[target * dimensions + d];
      return loss + Math.log(1 + Math.exp(k === 0 ? -z : z));
    }, 0);

  test.each([
    ['first', true],
    ['second', false],
  ])('of the %s order is minus the rate times the gradient, by central differences', (_, isFirst) => {
    const start = () => {
      const x = numbers(nodes * dimensions, 1);
      return { x, y: isFirst ? x : numbers(nodes * dimensions, 2) };
    };
    const updated = start();
    const rate = 0.01;
    updateSample(updated.x, updated.y, dimensions, sample, rate, float64);
    const step = 1e-5;
    for (const name of ['x', 'y'] as const) {
      for (let i = 0; i < nodes * dimensions; i++) {
        const [above, below] = [step, -step].map((by) => {
          const moved = start();
          moved[name][i] += by;
          return lossOf(moved.x, moved.y);
        });
        const change = (start()[name][i] - updated[name][i]) / rate;
        // The error of a central difference: about step² times the third derivative, and 1e-16/step for rounding.
        expect(Math.abs(change - (above - below) / (2 * step)), `${name} ${i}`).toBeLessThan(1e-8);
      }
    }
  });
});

describe('the generated code has the bits of the definition', () => {
  const cases: Record<string, Partial<LineParts> & { readonly isWeighted?: boolean }> = {
    'first order': { order: 1 },
    'second order': { order: 2 },
    'weighted edges, one negative': { order: 2, isWeighted: true, negativeSamples: 1 },
    'more than sixteen dimensions': { order: 1, dimensions: 37 },
  };
  test.each(Object.entries(cases))('%s', (_, { isWeighted, ...changed }) => {
    const graph = twoRings(9, isWeighted);
    const parts: LineParts = {
      dimensions: 6,
      order: 2,
      negativeSamples: 5,
      learningRate: 0.2,
      totalSamples: 1000,
      ...changed,
    };
    const [words, others] = [makeLineMachine, referenceLine].map((make) => {
      const machine = make(graph, lineTables(graph), 3, parts);
      const { dimensions } = parts;
      fillInitial(machine.vectors, graph.ids, { dimensions, stride: machine.stride, seed: 1, kind: 'uniform' });
      machine.train(0, 400);
      machine.train(400, 1000);
      return graph.ids.map((_, node) => [
        ...machine.vectors.subarray(node * machine.stride, node * machine.stride + dimensions),
        ...machine.contexts.subarray(node * machine.stride, node * machine.stride + dimensions),
      ]);
    });
    expect(words).toEqual(others);
    expect(words.flat().every((each) => Number.isFinite(each) && Math.abs(each) < 10)).toBe(true);
  });
});

test('edges are drawn by weight, within five standard errors', () => {
  const graph = twoRings(5, true);
  const sampler = new LineSampler(graph, lineTables(graph), 1, 2, 1);
  const count = 20_000;
  const drawn = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const { source, targets } = sampler.sample(i);
    const key = `${source} ${targets[0]}`;
    drawn.set(key, (drawn.get(key) ?? 0) + 1);
  }
  const total = graph.weights!.reduce((sum, each) => sum + each);
  for (let source = 0; source < graph.ids.length; source++) {
    for (let i = graph.offsets[source]; i < graph.offsets[source + 1]; i++) {
      const share = graph.weights![i] / total;
      const got = (drawn.get(`${source} ${graph.neighbors[i]}`) ?? 0) / count;
      expect(Math.abs(got - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count));
    }
  }
});

test('with both orders, each half of a vector has length 1', async () => {
  const graph = twoRings(12);
  const options = {
    dimensions: 6,
    order: 'both',
    samplesPerNode: 50,
    negativeSamples: 2,
    learningRate: 0.025,
    init: 'uniform',
  } as const;
  const vectors = await line.embed(graph, options, { seed: 1, threads: 2 });
  expect(vectors.length).toBe(24 * 6);
  for (let half = 0; half < vectors.length; half += 3) {
    expect(Math.hypot(...vectors.subarray(half, half + 3))).toBeCloseTo(1, 6);
  }
});
