/** Takes rows out of a data set, whether it is in memory or not. */
import { permutation } from '../base/random.ts';
import { tensor } from '../base/tensor.ts';
import { pickRows } from '../data/feeds.ts';
import { type Dataset, rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';

/** The rows, in the given order. */
export function takeData({ inputs, targets, weights, stream, feeds }: Dataset, rows: ArrayLike<number>): Dataset {
  const n = rows.length;
  const [x, t] = [inputs, targets].map(({ shape }) => tensor([n, shape[1]]));
  const taken = {
    inputs: x,
    targets: t,
    ...(weights && {
      weights: tensor(
        [n, 1],
        Array.from(rows, (row) => weights.data[row]),
      ),
    }),
    ...(feeds && { feeds: new Map(Array.from(feeds, ([name, feed]) => [name, pickRows(feed, rows)])) }),
  };
  if (stream !== undefined) {
    // A stream is read forwards.
    const places = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => rows[a] - rows[b]);
    stream.read(
      places.map((place) => rows[place]),
      x.data,
      t.data,
      places,
    );
    return taken;
  }
  for (const [into, { shape, data }] of [
    [x, inputs],
    [t, targets],
  ] as const) {
    const width = shape[1];
    for (let r = 0; r < n; r++) into.data.set(data.subarray(rows[r] * width, (rows[r] + 1) * width), r * width);
  }
  return taken;
}

/**
 * The order of the rows in an epoch. For a data set that is not in memory, the order of `most` evenly spaced rows, because
 * the order of all rows would not be in memory either.
 */
export function orderOf(setup: Setup, epoch: number, maxRows: number): Uint32Array {
  const rows = rowsIn(setup);
  const n = setup.stream === undefined ? rows : Math.min(rows, maxRows);
  const stride = Math.floor(rows / n);
  const order = setup.shuffle
    ? permutation(n, setup.network.seed, 'shuffle', epoch)
    : Uint32Array.from({ length: n }, (_, i) => i);
  return stride === 1 ? order : order.map((row) => row * stride);
}
