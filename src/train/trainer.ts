/**
 * The training loop: it runs slices of the engine's loop and decides after each epoch whether training continues. It
 * yields between slices, and knows nothing of files or terminals.
 */
import { tensor } from '../base/tensor.ts';
import type { Engine, Numbers } from '../engines/engine.ts';
import { averageOf, rateScale } from '../net/addresses.ts';
import type { Parameters } from '../net/network.ts';
import { rateOf } from '../net/schedules.ts';
import type { Setup } from '../net/setup.ts';
import { sampledLoss } from './aborted.ts';
import type { Beginning } from './begin-from.ts';
import { BestWeights } from './best-weights.ts';
import { Divergence } from './divergence.ts';
import { type EpochScore, epochScorer, type Scorer } from './epoch-score.ts';
import type { HistoryRow } from './history.ts';
import { withPauses } from './pauses.ts';
import { initialPlateau, plateauAfter } from './plateau.ts';
import type { Probe } from './probe.ts';
import { compilePrograms, type Evaluation, type Programs } from './programs.ts';
import { ProgressRecord } from './progress.ts';
import { lowestLoss, quietUntil } from './quiet-epochs.ts';
import { SavedWeights } from './saved-weights.ts';
import { Slices } from './slices.ts';
import { type Progress, type Snapshot, takeSnapshot } from './snapshot.ts';
import { type EndedEpoch, type StopReason, StopRules } from './stop-rules.ts';

export type { Progress, Snapshot } from './snapshot.ts';
export type { StopReason } from './stop-rules.ts';

export interface TrainingResult {
  readonly stop: {
    readonly reason: StopReason;
    readonly epoch: number;
    readonly seconds: number;
    /** For a search: how often it computed the loss and its gradient. */
    readonly evaluations?: number;
  };
  readonly loss: { readonly first: number; readonly final: number; readonly best: number };
  /** The weights that were kept. */
  readonly parameters: Parameters;
  readonly history: readonly HistoryRow[];
  /** How many threads took part, and the bytes of memory. */
  readonly threads: number;
  readonly memory: number;
  /** Why some of the requested threads could not start. */
  readonly threadsLost?: string;
  /** The epoch whose weights were kept, if that is not the last one. */
  readonly kept?: { readonly epoch: number; readonly why: 'best' | 'diverged' };
}

export interface LoopOptions {
  /** The probe, which measures the weights at the end of some epochs. */
  readonly probe?: Probe;
  /** About how many seconds a slice takes; 0: a slice is one step. */
  readonly slice?: number;
  /** Whether training is aborted before it begins: it then makes no step. */
  readonly isAborted?: boolean;
  /** A snapshot to continue from. */
  readonly resume?: Snapshot;
  /** A checkpoint of a training with other settings to continue from. */
  readonly begin?: Beginning;
  /** Whether to yield every row of the history, also those of epochs before a slice's last. An abort then ends training there. */
  readonly everyRow?: boolean;
  /**
   * Called before training begins, with a function that takes a snapshot after a slice, and one that says whether the row
   * just yielded is within a slice, where no snapshot can be taken, and one that copies the weights at the end of the epoch whose
   * row was just yielded, and one that gives the updates so far and a copy of the weights of now. `onEnd` is called when
   * training ends.
   */
  readonly onStart?: (
    snapshot: () => Snapshot,
    isWithin: () => boolean,
    parameters: () => Parameters,
    now: () => { readonly updates: number; readonly parameters: Parameters },
  ) => void;
  readonly onEnd?: (snapshot: () => Snapshot) => void;
}

/** Yields rows of the history, or nothing within an epoch; takes `true` to abort; returns `R`. */
type Rows<R> = Generator<HistoryRow | undefined, R, boolean | undefined>;

/**
 * Trains in slices, which end with an epoch or within one. Yields after every slice: the newest epoch's row of the history,
 * or nothing within an epoch. The caller sends `true` back to abort.
 *
 * Returns the result. The length of slices changes no number: if a slice runs past the epoch where training ends, the loop
 * returns to that epoch's weights.
 */
export function* trainingLoop(engine: Engine, setup: Setup, options: LoopOptions = {}): Rows<TrainingResult> {
  const programs = compilePrograms(engine, setup, setup.validation);
  try {
    const live = startWeights(programs, setup);
    const { resume, begin, isAborted, slice } = options;
    if (begin !== undefined && resume === undefined) beginAt(programs, begin);
    const first = resume?.progress.first ?? (isAborted ? undefined : yield* trainingLoss(programs, setup, slice));
    const run = new TrainingRun({ programs, live, first: first ?? sampledLoss(setup, live) }, setup, options);
    return yield* first === undefined ? run.finish('aborted') : run.run();
  } finally {
    programs.loop.close();
  }
}

/** The loss of all training rows; undefined if training is aborted meanwhile. */
function* trainingLoss(
  programs: Programs,
  setup: Setup,
  slice = 0,
): Generator<undefined, number | undefined, boolean | undefined> {
  return (yield* withPauses(programs.evaluate(setup, 'training'), slice))?.loss;
}

/** What a training begins with. */
interface Begun {
  readonly programs: Programs;
  /** The live weights by name, averaged where the recipe averages them. */
  readonly live: ReadonlyMap<string, Numbers>;
  /** The loss of the initial weights. */
  readonly first: number;
}

class TrainingRun {
  private readonly programs: Programs;
  private readonly setup: Setup;
  private readonly options: LoopOptions;
  private readonly live: ReadonlyMap<string, Numbers>;
  private readonly progress: ProgressRecord;
  private readonly weights: SavedWeights;
  private readonly best?: BestWeights;
  private readonly rules: StopRules;
  private readonly divergence: Divergence;
  private readonly slices: Slices;
  private readonly scorer: Scorer;
  private readonly rateAt: ReturnType<typeof rateOf>;
  private plateau: ReturnType<typeof initialPlateau>;
  /** Whether no snapshot can be taken: an epoch of the newest slice is being judged, or training has ended. */
  private isWithinSlice = false;
  /** An epoch that ended and was not judged, because training was aborted meanwhile. */
  private unjudged?: Progress['unjudged'];

  constructor({ programs, live, first }: Begun, setup: Setup, options: LoopOptions) {
    const { loop, stepsPerEpoch } = programs;
    const { schedule, recipe, watch } = setup;
    const { resume, begin, slice = 0 } = options;
    const saved = resume?.progress;
    const keepsBest = schedule.keep === 'best';
    const { plateau } = recipe.optimizer.schedule ?? {};
    this.programs = programs;
    this.setup = setup;
    this.options = options;
    this.live = live;
    this.weights = new SavedWeights(loop, stepsPerEpoch, resume);
    this.unjudged = saved?.unjudged;
    this.progress = new ProgressRecord(loop.epoch() - (this.unjudged === undefined ? 0 : 1), first, saved);
    this.divergence = new Divergence(setup, first);
    this.rules = new StopRules(schedule.stop, saved, (loss) => this.divergence.isHopeless(loss));
    this.slices = new Slices(loop, stepsPerEpoch, slice);
    const isScoreUsed = keepsBest || schedule.stop.patience !== undefined || plateau !== undefined;
    this.scorer = epochScorer(programs, setup, isScoreUsed);
    if (keepsBest) this.best = new BestWeights(this.weights, this.scorer.scoresStart, saved?.bestScore);
    this.rateAt = rateOf(recipe.optimizer, recipe.span ?? { stepsPerEpoch });
    this.plateau = saved?.watched ?? begin?.plateau ?? initialPlateau(watch.better);
  }

  /** Runs slices until there is a reason to stop. */
  *run(): Rows<TrainingResult> {
    const { progress, options } = this;
    const snapshot = () => this.snapshot();
    options.onStart?.(
      snapshot,
      () => this.isWithinSlice,
      () => this.parametersOfEpoch(),
      () => {
        const run = this;
        return {
          updates: run.updates,
          get parameters() {
            return run.parameters;
          },
        };
      },
    );
    this.startProbe();
    let reason = options.isAborted ? 'aborted' : this.reasonAtStart();
    while (reason === undefined) {
      const ended = this.runSlice();
      const secondsAt = progress.endSlice(ended);
      if (ended === 0) {
        if (yield) reason = 'aborted';
        continue;
      }
      reason = yield* this.judge(ended, secondsAt);
      if (this.unjudged === undefined) this.settle();
      if (reason === 'aborted') continue;
      const isAborted = yield progress.last;
      if (isAborted && reason !== 'diverged') reason = 'aborted';
    }
    options.onEnd?.(snapshot);
    return yield* this.finish(reason);
  }

  /** Returns how many epochs ended. One that ended before an interruption is judged now. */
  private runSlice(): number {
    const { weights, slices, unjudged } = this;
    if (unjudged === undefined) {
      weights.startSlice();
      return slices.run(this.maxMoreEpochs());
    }
    const { losses, norms } = this.programs.loop;
    [losses[0], norms[0]] = [unjudged.loss, unjudged.gradientNorm];
    this.unjudged = undefined;
    return 1;
  }

  /** Evaluates rows, with pauses in which no snapshot can be taken; undefined if training is aborted meanwhile. */
  private *evaluate({ data, kind }: NonNullable<Scorer['evaluates']>): Rows<Evaluation | undefined> {
    this.isWithinSlice = true;
    const found = yield* withPauses(this.programs.evaluate(data, kind), this.options.slice ?? 0);
    this.isWithinSlice = false;
    return found;
  }

  /**
   * Judges the epochs of a slice in turn, up to one that gives a reason to stop, and returns that reason. Yields the rows
   * of the epochs before the slice's last, if the caller wants every row.
   */
  private *judge(ended: number, secondsAt: (e: number) => number): Rows<StopReason | undefined> {
    const { progress, programs, options } = this;
    const { losses, norms } = programs.loop;
    const from = progress.epoch;
    let reason: StopReason | undefined;
    for (let e = 0; e < ended && reason === undefined; e++) {
      e = this.passQuiet(from, e, ended);
      const isLast = e === ended - 1;
      const epoch = { epoch: from + e + 1, loss: losses[e], gradientNorm: norms[e] };
      const rate = this.plateau.scale;
      const found = this.scorer.evaluates && (yield* this.evaluate(this.scorer.evaluates));
      if (this.scorer.evaluates !== undefined && found === undefined) {
        this.unjudged = epoch;
        return 'aborted';
      }
      const { validationLoss, metrics } = this.score(epoch, found);
      reason = this.rules.reasonAfter(epoch, isLast ? progress.seconds : undefined);
      if (!isLast && reason === undefined && epoch.epoch < progress.history.next) continue;
      const step = epoch.epoch * programs.stepsPerEpoch + this.offset;
      progress.add({
        epoch: epoch.epoch,
        step,
        loss: epoch.loss,
        validationLoss,
        learningRate: this.rateAt(step, rate),
        gradientNorm: epoch.gradientNorm,
        seconds: secondsAt(e),
        metrics,
      });
      if (!options.everyRow || isLast || reason !== undefined) continue;
      this.isWithinSlice = true;
      if (yield progress.last) reason = 'aborted';
      this.isWithinSlice = false;
    }
    return reason;
  }

  /** Scores an epoch, and updates everything that depends on its loss or its score. */
  private score({ epoch, loss }: EndedEpoch, found: Evaluation | undefined): EpochScore {
    const { progress, weights, setup } = this;
    const { learningRate, schedule } = setup.recipe.optimizer;
    progress.epoch = epoch;
    progress.note(loss);
    // an epoch with a good loss started with good weights
    if (this.divergence.isGood(loss)) weights.markGood(epoch - 1);
    const judged = this.scorer.judge(loss, found);
    this.best?.after(epoch, judged.score);
    this.rules.count(judged.score);
    const rule = schedule?.plateau;
    if (rule !== undefined) {
      this.plateau = plateauAfter(rule, this.plateau, judged.value, learningRate, setup.watch.better);
    }
    return judged;
  }

  /** Passes over epochs, from index `e` of a slice, that decide nothing; returns the index of the first that may. */
  private passQuiet(from: number, e: number, ended: number): number {
    const { progress, programs, setup, weights } = this;
    const { stop } = setup.schedule;
    if (!this.runsFreely || this.best !== undefined || stop.patience !== undefined) return e;
    const limit = Math.min(ended - 1, progress.history.next - from - 1);
    const quiet = quietUntil(programs.loop, e, limit, stop, this.divergence.reference);
    if (quiet > e) {
      progress.note(lowestLoss(programs.loop, e, quiet));
      weights.markGood(from + quiet - 1);
    }
    return quiet;
  }

  /** Whether a slice may have several epochs: nothing has to be evaluated or changed between them. */
  private get runsFreely(): boolean {
    return this.scorer.evaluates === undefined && this.setup.recipe.optimizer.schedule?.plateau === undefined;
  }

  /** How many epochs a slice may have after its first. It ends before the epoch limit and where the probe measures next. */
  private maxMoreEpochs(): number {
    if (!this.runsFreely) return 0;
    const { epoch } = this.progress;
    const { epochs = Number.POSITIVE_INFINITY } = this.setup.schedule.stop;
    const { probe } = this.options;
    return Math.min(epochs, probe === undefined ? Number.POSITIVE_INFINITY : probe.after(epoch)) - epoch - 1;
  }

  /** After a slice: goes back to where training ends if the slice ran past it, lets the probe look, and sets the rate. */
  private settle(): void {
    const { programs, progress, weights, options } = this;
    const { epoch } = progress;
    if (epoch < programs.loop.epoch()) weights.returnToEpoch(epoch);
    if (options.probe?.after(epoch - 1) === epoch) options.probe.measure(epoch, this.live);
    if (programs.step.has(rateScale)) programs.step.view(rateScale).fill(this.plateau.scale);
  }

  private startProbe(): void {
    const { probe, resume } = this.options;
    if (resume === undefined) probe?.measure(this.progress.epoch, this.live);
    else probe?.resume(resume.progress.gradients);
  }

  /** A training of no epochs stops at once, and so does a resumed one whose newest epoch meets a stop condition. */
  private reasonAtStart(): StopReason | undefined {
    const { progress, rules, setup } = this;
    const { last, epoch, seconds } = progress;
    if (last !== undefined && !this.isWithinEpoch) return rules.reasonAfter({ ...last, epoch }, seconds);
    const { epochs = Number.POSITIVE_INFINITY } = setup.schedule.stop;
    return epochs <= epoch && !this.isWithinEpoch ? 'epochs' : undefined;
  }

  /** Whether the weights are those of an epoch that has not ended, or was not judged. */
  private get isWithinEpoch(): boolean {
    return this.programs.loop.position() > 0 || this.unjudged !== undefined;
  }

  /** The training loss of the live weights: of a sample of the rows if training is aborted meanwhile. */
  private *finalLoss(): Rows<number> {
    const { programs, setup, live, options } = this;
    return (yield* trainingLoss(programs, setup, options.slice)) ?? sampledLoss(setup, live);
  }

  private snapshot(): Snapshot {
    const { first, best, elapsed, history, last } = this.progress.state;
    return takeSnapshot(this.programs.loop, this.weights, {
      first,
      best,
      bestScore: this.best?.score ?? Number.POSITIVE_INFINITY,
      ...this.rules.state,
      elapsed,
      watched: this.plateau,
      history,
      last,
      unjudged: this.unjudged,
      gradients: this.options.probe?.found,
      offset: this.setup.recipe.span?.offset,
      changes: this.options.resume?.progress.changes,
    });
  }

  /** A copy of the live weights. */
  private get parameters(): Parameters {
    const copies = Array.from(this.live, ([name, numbers]) => {
      const { shape } = this.setup.parameters.get(name)!;
      return [name, tensor(shape, Float64Array.from(numbers))] as const;
    });
    return new Map(copies);
  }

  private get updates(): number {
    const { loop, stepsPerEpoch } = this.programs;
    return loop.epoch() * stepsPerEpoch + loop.position() + this.offset;
  }

  /** Updates of the training that this one continues, less the steps that as many of its own epochs have. */
  private get offset(): number {
    return this.setup.recipe.span?.offset ?? 0;
  }

  /** A copy of the weights at the end of the newest judged epoch; the slice may have run on. */
  private parametersOfEpoch(): Parameters {
    const { progress, programs, weights } = this;
    const { loop } = programs;
    if (progress.epoch === loop.epoch()) return this.parameters;
    return weights.atEpoch(progress.epoch, () => this.parameters);
  }

  /** Returns to the weights that are kept, and describes the training. */
  *finish(why: StopReason): Rows<TrainingResult> {
    const { progress, weights } = this;
    const { loop } = this.programs;
    this.isWithinSlice = true;
    let final = yield* this.finalLoss();
    const keepsBest = this.best?.areEarlier(progress.epoch, final, this.isWithinEpoch) ?? false;
    const reason = this.hasFailed(final, keepsBest) ? 'diverged' : why;
    let kept: TrainingResult['kept'];
    if (reason === 'diverged') kept = { epoch: weights.good.epoch, why: 'diverged' };
    else if (keepsBest) kept = { epoch: weights.best.epoch, why: 'best' };
    if (kept !== undefined) {
      weights.returnTo(kept.why === 'best' ? weights.best : weights.good);
      final = yield* this.finalLoss();
    }
    progress.note(final);
    const { epoch, seconds, first, lowest } = progress;
    return {
      stop: { reason, epoch, seconds, ...(loop.evaluations && { evaluations: loop.evaluations() }) },
      loss: { first, final, best: lowest },
      parameters: this.parameters,
      history: progress.finish(),
      threads: loop.threads,
      threadsLost: loop.threadsLost?.(),
      memory: loop.memory,
      kept,
    };
  }

  /**
   * Whether training ends in a divergence that no epoch has shown: the last update may make the weights infinite, and a loss far
   * above its start may not recover in time. The best weights, where they are kept, are not those.
   */
  private hasFailed(final: number, keepsBest: boolean): boolean {
    if (!Number.isFinite(final)) return true;
    const last = this.progress.last?.loss ?? 0;
    return !keepsBest && this.divergence.isFailed(final) && this.divergence.isFailed(last);
  }
}

/** Brings the loop to where another training was. States that the other did not have keep their initial numbers. */
function beginAt({ loop }: Programs, { epoch, count, numbers }: Beginning): void {
  const own = loop.numbers(loop.save());
  const all = new Map(Array.from(own, ([name, initial]) => [name, numbers.get(name) ?? initial]));
  loop.restore(loop.load({ epoch, count, position: 0, total: 0, most: 0 }, all));
}

/** Writes the initial weights into the step's memory. Returns the live weights: averages, where the recipe keeps them. */
function startWeights({ step }: Programs, { parameters }: Setup): ReadonlyMap<string, Numbers> {
  const live = new Map<string, Numbers>();
  for (const [name, { data }] of parameters) {
    // before the first update, the average equals the initial weights
    const addresses = [name, averageOf(name)].filter((address) => step.has(address));
    for (const address of addresses) {
      const view = step.view(address);
      view.set(data);
      live.set(name, view);
    }
  }
  return live;
}
