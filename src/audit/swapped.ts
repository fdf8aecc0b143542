/** Slips in which an operation is another: a product for a sum, a sum for a product, a quotient for a product. */
import type { CellSets } from './cell-sets.ts';
import type { Swap, Trial } from './slip.ts';
import type { Workings } from './workings.ts';

type Compute = (cell: number, now: Float64Array) => number;

/** Every computation of two numbers, and every sum of products, with another operation. */
export function swappedTrials(workings: Workings, sets: CellSets): Trial[] {
  const out: Trial[] = [];
  for (let cell = 0; cell < workings.cells.length; cell++) {
    for (const [swap, value] of swapsOf(workings, cell)) {
      for (const { extent, cells, repeated } of sets.of(cell)) {
        const slip = { kind: 'swapped', extent, of: cell, in: cells, repeated, used: Number.NaN, swap } as const;
        out.push({ slip, cells, value });
      }
    }
  }
  return out;
}

/** The operations that can be taken for a cell's own. */
function swapsOf(workings: Workings, cell: number): [Swap, Compute][] {
  const two = (join: (a: number, b: number) => number): Compute => {
    return (each, now) => {
      const [a, b] = workings.cells[each].from;
      return join(now[a], now[b]);
    };
  };
  switch (workings.primitive(cell)) {
    case 'mul':
      // a square is taken for a double
      return [
        ['added', two((a, b) => a + b)],
        ['divided', two((a, b) => a / b)],
      ];
    case 'add':
      return [['multiplied', two((a, b) => a * b)]];
    case 'div':
      return [['timesDivisor', two((a, b) => a * b)]];
    default:
      return workings.isSum(cell) ? swapsOfSum(workings, cell) : [];
  }
}

function swapsOfSum(workings: Workings, cell: number): [Swap, Compute][] {
  const reduce =
    (start: number, join: (total: number, a: number, b: number | undefined) => number): Compute =>
    (each, now) => {
      const terms = workings.cells[each].terms!;
      let total = start;
      for (let t = 0; t < terms.length; t += 2) {
        total = join(total, now[terms[t]], terms[t + 1] < 0 ? undefined : now[terms[t + 1]]);
      }
      return total;
    };
  const out: [Swap, Compute][] = [['termsMultiplied', reduce(1, (total, a, b = 1) => total * (a * b))]];
  if (workings.cells[cell].terms![1] >= 0) out.push(['factorsAdded', reduce(0, (total, a, b = 0) => total + (a + b))]);
  return out;
}
