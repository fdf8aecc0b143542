/**
 * `train` in this thread: a run that goes on by itself in slices of time, can be awaited, iterated for progress, and aborted.
 * What the package exports is in `anywhere.ts`.
 */

import { chooseEngine, type EngineReport, fewerThreads } from '../model/engine-choice.ts';
import { type Evaluated, Model } from '../model/model.ts';
import { assemble, checkTrainingOptions, type TrainingOptions } from '../net/experiment.ts';
import type { ConfusionMatrix, Metrics } from '../net/metrics.ts';
import type { Network, Parameters } from '../net/network.ts';
import type { Dataset } from '../net/problem.ts';
import { type Setup, setUp } from '../net/setup.ts';
import { checkGiven, isSetup } from './arguments.ts';
import { type Callbacks, checkCallbacks, endsRun, isPromise, isStop } from './callbacks.ts';
import { identify, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { divergenceCause } from './diverge.ts';
import type { HistoryRow } from './history.ts';
import { type LayerGradients, makeProbe } from './probe.ts';
import { collected, type TrainingData } from './sources.ts';
import { type Snapshot, type TrainingResult, trainingLoop } from './trainer.ts';
import { startFrom } from './warm-start.ts';
import { slice, takeBreak } from './yield.ts';

export interface RunOptions extends Callbacks {
  /** Aborted, the run ends after the epoch at hand, with what it has: `reason: "aborted"`. */
  readonly signal?: AbortSignal;
  /**
   * Takes the bytes of a checkpoint, every so many seconds (`checkpoint` in the options) and at the end. Training waits for
   * it; where it rejects, so does the run.
   */
  readonly onCheckpoint?: (bytes: Uint8Array) => void | Promise<void>;
  /** A checkpoint to go on from, or what gives one once it is known what a fitting one is. */
  readonly resume?: Uint8Array | ((read: (bytes: Uint8Array, where?: string) => Snapshot) => Snapshot | undefined);
  /** Whether the gradient in each layer is looked at now and then; what is trained is the same. Default false. */
  readonly probe?: boolean;
  /**
   * A model to go on from: its weights are those that training starts with. Of a table, scaling, categories and classes are
   * that model's too.
   */
  readonly from?: Model;
  /** Train in a worker, so that this thread stays free. A page's worker may use threads where the page is isolated. */
  readonly worker?: boolean;
}

/** Loss and metrics on a part of the rows. */
export type PartResult = Readonly<Record<string, number>>;

/** What a run gives. */
export interface Trained {
  readonly model: Model;
  readonly stop: TrainingResult['stop'] & {
    /** Of a divergence: the likely cause, and what to do. */
    readonly cause?: string;
  };
  readonly loss: TrainingResult['loss'];
  /** On the training rows. */
  readonly metrics: Metrics;
  /** Loss and metrics; empty where there is no such part. */
  readonly validation: PartResult;
  readonly test: PartResult;
  /**
   * Of classes, on the part that was held out (test before validation; else on the training rows): rows are true classes,
   * columns predicted ones.
   */
  readonly confusion?: { readonly part: 'test' | 'validation' | 'training'; readonly matrix: ConfusionMatrix };
  readonly engine: EngineReport;
  readonly history: readonly HistoryRow[];
  readonly kept?: TrainingResult['kept'];
  /** How long the gradient in each layer was; where it was asked for. */
  readonly gradients?: LayerGradients;
  /** Seconds before training and after it; those of training are in `stop`. */
  readonly seconds: { readonly compiling: number; readonly evaluating: number };
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * A training under way. Await it for the result; iterate over it for progress: each turn gives the newest epoch's row,
 * so that a slow reader skips some. It rejects with an InputError where the input is bad.
 */
export interface Run extends PromiseLike<Trained>, AsyncIterable<HistoryRow> {}

/** What `anywhere.ts` documents, in this thread whatever `worker` says. */
export function train(setup: Setup, options?: RunOptions): Run;
export function train(network: Network, data: TrainingData, options: TrainingOptions & RunOptions): Run;
export function train(
  what: Setup | Network,
  data?: TrainingData | RunOptions,
  options?: TrainingOptions & RunOptions,
): Run {
  const { makeSetup, run } = argumentsOf(what, data, options);
  return start(makeSetup, run);
}

/** The arguments of `train`, not yet looked at: whatever is wrong with them rejects the run. */
export function argumentsOf(
  what: Setup | Network,
  data?: TrainingData | RunOptions,
  options?: TrainingOptions & RunOptions,
): { readonly makeSetup: () => Promise<Setup>; readonly run: RunOptions } {
  if (isSetup(what)) return { makeSetup: async () => what as Setup, run: (data ?? {}) as RunOptions };
  const { signal, onCheckpoint, resume, onStart, onEpoch, probe, from, worker, ...training } =
    options ?? ({} as TrainingOptions & RunOptions);
  const makeSetup = async () => {
    checkTrainingOptions(options === undefined ? (undefined as never) : training);
    checkGiven(what, data, 'train');
    const { network, assembled } = { network: what as Network, assembled: assemble(training) };
    const all = await collected(data as TrainingData, network, assembled.recipe.loss);
    if (from === undefined) return setUp(network, all, assembled);
    const known = 'table' in all && from.encoding !== undefined ? { ...all, encoding: from.encoding } : all;
    return startFrom(setUp(network, known, assembled), from.parameters, 'training.from');
  };
  return { makeSetup, run: { signal, onCheckpoint, resume, onStart, onEpoch, probe, worker } };
}

/** Seconds that an aborted run waits for the end of its epoch. */
const patienceWithAborted = 2;

/** A training in this thread. */
export function start(
  makeSetup: () => Promise<Setup>,
  { signal, onCheckpoint, resume, onStart, onEpoch, probe: wanted }: RunOptions,
): Run {
  return runOf(async (tell) => {
    checkCallbacks({ onStart, onEpoch });
    const setup = await makeSetup();
    const { engine, report, warnings: ofEngine } = chooseEngine(setup);
    // a sum over all rows: only where there is a checkpoint
    let known: ReturnType<typeof identify> | undefined;
    const identity = () => {
      known ??= identify(setup, report);
      return known;
    };
    const read = (bytes: Uint8Array, where?: string) => readCheckpoint(bytes, identity(), where);
    const { checkpoint } = setup.schedule;
    const keep = checkpoint === false ? undefined : onCheckpoint;
    let snapshot: (() => Snapshot) | undefined;
    let isWithin = () => false;
    let last: Snapshot | undefined;
    const from = typeof resume === 'function' ? resume(read) : resume && read(resume);
    const { notes } = setup;
    const warnings = [...setup.warnings, ...ofEngine];
    await onStart?.({
      epoch: from ? from.progress.places[from.progress.now].epoch : 0,
      engine: report,
      notes,
      warnings,
    });
    const probe = wanted ? makeProbe(setup) : undefined;
    const began = performance.now();
    let compiled = began;
    const loop = trainingLoop(engine, setup, {
      slice: slice / 1000,
      resume: from,
      everyRow: onEpoch !== undefined,
      probe,
      onStart: (take, within) => {
        snapshot = take;
        isWithin = within;
        compiled = performance.now();
      },
      onEnd: (take) => {
        if (keep !== undefined) last = take();
      },
    });
    let saved = performance.now();
    let abortedAt: number | undefined;
    let epochEnded = false;
    let stopped = false;
    try {
      for (;;) {
        const until = performance.now() + slice / 2;
        do {
          if (signal?.aborted) abortedAt ??= performance.now();
          const late = abortedAt !== undefined && performance.now() - abortedAt > 1000 * patienceWithAborted;
          const { value, done } = loop.next(stopped || (signal?.aborted && (epochEnded || late)));
          if (done && last !== undefined) await keep?.(writeCheckpoint(last, identity()));
          if (done) {
            const trained = finish(setup, value, { ...report, threads: value.threads, memory: value.memory });
            const before = (compiled - began) / 1000;
            // one warning of threads is enough
            const lost = ofEngine.length > 0 ? [] : fewerThreads(setup.schedule.threads, value.threadsLost);
            return {
              ...trained,
              gradients: probe?.found,
              seconds: { ...trained.seconds, compiling: before },
              warnings: [...warnings, ...lost],
            };
          }
          epochEnded = value !== undefined;
          if (value === undefined) continue;
          tell(value);
          if (onEpoch !== undefined) {
            const answer = onEpoch(value);
            stopped = isPromise(answer) ? await endsRun(answer) : isStop(answer);
          }
          // the first slices are short: how long a step takes is not known yet
        } while (performance.now() < until);
        const isDue = keep !== undefined && checkpoint !== false && !isWithin();
        if (isDue && performance.now() - saved >= 1000 * checkpoint.seconds) {
          await keep(writeCheckpoint(snapshot!(), identity()));
          saved = performance.now();
        }
        await takeBreak();
      }
    } finally {
      // ends its threads, whatever threw
      loop.return(undefined as never);
    }
  });
}

/** What `drive` does as a run: it tells the newest epoch's row as often as it likes. */
export function runOf(drive: (tell: (row: HistoryRow) => void) => Promise<Trained>): Run {
  let latest: HistoryRow | undefined;
  let ended = false;
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const each of waiting.splice(0)) each();
  };
  // whoever called gets the run before it begins
  const result = takeBreak()
    .then(() =>
      drive((row) => {
        latest = row;
        if (waiting.length > 0) wake();
      }),
    )
    .finally(() => {
      ended = true;
      wake();
    });

  return {
    // biome-ignore lint/suspicious/noThenProperty: a run is awaited
    then: (onResult, onError) => result.then(onResult, onError),
    async *[Symbol.asyncIterator]() {
      let given: HistoryRow | undefined;
      // a failure comes out of the iteration, below
      result.catch(() => {});
      for (;;) {
        if (latest !== given) {
          given = latest;
          yield given!;
        } else if (ended) {
          await result;
          return;
        } else await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** The model of a training that ended with these weights. */
export function modelOf(setup: Setup, parameters: Parameters, { precision }: Pick<EngineReport, 'precision'>): Model {
  const { network, inputs, recipe, prepared } = setup;
  return new Model({
    network,
    inputs: inputs.shape[1],
    parameters,
    precision,
    loss: recipe.loss,
    optimizer: recipe.optimizer,
    encoding: prepared?.encoding,
    setup,
  });
}

function finish(setup: Setup, result: TrainingResult, engine: EngineReport): Trained {
  const began = performance.now();
  const { validation, test } = setup;
  const model = modelOf(setup, result.parameters, engine);
  const evaluate = (data: Dataset | undefined) => data && model.evaluateTensors(data);
  const parts = { validation: evaluate(validation), test: evaluate(test) };
  const shown = (part: Evaluated | undefined): PartResult => (part ? { loss: part.loss, ...part.metrics } : {});
  const training = model.evaluateTensors(setup);
  const part = parts.test ? 'test' : parts.validation ? 'validation' : 'training';
  const { confusion } = { training, ...parts }[part] ?? training;
  const { stop } = result;
  return {
    model,
    stop: stop.reason === 'diverged' ? { ...stop, cause: divergenceCause(setup, result.history) } : stop,
    loss: result.loss,
    metrics: training.metrics,
    validation: shown(parts.validation),
    test: shown(parts.test),
    confusion: confusion && { part, matrix: confusion },
    engine,
    history: result.history,
    kept: result.kept,
    seconds: { compiling: 0, evaluating: (performance.now() - began) / 1000 },
    notes: setup.notes,
    warnings: setup.warnings,
  };
}
