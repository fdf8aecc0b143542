import temml from 'temml';
import { describe, expect, test } from 'vitest';
import { explanation } from '../explanation.ts';
import { mazur, page } from '../fixtures.ts';
import { texOfRow } from './row-tex.ts';

const { rows } = explanation(page({ gradient: 'averagedFactors' }));
const rowAt = (quantity: string, after = 0) =>
  rows.find(({ line }) => line.quantity === quantity && line.after === after)!;

describe('a line as TeX', () => {
  test('name, chain rule, formula, numbers and value', () => {
    expect(texOfRow(rowAt('gradient(layers.1.weight[0][0])'))).toEqual({
      name: '\\dfrac{\\partial E}{\\partial w_{1}}',
      rule: '\\dfrac{\\partial E}{\\partial \\bar{s}} \\cdot \\dfrac{\\partial \\bar{s}}{\\partial w_{1}}',
      formula: '\\dfrac{\\partial E}{\\partial \\bar{s}} \\cdot \\bar{h}_{1}',
      numbers: '0.0447885 \\cdot 1.5',
      value: '0.0671828',
      terms: {
        rule: ['\\dfrac{\\partial E}{\\partial \\bar{s}} \\cdot \\dfrac{\\partial \\bar{s}}{\\partial w_{1}}'],
        formula: ['\\dfrac{\\partial E}{\\partial \\bar{s}} \\cdot \\bar{h}_{1}'],
        numbers: ['0.0447885 \\cdot 1.5'],
      },
    });
    expect(texOfRow(rowAt('layers.1.weight[0][0]', 1)).terms.numbers).toEqual(['0.8', '- 0.5 \\cdot 0.0671828']);
  });

  test('marks of samples are written where a formula has several, or on request', () => {
    expect(texOfRow(rowAt('layers.1.sum[0][0]')).formula).toBe('h_{1} \\cdot w_{1} + h_{2} \\cdot w_{2}');
    expect(texOfRow(rowAt('layers.1.sum[0][0]'), { marked: true }).formula).toBe(
      'h_{1}^{(1)} \\cdot w_{1} + h_{2}^{(1)} \\cdot w_{2}',
    );
  });

  test('a single number is not written twice', () => {
    expect(texOfRow(rowAt('factor(layers.1.sum[mean][0], layers.1.weight[0][0])')).numbers).toBeUndefined();
  });

  test('every number is marked with the address of the line that computes it, or of an input', () => {
    for (const explained of [explanation(page()), explanation(mazur(), { step: 3 })]) {
      const lines = new Set(explained.rows.map(({ line }) => `${line.quantity} ${line.after}`));
      for (const row of explained.rows) {
        const { numbers = '' } = texOfRow(row, {
          mark: (tex, { quantity, after }) => {
            // the chain rule is in symbols
            if (quantity === undefined) {
              expect(row.rule).toBeDefined();
              return tex;
            }
            const given = /^(layers\.0\.input|target|learningRate|layers\.\d+\.(weight|bias))\b/.test(quantity);
            expect(given || lines.has(`${quantity} ${after}`), `${quantity} ${after}`).toBe(true);
            return `\\data{n=1}{${tex}}`;
          },
        });
        expect(() => temml.renderToString(numbers, { throwOnError: true, trust: true })).not.toThrow();
      }
    }
  });

  test('the update of a weight reads the weight before it and the gradient', () => {
    expect(rowAt('layers.1.weight[0][0]', 1).reads!.map(({ quantity, after }) => [quantity, after])).toEqual([
      ['layers.1.weight[0][0]', 0],
      ['learningRate', 0],
      ['gradient(layers.1.weight[0][0])', 0],
    ]);
    expect(rowAt('layers.1.sum[0][0]', 1).reads!.map(({ quantity, after }) => [quantity, after])).toEqual([
      // of a linear layer, the sum is the output
      ['layers.0.sum[0][0]', 1],
      ['layers.1.weight[0][0]', 1],
      ['layers.0.sum[0][1]', 1],
      ['layers.1.weight[1][0]', 1],
    ]);
  });
});
