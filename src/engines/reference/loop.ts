/** The loop over a data set in JavaScript, for the programs of any engine. It defines what an `EpochLoop` does. */
import { permutation } from '../../base/random.ts';
import type { Plan } from '../../plan/plan.ts';
import { isShared } from '../../plan/slots.ts';
import {
  type EpochLoop,
  epochsAtOnce,
  type FeedNumbers,
  type LoopSpec,
  type Numbers,
  type Program,
  type Saved,
} from '../engine.ts';

interface Copies extends Saved {
  readonly numbers: readonly Numbers[];
}

export function loopOver(
  plans: readonly Plan[],
  programs: readonly Program[],
  { batches, rows, shuffleSeed, feeds, loss, norm, count: counted, weights }: LoopSpec,
): EpochLoop<Copies> {
  const steps = batches.map((size, i) => {
    const program = programs[i];
    const at = (name: string | undefined) => (name !== undefined && program.has(name) ? program.view(name) : undefined);
    return {
      size,
      run: () => program.run(),
      fed: feeds.map((name): FeedNumbers => program.view(name)),
      count: at(counted),
      loss: program.view(loss),
      norm: at(norm),
      weight: weights && program.view(weights.sum),
    };
  });
  const [first] = steps;
  const whole = first.size === rows && shuffleSeed === undefined;
  // a full batch in order is written where the step reads it
  const data = whole ? first.fed : first.fed.map(({ length }) => new Float64Array((rows * length) / first.size));
  const shared = new Map(plans.flatMap(({ sources }, i) => sources.filter(isShared).map(({ name }) => [name!, i])));
  const names = [...shared.keys()];
  const views = Array.from(shared, ([name, i]) => programs[i].view(name));
  const fill = (into: FeedNumbers, from: FeedNumbers, start: number, size: number) => {
    const width = into.length / size;
    if (order === undefined) into.set(from.subarray(start * width, (start + size) * width));
    else {
      for (let r = 0; r < size; r++) {
        const row = order[start + r] * width;
        for (let c = 0; c < width; c++) into[r * width + c] = from[row + c];
      }
    }
  };

  const orderOf = (epoch: number) =>
    shuffleSeed === undefined ? undefined : permutation(rows, shuffleSeed, 'shuffle', epoch);
  let order: Uint32Array | undefined;
  let epoch = 0;
  let position = 0;
  let count = 0;
  let start = 0;
  let total = 0;
  let most = 0;
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);
  return {
    feeds: new Map(feeds.map((name, i) => [name, data[i]])),
    losses,
    norms,
    threads: 1,
    serving: () => 1,
    memory:
      8 *
      plans.reduce(
        (total, { arenaSize }) => total + arenaSize,
        whole ? 0 : data.reduce((sum, { length }) => sum + length, 0),
      ),
    epoch: () => epoch,
    position: () => position,
    run(maxSteps) {
      let ended = 0;
      for (let s = 0; s < maxSteps && ended < epochsAtOnce; s++) {
        if (position === 0) order = orderOf(epoch);
        const step = rows - start >= first.size ? first : steps[1];
        if (!whole) {
          for (let f = 0; f < data.length; f++) fill(step.fed[f], data[f], start, step.size);
        }
        count += 1;
        position += 1;
        if (step.count !== undefined) step.count[0] = count;
        step.run();
        // the loss of an epoch of one batch is the batch's loss
        total = first.size === rows ? step.loss[0] : total + step.loss[0] * (step.weight?.[0] ?? step.size);
        if (step.norm !== undefined && !(step.norm[0] <= most)) most = step.norm[0];
        start += step.size;
        if (start < rows) continue;
        losses[ended] = first.size === rows ? total : total / (weights?.total ?? rows);
        norms[ended] = most;
        ended += 1;
        epoch += 1;
        position = 0;
        start = 0;
        total = 0;
        most = 0;
      }
      return ended;
    },
    save: () => ({ epoch, count, position, total, most, numbers: views.map((view) => view.slice()) }),
    restore(saved) {
      saved.numbers.forEach((numbers, i) => {
        views[i].set(numbers);
      });
      ({ epoch, count, position, total, most } = saved);
      start = position * first.size;
      order = orderOf(epoch);
    },
    numbers: (saved) => new Map(names.map((name, i) => [name, saved.numbers[i]])),
    load: (place, numbers) => ({
      ...place,
      numbers: views.map((view, i) => {
        const held = view.slice();
        held.set(numbers.get(names[i])!);
        return held;
      }),
    }),
    close() {},
  };
}
