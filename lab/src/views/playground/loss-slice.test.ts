import { experiment, Model } from 'chainrule';
import { expect, test } from 'vitest';
import { defaultConfig } from './config.ts';
import { experimentOf } from './experiment.ts';
import { axes, dot, principalDirections, sliceOf } from './loss-slice.ts';
import { meanLossOf } from './mean-loss.ts';

test('the principal directions of a way in a plane span that plane, and hold all of the variance', () => {
  const [p, q] = [Float64Array.of(0.6, 0, 0.8, 0), Float64Array.of(0, 1, 0, 0)];
  const way = Array.from({ length: 40 }, (_, i) =>
    p.map((value, k) => 3 * Math.cos(i / 9) * value + Math.sin(i / 9) * q[k]),
  );
  const { first, second, shares } = principalDirections(way);
  expect(dot(first, first)).toBeCloseTo(1, 12);
  expect(dot(second, second)).toBeCloseTo(1, 12);
  expect(dot(first, second)).toBeCloseTo(0, 10);
  for (const direction of [first, second]) expect(dot(direction, p) ** 2 + dot(direction, q) ** 2).toBeCloseTo(1, 10);
  expect(shares![0] + shares![1]).toBeCloseTo(1, 10);
});

test('one point, or points on a line, still give two directions at right angles', () => {
  const point = Float64Array.of(1, 2, 3);
  for (const way of [[point], [point, Float64Array.of(2, 2, 3), Float64Array.of(4, 2, 3)]]) {
    const { first, second } = principalDirections(way);
    expect(dot(first, first)).toBeCloseTo(1, 10);
    expect(dot(second, second)).toBeCloseTo(1, 10);
    expect(dot(first, second)).toBeCloseTo(0, 10);
  }
});

test('the slice has the loss of each of its points, and contains the way', () => {
  const bowl = (weights: Float64Array) => dot(weights, weights);
  const way = [Float64Array.of(3, 1, 0), Float64Array.of(1, 1, 0), Float64Array.of(0, 0, 0.5)];
  const slice = sliceOf(way, axes(3, 0, 1), 5, bowl);
  expect(slice.way).toEqual(Float64Array.of(3, 1, 1, 1, 0, 0));
  const [left, right] = slice.a;
  expect(left).toBeLessThan(0);
  expect(right).toBeGreaterThan(3);
  // the last cell: both directions at their ends
  expect(slice.losses.at(-1)).toBeCloseTo(right ** 2 + slice.b[1] ** 2 + 0.25, 10);
  expect(slice.losses[0]).toBeCloseTo(left ** 2 + slice.b[0] ** 2 + 0.25, 10);
});

test('the mean loss of a classification and of a curve equals that of model.evaluate', () => {
  for (const set of ['spirals', 'sine']) {
    const setup = experiment(experimentOf({ ...defaultConfig, set, hidden: [{ units: 5, activation: 'gelu' }] }));
    const { network, inputs, targets, parameters, recipe } = setup;
    const model = new Model({
      network,
      inputs: inputs.shape[1],
      parameters,
      loss: recipe.loss,
      optimizer: recipe.optimizer,
    });
    const rows = (data: ArrayLike<number>, width: number) =>
      Array.from({ length: data.length / width }, (_, i) => Array.from(data).slice(i * width, (i + 1) * width));
    const expected = model.evaluate({
      inputs: rows(inputs.data, inputs.shape[1]),
      targets: rows(targets.data, 1),
    }).loss;
    const shapes = [...parameters].map(([name, { shape }]) => [name, shape] as const);
    const packed = Float64Array.from([...parameters.values()].flatMap(({ data }) => Array.from(data)));
    expect(meanLossOf(setup, shapes)!(packed)).toBeCloseTo(expected, 12);
  }
});
