import { describe, expect, test } from 'vitest';
import { experiment } from '../net/setup.ts';
import { page } from './fixtures.ts';
import { audit } from './index.ts';

/** y = w·x + b for two inputs, one sample, by hand: y = 1, dE/dy = -1, dE/dw = [-2, -3], dE/db = -1. */
const setup = experiment({
  network: { layers: [{ dense: 1, weight: [[0.2], [0.1]], bias: [0.3] }] },
  data: { inputs: [[2, 3]], targets: [[2]] },
  training: { loss: 'halfMse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
});
const weights = (first: string, second: string, bias: string) =>
  [first, second, bias].map((value, i) => ({
    quantity: i < 2 ? `layers.0.weight[${i}][0]` : 'layers.0.bias[0]',
    value,
    after: 1,
  }));

describe('a convention that rows which agree contradict explains nothing', () => {
  test('one weight that moves uphill is wrong: the others move downhill', () => {
    const { rows, ok } = audit(setup, weights('0.000', '0.400', '0.400'));
    expect(ok).toBe(false);
    expect(rows.map(({ status }) => status)).toEqual(['unexplained', 'agrees', 'agrees']);
    expect(rows[0].explanation).toContain('would follow if the update adds ∂E/∂w1_1 = −2 instead of subtracting it');
  });

  test('all weights that move uphill are one slip, not a convention', () => {
    const { rows, ok } = audit(setup, weights('0.000', '-0.200', '0.200'));
    expect(ok).toBe(false);
    expect(rows.map(({ status }) => status)).toEqual(['slip', 'slip', 'slip']);
    expect(rows[0].explanation).toContain('the update adds the gradient instead of subtracting it');
    expect(rows[0].candidates[0]).toMatchObject({ kind: 'sign', which: 'update', rows: [0, 1, 2] });
  });

  test('gradients that are all printed as their negatives are a convention; one of two is a misprint', () => {
    const gradients = (values: readonly string[]) =>
      audit(setup, [
        ...values.map((value, i) => ({ quantity: `gradient(layers.0.weight[${i}][0])`, value })),
        ...weights('0.400', '0.400', '0.400'),
      ]);
    const both = gradients(['2.00', '3.00']);
    expect(both.ok).toBe(true);
    expect(both.rows.slice(0, 2).map(({ status }) => status)).toEqual(['convention', 'convention']);
    const one = gradients(['2.00', '-3.00']);
    expect(one.ok).toBe(false);
    expect(one.rows[0]).toMatchObject({ status: 'slip', candidates: [{ text: 'its sign is printed wrong' }] });
    // with two digits, it may be chance
    expect(gradients(['2.0', '-3.0']).rows[0].status).toBe('unexplained');
  });

  test('a single gradient with the opposite sign is wrong if the update used it with its own sign', () => {
    const gradient = { quantity: 'gradient(layers.0.weight[0][0])', value: '2.00' };
    expect(audit(setup, [gradient]).rows[0].status).toBe('convention');
    const { rows, ok } = audit(setup, [gradient, ...weights('0.400', '0.400', '0.400')]);
    expect(rows[0].status).toBe('slip');
    expect(ok).toBe(false);
  });

  test('the sign of an output is no convention', () => {
    const { rows, ok } = audit(setup, [{ quantity: 'layers.0.output[0][0]', value: '-1.00' }]);
    expect(rows[0].explanation).toBe('The printed value follows if its sign is printed wrong.');
    expect(ok).toBe(false);
  });

  test('a number of updates is contradicted by numbers of its kind, not by others', () => {
    const at = (quantity: string, after: number, of: number) => {
      const [{ computed }] = audit(page.setup, [{ quantity, value: '0', after: of }]).rows;
      return { quantity, after, value: computed.toPrecision(7) };
    };
    const late = at('loss', 2, 1);
    const weight = at('layers.1.weight[0][0]', 2, 2);
    expect(audit(page.setup, [late, weight]).rows[0]).toMatchObject({
      status: 'convention',
      candidates: [{ kind: 'count', which: 'before' }],
    });
    expect(audit(page.setup, [late, at('loss', 1, 1)]).rows[0].status).not.toBe('convention');
  });
});

describe('the causes that are listed', () => {
  test('maxListed limits the explanation, and no candidate is lost', () => {
    const third = (maxListed?: number) =>
      audit(page.setup, page.printed, { maxListed }).rows.find(({ quantity }) => quantity === 'layers.0.weight[2][0]')!;
    const [all, two] = [third(), third(2)];
    expect(two.candidates).toEqual(all.candidates);
    expect(all.explanation).toContain('sample 3 is left out of x̄3');
    expect(two.explanation).toBe(
      '18 slips would each explain this row and another one, so any of them can be the cause. The row follows if sample 1 is left out of x̄3; or if 1 (x3⁽¹⁾, x1⁽²⁾ and 2 more) is used in place of x̄3 = 1.33333 wherever it is used; or in one of 16 more ways.',
    );
  });
});
