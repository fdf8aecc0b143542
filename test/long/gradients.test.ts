/** The suite of test/gradients.test.ts on a hundred times as many networks. */
import { expect, test } from 'vitest';
import { activations } from '../../src/core/ops/activations.ts';
import { losses } from '../../src/net/losses.ts';
import { entryName } from '../../src/net/schema.ts';
import { disagreements } from '../central-differences.ts';
import { drawComparable, takes } from '../random-step.ts';

for (const [l, loss] of losses.entries()) {
  test(`gradients of ${entryName(loss)} agree with central differences on 300 networks for each last activation`, () => {
    for (const [a, last] of activations.entries()) {
      if (!takes(loss, last)) continue;
      for (let n = 0; n < 300; n++) {
        const seed = 1_000_000 + 100_000 * l + 1000 * a + n;
        const { step, rows } = drawComparable(seed, last, loss);
        expect(disagreements(rows), step.description).toEqual([]);
      }
    }
  });
}
