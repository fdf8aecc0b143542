/**
 * Training on more rows than stand in memory. They pass through windows: the rows of a window are read into the place of
 * the loop's data set, and the loop takes its steps there. An epoch takes each row once. Where rows are shuffled, blocks of
 * rows come in a new order each epoch, and the rows of a window, which has many blocks, in a new order again: what is called
 * a shuffle buffer. Where rows stand does not decide which come together but within a block.
 */
import { permutation } from '../base/random.ts';
import type { RowStream } from '../data/table/rows.ts';
import {
  type Engine,
  type EpochLoop,
  epochsAtOnce,
  type LoopSpec,
  type Program,
  type Saved,
} from '../engines/engine.ts';
import type { Dataset } from '../net/problem.ts';
import type { Plan } from '../plan/plan.ts';

/** Bytes of rows that stand in the loop's memory as a whole, and else of a window. */
const most = { whole: 2 ** 27, window: 2 ** 25 };
/** Rows that stay together when blocks are shuffled. */
const blockRows = 4096;

export interface WindowOptions {
  /** Bytes. */
  readonly whole?: number;
  readonly window?: number;
  readonly blockRows?: number;
}

/** Compiles the loop over a data set, and gives it its rows. */
export function loopOverRows(
  engine: Engine,
  plans: readonly Plan[],
  { inputs, targets, weights, stream }: Dataset,
  spec: LoopSpec,
  options: WindowOptions = {},
): { readonly programs: Program[]; readonly loop: EpochLoop } {
  if (stream === undefined) {
    const made = engine.compileLoop(plans, spec);
    return closedOnError(made.loop, () => {
      made.loop.inputs.set(inputs.data);
      made.loop.targets.set(targets.data);
      if (weights !== undefined) made.loop.weights!.set(weights.data);
      return made;
    });
  }
  const { rows, batches } = spec;
  const [batch, rest = 0] = batches;
  const rowBytes = 8 * (inputs.shape[1] + targets.shape[1]);
  const { whole = most.whole, window = most.window } = options;
  const steps = Math.max(1, Math.floor(window / rowBytes / batch));
  if (rows * rowBytes <= whole || steps * batch >= rows) {
    const made = engine.compileLoop(plans, spec);
    return closedOnError(made.loop, () => {
      readAll(stream, made.loop, inputs.shape[1], targets.shape[1]);
      if (weights !== undefined) made.loop.weights!.set(weights.data);
      return made;
    });
  }
  // the window's last place is for the batch of the rest; without one it keeps the inner loop from ending an epoch
  const { totalWeight } = spec;
  const { programs, loop } = engine.compileLoop(plans, {
    batches,
    rows: steps * batch + (rest || batch),
    totalWeight,
  });
  return {
    programs,
    loop: windowLoop(loop, stream, weights?.data, { ...spec, steps, blockRows: options.blockRows ?? blockRows }),
  };
}

/** What `make` gives; where it throws, the loop's threads are ended, as nobody else has the loop yet. */
export function closedOnError<T>(loop: EpochLoop, make: () => T): T {
  try {
    return make();
  } catch (error) {
    loop.close();
    throw error;
  }
}

/** Reads all rows, in turns, so that lists of them stay short. */
function readAll(stream: RowStream, { inputs, targets }: EpochLoop, width: number, outputs: number): void {
  for (let start = 0; start < stream.rows; start += blockRows) {
    const count = Math.min(blockRows, stream.rows - start);
    const positions = Uint32Array.from({ length: count }, (_, i) => start + i);
    stream.read(
      positions,
      inputs.subarray(start * width, (start + count) * width),
      targets.subarray(start * outputs, (start + count) * outputs),
    );
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

/** An epoch over windows as a loop. `inner` goes over one window. */
function windowLoop(
  inner: EpochLoop,
  stream: RowStream,
  weights: Float64Array | undefined,
  spec: WindowSpec,
): EpochLoop<SavedWindow> {
  const { rows, totalWeight, shuffleSeed, steps, batches } = spec;
  const [batch, rest = 0] = batches;
  /** Steps of whole batches in an epoch, and all. */
  const full = Math.floor(rows / batch);
  const all = full + (rest > 0 ? 1 : 0);
  const windows = Math.ceil(full / steps);
  const windowOf = (position: number) => Math.min(Math.floor(position / steps), windows - 1);
  /** Where a step stands in its window: the rest has the last place. */
  const placeOf = (position: number) => (position < full ? position - windowOf(position) * steps : steps);

  let epoch = 0;
  let position = 0;
  let loaded = '';
  let order: { readonly epoch: number; readonly blocks: Uint32Array } | undefined;
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);
  let held: Saved | undefined;
  /** Changes how far the inner loop is, and nothing else. */
  const move = (change: Partial<Saved>) => {
    held = inner.save(held);
    inner.restore({ ...held, ...change });
  };

  /** The positions of a window's rows, ascending, and the places that they come to. */
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
    inner.inputs.fill(0);
    inner.targets.fill(0);
    const { positions, places } = rowsOf(window);
    stream.read(positions, inner.inputs, inner.targets, places);
    if (weights !== undefined) {
      places.forEach((place, i) => {
        inner.weights![place] = weights[positions[i]];
      });
    }
    loaded = key;
  };

  return {
    inputs: inner.inputs,
    targets: inner.targets,
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
        // at the beginning of a window, and of the rest
        if (inner.position() !== placeOf(position)) move({ position: placeOf(position) });
        inner.run(taken);
        position += taken;
        left -= taken;
        if (position < all) continue;
        if (rest > 0) {
          // the inner loop ended its own epoch, and took the mean over its own rows; over weights it is that of all
          losses[ended] =
            totalWeight === undefined ? (inner.losses[0] * (steps * batch + rest)) / rows : inner.losses[0];
          norms[ended] = inner.norms[0];
        } else {
          held = inner.save(held);
          losses[ended] = held.total / (totalWeight ?? rows);
          norms[ended] = held.most;
          inner.restore({ ...held, total: 0, most: 0, position: 0 });
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
