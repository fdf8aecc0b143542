import { describe, expect, test } from 'vitest';
import { codeOfRow } from './code.ts';
import { explanation } from './explanation.ts';
import { mazur, page } from './fixtures.ts';

/** The statement of each line with its name, formula and value. */
const rowsOf = (problem: Parameters<typeof explanation>[0]) => explanation(problem).rows;

describe('a line as TypeScript', () => {
  test('forward pass, averages, derivatives and updates are written as a programmer would', () => {
    const rows = rowsOf(page({ gradient: 'averagedFactors' }));
    const codeOf = (quantity: string, after = 0) =>
      codeOfRow(rows.find(({ line }) => line.quantity === quantity && line.after === after)!);
    expect(codeOf('layers.0.sum[0][0]')).toBe('const h1 = x1 * v11 + x2 * v21 + x3 * v31;');
    expect(codeOf('layers.1.output[0][0]')).toBe('const y = 1 / (1 + Math.exp(-s));');
    expect(codeOf('loss')).toBe('const E = E_1 + E_2 + E_3;');
    expect(codeOf('layers.1.input[mean][0]')).toBe('const h1Mean = (h1_1 + h1_2 + h1_3) / m;');
    expect(codeOf('gradient(layers.1.weight[0][0])')).toBe('const dE_dw1 = dE_dsMean * h1Mean;');
    expect(codeOf('layers.1.weight[0][0]', 1)).toBe('const w1New = w1 - η * dE_dw1;');
  });

  test('the statements of a whole step, run as a program, give its numbers', () => {
    for (const problem of [mazur(), page()]) {
      for (const row of rowsOf(problem)) {
        const code = codeOfRow(row);
        if (code === undefined || row.reads === undefined) continue;
        const values = new Map<string, number>();
        for (const { variable, value } of row.reads) {
          values.set(codeOfRow({ ...row, variable, formula: { kind: 'number', value: 0 } })!.split(' ')[1], value);
        }
        values.set('m', problem.inputs.shape[0]).set('η', 0.5);
        const [, expression] = /^const \S+ = (.*);$/.exec(code)!;
        const computed = new Function(...values.keys(), `return ${expression};`)(...values.values()) as number;
        expect(Math.abs(computed - row.value), code).toBeLessThan(1e-15 + 1e-14 * Math.abs(row.value));
      }
    }
  });
});
