/** Which rows a window holds, and in which order: the arithmetic of training on windows. */
import { permutation } from '../../base/random.ts';
import type { LoopSpec } from '../../engines/engine.ts';

export interface WindowSpec extends LoopSpec {
  /** Steps of a whole batch in a window. */
  readonly steps: number;
  /** Rows that stay together when blocks are shuffled. */
  readonly blockRows: number;
}

/** How an epoch divides into windows. A position counts the steps of the epoch. */
export interface WindowLayout {
  /** Steps of whole batches in an epoch, and all steps: a smaller last batch is one more. */
  readonly full: number;
  readonly all: number;
  readonly windows: number;
  windowAt(position: number): number;
  /** The index of a step in its window. The smaller batch is the last step of any window. */
  stepAt(position: number): number;
  /** The position that ends the steps that follow one another in the window of a position. */
  endAfter(position: number): number;
}

export function windowLayout({ rows, steps, batches: [batch, rest = 0] }: WindowSpec): WindowLayout {
  const full = Math.floor(rows / batch);
  const all = full + (rest > 0 ? 1 : 0);
  const windows = Math.ceil(full / steps);
  const windowAt = (position: number) => Math.min(Math.floor(position / steps), windows - 1);
  return {
    full,
    all,
    windows,
    windowAt,
    stepAt: (position) => (position < full ? position - windowAt(position) * steps : steps),
    endAfter: (position) => (position < full ? Math.min((windowAt(position) + 1) * steps, full) : all),
  };
}

/** The rows of a window: their positions in the data, ascending, and the row of the window that each one becomes. */
export interface WindowRows {
  readonly positions: Uint32Array;
  readonly places: Uint32Array;
}

/** A function from an epoch and a window to the window's rows. It keeps the order of the blocks of the newest epoch. */
export function windowRows(spec: WindowSpec, layout: WindowLayout): (epoch: number, window: number) => WindowRows {
  const { rows, shuffleSeed, steps, batches, blockRows } = spec;
  const [batch] = batches;
  const { full, windows } = layout;
  let order: { readonly epoch: number; readonly blocks: Uint32Array } | undefined;
  const blocksOf = (epoch: number, seed: number) => {
    if (order?.epoch !== epoch) {
      order = { epoch, blocks: permutation(Math.ceil(rows / blockRows), seed, 'shuffle', epoch) };
    }
    return order.blocks;
  };
  return (epoch, window) => {
    const from = window * steps * batch;
    const to = window === windows - 1 ? rows : from + steps * batch;
    const whole = Math.min(full - window * steps, steps) * batch;
    let places: Uint32Array = Uint32Array.from({ length: to - from }, (_, i) => i);
    let positions: Uint32Array = places.map((i) => from + i);
    if (shuffleSeed !== undefined) {
      positions = positionsIn(blocksOf(epoch, shuffleSeed), { rows, blockRows }, from, to);
      places = permutation(to - from, shuffleSeed, 'windows', epoch * windows + window);
    }
    // The rows of the smaller batch follow those of all whole batches that a window has room for.
    return { positions, places: places.map((place) => (place < whole ? place : place - whole + steps * batch)) };
  };
}

/** The positions of the rows `from` to `to` of an epoch whose blocks come in this order, ascending. */
function positionsIn(
  blocks: Uint32Array,
  { rows, blockRows }: Pick<WindowSpec, 'rows' | 'blockRows'>,
  from: number,
  to: number,
): Uint32Array {
  const positions = new Uint32Array(to - from);
  let at = 0;
  let found = 0;
  for (const block of blocks) {
    const start = block * blockRows;
    const size = Math.min(blockRows, rows - start);
    for (let i = Math.max(from - at, 0); i < Math.min(to - at, size); i++) positions[found++] = start + i;
    at += size;
  }
  return positions.sort();
}
