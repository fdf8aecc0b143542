/**
 * The training loop: slices of the engine's loop, and between them what came of their epochs: stop conditions,
 * divergence, history. It yields, and knows nothing of files or terminals.
 */
import { tensor } from '../base/tensor.ts';
import { type Engine, epochsAtOnce, type Saved } from '../engines/engine.ts';
import { metricsOf } from '../net/metrics.ts';
import type { Parameters } from '../net/network.ts';
import { rateOf } from '../net/schedules.ts';
import type { Setup } from '../net/setup.ts';
import { rateScale } from '../net/step.ts';
import { History, type HistoryRow } from './history.ts';
import { atRest, watch } from './plateau.ts';
import { compilePrograms, type Programs } from './programs.ts';

export type StopReason = 'epochs' | 'seconds' | 'loss' | 'patience' | 'gradientNorm' | 'aborted' | 'diverged';

export interface TrainingResult {
  readonly stop: { readonly reason: StopReason; readonly epoch: number; readonly seconds: number };
  readonly loss: { readonly first: number; readonly final: number; readonly best: number };
  /** The weights kept. */
  readonly parameters: Parameters;
  readonly history: readonly HistoryRow[];
  /** How many threads were to take part, and how many bytes of memory there were. */
  readonly threads: number;
  readonly memory: number;
  /** The epoch whose weights were kept, where that is not the last. */
  readonly kept?: { readonly epoch: number; readonly why: 'best' | 'diverged' };
}

const clock = () => performance.now() / 1000;

/** Weights to come back to: what was saved, and the epoch after it whose end is meant. */
interface Moment {
  readonly saved: Saved;
  readonly epoch: number;
}

/** Steps of a slice are at most so many times those of the last. */
const growth = 8;

/**
 * Trains, in slices of about `slice` seconds (0: a step), which end with an epoch or within one. Yields after every slice:
 * the newest epoch's row of the history, or within an epoch nothing. What is sent back as `true` after an epoch aborts.
 * Returns the result. How long slices are changes no number: a slice that went past where training ends is taken back.
 */
export function* trainingLoop(
  engine: Engine,
  setup: Setup,
  slice = 0,
): Generator<HistoryRow | undefined, TrainingResult, boolean | undefined> {
  const programs = compilePrograms(engine, setup, setup.validation);
  try {
    return yield* runEpochs(programs, setup, slice);
  } finally {
    programs.loop.close();
  }
}

function* runEpochs(
  programs: Programs,
  setup: Setup,
  slice: number,
): Generator<HistoryRow | undefined, TrainingResult, boolean | undefined> {
  const { schedule, validation, measure } = setup;
  const { loop, stepsPerEpoch } = programs;
  const views = new Map(
    [...setup.parameters].map(([name, { data }]) => {
      const view = programs.step.view(name);
      view.set(data);
      return [name, view];
    }),
  );
  const { optimizer, span } = setup.recipe;
  const rateAt = rateOf(optimizer, span ?? { stepsPerEpoch });
  const plateau = optimizer.schedule?.plateau;
  const scale = programs.step.has(rateScale) ? programs.step.view(rateScale) : undefined;
  let watched = atRest;
  const { stop } = schedule;
  const { epochs = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY, patience, minDelta = 0 } = stop;
  // the loss of a full batch is that of the weights the epoch started with
  const scoresStart = validation === undefined && stepsPerEpoch === 1;
  const keepsBest = schedule.keep === 'best';

  const history = new History();
  const first = programs.evaluate(setup, 'training').loss;
  let bestScore = Number.POSITIVE_INFINITY;
  let patient = Number.POSITIVE_INFINITY;
  let waited = 0;
  let best = Number.POSITIVE_INFINITY;
  let reason: StopReason | undefined = epochs === 0 ? 'epochs' : undefined;
  let last: HistoryRow | undefined;

  // new room for each would have the garbage collected every few slices
  const saves: Saved[] = [loop.save()];
  let [saved] = saves;
  // an epoch that started with them had a finite loss
  let good: Moment = { saved, epoch: 0 };
  let kept: Moment = { saved, epoch: 0 };
  const goTo = (moment: Moment) => {
    loop.restore(moment.saved);
    for (let left = moment.epoch - moment.saved.epoch; left > 0; ) left -= loop.run(left * stepsPerEpoch);
  };

  let epoch = 0;
  let elapsed = 0;
  let steps = 1;
  const begin = clock();
  while (reason === undefined) {
    if (loop.position() === 0) {
      const free = saves.findIndex((each) => each !== good.saved && each !== kept.saved);
      saved = loop.save(saves[free]);
      saves[free === -1 ? saves.length : free] = saved;
    }
    const left = stepsPerEpoch - loop.position();
    const single = validation !== undefined || plateau !== undefined || loop.position() > 0;
    const more = single ? 0 : Math.floor((steps - left) / stepsPerEpoch);
    const whole = Math.min(more, epochs - epoch - 1, epochsAtOnce - 1) * stepsPerEpoch;
    const taken = steps < left ? steps : left + whole;
    const before = slice > 0 ? clock() : 0;
    const ended = loop.run(taken);
    const now = clock();
    if (slice > 0) {
      steps = Math.max(1, Math.floor(Math.min((taken * slice) / Math.max(now - before, 1e-6), growth * taken)));
    }
    if (ended === 0) {
      yield;
      continue;
    }

    const from = epoch;
    const { losses, norms } = loop;
    let goodEpoch = good.epoch;
    const since = elapsed;
    elapsed = now - begin;
    for (let e = 0; e < ended && reason === undefined; e++) {
      epoch = from + e + 1;
      const loss = losses[e];
      const norm = norms[e];
      const validated = validation && programs.evaluate(validation, 'validation');
      const isLast = e === ended - 1;
      if (loss < best) best = loss;
      if (Number.isFinite(loss)) goodEpoch = epoch - 1;
      const score = validated?.loss ?? loss;
      if (keepsBest && score < bestScore) {
        bestScore = score;
        kept = { saved, epoch: scoresStart ? epoch - 1 : epoch };
      }
      if (score < patient - minDelta) {
        patient = score;
        waited = 0;
      } else waited += 1;

      const { scale: used } = watched;
      if (plateau !== undefined) watched = watch(plateau, watched, score, optimizer.learningRate);

      if (!Number.isFinite(loss)) reason = 'diverged';
      else if (stop.loss !== undefined && loss <= stop.loss) reason = 'loss';
      else if (stop.gradientNorm !== undefined && norm <= stop.gradientNorm) reason = 'gradientNorm';
      else if (patience !== undefined && waited >= patience) reason = 'patience';
      else if (epoch >= epochs) reason = 'epochs';
      else if (isLast && elapsed >= seconds) reason = 'seconds';
      if (!isLast && reason === undefined && epoch < history.next) continue;
      last = {
        epoch,
        step: epoch * stepsPerEpoch,
        loss,
        validationLoss: validated?.loss,
        learningRate: rateAt(epoch * stepsPerEpoch, used),
        gradientNorm: norm,
        seconds: since + ((elapsed - since) * (e + 1)) / ended,
        metrics: validated && metricsOf(measure, validated.outputs, validation!.targets),
      };
      history.add(last);
    }
    if (goodEpoch >= from) good = { saved, epoch: goodEpoch };
    if (epoch < loop.epoch()) goTo({ saved, epoch });
    scale?.fill(watched.scale);
    const aborted = yield last;
    if (aborted && reason !== 'diverged') reason = 'aborted';
  }

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
    stop: { reason, epoch, seconds: elapsed },
    loss: { first, final, best },
    parameters: new Map(
      [...views].map(([name, view]) => [name, tensor(setup.parameters.get(name)!.shape, Float64Array.from(view))]),
    ),
    history: history.rows,
    threads: loop.threads,
    memory: loop.memory,
    kept: keptEpoch,
  };
}
