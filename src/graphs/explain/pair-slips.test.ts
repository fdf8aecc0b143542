/** Slips that occur in print, planted in an update of skip-gram that is calculated by hand, and named by the audit. */
import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../audit/index.ts';
import { auditAnyExample } from './worked-examples.ts';

const step = {
  centre: [0.4, -0.2],
  contexts: [[0.3, 0.5]],
  negatives: [
    [0.27, -0.43],
    [-0.6, 0.1],
  ],
  learningRate: 0.5,
};

/** What a hand may do differently: how it takes two numbers of a dot product together, and what it writes down. */
interface Hand {
  readonly product?: (k: number, a: number, b: number) => number;
  readonly write?: (quantity: string, value: number) => number;
  /** What is printed, and not what is calculated with. */
  readonly misprint?: (quantity: string, value: number) => number;
}

/** The update, one number after the other, printed to `digits`. */
function calculated(
  { product = (_k, a, b) => a * b, write = (_q, value) => value, misprint = (_q, value) => value }: Hand,
  digits = 5,
) {
  const printed: { quantity: string; value: string; after?: number }[] = [];
  const put = (quantity: string, value: number, after = 0) => {
    const written = write(quantity, value);
    printed.push({ quantity, value: misprint(quantity, written).toPrecision(digits), ...(after > 0 && { after }) });
    return written;
  };
  const u = [...step.contexts, ...step.negatives];
  const error = u.map((row, k) => {
    const z = put(
      `dot[${k}]`,
      row.reduce((sum, x, j) => sum + product(k, step.centre[j], x), 0),
    );
    const y = put(`sigmoid[${k}]`, 1 / (1 + Math.exp(-z)));
    put(`loss[${k}]`, -Math.log(k === 0 ? y : 1 - y));
    return put(`error[${k}]`, y - (k === 0 ? 1 : 0));
  });
  step.centre.forEach((x, j) => {
    const slope = put(
      `gradient(centre[${j}])`,
      u.reduce((sum, row, k) => sum + error[k] * row[j], 0),
    );
    put(`centre[${j}]`, x - step.learningRate * slope, 1);
  });
  return printed;
}

const rowsOf = (hand: Hand, digits?: number) =>
  auditAnyExample({ experiment: { skipGram: step }, printed: calculated(hand, digits) }).rows;
const row = (rows: readonly AuditRow[], quantity: string) => rows.find((each) => each.quantity === quantity)!;

test('without a slip, every row agrees', () => {
  expect(rowsOf({}).every(({ status }) => status === 'agrees')).toBe(true);
});

describe('an operation in place of another', () => {
  test('the factors of a dot product that are added are named as the one cause', () => {
    const rows = rowsOf({ product: (k, a, b) => (k === 1 ? a + b : a * b) });
    for (const quantity of ['dot[1]', 'sigmoid[1]', 'error[1]', 'gradient(centre[0])']) {
      expect(row(rows, quantity)).toMatchObject({ status: 'slip', candidates: [{ kind: 'swapped', in: ['dot[1]'] }] });
    }
    expect(row(rows, 'dot[1]').explanation).toContain('the factors of each term are added, not multiplied, in z2');
    expect(row(rows, 'dot[0]').status).toBe('agrees');
  });
});

describe('a shifted decimal point', () => {
  test('in print alone: the one row is a slip, and no other row is doubted', () => {
    const rows = rowsOf({ misprint: (quantity, value) => (quantity === 'sigmoid[2]' ? value / 10 : value) });
    expect(row(rows, 'sigmoid[2]')).toMatchObject({
      status: 'slip',
      explanation:
        'The printed value follows if its decimal point is printed one place to the left of its correct position.',
      candidates: [{ kind: 'decimal' }],
    });
    expect(rows.filter(({ status }) => status !== 'agrees')).toHaveLength(1);
  });

  test('of a number that later numbers are computed from', () => {
    const rows = rowsOf({ write: (quantity, value) => (quantity === 'error[1]' ? value * 10 : value) });
    for (const quantity of ['error[1]', 'gradient(centre[0])', 'gradient(centre[1])']) {
      expect(row(rows, quantity)).toMatchObject({ status: 'slip' });
      expect(row(rows, quantity).candidates.map(({ kind }) => kind)).toContain('decimal');
    }
    expect(row(rows, 'error[1]').explanation).toContain('its decimal point one place to the right');
  });

  test('two digits are too few: they fit by chance', () => {
    const rows = rowsOf({ misprint: (quantity, value) => (quantity === 'sigmoid[2]' ? value / 10 : value) }, 2);
    expect(row(rows, 'sigmoid[2]').status).not.toBe('slip');
  });
});

describe('a wrong number that others inherit', () => {
  const rows = rowsOf({ write: (quantity, value) => (quantity === 'dot[1]' ? 0.2345 : value) }, 4);

  test('the first wrong number is named, and the rows that follow from its print', () => {
    expect(row(rows, 'dot[1]')).toMatchObject({ status: 'slip', candidates: [{ kind: 'inherited', of: ['dot[1]'] }] });
    expect(row(rows, 'dot[1]').explanation).toContain(
      'This is the first wrong number: z2 is printed as 0.2345, not 0.194, and later numbers are computed from the print.',
    );
    expect(row(rows, 'dot[1]').explanation).toContain('7 other rows follow from it');
  });

  test('each of the others refers to it', () => {
    for (const quantity of ['sigmoid[1]', 'loss[1]', 'error[1]', 'gradient(centre[0])', 'gradient(centre[1])']) {
      expect(row(rows, quantity).explanation).toBe(row(rows, 'dot[1]').explanation);
    }
    expect(row(rows, 'dot[0]').status).toBe('agrees');
  });
});
