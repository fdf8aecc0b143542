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

/** The step of one batch size: its program, and the numbers that the loop writes and reads. */
function stepsOf(programs: readonly Program[], { batches, feeds, loss, norm, count, weights }: LoopSpec) {
  return batches.map((size, i) => {
    const program = programs[i];
    const at = (name: string | undefined) => (name !== undefined && program.has(name) ? program.view(name) : undefined);
    return {
      size,
      run: () => program.run(),
      fed: feeds.map((name): FeedNumbers => program.view(name)),
      count: at(count),
      loss: program.view(loss),
      norm: at(norm),
      weight: weights && program.view(weights.sum),
    };
  });
}

/** Copies `size` rows from row `start` on, in the given order of all rows. */
function copyRows(
  into: FeedNumbers,
  from: FeedNumbers,
  order: Uint32Array | undefined,
  start: number,
  size: number,
): void {
  const width = into.length / size;
  if (order === undefined) {
    into.set(from.subarray(start * width, (start + size) * width));
    return;
  }
  for (let r = 0; r < size; r++) {
    const row = order[start + r] * width;
    for (let c = 0; c < width; c++) into[r * width + c] = from[row + c];
  }
}

/** The parameters and states that the programs share: their names, and their numbers in the first program that has them. */
function sharedViews(plans: readonly Plan[], programs: readonly Program[]) {
  const shared = new Map(plans.flatMap(({ sources }, i) => sources.filter(isShared).map(({ name }) => [name!, i])));
  return { names: [...shared.keys()], views: Array.from(shared, ([name, i]) => programs[i].view(name)) };
}

const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export function loopOver(plans: readonly Plan[], programs: readonly Program[], spec: LoopSpec): EpochLoop<Copies> {
  const { rows, shuffleSeed, feeds, weights } = spec;
  const steps = stepsOf(programs, spec);
  const [first] = steps;
  // A full batch in order is stored where the step reads it.
  const whole = first.size === rows && shuffleSeed === undefined;
  const data = whole ? first.fed : first.fed.map(({ length }) => new Float64Array((rows * length) / first.size));
  const { names, views } = sharedViews(plans, programs);
  const orderOf = (epoch: number) =>
    shuffleSeed === undefined ? undefined : permutation(rows, shuffleSeed, 'shuffle', epoch);
  let order: Uint32Array | undefined;
  let [epoch, position, count, start, total, most] = [0, 0, 0, 0, 0, 0];
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);
  /** One step on the rows from `start` on. */
  const takeStep = () => {
    if (position === 0) order = orderOf(epoch);
    const step = rows - start >= first.size ? first : steps[1];
    if (!whole) {
      for (let f = 0; f < data.length; f++) copyRows(step.fed[f], data[f], order, start, step.size);
    }
    count += 1;
    position += 1;
    if (step.count !== undefined) step.count[0] = count;
    step.run();
    // The loss of an epoch of one batch is the batch's loss.
    total = first.size === rows ? step.loss[0] : total + step.loss[0] * (step.weight?.[0] ?? step.size);
    if (step.norm !== undefined && !(step.norm[0] <= most)) most = step.norm[0];
    start += step.size;
  };
  return {
    feeds: new Map(feeds.map((name, i) => [name, data[i]])),
    losses,
    norms,
    threads: 1,
    serving: () => 1,
    memory:
      8 * (sumOf(plans.map(({ arenaSize }) => arenaSize)) + (whole ? 0 : sumOf(data.map(({ length }) => length)))),
    epoch: () => epoch,
    position: () => position,
    run(maxSteps) {
      let ended = 0;
      for (let s = 0; s < maxSteps && ended < epochsAtOnce; s++) {
        takeStep();
        if (start < rows) continue;
        losses[ended] = first.size === rows ? total : total / (weights?.total ?? rows);
        norms[ended] = most;
        ended += 1;
        epoch += 1;
        [position, start, total, most] = [0, 0, 0, 0];
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
