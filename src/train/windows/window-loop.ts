/** An epoch over windows of rows as one loop. */
import { size } from '../../base/shape.ts';
import type { Feed, Feeds } from '../../data/feeds.ts';
import type { RowStream } from '../../data/table/rows.ts';
import { type EpochLoop, epochsAtOnce, type FeedNumbers, type Numbers, type Saved } from '../../engines/engine.ts';
import { stepAddresses } from '../../net/addresses.ts';
import { type WindowLayout, type WindowSpec, windowLayout, windowRows } from './window-rows.ts';

/** The feeds whose rows a stream reads. */
export const streamedFeeds: readonly string[] = [stepAddresses.input, stepAddresses.target];
export const streamedInto = ({ feeds }: EpochLoop) => streamedFeeds.map((name) => feeds.get(name) as Numbers);

interface SavedWindow extends Saved {
  readonly inner: Saved;
}

/** An epoch over windows as a loop. `inner` goes over one window; `held` are the feeds in memory for all rows. */
export function windowLoop(inner: EpochLoop, stream: RowStream, held: Feeds, spec: WindowSpec): EpochLoop<SavedWindow> {
  const layout = windowLayout(spec);
  const { all, windowAt, stepAt, endAfter } = layout;
  const load = windowReader(inner, stream, held, spec, layout);
  let room: Saved | undefined;
  /** The state of the inner loop, always in the same memory. */
  const current = () => {
    room = inner.save(room);
    return room;
  };
  const endEpoch = epochEnd(inner, current, spec);
  let epoch = 0;
  let position = 0;
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);
  /** Changes the position of the inner loop, and nothing else. */
  const moveTo = (step: number) => {
    if (inner.position() !== step) inner.restore({ ...current(), position: step });
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
        load(epoch, windowAt(position));
        const taken = Math.min(left, endAfter(position) - position);
        moveTo(stepAt(position));
        inner.run(taken);
        position += taken;
        left -= taken;
        if (position < all) continue;
        [losses[ended], norms[ended]] = endEpoch();
        ended += 1;
        epoch += 1;
        position = 0;
      }
      return ended;
    },
    save(over) {
      const saved = inner.save(over?.inner);
      const { count, total, most } = saved;
      return { epoch, position, count, total, most, inner: saved };
    },
    restore(saved) {
      ({ epoch, position } = saved);
      inner.restore({ ...saved.inner, position: stepAt(position) });
    },
    numbers: ({ inner: saved }) => inner.numbers(saved),
    load: (saved, numbers) => ({
      ...saved,
      inner: inner.load({ ...saved, position: stepAt(saved.position) }, numbers),
    }),
    close: () => inner.close(),
  };
}

/** A function that reads the rows of a window into the inner loop, unless the loop already holds them. */
function windowReader(inner: EpochLoop, stream: RowStream, held: Feeds, spec: WindowSpec, layout: WindowLayout) {
  const [inputs, targets] = streamedInto(inner);
  const rowsOf = windowRows(spec, layout);
  let loaded: { readonly epoch: number; readonly window: number } | undefined;
  return (epoch: number, window: number): void => {
    // Without shuffling, a window has the same rows in every epoch.
    if (loaded?.window === window && (spec.shuffleSeed === undefined || loaded.epoch === epoch)) return;
    inputs.fill(0);
    targets.fill(0);
    const { positions, places } = rowsOf(epoch, window);
    stream.read(positions, inputs, targets, places);
    for (const [name, feed] of held) placeRows(inner.feeds.get(name)!, feed, positions, places);
    loaded = { epoch, window };
  };
}

/** A function that gives the mean loss and the maximum gradient norm of the epoch that ended, and clears them. */
function epochEnd(
  inner: EpochLoop,
  current: () => Saved,
  { rows, weights, steps, batches: [batch, rest = 0] }: WindowSpec,
) {
  return (): readonly [loss: number, norm: number] => {
    if (rest > 0) {
      // The smaller batch ended an epoch of the inner loop: with the mean over its own rows, or with weights over all rows.
      const [loss] = inner.losses;
      return [weights === undefined ? (loss * (steps * batch + rest)) / rows : loss, inner.norms[0]];
    }
    const saved = current();
    const { total, most } = saved;
    inner.restore({ ...saved, total: 0, most: 0, position: 0 });
    return [total / (weights?.total ?? rows), most];
  };
}

/** Copies the rows of a feed at `positions` to the rows `places` of a window. */
function placeRows(into: FeedNumbers, { rowShape, data }: Feed, positions: Uint32Array, places: Uint32Array): void {
  const width = size(rowShape);
  for (let i = 0; i < positions.length; i++) {
    for (let c = 0; c < width; c++) into[places[i] * width + c] = data[positions[i] * width + c];
  }
}
