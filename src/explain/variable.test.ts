import fc from 'fast-check';
import temml from 'temml';
import { describe, expect, test } from 'vitest';
import { hostileNames } from '../../test/hostile.ts';
import { runs } from '../../test/runs.ts';
import { letter, symbolTex, variableTex } from './variable.ts';

describe("a user's symbol is never a TeX command", () => {
  test.each([
    ['2\\input{x}', '2 \\text{\\textbackslash{}} i n p u t \\text{\\{} x \\text{\\}}'],
    ['^^5cinput', '\\text{\\textasciicircum{}} \\text{\\textasciicircum{}} \\text{5} c i n p u t'],
    ['x_}\\input{a', 'x_{\\text{\\}\\textbackslash{}input\\{a}}'],
    ['$', '\\text{\\$}'],
    ['a\n\nb', 'a \\text{\\textbackslash{}n} \\text{\\textbackslash{}n} b'],
    ['\u0302', '\\text{\u25cc\u0302}'],
    ['∑', '\\text{$∑$}'],
  ])('%j', (symbol, tex) => {
    expect(symbolTex(symbol)).toBe(tex);
  });

  test("a symbol's own index is combined with further ones, also under a root, an accent and a logarithm", () => {
    const tex = (base: string) => variableTex(letter(base, { indices: [1, 2], bar: true }), false);
    expect(['x1_a', '√(v_1)', 'ŷ_3', 'ln x_1'].map(tex)).toEqual([
      '\\bar{x}_{1,\\text{a},12}',
      '\\bar{\\sqrt{v_{1}}}_{12}',
      '\\bar{\\hat{y}}_{3,12}',
      '\\bar{\\ln x}_{1,12}',
    ]);
  });

  test('a long symbol is shortened, because it occurs in every line', () => {
    expect(symbolTex('x'.repeat(100_000))).toBe(`${'x '.repeat(39)}\\text{…}`);
    expect(symbolTex('√'.repeat(100_000)).length).toBeLessThan(300);
  });

  test('any symbol is typeset', () => {
    const piece = fc.oneof(
      fc.constantFrom(...'\\{}$&#^_~%√/()∞²ĸ重α2ab∑ \n\u0000\ud800\u202e\'"<>\u0301\u0302\u0303\u20d7'),
      fc.constantFrom('\\input', '^^5c', 'ln ', ...hostileNames),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const symbol = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(symbol, fc.boolean(), fc.boolean(), (base, bar, several) => {
        const tex = variableTex(letter(base, { bar, indices: several ? [1, 2] : [], sample: 2 }), several);
        temml.renderToString(`\\left(${tex}\\right)^{2}`, { throwOnError: true, annotate: false });
      }),
      { seed: 5, numRuns: runs(300, 3000) },
    );
  });
});
