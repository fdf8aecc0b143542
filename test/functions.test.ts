/** Compares activations and losses with PyTorch's, in float64: test/outside/functions.py wrote the numbers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluate as evaluateFormula } from '../src/core/formula.ts';
import { gradient } from '../src/core/gradient.ts';
import { Graph } from '../src/core/graph.ts';
import { type Activation, activations, leakyRelu, resolveActivation } from '../src/core/ops/activations.ts';
import { type Loss, losses, resolveLoss } from '../src/net/losses.ts';
import { entryName } from '../src/net/schema.ts';
import { evaluate } from './central-differences.ts';
import { takes } from './random-step.ts';

type Rows = readonly (readonly number[])[];

const outside = JSON.parse(readFileSync(new URL('outside/functions.json', import.meta.url), 'utf8')) as {
  readonly activations: readonly { name: string; x: number[]; y: number[]; derivative: number[] }[];
  readonly corners: readonly { name: string; x: number[]; y: number[]; derivative: number[] }[];
  readonly vectors: readonly { name: string; x: Rows; y: Rows; upstream: Rows; gradient: Rows }[];
  readonly losses: readonly {
    loss: string;
    activation: string;
    sum: Rows;
    targets: Rows | readonly number[];
    value: number;
    gradient: Rows;
  }[];
};

const activationOf = (name: string): Activation =>
  resolveActivation(activations.find((entry) => entryName(entry) === name)!);
const lossOf = (name: string): Loss => resolveLoss(losses.find((entry) => entryName(entry) === name)!);

/** An activation of a row, and its derivative, computed by the graph. */
function applied(activation: Activation, x: readonly number[]) {
  const graph = new Graph();
  const sum = graph.source('parameter', 'sum', [1, x.length]);
  const y = activation.apply(graph, sum);
  const [slope] = gradient(graph, graph.contract('bk->', [y]), [sum]);
  const [value, derivative] = evaluate(graph, [y, slope], { sum: x });
  return { value, derivative };
}

// functions.py: PyTorch's own numbers are off by at most 3e-16·max(1, |x|), absolutely: where a function saturates, its
// formulas cancel. As much again for ours, which are a handful of operations of half an ulp each.
const tolerance = 6e-16;
const near = (got: number, want: number, size: number) =>
  Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(size));

describe("activations: values and derivatives equal PyTorch's", () => {
  test.each(outside.activations)('$name', ({ name, x, y, derivative }) => {
    const got = applied(activationOf(name), x);
    x.forEach((at, i) => {
      expect(near(got.value[i], y[i], at), `${name}(${at}) is ${got.value[i]}, not ${y[i]}`).toBe(true);
      const slope = got.derivative[i];
      expect(near(slope, derivative[i], at), `${name}'(${at}) is ${slope}, not ${derivative[i]}`).toBe(true);
    });
  });

  test.each(outside.corners)('$name at its corners', ({ name, x, y, derivative }) => {
    const got = applied(activationOf(name), x);
    x.forEach((at, i) => {
      expect(near(got.value[i], y[i], at), `${name}(${at}) is ${got.value[i]}, not ${y[i]}`).toBe(true);
      const slope = got.derivative[i];
      expect(near(slope, derivative[i], at), `${name}'(${at}) is ${slope}, not ${derivative[i]}`).toBe(true);
    });
  });

  test.each(outside.vectors)('$name of $x', ({ name, x, y, upstream, gradient: want }) => {
    const graph = new Graph();
    const shape = [x.length, x[0].length];
    const sum = graph.source('parameter', 'sum', shape);
    const above = graph.source('input', 'upstream', shape);
    const output = activationOf(name).apply(graph, sum);
    const [slope] = gradient(graph, graph.contract('bk,bk->', [output, above]), [sum]);
    const [value, got] = evaluate(graph, [output, slope], { sum: x.flat(), upstream: upstream.flat() });
    y.flat().forEach((v, i) => {
      expect(near(value[i], v, x.flat()[i]), `output ${i}: ${value[i]}, not ${v}`).toBe(true);
    });
    want.flat().forEach((v, i) => {
      expect(near(got[i], v, v), `gradient ${i}: ${got[i]}, not ${v}`).toBe(true);
    });
  });

  test('every activation is compared', () => {
    const compared = [...outside.activations, ...outside.vectors].map(({ name }) => name);
    expect(activations.map(entryName).filter((name) => !compared.includes(name))).toEqual([]);
    const cornered = outside.corners.map(({ name }) => name);
    const withKinks = activations.filter((entry) => (resolveActivation(entry).map?.kinks.length ?? 0) > 0);
    expect(withKinks.map(entryName).filter((name) => !cornered.includes(name))).toEqual([]);
  });
});

test('the derivative at corners has the documented value', () => {
  const slope = (name: string, ...x: number[]) => [...applied(activationOf(name), x).derivative];
  expect(slope('relu', 0)).toEqual([0]);
  expect(slope('leakyRelu', 0)).toEqual([0.01]);
  expect(slope('relu6', 0, 6)).toEqual([0, 0]);
  expect(slope('hardSigmoid', -3, 3)).toEqual([0, 0]);
  expect([...applied(leakyRelu({ slope: 0.2 }), [0]).derivative]).toEqual([0.2]);
});

describe('hard values', () => {
  const elementwise = activations.map(resolveActivation).filter(({ map }) => map !== undefined);

  test.each(elementwise.filter(({ map }) => map!.near !== undefined))(
    '$name has its declared values',
    ({ name, map }) => {
      const { at, want } = map!.near!;
      expect(at.length).toBe(want.length);
      at.forEach((x, i) => {
        const got = evaluateFormula(map!.formula, [x]);
        expect(near(got, want[i], x), `${name}(${x}) is ${got}, not ${want[i]}`).toBe(true);
      });
    },
  );

  test.each(elementwise)(
    '$name is finite, with a finite derivative, at 1e4 and 1e100, and NaN at NaN',
    (activation) => {
      const { value, derivative } = applied(activation, [-1e100, -1e4, -0, 1e4, 1e100, Number.NaN]);
      expect([...value.slice(0, 5)].every(Number.isFinite), String(value)).toBe(true);
      expect([...derivative.slice(0, 5)].every(Number.isFinite), String(derivative)).toBe(true);
      // NaN stays NaN; otherwise training would not detect divergence.
      expect(value[5]).toBeNaN();
    },
  );

  test.each(elementwise)('$name stays within its range and approaches its ends', ({ map, range }) => {
    const xs = Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 100);
    const ys = [...xs, -1e8, 1e8].map((x) => evaluateFormula(map!.formula, [x]));
    const [low, high] = [Math.min(...ys), Math.max(...ys)];
    expect(low).toBeGreaterThanOrEqual(range[0]);
    expect(high).toBeLessThanOrEqual(range[1]);
    if (Number.isFinite(range[0])) expect(low).toBeCloseTo(range[0], 7);
    if (Number.isFinite(range[1])) expect(high).toBeCloseTo(range[1], 7);
  });
});

/** The loss of a batch, and its gradient with respect to the last layer's sum. */
function lossOfBatch(loss: Loss, activation: Activation, sum: Rows, target: Rows) {
  const graph = new Graph();
  const shape = [sum.length, sum[0].length];
  const nodes = { sum: graph.source('parameter', 'sum', shape), target: graph.source('input', 'target', shape) };
  const output = activation.apply(graph, nodes.sum);
  const terms = loss.terms(graph, { ...nodes, output, activation });
  const total = graph.contract('bk->', [terms]);
  const [slope] = gradient(graph, total, [nodes.sum]);
  const [value, got] = evaluate(graph, [total, slope], { sum: sum.flat(), target: target.flat() });
  return { value: value[0], gradient: got };
}

describe("losses: values and gradients equal PyTorch's", () => {
  test.each(outside.losses)('$loss of $activation at $sum', ({ loss, activation, sum, targets, ...want }) => {
    const rows = targets.map((target) =>
      typeof target === 'number' ? sum[0].map((_, k) => Number(k === target)) : target,
    );
    const got = lossOfBatch(lossOf(loss), activationOf(activation), sum, rows);
    // Absolute if the loss is below 1: PyTorch's binary cross-entropy keeps one of three terms of 2e-22.
    expect(near(got.value, want.value, want.value), `loss ${got.value}, not ${want.value}`).toBe(true);
    want.gradient.flat().forEach((v, i) => {
      expect(near(got.gradient[i], v, v), `gradient ${i}: ${got.gradient[i]}, not ${v}`).toBe(true);
    });
  });

  test('every loss is compared, and so is each joint pair', () => {
    const compared = outside.losses.map(({ loss, activation }) => `${loss} ${activation}`);
    for (const entry of losses) {
      const { joint } = resolveLoss(entry);
      const pairs = activations
        .filter((activation) => takes(entry, activation))
        .map((a) => `${entryName(entry)} ${entryName(a)}`);
      const found = pairs.filter((pair) => compared.includes(pair));
      expect(found.length, entryName(entry)).toBeGreaterThan(0);
      if (joint) expect(found).toEqual(pairs);
    }
  });
});

test("mae'(0) = 0, and so is the derivative of hinge at its corner", () => {
  const linear = activationOf('linear');
  expect([...lossOfBatch(lossOf('mae'), linear, [[0.5, 2]], [[0.5, 1]]).gradient]).toEqual([0, 0.5]);
  expect([...lossOfBatch(lossOf('hinge'), linear, [[1, -1, 0]], [[1, -1, 1]]).gradient]).toEqual(
    [0, 0, -1 / 3].map((g) => expect.closeTo(g, 16)),
  );
});
