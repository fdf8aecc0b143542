import { describe, expect, test } from 'vitest';
import { page, rowOf } from './fixtures.ts';
import { audit } from './index.ts';

describe('unexplained rows', () => {
  test('a single row that only a slip could explain is unexplained', () => {
    const printed = page.printed.map((row) =>
      row.quantity === 'layers.1.output[1][0]' ? { ...row, value: '0.731' } : row,
    );
    const row = rowOf(audit(page.setup, printed).rows, 'layers.1.output[1][0]');
    expect(row.status).toBe('unexplained');
    expect(row.explanation).toMatchInlineSnapshot(
      `"No other convention gives this value, and neither does rounding of intermediate numbers or a single slip that also explains another row."`,
    );
  });

  test('arbitrary numbers are unexplained', () => {
    const { rows, ok } = audit(page.setup, [
      { quantity: 'loss', value: '7.77177' },
      { quantity: 'layers.1.output[2][0]', value: '0.123457' },
    ]);
    expect(rows.map(({ status }) => status)).toEqual(['unexplained', 'unexplained']);
    expect(ok).toBe(false);
  });
});
