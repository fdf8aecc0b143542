/**
 * The training loop: slices of the engine's loop, and between them what came of their epochs: stop conditions,
 * divergence, history. It yields, and knows nothing of files or terminals.
 */
import { tensor } from '../base/tensor.ts';
import { type Engine, type EpochLoop, epochsAtOnce, type Numbers, type Place, type Saved } from '../engines/engine.ts';
import type { Parameters } from '../net/network.ts';
import { rateOf } from '../net/schedules.ts';
import type { Setup } from '../net/setup.ts';
import { averageOf, rateScale } from '../net/step.ts';
import { History, type HistoryRow, type HistoryState } from './history.ts';
import { atRest, atRestBelow, type PlateauState, watch } from './plateau.ts';
import type { LayerGradients, Probe } from './probe.ts';
import { compilePrograms, type Programs } from './programs.ts';
import { lowestLoss, quietUntil } from './quiet-epochs.ts';

export type StopReason = 'epochs' | 'seconds' | 'loss' | 'patience' | 'gradientNorm' | 'aborted' | 'diverged';

export interface TrainingResult {
  readonly stop: {
    readonly reason: StopReason;
    readonly epoch: number;
    readonly seconds: number;
    readonly evaluations?: number;
  };
  readonly loss: { readonly first: number; readonly final: number; readonly best: number };
  /** The weights kept. */
  readonly parameters: Parameters;
  readonly history: readonly HistoryRow[];
  /** How many threads were to take part, and how many bytes of memory there were. */
  readonly threads: number;
  readonly memory: number;
  /** Why threads that were asked for could not be started, where that is so. */
  readonly threadsLost?: string;
  /** The epoch whose weights were kept, where that is not the last. */
  readonly kept?: { readonly epoch: number; readonly why: 'best' | 'diverged' };
}

const clock = () => performance.now() / 1000;

/** All that a training can go on from as if it had never been interrupted. */
export interface Snapshot {
  readonly progress: Progress;
  /** Parameters and optimizer state, by name, of the saves that `progress` counts. */
  readonly saves: readonly ReadonlyMap<string, Numbers>[];
}

/** How far a training is, in numbers and lists alone. */
export interface Progress {
  readonly places: readonly Place[];
  /** Among the saves: where training is, where its slice began, and those that it may come back to. */
  readonly now: number;
  readonly start: number;
  readonly good: { readonly save: number; readonly epoch: number };
  readonly kept: { readonly save: number; readonly epoch: number };
  readonly first: number;
  readonly best: number;
  readonly bestScore: number;
  readonly patient: number;
  readonly waited: number;
  readonly elapsed: number;
  readonly watched: PlateauState;
  readonly history: HistoryState;
  readonly last?: HistoryRow;
  readonly gradients?: LayerGradients;
}

export interface LoopOptions {
  /** Looks at the weights at the end of some epochs. */
  readonly probe?: Probe;
  /** About how many seconds a slice takes; 0: a step. */
  readonly slice?: number;
  /** Where to go on from. */
  readonly resume?: Snapshot;
  /** Yields each row of the history, also those of epochs before the slice's last: what is answered then ends there. */
  readonly everyRow?: boolean;
  /**
   * Given, before training begins, what takes a snapshot after any slice, and what tells of a row within a slice, after
   * which none can be taken; called once more at the end.
   */
  readonly onStart?: (snapshot: () => Snapshot, isWithin: () => boolean) => void;
  readonly onEnd?: (snapshot: () => Snapshot) => void;
}

/** Weights to come back to: what was saved, and the epoch after it whose end is meant. */
interface Moment {
  readonly saved: Saved;
  readonly epoch: number;
}

/** Steps of a slice are at most so many times those of the last. */
const growth = 8;

/**
 * Trains, in slices, which end with an epoch or within one. Yields after every slice: the newest epoch's row of the
 * history, or within an epoch nothing. What is sent back as `true` aborts.
 * Returns the result. How long slices are changes no number: a slice that went past where training ends is taken back.
 */
export function* trainingLoop(
  engine: Engine,
  setup: Setup,
  options: LoopOptions = {},
): Generator<HistoryRow | undefined, TrainingResult, boolean | undefined> {
  const programs = compilePrograms(engine, setup, setup.validation);
  try {
    return yield* runEpochs(programs, setup, options);
  } finally {
    programs.loop.close();
  }
}

function* runEpochs(
  programs: Programs,
  setup: Setup,
  { slice = 0, resume, everyRow = false, onStart, onEnd, probe }: LoopOptions,
): Generator<HistoryRow | undefined, TrainingResult, boolean | undefined> {
  const { schedule, validation } = setup;
  const { metric, better, measure } = setup.watch;
  const { loop, stepsPerEpoch } = programs;
  const views = new Map(
    [...setup.parameters].map(([name, { data }]) => {
      const view = programs.step.view(name);
      view.set(data);
      // until the first update the average is what training starts from
      const average = averageOf(name);
      if (!programs.step.has(average)) return [name, view];
      const averaged = programs.step.view(average);
      averaged.set(data);
      return [name, averaged];
    }),
  );
  const { optimizer, span } = setup.recipe;
  const rateAt = rateOf(optimizer, span ?? { stepsPerEpoch });
  const plateau = optimizer.schedule?.plateau;
  const scale = programs.step.has(rateScale) ? programs.step.view(rateScale) : undefined;
  let watched = resume?.progress.watched ?? (better === 'lower' ? atRest : atRestBelow);
  const { stop } = schedule;
  const { epochs = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY, patience, minDelta = 0 } = stop;
  // the loss of a full batch is that of the weights the epoch started with
  const averages = setup.recipe.ema !== undefined;
  const scoresStart = validation === undefined && stepsPerEpoch === 1 && !averages;
  const keepsBest = schedule.keep === 'best';
  // the losses of batches are those of the plain weights
  const scoresAverage =
    averages && validation === undefined && (keepsBest || patience !== undefined || plateau !== undefined);

  const held = resume?.progress;
  const history = new History(held?.history);
  const first = held?.first ?? programs.evaluate(setup, 'training').loss;
  let bestScore = held?.bestScore ?? Number.POSITIVE_INFINITY;
  let patient = held?.patient ?? Number.POSITIVE_INFINITY;
  let waited = held?.waited ?? 0;
  let best = held?.best ?? Number.POSITIVE_INFINITY;
  let last: HistoryRow | undefined = held?.last;

  // new room for each would have the garbage collected every few slices
  const saves: Saved[] = resume === undefined ? [loop.save()] : savesOf(loop, resume);
  let saved = saves[held?.start ?? 0];
  // an epoch that started with them had a finite loss
  let good: Moment = { saved: saves[held?.good.save ?? 0], epoch: held?.good.epoch ?? 0 };
  let kept: Moment = { saved: saves[held?.kept.save ?? 0], epoch: held?.kept.epoch ?? 0 };
  if (held !== undefined) loop.restore(saves[held.now]);
  const goTo = (moment: Moment) => {
    loop.restore(moment.saved);
    for (let left = moment.epoch - moment.saved.epoch; left > 0; ) left -= loop.run(left * stepsPerEpoch);
  };

  const reasonAfter = (loss: number, norm: number, isLast: boolean): StopReason | undefined => {
    if (!Number.isFinite(loss)) return 'diverged';
    if (stop.loss !== undefined && loss <= stop.loss) return 'loss';
    if (stop.gradientNorm !== undefined && norm <= stop.gradientNorm) return 'gradientNorm';
    if (patience !== undefined && waited >= patience) return 'patience';
    if (epoch >= epochs) return 'epochs';
    return isLast && elapsed >= seconds ? 'seconds' : undefined;
  };

  let epoch = loop.epoch();
  let elapsed = held?.elapsed ?? 0;
  let steps = 1;
  let reason: StopReason | undefined = epochs === 0 ? 'epochs' : undefined;
  // an epoch of a training that was to end there, or is to end earlier now
  if (last !== undefined && loop.position() === 0) reason = reasonAfter(last.loss, last.gradientNorm, true);
  const begin = clock() - elapsed;

  const snapshot = (): Snapshot => {
    const now = loop.save();
    const all = [...new Set([now, saved, good.saved, kept.saved])];
    const at = ({ saved: of, epoch }: Moment) => ({ save: all.indexOf(of), epoch });
    return {
      progress: {
        places: all.map(({ epoch, count, position, total, most }) => ({ epoch, count, position, total, most })),
        now: 0,
        start: all.indexOf(saved),
        good: at(good),
        kept: at(kept),
        first,
        best,
        bestScore,
        patient,
        waited,
        elapsed: clock() - begin,
        watched,
        history: history.state,
        last,
        gradients: probe?.found,
      },
      saves: all.map((each) => new Map([...loop.numbers(each)].map(([name, numbers]) => [name, numbers.slice()]))),
    };
  };
  let isWithin = false;
  onStart?.(snapshot, () => isWithin);
  if (resume === undefined) probe?.look(0, views);
  else probe?.resume(held?.gradients);
  while (reason === undefined) {
    if (loop.position() === 0) {
      const free = saves.findIndex((each) => each !== good.saved && each !== kept.saved);
      saved = loop.save(saves[free]);
      saves[free === -1 ? saves.length : free] = saved;
    }
    const left = stepsPerEpoch - loop.position();
    const single = validation !== undefined || plateau !== undefined || scoresAverage || loop.position() > 0;
    const more = single ? 0 : Math.floor((steps - left) / stepsPerEpoch);
    const looked = probe === undefined ? more : probe.after(epoch) - epoch - 1;
    // none where a training that had gone further is to end earlier
    const whole = Math.max(0, Math.min(more, epochs - epoch - 1, epochsAtOnce - 1, looked)) * stepsPerEpoch;
    const taken = steps < left ? steps : left + whole;
    const before = slice > 0 ? clock() : 0;
    const ended = loop.run(taken);
    const now = clock();
    if (slice > 0) {
      steps = Math.max(1, Math.floor(Math.min((taken * slice) / Math.max(now - before, 1e-6), growth * taken)));
    }
    if (ended === 0) {
      elapsed = now - begin;
      if (yield) reason = 'aborted';
      continue;
    }

    const from = epoch;
    const { losses, norms } = loop;
    let goodEpoch = good.epoch;
    const since = elapsed;
    elapsed = now - begin;
    const mayBeQuiet = !single && !keepsBest && patience === undefined;
    for (let e = 0; e < ended && reason === undefined; e++) {
      const quiet = mayBeQuiet ? quietUntil(loop, e, Math.min(ended - 1, history.next - from - 1), stop) : e;
      if (quiet > e) {
        best = Math.min(best, lowestLoss(loop, e, quiet));
        goodEpoch = from + quiet - 1;
        e = quiet;
      }
      epoch = from + e + 1;
      const loss = losses[e];
      const norm = norms[e];
      const validated = validation && programs.evaluate(validation, 'validation');
      const metrics = validated && measure(validated.outputs, validated.targets);
      const isLast = e === ended - 1;
      if (loss < best) best = loss;
      if (Number.isFinite(loss)) goodEpoch = epoch - 1;
      const value = metric
        ? metrics![metric.name]
        : (validated?.loss ?? (scoresAverage ? programs.evaluate(setup, 'training').loss : loss));
      // the lower the better
      const score = better === 'lower' ? value : -value;
      if (keepsBest && score < bestScore) {
        bestScore = score;
        kept = { saved, epoch: scoresStart ? epoch - 1 : epoch };
      }
      if (score < patient - minDelta) {
        patient = score;
        waited = 0;
      } else waited += 1;

      const { scale: used } = watched;
      if (plateau !== undefined) {
        watched = watch(plateau, watched, value, optimizer.learningRate, better);
      }

      reason = reasonAfter(loss, norm, isLast);
      if (!isLast && reason === undefined && epoch < history.next) continue;
      last = {
        epoch,
        step: epoch * stepsPerEpoch,
        loss,
        validationLoss: validated?.loss,
        learningRate: rateAt(epoch * stepsPerEpoch, used),
        gradientNorm: norm,
        seconds: since + ((elapsed - since) * (e + 1)) / ended,
        metrics,
      };
      history.add(last);
      if (!everyRow || isLast || reason !== undefined) continue;
      isWithin = true;
      if (yield last) reason = 'aborted';
      isWithin = false;
    }
    if (goodEpoch >= from) good = { saved, epoch: goodEpoch };
    if (epoch < loop.epoch()) goTo({ saved, epoch });
    if (probe?.after(epoch - 1) === epoch) probe.look(epoch, views);
    scale?.fill(watched.scale);
    if (reason === 'aborted') continue;
    const aborted = yield last;
    if (aborted && reason !== 'diverged') reason = 'aborted';
  }

  onEnd?.(snapshot);
  let final = programs.evaluate(setup, 'training').loss;
  // the last update of all may be the one that leaves the finite numbers
  if (!Number.isFinite(final)) reason = 'diverged';
  let keptEpoch: TrainingResult['kept'];
  if (reason === 'diverged') {
    goTo(good);
    keptEpoch = { epoch: good.epoch, why: 'diverged' };
    final = programs.evaluate(setup, 'training').loss;
  } else if (keepsBest && epoch > 0 && kept.epoch < epoch && !(scoresStart && final <= bestScore)) {
    goTo(kept);
    keptEpoch = { epoch: kept.epoch, why: 'best' };
    final = programs.evaluate(setup, 'training').loss;
  }
  if (final < best) best = final;
  if (last !== undefined) history.finish(last);
  return {
    stop: { reason, epoch, seconds: elapsed, ...(loop.evaluations && { evaluations: loop.evaluations() }) },
    loss: { first, final, best },
    parameters: new Map(
      [...views].map(([name, view]) => [name, tensor(setup.parameters.get(name)!.shape, Float64Array.from(view))]),
    ),
    history: history.rows,
    threads: loop.threads,
    threadsLost: loop.threadsLost?.(),
    memory: loop.memory,
    kept: keptEpoch,
  };
}

/** The saves of a snapshot as the loop's own. */
function savesOf(loop: EpochLoop, { progress, saves }: Snapshot): Saved[] {
  return saves.map((numbers, i) => {
    return loop.load(progress.places[i], numbers);
  });
}
