import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../base/options.ts';
import { tensor } from '../../base/tensor.ts';
import { mul, sub, tanh } from '../../core/formula.ts';
import { activation, activationName, activations } from '../../core/ops/activations.ts';
import { dense } from '../../net/layers/dense.ts';
import { initialize, network } from '../../net/network.ts';
import { derivative } from '../derivation.ts';
import { type Expression, evaluate, type Leaf } from '../expression.ts';
import { classes, page } from '../fixtures.ts';
import { expressionText, notationText } from '../text.ts';
import { trace } from '../trace.ts';
import { type Variable, variableText } from '../variable.ts';
import { functionsOf } from './functions.ts';
import type { FunctionPage } from './page.ts';

const named = (e: Leaf) => variableText(e.variable, true);

/** The value of a line after its remaining derivatives are computed. */
function finished(e: Expression, by: Variable): Expression {
  switch (e.kind) {
    case 'derivative':
      return derivative(e.of, by);
    case 'apply':
      return { ...e, operands: e.operands.map((operand) => finished(operand, by)) };
    case 'sum':
      return { ...e, terms: e.terms.map((term) => finished(term, by)) };
    default:
      return e;
  }
}

function lines({ definition, derivations }: FunctionPage): string[] {
  const out = [`${variableText(definition.left, false)} = ${expressionText(definition.right)}`];
  for (const { left, steps } of derivations) {
    steps.forEach(({ expression, reason, rules }, i) => {
      const shown = rules.map(
        (rule) => `${notationText(rule.left, { as: 'names' })} = ${notationText(rule.right, { as: 'names' })}`,
      );
      const why = [reason, ...shown].filter((each) => each !== '').join(': ');
      out.push(
        `${i === 0 ? variableText(left, false) : ''} = ${expressionText(expression)}${why === '' ? '' : `   [${why}]`}`,
      );
    });
  }
  return out;
}

const point =
  (values: Readonly<Record<string, number>>, definition?: FunctionPage['definition']) =>
  (e: Leaf): number => {
    const name = named(e);
    if (name in values) return values[name];
    if (definition !== undefined && name === variableText(definition.left, true)) {
      return evaluate(definition.right, point(values))!;
    }
    throw new Error(`no value for ${name}`);
  };

describe('derivations', () => {
  const elementwise = activations.filter(
    (each) => (typeof each === 'function' ? withDefaults(each) : each).map !== undefined,
  );

  test.each(elementwise.map(activationName))('%s: every line has the value of a central difference', (name) => {
    const problem = classes({}, [
      { dense: 4, activation: name },
      { dense: 3, activation: 'softmax' },
    ]);
    const [{ definition, derivations }] = functionsOf(trace(problem));
    const { left, steps } = derivations[0];
    const by = (left as Variable & { kind: 'derivative' }).by;
    for (let s = -7.3; s < 7.5; s += 0.41) {
      const f = (at: number) => evaluate(definition.right, point({ s: at }))!;
      const h = 1e-3;
      const difference = (f(s - 2 * h) - 8 * f(s - h) + 8 * f(s + h) - f(s + 2 * h)) / (12 * h);
      for (const { expression } of steps) {
        const value = evaluate(finished(expression, by), point({ s }, definition))!;
        expect(Math.abs(value - difference), `${name} at ${s}: ${expressionText(expression)}`).toBeLessThan(1e-9);
      }
    }
  });

  test('sigmoid ends with y(1 - y)', () => {
    expect(lines(functionsOf(trace(page()))[1])).toMatchInlineSnapshot(`
      [
        "y = 1/(1 + e^(−s))",
        "∂y/∂s = (1/(1 + e^(−s)))′",
        " = −(1 + e^(−s))′/(1 + e^(−s))²   [quotient rule]",
        " = −(e^(−s))′/(1 + e^(−s))²   [sum rule]",
        " = −e^(−s)·(−s)′/(1 + e^(−s))²   [chain rule: (e^u)′ = e^u·u′]",
        " = e^(−s)/(1 + e^(−s))²   [constant factor]",
        " = y·(1 − y)   [with y = sigmoid(s)]",
      ]
    `);
  });

  test('softmax is derived on three units, and with cross-entropy it gives y - t', () => {
    const pages = functionsOf(trace(classes()));
    expect(lines(pages[1])).toMatchInlineSnapshot(`
      [
        "y1 = e^s1/(e^s1 + e^s2 + e^s3)",
        "∂y1/∂s1 = (e^s1/(e^s1 + e^s2 + e^s3))′",
        " = ((e^s1)′·(e^s1 + e^s2 + e^s3) − e^s1·(e^s1 + e^s2 + e^s3)′)/(e^s1 + e^s2 + e^s3)²   [quotient rule]",
        " = (e^s1·(e^s1 + e^s2 + e^s3) − e^s1·(e^s1)′)/(e^s1 + e^s2 + e^s3)²   [derivative of a basic function, sum rule: (e^u)′ = e^u]",
        " = (e^s1·(e^s1 + e^s2 + e^s3) − (e^s1)²)/(e^s1 + e^s2 + e^s3)²   [derivative of a basic function: (e^u)′ = e^u]",
        " = y1·(1 − y1)   [written with the outputs]",
        "∂y1/∂s2 = (e^s1/(e^s1 + e^s2 + e^s3))′",
        " = −e^s1·(e^s1 + e^s2 + e^s3)′/(e^s1 + e^s2 + e^s3)²   [quotient rule]",
        " = −e^s1·(e^s2)′/(e^s1 + e^s2 + e^s3)²   [sum rule]",
        " = −e^s1·e^s2/(e^s1 + e^s2 + e^s3)²   [derivative of a basic function: (e^u)′ = e^u]",
        " = −y2·y1   [written with the outputs]",
      ]
    `);
    expect(lines(pages[2])).toMatchInlineSnapshot(`
      [
        "E = −t·ln(y)",
        "∂E/∂y = (−t·ln(y))′",
        " = −(t·ln(y))′   [constant factor]",
        " = −t·(ln(y))′   [constant factor]",
        " = −t/y   [derivative of a basic function: (ln(u))′ = 1/u]",
        "∂E/∂s1 = ∂E/∂y1·∂y1/∂s1 + ∂E/∂y2·∂y2/∂s1 + ∂E/∂y3·∂y3/∂s1   [chain rule]",
        " = −(t1/y1)·y1·(1 − y1) + (t2/y2)·y1·y2 + (t3/y3)·y1·y3   [both factors substituted]",
        " = −t1·(1 − y1) + t2·y1 + t3·y1   [factors cancelled]",
        " = y1 − t1   [the targets of a sample sum to 1; here m = 1]",
      ]
    `);
    const values = { s1: 0.4, s2: -1.1, s3: 0.9 };
    const { definition, derivations } = pages[1];
    const y = (k: number) => {
      const e = [values.s1, values.s2, values.s3].map(Math.exp);
      return e[k] / (e[0] + e[1] + e[2]);
    };
    const read = point({ ...values, y1: y(0), y2: y(1), y3: y(2) }, definition);
    for (const { left, steps } of derivations) {
      const by = (left as Variable & { kind: 'derivative' }).by;
      const results = steps.map(({ expression }) => evaluate(finished(expression, by), read)!);
      for (const result of results) expect(result).toBeCloseTo(results[0], 12);
    }
  });

  test.each([
    ['halfMse', 'sigmoid'],
    ['mse', 'linear'],
    ['mae', 'linear'],
    ['huber', 'linear'],
    ['logCosh', 'linear'],
    ['hinge', 'linear'],
    ['binaryCrossEntropy', 'sigmoid'],
    ['crossEntropy', 'softmax'],
  ])('%s: every line has the value of a central difference', (loss, name) => {
    const problem = classes({ loss }, [{ dense: 3, activation: name }]);
    const { definition, derivations } = functionsOf(trace(problem)).at(-1)!;
    for (const [y, t] of [
      [0.3, 0.8],
      [0.6, 0.1],
      [0.45, 0.9],
      [0.9, 0.2],
    ]) {
      const f = (at: number) => evaluate(definition.right, point({ y: at, t }))!;
      const h = 1e-4;
      const difference = (f(y - 2 * h) - 8 * f(y - h) + 8 * f(y + h) - f(y + 2 * h)) / (12 * h);
      const by = (derivations[0].left as Variable & { kind: 'derivative' }).by;
      for (const { expression } of derivations[0].steps) {
        expect(evaluate(finished(expression, by), point({ y, t }))).toBeCloseTo(difference, 9);
      }
    }
  });

  test('for a loss with sample weights, every line has ω and Ω', () => {
    const problem = { ...page({ loss: 'mse' }), weights: tensor([3, 1], [1, 2, 0]) };
    const loss = functionsOf(trace(problem)).at(-1)!;
    expect(lines(loss)).toMatchInlineSnapshot(`
      [
        "E = ω·(y − t)²/Ω",
        "∂E/∂y = (ω·(y − t)²/Ω)′",
        " = (ω·(y − t)²)′/Ω   [constant factor]",
        " = ω·((y − t)²)′/Ω   [constant factor]",
        " = ω·2·(y − t)·(y − t)′/Ω   [chain rule: (u²)′ = 2·u·u′]",
        " = 2·ω·(y − t)/Ω   [sum rule]",
      ]
    `);
    expect(loss.remarks.at(-1)).toBe('ω is the weight of the sample, Ω is the sum of the weights in the batch.');
  });

  test('an entry with a derivative that is off by 0.1 % is detected', () => {
    const off = activation('off', { f: (x) => tanh(x), d: (_x, y) => [mul(1.001, sub(1, mul(y, y)))] });
    const net = network([dense(1, { activation: off, weight: [[0.8], [0.2], [0.3]] })]);
    const problem = { ...page(), network: net, parameters: initialize(net, 3) };
    const { steps } = functionsOf(trace(problem))[0].derivations[0];
    expect(steps.at(-1)!.reason).toBe('declared, but not equal to the line above: the declared derivative is wrong');
  });
});

test("the batch's sums are marked on both curves", () => {
  const { plot } = functionsOf(trace(page()))[1];
  const marked = plot!.points.filter((each) => !each.derivative).map(({ x, y }) => [x, y]);
  expect(marked).toHaveLength(3);
  expect(marked[0][0]).toBeCloseTo(2.28, 12);
  expect(marked[0][1]).toBeCloseTo(0.907207, 6);
});
