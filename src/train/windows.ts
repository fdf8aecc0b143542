/**
 * Training on more rows than fit in memory. The rows pass through windows: the loop reads the rows of one window into its
 * data set and takes its steps there. An epoch takes each row once. If the rows are shuffled, blocks of rows come in a new
 * order in each epoch, and so do the rows of each window, which holds many blocks: a shuffle buffer. Only rows of the same
 * block stay together in a window.
 */

import { permutation } from '../base/random.ts';
import { size } from '../base/shape.ts';
import type { Feed, Feeds } from '../data/feeds.ts';
import type { RowStream } from '../data/table/rows.ts';
import {
  type Engine,
  type EpochLoop,
  epochsAtOnce,
  type FeedNumbers,
  type LoopSpec,
  type Numbers,
  type Program,
  type Saved,
} from '../engines/engine.ts';
import { stepAddresses } from '../net/addresses.ts';
import { type Dataset, feedsOf } from '../net/problem.ts';
import type { Plan } from '../plan/plan.ts';

/** The maximum number of bytes of a data set that the loop holds as a whole, and of a window otherwise. */
const maxBytes = { whole: 2 ** 27, window: 2 ** 25 };
/** Rows that stay together when blocks are shuffled. */
const blockRows = 4096;

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
  // the window's last batch is the smaller one that ends an epoch; without one it keeps the inner loop from ending an epoch
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

/** Returns what `make` returns. If it throws, the loop's threads end, as nobody else holds the loop yet. */
export function closedOnError<T>(loop: EpochLoop, make: () => T): T {
  try {
    return make();
  } catch (error) {
    loop.close();
    throw error;
  }
}

/** The feeds whose rows a stream reads. */
const streamedFeeds: readonly string[] = [stepAddresses.input, stepAddresses.target];
const streamedInto = ({ feeds }: EpochLoop) => streamedFeeds.map((name) => feeds.get(name) as Numbers);

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

interface SavedWindow extends Saved {
  readonly inner: Saved;
}

interface WindowSpec extends LoopSpec {
  /** Steps of a whole batch in a window. */
  readonly steps: number;
  readonly blockRows: number;
}

/** An epoch over windows as a loop. `inner` goes over one window; `held` are the feeds in memory for all rows. */
function windowLoop(inner: EpochLoop, stream: RowStream, held: Feeds, spec: WindowSpec): EpochLoop<SavedWindow> {
  const { rows, weights, shuffleSeed, steps, batches } = spec;
  const [batch, rest = 0] = batches;
  const [inputs, targets] = streamedInto(inner);
  /** Steps of whole batches in an epoch, and all steps. */
  const full = Math.floor(rows / batch);
  const all = full + (rest > 0 ? 1 : 0);
  const windows = Math.ceil(full / steps);
  const windowOf = (position: number) => Math.min(Math.floor(position / steps), windows - 1);
  /** The index of a step in its window: the smaller batch is the last. */
  const placeOf = (position: number) => (position < full ? position - windowOf(position) * steps : steps);

  let epoch = 0;
  let position = 0;
  let loaded = '';
  let order: { readonly epoch: number; readonly blocks: Uint32Array } | undefined;
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);
  let room: Saved | undefined;
  /** Changes how far the inner loop is, and nothing else. */
  const move = (change: Partial<Saved>) => {
    room = inner.save(room);
    inner.restore({ ...room, ...change });
  };

  /** The positions of a window's rows in the data, ascending, and the row of the window that each one becomes. */
  const rowsOf = (window: number) => {
    const from = window * steps * batch;
    const to = window === windows - 1 ? rows : from + steps * batch;
    const whole = Math.min(full - window * steps, steps) * batch;
    const places = Uint32Array.from({ length: to - from }, (_, i) => i);
    let positions = places.map((i) => from + i);
    if (shuffleSeed !== undefined) {
      const count = Math.ceil(rows / spec.blockRows);
      if (order?.epoch !== epoch) order = { epoch, blocks: permutation(count, shuffleSeed, 'shuffle', epoch) };
      positions = new Uint32Array(to - from);
      let at = 0;
      let found = 0;
      for (const block of order.blocks) {
        const start = block * spec.blockRows;
        const size = Math.min(spec.blockRows, rows - start);
        for (let i = Math.max(from - at, 0); i < Math.min(to - at, size); i++) positions[found++] = start + i;
        at += size;
      }
      positions.sort();
      places.set(permutation(to - from, shuffleSeed, 'windows', epoch * windows + window));
    }
    return { positions, places: places.map((place) => (place < whole ? place : place - whole + steps * batch)) };
  };
  const load = () => {
    const window = windowOf(position);
    const key = `${epoch} ${window}`;
    if (loaded === key || (shuffleSeed === undefined && loaded.endsWith(` ${window}`))) return;
    inputs.fill(0);
    targets.fill(0);
    const { positions, places } = rowsOf(window);
    stream.read(positions, inputs, targets, places);
    for (const [name, feed] of held) placeRows(inner.feeds.get(name)!, feed, positions, places);
    loaded = key;
  };

  return {
    feeds: inner.feeds,
    losses,
    norms,
    get threads() {
      return inner.threads;
    },
    serving: () => inner.serving(),
    threadsLost: () => inner.threadsLost?.(),
    get memory() {
      return inner.memory;
    },
    epoch: () => epoch,
    position: () => position,
    run(asked) {
      let ended = 0;
      for (let left = asked; left > 0 && ended < epochsAtOnce; ) {
        load();
        const end = position < full ? Math.min((windowOf(position) + 1) * steps, full) : all;
        const taken = Math.min(left, end - position);
        // at the beginning of a window, and of the smaller batch
        if (inner.position() !== placeOf(position)) move({ position: placeOf(position) });
        inner.run(taken);
        position += taken;
        left -= taken;
        if (position < all) continue;
        if (rest > 0) {
          // the inner loop ended its own epoch with the mean over its own rows; with weights it divides by those of all rows
          losses[ended] = weights === undefined ? (inner.losses[0] * (steps * batch + rest)) / rows : inner.losses[0];
          norms[ended] = inner.norms[0];
        } else {
          room = inner.save(room);
          losses[ended] = room.total / (weights?.total ?? rows);
          norms[ended] = room.most;
          inner.restore({ ...room, total: 0, most: 0, position: 0 });
        }
        ended += 1;
        epoch += 1;
        position = 0;
      }
      return ended;
    },
    save(over) {
      const saved = inner.save(over?.inner);
      const { count, total, most: norm } = saved;
      return { epoch, position, count, total, most: norm, inner: saved };
    },
    restore(saved) {
      ({ epoch, position } = saved);
      inner.restore({ ...saved.inner, position: placeOf(position) });
    },
    numbers: ({ inner: saved }) => inner.numbers(saved),
    load: (place, numbers) => ({
      ...place,
      inner: inner.load({ ...place, position: placeOf(place.position) }, numbers),
    }),
    close: () => inner.close(),
  };
}

/** Copies the rows of a feed at `positions` to the rows `places` of a window. */
function placeRows(into: FeedNumbers, { rowShape, data }: Feed, positions: Uint32Array, places: Uint32Array): void {
  const width = size(rowShape);
  for (let i = 0; i < positions.length; i++) {
    for (let c = 0; c < width; c++) into[places[i] * width + c] = data[positions[i] * width + c];
  }
}
