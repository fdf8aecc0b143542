import { describe, expect, test } from 'vitest';
import type { Setup } from '../net/setup.ts';
import { page, under } from './fixtures.ts';
import { audit } from './index.ts';

describe('single conventions on the textbook example', () => {
  const value = (setup: Setup, quantity: string, after: number, digits = 7) =>
    audit(setup, [{ quantity, value: '0', after }]).rows[0].computed.toPrecision(digits);
  const { setup } = page;
  const first = 'layers.0.weight[0][0]';

  test.each([
    ['update', 'sequential', { ...setup, recipe: { ...setup.recipe, update: 'sequential' as const } }],
    ['gradient', 'exact', under('exact')],
  ])('%s: %s', (kind, which, changed) => {
    const { rows, ok } = audit(setup, [{ quantity: first, value: value(changed, first, 1), after: 1 }]);
    expect(rows[0].status).toBe('convention');
    expect(rows[0].candidates).toContainEqual(expect.objectContaining({ kind, which }));
    expect(ok).toBe(true);
  });

  test('reduction: a mean of squares instead of half of it', () => {
    const [{ status, candidates }] = audit(setup, [{ quantity: 'loss', value: '0.0977120' }]).rows;
    expect(status).toBe('convention');
    // With one output, 1/m is also the mean over samples and outputs, in the loss alone or in its gradient too.
    expect(candidates.map(({ which }) => which)).toEqual(expect.arrayContaining(['1/m', '1/m loss']));
  });

  test('sign: a gradient written with the opposite sign', () => {
    const [row] = audit(setup, [{ quantity: 'gradient(layers.1.weight[0][0])', value: '-0.067183' }]).rows;
    expect(row).toMatchObject({
      status: 'convention',
      explanation: expect.stringContaining('it is written with the opposite sign'),
    });
  });

  test('trained: a frozen layer', () => {
    const fixed = [
      { quantity: 'layers.0.weight[0][0]', value: '0.150', after: 1 },
      { quantity: 'layers.0.weight[1][1]', value: '0.300', after: 1 },
    ];
    for (const row of audit(setup, fixed).rows) {
      expect(row).toMatchObject({
        status: 'convention',
        explanation: expect.stringContaining('layers.0.weight is not trained'),
      });
    }
  });
});
