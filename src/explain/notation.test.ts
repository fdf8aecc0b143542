import { describe, expect, test } from 'vitest';
import {
  abs,
  add,
  argument,
  constant,
  div,
  exp,
  type Formula,
  log,
  max,
  mul,
  neg,
  pow,
  sign,
  sqrt,
  square,
  step,
  sub,
  where,
} from '../core/formula.ts';
import { type Expression, fromFormula, leaf } from './expression.ts';
import { notationOf } from './notation.ts';
import { numberTex, numberText, rounded } from './numbers.ts';
import { notationTex } from './tex.ts';
import { expressionText } from './text.ts';
import { letter, symbolTex, variableTex, variableText } from './variable.ts';

const [a, b, c] = [argument(0), argument(1), argument(2)];
const leaves = [leaf(letter('a'), -2), leaf(letter('b'), 0.5), leaf(letter('c'), 1.5e-7)];
const over = (f: Formula): Expression => fromFormula(f, (i) => leaves[i]);

describe('formulas as text', () => {
  test.each<[Formula, string, string]>([
    [add(mul(a, b), c), 'a·b + c', '(−2)·0.5 + 1.5·10⁻⁷'],
    [sub(a, sub(b, c)), 'a − (b − c)', '−2 − (0.5 − 1.5·10⁻⁷)'],
    [sub(b, a), 'b − a', '0.5 − (−2)'],
    [mul(a, add(b, c)), 'a·(b + c)', '(−2)·(0.5 + 1.5·10⁻⁷)'],
    [div(a, mul(b, c)), 'a/(b·c)', '(−2)/(0.5·1.5·10⁻⁷)'],
    [mul(div(a, b), c), '(a/b)·c', '((−2)/0.5)·1.5·10⁻⁷'],
    [div(div(a, b), c), '(a/b)/c', '((−2)/0.5)/(1.5·10⁻⁷)'],
    [square(a), 'a²', '(−2)²'],
    [mul(a, mul(a, a)), 'a³', '(−2)³'],
    [square(sub(a, b)), '(a − b)²', '(−2 − 0.5)²'],
    [exp(neg(a)), 'e^(−a)', 'e^(−(−2))'],
    [exp(b), 'e^b', 'e^0.5'],
    [div(1, add(1, exp(neg(b)))), '1/(1 + e^(−b))', '1/(1 + e^(−0.5))'],
    [neg(div(mul(a, b), c)), '−a·b/c', '−(−2)·0.5/(1.5·10⁻⁷)'],
    [mul(-2, abs(a)), '−2·|a|', '−2·|−2|'],
    [pow(constant(0.9, 'β1'), a), 'β1^a', '0.9^(−2)'],
    [sqrt(add(a, b)), '√(a + b)', '√(−2 + 0.5)'],
    [max(a, 0), 'max(a, 0)', 'max(−2, 0)'],
    [step(sub(a, b)), '[a > b]', '[−2 > 0.5]'],
    [where(a, b, mul(0.01, a)), '(b if a > 0, else 0.01·a)', '(0.5 if −2 > 0, else 0.01·(−2))'],
    [sign(a), 'sign(a)', 'sign(−2)'],
    [log(a), 'ln(a)', 'ln(−2)'],
    [add(mul(div(b, 2), a), mul(div(b, 2), a)), 'b·a', '0.5·(−2)'],
    [div(square(sub(a, b)), mul(2, constant(3, 'm'))), '(a − b)²/(2·m)', '(−2 − 0.5)²/(2·3)'],
  ])('%#: %s', (f, names, numbers) => {
    expect(expressionText(over(f))).toBe(names);
    expect(expressionText(over(f), { as: 'numbers' })).toBe(numbers);
  });

  test('a shortened sum shows the number of omitted terms', () => {
    const e: Expression = { kind: 'sum', terms: [leaves[0], leaves[1]], count: 9 };
    expect(expressionText(e)).toBe('a + b + … + 7 more');
    expect(expressionText({ kind: 'apply', primitive: 'add', operands: [e, leaves[2]] })).toBe(
      'a + b + … + 7 more + c',
    );
    expect(expressionText({ kind: 'apply', primitive: 'add', operands: [e, { ...e, terms: [leaves[2]] }] })).toBe(
      'a + b + … + 16 more',
    );
  });
});

test.each<[Formula, string]>([
  [div(1, add(1, exp(neg(a)))), '\\frac{1}{1 + e^{-a}}'],
  [mul(a, sub(1, a)), 'a \\cdot (1 - a)'],
  [mul(div(a, b), add(1, div(a, b))), '\\frac{a}{b} \\cdot \\left(1 + \\frac{a}{b}\\right)'],
  [pow(constant(0.9, 'β1'), b), '\\beta_{1}^{b}'],
  [constant(2 / Math.sqrt(Math.PI), '2/√π'), '\\frac{2}{\\sqrt{\\pi}}'],
])('formulas as TeX: %#', (f, tex) => {
  expect(notationTex(notationOf(over(f)), { as: 'names' })).toBe(tex);
});

test('numbers have six significant digits, and powers of ten if needed', () => {
  const values = [
    2.4,
    0.9072070468,
    -0.000123456789,
    1.5e-7,
    1e-8,
    -1e-8,
    123456.789,
    1234567.89,
    60000,
    0,
    -0,
    Infinity,
    NaN,
  ];
  expect(values.map((value) => numberText(value))).toEqual([
    '2.4',
    '0.907207',
    '−0.000123457',
    '1.5·10⁻⁷',
    '10⁻⁸',
    '−10⁻⁸',
    '123457',
    '1.23457·10⁶',
    '60000',
    '0',
    '0',
    '∞',
    'NaN',
  ]);
  expect(numberTex(1.5e-7)).toBe('1.5 \\cdot 10^{-7}');
  expect(rounded(0.3 + 1.7999999999999998 + 0.3)).toBe(2.4);
});

test('names: indices, layers, marks', () => {
  const w = letter('w', { layer: 1, indices: [1, 12], wide: true, primed: true });
  expect(variableText(w, true)).toBe('w1_1,12′');
  expect(variableTex(w, true)).toBe('w_{1,12}^{[1]\\prime}');
  const h = letter('h', { indices: [2], sample: 3 });
  expect([variableText(h, false), variableText(h, true)]).toEqual(['h2', 'h2⁽³⁾']);
  expect(variableText({ kind: 'derivative', of: letter('E'), by: h }, true)).toBe('∂E/∂h2⁽³⁾');
  expect(variableText(letter('h', { indices: [1], bar: true }), true)).toBe('h̄1');
});

test("a reader's symbols become TeX that compiles", () => {
  expect(['δ', 'net', 'h1', 'ŷ', 'w_in', 'ρ∞', 'a&b', '√(2/π)'].map(symbolTex)).toMatchInlineSnapshot(`
    [
      "\\delta",
      "\\mathit{net}",
      "h_{1}",
      "\\hat{y}",
      "w_{\\text{in}}",
      "\\rho_{\\infty}",
      "a \\text{\\&} b",
      "\\sqrt{\\frac{2}{\\pi}}",
    ]
  `);
});
