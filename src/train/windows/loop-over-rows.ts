/**
 * Training on more rows than fit in memory. The rows pass through windows: the loop reads the rows of one window into its
 * data set and takes its steps there. An epoch takes each row once. If the rows are shuffled, blocks of rows come in a new
 * order in each epoch, and so do the rows of each window, which holds many blocks: a shuffle buffer. Only rows of the same
 * block stay together in a window.
 */

import { size } from '../../base/shape.ts';
import type { Feeds } from '../../data/feeds.ts';
import type { RowStream } from '../../data/table/rows.ts';
import type { Engine, EpochLoop, LoopSpec, Program } from '../../engines/engine.ts';
import { type Dataset, feedsOf } from '../../net/problem.ts';
import type { Plan } from '../../plan/plan.ts';
import { streamedFeeds, streamedInto, windowLoop } from './window-loop.ts';

/** The maximum number of bytes of a data set that the loop holds as a whole, and of a window otherwise. */
const maxBytes = { whole: 2 ** 27, window: 2 ** 25 };
/** Rows that stay together when blocks are shuffled. */
const blockRows = 4096;

/** Bounds for tests. */
export interface WindowOptions {
  /** Bytes. */
  readonly whole?: number;
  readonly window?: number;
  readonly blockRows?: number;
}

/** Compiles the loop over a data set and fills in its rows. */
export function loopOverRows(
  engine: Engine,
  plans: readonly Plan[],
  data: Dataset,
  spec: LoopSpec,
  options: WindowOptions = {},
): { readonly programs: Program[]; readonly loop: EpochLoop } {
  const { stream } = data;
  const feeds = feedsOf(data);
  if (stream === undefined) {
    const made = engine.compileLoop(plans, spec);
    return closedOnError(made.loop, () => {
      for (const [name, feed] of feeds) made.loop.feeds.get(name)!.set(feed.data);
      return made;
    });
  }
  const held = new Map([...feeds].filter(([name]) => !streamedFeeds.includes(name)));
  const { rows, batches } = spec;
  const [batch, rest = 0] = batches;
  const rowBytes = 8 * (data.inputs.shape[1] + data.targets.shape[1]) + bytesOfRow(data.feeds);
  const { whole = maxBytes.whole, window = maxBytes.window } = options;
  const steps = Math.max(1, Math.floor(window / rowBytes / batch));
  if (rows * rowBytes <= whole || steps * batch >= rows) {
    const made = engine.compileLoop(plans, spec);
    return closedOnError(made.loop, () => {
      readAll(stream, made.loop);
      for (const [name, feed] of held) made.loop.feeds.get(name)!.set(feed.data);
      return made;
    });
  }
  // A window has room for the smaller batch that ends an epoch. If there is none, an unused batch keeps the inner loop from
  // ending its own epoch.
  const { shuffleSeed: _, ...inner } = spec;
  const { programs, loop } = engine.compileLoop(plans, { ...inner, rows: steps * batch + (rest || batch) });
  return {
    programs,
    loop: windowLoop(loop, stream, held, { ...spec, steps, blockRows: options.blockRows ?? blockRows }),
  };
}

/** Bytes of one row of feeds. */
function bytesOfRow(feeds: Feeds = new Map()): number {
  return [...feeds.values()].reduce((sum, { data, rowShape }) => sum + data.BYTES_PER_ELEMENT * size(rowShape), 0);
}

/** Returns what `make` returns. If it throws, the loop's threads end, because nothing else can close them yet. */
export function closedOnError<T>(loop: EpochLoop, make: () => T): T {
  try {
    return make();
  } catch (error) {
    loop.close();
    throw error;
  }
}

/** Reads all rows, a block at a time, so that the lists of positions stay short. */
function readAll(stream: RowStream, loop: EpochLoop): void {
  const into = streamedInto(loop).map((numbers) => ({ numbers, width: numbers.length / stream.rows }));
  for (let start = 0; start < stream.rows; start += blockRows) {
    const count = Math.min(blockRows, stream.rows - start);
    const positions = Uint32Array.from({ length: count }, (_, i) => start + i);
    const [inputs, targets] = into.map(({ numbers, width }) =>
      numbers.subarray(start * width, (start + count) * width),
    );
    stream.read(positions, inputs, targets);
  }
}
