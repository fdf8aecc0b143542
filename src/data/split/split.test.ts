import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitRows } from './split.ts';

const complaint = (...given: Parameters<typeof splitRows>) => {
  try {
    splitRows(...given);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

const share = fc.integer({ min: 0, max: 45 }).map((percent) => percent / 100);
const cases = fc.record({
  classes: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 300 }),
  validation: share.filter((x) => x === 0 || x > 0.02),
  test: share.filter((x) => x === 0 || x > 0.02),
  stratify: fc.boolean(),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

test('splits have exactly round(share·n) rows, ascending; every row is in one split; the same seed gives the same splits', () => {
  fc.assert(
    fc.property(cases, ({ classes, validation, test, stratify, seed }) => {
      const n = classes.length;
      const split = splitRows(n, { validation, test, stratify }, seed, classes);
      expect(split.validation?.length ?? 0).toBe(Math.round(validation * n));
      expect(split.test?.length ?? 0).toBe(Math.round(test * n));
      const parts = [split.train, split.validation ?? [], split.test ?? []];
      for (const part of parts) expect(part).toEqual([...part].sort((a, b) => a - b));
      expect(parts.flat().sort((a, b) => a - b)).toEqual(classes.map((_, row) => row));
      expect(splitRows(n, { validation, test, stratify }, seed, classes)).toEqual(split);
    }),
    { seed: 1 },
  );
});

test('stratified, each class is within one row of its share in validation, and every class is in training', () => {
  fc.assert(
    fc.property(cases, ({ classes, validation, seed }) => {
      const split = splitRows(classes.length, { validation }, seed, classes);
      for (const k of new Set(classes)) {
        const all = classes.filter((each) => each === k).length;
        const taken = (split.validation ?? []).filter((row) => classes[row] === k).length;
        // a class of one row stays whole in training, and its place goes to another class
        if (classes.every((each) => classes.filter((other) => other === each).length > 2)) {
          expect(Math.abs(taken - validation * all)).toBeLessThan(1 + 1e-9);
        }
        expect(split.train.some((row) => classes[row] === k)).toBe(true);
      }
    }),
    { seed: 1 },
  );
});

test('known shares: 50, 30 and 20 rows of three classes, a fifth each', () => {
  const classes = Array.from({ length: 100 }, (_, row) => (row < 50 ? 0 : row < 80 ? 1 : 2));
  const { validation, test } = splitRows(100, { validation: 0.2, test: 0.1 }, 1, classes);
  const counts = (part: readonly number[]) => [0, 1, 2].map((k) => part.filter((row) => classes[row] === k).length);
  expect(counts(validation!)).toEqual([10, 6, 4]);
  expect(counts(test!)).toEqual([5, 3, 2]);
});

test('another seed gives another split, and the split is not the head of the file', () => {
  const one = splitRows(100, { validation: 0.2 }, 1);
  expect(splitRows(100, { validation: 0.2 }, 2)).not.toEqual(one);
  expect(one.validation!.at(-1)).toBeGreaterThan(50);
});

test('without shares all rows are for training, in order', () => {
  expect(splitRows(3, {}, 1)).toEqual({ train: [0, 1, 2], validation: undefined, test: undefined });
});

test('more classes than training rows: splits keep their sizes', () => {
  const { train, validation } = splitRows(4, { validation: 0.5 }, 1, [0, 1, 2, 3]);
  expect([train.length, validation!.length]).toEqual([2, 2]);
});

test('an invalid share', () => {
  expect(complaint(10, { validation: 20 }, 1)).toMatchInlineSnapshot(`
    "data.split.validation: 20 is not a share of the rows.
      Pass a number from 0 to below 1, such as 0.2."
  `);
  expect(complaint(10, { test: Number.NaN }, 1)).toMatchInlineSnapshot(`
    "data.split.test: NaN is not a share of the rows.
      Pass a number from 0 to below 1, such as 0.2."
  `);
});

test('an empty split', () => {
  expect(complaint(20, { validation: 0.01 }, 1)).toMatchInlineSnapshot(`
    "data.split.validation: 0.01 of 20 rows rounds to 0 rows.
      Pass a share of at least 0.05, or leave the split out."
  `);
});

test('no row left for training', () => {
  expect(complaint(10, { validation: 0.5, test: 0.5 }, 1)).toMatchInlineSnapshot(`
    "data.split: validation and test take 10 of 10 rows, and no row is left for training.
      Pass shares whose sum is well below 1."
  `);
});

test('stratify without classes', () => {
  expect(complaint(10, { validation: 0.5, stratify: true }, 1)).toMatchInlineSnapshot(`
    "data.split.stratify: a regression cannot be stratified, because it has no classes.
      Leave it out, or set "task": "classification"."
  `);
});
