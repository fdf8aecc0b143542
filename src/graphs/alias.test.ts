import { expect, test } from 'vitest';
import { chooseAlias, fillAlias } from './alias.ts';

test('an alias table gives each item its share, to one part in 2^30', () => {
  const weights = [3, 0, 1.5, 0.25, 7, 1, 1, 1];
  const table = { thresholds: new Uint32Array(10), aliases: new Uint32Array(10) };
  fillAlias(table, 2, weights);
  const shares = weights.map(() => 0);
  weights.forEach((_, slot) => {
    const own = table.thresholds[2 + slot] / 2 ** 32 / weights.length;
    shares[slot] += own;
    shares[table.aliases[2 + slot]] += 1 / weights.length - own;
  });
  const total = weights.reduce((sum, each) => sum + each);
  shares.forEach((share, i) => {
    expect(Math.abs(share - weights[i] / total)).toBeLessThan(2 ** -30);
  });
});

test('a word chooses a slot by its upper and the item by its lower bits', () => {
  const table = { thresholds: new Uint32Array(4), aliases: new Uint32Array(4) };
  fillAlias(table, 0, [1, 1, 0, 2]);
  const chosen = Array.from({ length: 16 }, (_, i) => chooseAlias(table, 0, 4, (i + 0.5) * 2 ** 28));
  const counts = [0, 1, 2, 3].map((item) => chosen.filter((each) => each === item).length);
  expect(counts).toEqual([4, 4, 0, 8]);
});
