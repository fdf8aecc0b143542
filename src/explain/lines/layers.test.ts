/**
 * Layers other than dense: their lines come from their declarations, and each derivative equals that of the lines
 * themselves.
 */
import { describe, expect, test } from 'vitest';
import { fromRows } from '../../base/tensor.ts';
import { exp, mul } from '../../core/formula.ts';
import { map } from '../../core/op.ts';
import { tanh } from '../../core/ops/activations.ts';
import type { Layer } from '../../net/layer.ts';
import { activate } from '../../net/layers/activate.ts';
import { dense } from '../../net/layers/dense.ts';
import { dropout } from '../../net/layers/dropout.ts';
import { embedding } from '../../net/layers/embedding.ts';
import { batchNorm, layerNorm } from '../../net/layers/norm.ts';
import { residual } from '../../net/layers/residual.ts';
import { mse } from '../../net/losses.ts';
import { initialize, network } from '../../net/network.ts';
import { sgd } from '../../net/optimizers.ts';
import type { Problem } from '../../net/problem.ts';
import { assemble } from '../../net/training.ts';
import { check } from '../check.ts';
import { explain } from '../explanation.ts';
import { evaluate, type Leaf } from '../expression.ts';
import { trace } from '../trace.ts';
import { variableText } from '../variable.ts';
import type { Row } from './line.ts';
import { linesOf } from './lines.ts';

/** Three rows; the second column contains indices. */
function problem(layers: readonly Layer[], l2 = 0): Problem {
  const net = network(layers, { seed: 3 });
  const inputs = fromRows(
    [
      [0.5, 1],
      [-1, 2],
      [2, 1],
    ],
    'inputs',
  );
  const { recipe } = assemble({ loss: mse, optimizer: sgd({ learningRate: 0.5 }), l2, stop: { epochs: 1 } });
  const targets = fromRows([[0.2], [-0.4], [0.9]], 'targets');
  const parameters = initialize(net, 2);
  return { network: net, parameters, inputs, targets, recipe, batchSize: 'full', shuffle: false, symbols: {} };
}

/** e^(−g·x), with a rate g for each unit: a layer that a user might write, with or without a declaration. */
function decay(quantities?: Layer['quantities']): Layer {
  const op = map('decay', { f: (x, g) => exp(mul(mul(-1, g), x)) });
  return {
    kind: 'decay',
    shape: (input) => input,
    parameterNames: ['rate'],
    parameters: ([units]) => [{ name: 'rate', shape: [units], start: 0.7, penalized: false }],
    trainable: true,
    quantities,
    config: { decay: true },
    forward: ({ graph, address }, input, { rate }) => ({
      input,
      output: graph.name(`${address}.output`, graph.map(op, [input, rate], 'bo,o->bo')),
    }),
  };
}

const networks: Record<string, readonly Layer[]> = {
  layerNorm: [dense(3, { activation: tanh }), layerNorm(), dense(1)],
  'layerNorm without weights': [dense(3, { activation: tanh }), layerNorm({ affine: false }), dense(1)],
  batchNorm: [dense(2), batchNorm(), activate(tanh), dense(1)],
  dropout: [dense(3, { activation: tanh }), dropout(0.3), dense(1)],
  embedding: [embedding(2, { of: [{ input: 1, size: 3 }] }), dense(2, { activation: tanh }), dense(1)],
  residual: [dense(2), residual([layerNorm(), dense(2, { activation: tanh })]), dense(1)],
  "a user's layer": [dense(2), decay(), dense(1)],
};

const keyOf = (row: Row) => variableText(row.variable, true);

/** The loss that a step's lines give if one of their numbers is changed. */
function lossWhere(rows: ReadonlyMap<string, Row>, changed: string, by: number): number {
  const known = new Map<string, number>();
  const read = ({ variable, value }: Leaf): number => {
    const key = variableText(variable, true);
    const row = rows.get(key);
    let result = known.get(key) ?? (row?.expression === undefined ? value : evaluate(row.expression, read)!);
    if (key === changed && !known.has(key)) result += by;
    known.set(key, result);
    return result;
  };
  return evaluate(rows.get('E')!.expression!, read)!;
}

describe.each(Object.entries(networks))('%s', (_name, layers) => {
  const { rows } = linesOf(trace(problem(layers)), { terms: 1000, lines: 1e6 });

  test('every derivative of the loss is the central difference of the lines of the forward pass', () => {
    const forward = new Map(
      rows
        .filter(({ line }) => line.phase === 'forward' || (line.phase === 'loss' && line.after === 0))
        .map((row) => [keyOf(row), row]),
    );
    const h = 1e-5;
    let compared = 0;
    for (const { variable, value, line } of rows) {
      if (line.phase !== 'backward' || variable.kind !== 'derivative' || variableText(variable.of, true) !== 'E')
        continue;
      const by = variableText(variable.by, true);
      const difference = (lossWhere(forward, by, h) - lossWhere(forward, by, -h)) / (2 * h);
      // the stencil's error is of h², and the normalizations bend sharply
      expect(Math.abs(value - difference), `${line.quantity} = ${value}, not ${difference}`).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(value)),
      );
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });

  test('every value equals that of its own formula, bit for bit', () => {
    for (const { expression, value } of rows) if (expression !== undefined) expect(evaluate(expression)).toBe(value);
  });

  test('every derivative of the loss that follows from others shows them by the chain rule', () => {
    const last = layers.length - 1;
    const silent = rows.filter(({ line }) => line.phase === 'backward' && line.rule === undefined);
    const unread = ({ line }: Row) => line.formula === '0';
    const isFactor = ({ line }: Row) => line.quantity.startsWith('factor(');
    const isHelper = ({ variable }: Row) => variable.kind === 'letter';
    expect(
      silent
        .filter((row) => !unread(row) && !isFactor(row) && !isHelper(row))
        .map(({ line }) => line.quantity)
        .filter((quantity) => !quantity.startsWith(`gradient(layers.${last}.sum`)),
    ).toEqual([]);
  });

  test('the gradient check agrees', () => {
    expect(check(problem(layers, 0.1))).toMatchObject({ agrees: true });
  });
});

/** The lines of a layer for the first sample or for all samples, without their values. */
function shown(layers: readonly Layer[], phase: string, layer: number): string {
  return explain(problem(layers))
    .filter((line) => line.phase === phase && line.layer === layer && (line.sample ?? 0) === 0)
    .map(({ name, rule, formula }) => [name, rule, formula].filter((part) => part !== undefined).join(' = '))
    .join('\n');
}

describe("the lines match a textbook's notation", () => {
  test('layerNorm: mean, variance, normalized value and output, then the gradient of each', () => {
    const layers = [dense(2, { activation: tanh }), layerNorm(), dense(1)];
    expect(shown(layers, 'forward', 1)).toMatchInlineSnapshot(`
      "μ2 = (a1_1 + a1_2)/n
      S1 = (a1_1 − μ2)² + (a1_2 − μ2)²
      V2 = S1/n
      x̂2_1 = (a1_1 − μ2)/√(V2 + ε)
      x̂2_2 = (a1_2 − μ2)/√(V2 + ε)
      a2_1 = w2_1·x̂2_1 + b2_1
      a2_2 = w2_2·x̂2_2 + b2_2"
    `);
    expect(shown(layers, 'backward', 1)).toMatchInlineSnapshot(`
      "∂E/∂a2_1 = ∂E/∂a3·∂a3/∂a2_1 = ∂E/∂a3·w3_1
      ∂E/∂a2_2 = ∂E/∂a3·∂a3/∂a2_2 = ∂E/∂a3·w3_2
      ∂E/∂x̂2_1 = ∂E/∂a2_1·∂a2_1/∂x̂2_1 = ∂E/∂a2_1·w2_1
      ∂E/∂x̂2_2 = ∂E/∂a2_2·∂a2_2/∂x̂2_2 = ∂E/∂a2_2·w2_2
      ∂E/∂V2 = ∂E/∂x̂2_1·∂x̂2_1/∂V2 + ∂E/∂x̂2_2·∂x̂2_2/∂V2 = −∂E/∂x̂2_1·((a1_1 − μ2)/(√(V2 + ε))²)·1/(2·√(V2 + ε)) − ∂E/∂x̂2_2·((a1_2 − μ2)/(√(V2 + ε))²)·1/(2·√(V2 + ε))
      S2 = −∂E/∂x̂2_1·1/√(V2 + ε) − ∂E/∂x̂2_2·1/√(V2 + ε)
      Sb2 = −2·∂E/∂V2·(1/n)·(a1_1 − μ2) − 2·∂E/∂V2·(1/n)·(a1_2 − μ2)
      ∂E/∂μ2 = ∂E/∂x̂2_1·∂x̂2_1/∂μ2 + ∂E/∂x̂2_2·∂x̂2_2/∂μ2 + ∂E/∂V2·∂V2/∂μ2 = S2 + Sb2
      ∂E/∂w2_1 = Σ_samples ∂E/∂a2_1·∂a2_1/∂w2_1 = ∂E/∂a2_1⁽¹⁾·x̂2_1⁽¹⁾ + ∂E/∂a2_1⁽²⁾·x̂2_1⁽²⁾ + ∂E/∂a2_1⁽³⁾·x̂2_1⁽³⁾
      ∂E/∂w2_2 = Σ_samples ∂E/∂a2_2·∂a2_2/∂w2_2 = ∂E/∂a2_2⁽¹⁾·x̂2_2⁽¹⁾ + ∂E/∂a2_2⁽²⁾·x̂2_2⁽²⁾ + ∂E/∂a2_2⁽³⁾·x̂2_2⁽³⁾
      ∂E/∂b2_1 = Σ_samples ∂E/∂a2_1·∂a2_1/∂b2_1 = ∂E/∂a2_1⁽¹⁾ + ∂E/∂a2_1⁽²⁾ + ∂E/∂a2_1⁽³⁾
      ∂E/∂b2_2 = Σ_samples ∂E/∂a2_2·∂a2_2/∂b2_2 = ∂E/∂a2_2⁽¹⁾ + ∂E/∂a2_2⁽²⁾ + ∂E/∂a2_2⁽³⁾"
    `);
    expect(shown(layers, 'backward', 0).split('\n')[0]).toMatchInlineSnapshot(
      `"∂E/∂a1_1 = ∂E/∂x̂2_1·∂x̂2_1/∂a1_1 + ∂E/∂V2·∂V2/∂a1_1 + ∂E/∂μ2·∂μ2/∂a1_1 = ∂E/∂x̂2_1·1/√(V2 + ε) + 2·∂E/∂V2·(1/n)·(a1_1 − μ2) + ∂E/∂μ2·1/n"`,
    );
  });

  test('batchNorm: the mean and the variance are of the batch, and their gradients are sums over its samples', () => {
    expect(shown(networks.batchNorm, 'forward', 1)).toMatchInlineSnapshot(`
      "μ2_1 = (a1_1⁽¹⁾ + a1_1⁽²⁾ + a1_1⁽³⁾)/m
      μ2_2 = (a1_2⁽¹⁾ + a1_2⁽²⁾ + a1_2⁽³⁾)/m
      V2_1 = ((a1_1⁽¹⁾ − μ2_1)² + (a1_1⁽²⁾ − μ2_1)² + (a1_1⁽³⁾ − μ2_1)²)/m
      V2_2 = ((a1_2⁽¹⁾ − μ2_2)² + (a1_2⁽²⁾ − μ2_2)² + (a1_2⁽³⁾ − μ2_2)²)/m
      x̂2_1 = (a1_1 − μ2_1)/√(V2_1 + ε)
      x̂2_2 = (a1_2 − μ2_2)/√(V2_2 + ε)
      a2_1 = w2_1·x̂2_1 + b2_1
      a2_2 = w2_2·x̂2_2 + b2_2"
    `);
    expect(shown(networks.batchNorm, 'backward', 1)).toMatchInlineSnapshot(`
      "∂E/∂a2_1 = ∂E/∂a3_1·∂a3_1/∂a2_1 = ∂E/∂a3_1·(1 − a3_1²)
      ∂E/∂a2_2 = ∂E/∂a3_2·∂a3_2/∂a2_2 = ∂E/∂a3_2·(1 − a3_2²)
      ∂E/∂x̂2_1 = ∂E/∂a2_1·∂a2_1/∂x̂2_1 = ∂E/∂a2_1·w2_1
      ∂E/∂x̂2_2 = ∂E/∂a2_2·∂a2_2/∂x̂2_2 = ∂E/∂a2_2·w2_2
      ∂E/∂V2_1 = Σ_samples ∂E/∂x̂2_1·∂x̂2_1/∂V2_1 = −∂E/∂x̂2_1⁽¹⁾·((a1_1⁽¹⁾ − μ2_1)/(√(V2_1 + ε))²)·1/(2·√(V2_1 + ε)) − ∂E/∂x̂2_1⁽²⁾·((a1_1⁽²⁾ − μ2_1)/(√(V2_1 + ε))²)·1/(2·√(V2_1 + ε)) − ∂E/∂x̂2_1⁽³⁾·((a1_1⁽³⁾ − μ2_1)/(√(V2_1 + ε))²)·1/(2·√(V2_1 + ε))
      ∂E/∂V2_2 = Σ_samples ∂E/∂x̂2_2·∂x̂2_2/∂V2_2 = −∂E/∂x̂2_2⁽¹⁾·((a1_2⁽¹⁾ − μ2_2)/(√(V2_2 + ε))²)·1/(2·√(V2_2 + ε)) − ∂E/∂x̂2_2⁽²⁾·((a1_2⁽²⁾ − μ2_2)/(√(V2_2 + ε))²)·1/(2·√(V2_2 + ε)) − ∂E/∂x̂2_2⁽³⁾·((a1_2⁽³⁾ − μ2_2)/(√(V2_2 + ε))²)·1/(2·√(V2_2 + ε))
      ∂E/∂μ2_1 = Σ_samples ∂E/∂x̂2_1·∂x̂2_1/∂μ2_1 + ∂E/∂V2_1·∂V2_1/∂μ2_1 = −∂E/∂x̂2_1⁽¹⁾·1/√(V2_1 + ε) − ∂E/∂x̂2_1⁽²⁾·1/√(V2_1 + ε) − ∂E/∂x̂2_1⁽³⁾·1/√(V2_1 + ε) − 2·∂E/∂V2_1·(1/m)·(a1_1⁽¹⁾ − μ2_1) − 2·∂E/∂V2_1·(1/m)·(a1_1⁽²⁾ − μ2_1) − 2·∂E/∂V2_1·(1/m)·(a1_1⁽³⁾ − μ2_1)
      ∂E/∂μ2_2 = Σ_samples ∂E/∂x̂2_2·∂x̂2_2/∂μ2_2 + ∂E/∂V2_2·∂V2_2/∂μ2_2 = −∂E/∂x̂2_2⁽¹⁾·1/√(V2_2 + ε) − ∂E/∂x̂2_2⁽²⁾·1/√(V2_2 + ε) − ∂E/∂x̂2_2⁽³⁾·1/√(V2_2 + ε) − 2·∂E/∂V2_2·(1/m)·(a1_2⁽¹⁾ − μ2_2) − 2·∂E/∂V2_2·(1/m)·(a1_2⁽²⁾ − μ2_2) − 2·∂E/∂V2_2·(1/m)·(a1_2⁽³⁾ − μ2_2)
      ∂E/∂w2_1 = Σ_samples ∂E/∂a2_1·∂a2_1/∂w2_1 = ∂E/∂a2_1⁽¹⁾·x̂2_1⁽¹⁾ + ∂E/∂a2_1⁽²⁾·x̂2_1⁽²⁾ + ∂E/∂a2_1⁽³⁾·x̂2_1⁽³⁾
      ∂E/∂w2_2 = Σ_samples ∂E/∂a2_2·∂a2_2/∂w2_2 = ∂E/∂a2_2⁽¹⁾·x̂2_2⁽¹⁾ + ∂E/∂a2_2⁽²⁾·x̂2_2⁽²⁾ + ∂E/∂a2_2⁽³⁾·x̂2_2⁽³⁾
      ∂E/∂b2_1 = Σ_samples ∂E/∂a2_1·∂a2_1/∂b2_1 = ∂E/∂a2_1⁽¹⁾ + ∂E/∂a2_1⁽²⁾ + ∂E/∂a2_1⁽³⁾
      ∂E/∂b2_2 = Σ_samples ∂E/∂a2_2·∂a2_2/∂b2_2 = ∂E/∂a2_2⁽¹⁾ + ∂E/∂a2_2⁽²⁾ + ∂E/∂a2_2⁽³⁾"
    `);
  });

  test('dropout: the random number, and the kept output', () => {
    expect(shown(networks.dropout, 'forward', 1).split('\n').slice(0, 4).join('\n')).toMatchInlineSnapshot(`
      "u2_1 = 
      u2_2 = 
      u2_3 = 
      a2_1 = a1_1·(1 − [0.3 > u2_1])/0.7"
    `);
  });

  test('embedding: the row of the table for an index, and the gradient from the samples with that index', () => {
    expect(shown(networks.embedding, 'forward', 0)).toMatchInlineSnapshot(`
      "a1_1 = x1
      a1_2 = e2_21
      a1_3 = e2_22"
    `);
    expect(shown(networks.embedding, 'backward', 0)).toMatchInlineSnapshot(`
      "∂E/∂a1_1 = ∂E/∂z2_1·∂z2_1/∂a1_1 + ∂E/∂z2_2·∂z2_2/∂a1_1 = ∂E/∂z2_1·w2_11 + ∂E/∂z2_2·w2_12
      ∂E/∂a1_2 = ∂E/∂z2_1·∂z2_1/∂a1_2 + ∂E/∂z2_2·∂z2_2/∂a1_2 = ∂E/∂z2_1·w2_21 + ∂E/∂z2_2·w2_22
      ∂E/∂a1_3 = ∂E/∂z2_1·∂z2_1/∂a1_3 + ∂E/∂z2_2·∂z2_2/∂a1_3 = ∂E/∂z2_1·w2_31 + ∂E/∂z2_2·w2_32
      ∂E/∂e2_11 = 0
      ∂E/∂e2_12 = 0
      ∂E/∂e2_21 = Σ_samples ∂E/∂a1_2·∂a1_2/∂e2_21 = ∂E/∂a1_2⁽¹⁾ + ∂E/∂a1_2⁽³⁾
      ∂E/∂e2_22 = Σ_samples ∂E/∂a1_3·∂a1_3/∂e2_22 = ∂E/∂a1_3⁽¹⁾ + ∂E/∂a1_3⁽³⁾
      ∂E/∂e2_31 = Σ_samples ∂E/∂a1_2·∂a1_2/∂e2_31 = ∂E/∂a1_2
      ∂E/∂e2_32 = Σ_samples ∂E/∂a1_3·∂a1_3/∂e2_32 = ∂E/∂a1_3"
    `);
  });

  test('residual: the inner layers have their own lines, with nested numbers', () => {
    const layers = [dense(1), residual([dense(1, { activation: tanh })]), dense(1)];
    expect(shown(layers, 'forward', 1)).toMatchInlineSnapshot(`
      "z2.1 = a1·w2.1 + b2.1
      a2.1 = tanh(z2.1)
      a2 = a1 + a2.1"
    `);
    expect(shown(layers, 'backward', 1)).toMatchInlineSnapshot(`
      "∂E/∂a2 = ∂E/∂a3·∂a3/∂a2 = ∂E/∂a3·w3
      ∂E/∂a2.1 = ∂E/∂a2·∂a2/∂a2.1 = ∂E/∂a2
      ∂E/∂z2.1 = ∂E/∂a2.1·∂a2.1/∂z2.1 = ∂E/∂a2·(1 − a2.1²)
      ∂E/∂w2.1 = Σ_samples ∂E/∂z2.1·∂z2.1/∂w2.1 = ∂E/∂z2.1⁽¹⁾·a1⁽¹⁾ + ∂E/∂z2.1⁽²⁾·a1⁽²⁾ + ∂E/∂z2.1⁽³⁾·a1⁽³⁾
      ∂E/∂b2.1 = Σ_samples ∂E/∂z2.1·∂z2.1/∂b2.1 = ∂E/∂z2.1⁽¹⁾ + ∂E/∂z2.1⁽²⁾ + ∂E/∂z2.1⁽³⁾"
    `);
    expect(shown(layers, 'update', 1)).toMatchInlineSnapshot(`
      "w2.1′ = w2.1 − η·∂E/∂w2.1
      b2.1′ = b2.1 − η·∂E/∂b2.1"
    `);
  });

  test("a user's layer: its parameter has its declared letter, or else its name", () => {
    const declared = decay([{ name: 'rate', letter: 'g', perSample: false }]);
    expect(shown([dense(1), declared, dense(1)], 'forward', 1)).toMatchInlineSnapshot(`"a2 = e^(−g2·a1)"`);
    expect(shown([dense(1), declared, dense(1)], 'backward', 1)).toMatchInlineSnapshot(`
      "∂E/∂a2 = ∂E/∂a3·∂a3/∂a2 = ∂E/∂a3·w3
      ∂E/∂g2 = Σ_samples ∂E/∂a2·∂a2/∂g2 = −∂E/∂a2⁽¹⁾·e^(−g2·a1⁽¹⁾)·a1⁽¹⁾ − ∂E/∂a2⁽²⁾·e^(−g2·a1⁽²⁾)·a1⁽²⁾ − ∂E/∂a2⁽³⁾·e^(−g2·a1⁽³⁾)·a1⁽³⁾"
    `);
    expect(shown([dense(1), decay(), dense(1)], 'forward', 1)).toMatchInlineSnapshot(`"a2 = e^(−rate2·a1)"`);
  });
});
