/**
 * `train` in this thread: a run that trains in slices of time, and that can be awaited, iterated for progress, and aborted.
 * The package exports the function in `index.ts`.
 */

import { aBoolean, aFunction, anObject, aSignal, kind, optional, options } from '../base/arguments.ts';
import { showIn } from '../base/errors.ts';
import { codeNotation, fileNotation, type Notation } from '../base/reference.ts';
import { tensor } from '../base/tensor.ts';
import { chooseEngine, type EngineReport, fewerThreads } from '../model/engine-choice.ts';
import { aModel, type Evaluated, Model } from '../model/model.ts';
import type { AnyTarget } from '../model/row.ts';
import { averageOf } from '../net/addresses.ts';
import type { ConfusionMatrix, Metrics } from '../net/metrics.ts';
import type { Network, Parameters } from '../net/network.ts';
import type { Dataset } from '../net/problem.ts';
import { aSetup, type Setup, setUpRows } from '../net/rows-setup.ts';
import { assemble, checkEnds, type TrainingOptions } from '../net/training.ts';
import { checkTrainingOptions } from '../net/training-options.ts';
import { sampleNotes, sampleOf } from './aborted.ts';
import { checkArguments, isSetup } from './arguments.ts';
import { type Callbacks, checkCallbacks, endsRun, isPromise, isStop, withModel } from './callbacks.ts';
import { type Identity, identifying, writeCheckpoint } from './checkpoint.ts';
import type { HistoryRow } from './history.ts';
import { hasLearned, minEpochs } from './loss-of-constants.ts';
import { type LayerGradients, makeProbe } from './probe.ts';
import type { ResumeChange } from './snapshot.ts';
import { collected, type TrainingData } from './sources.ts';
import { type Snapshot, type TrainingResult, trainingLoop } from './trainer.ts';
import { startFrom } from './warm-start.ts';
import { slice, takeBreak } from './yield.ts';

export interface RunOptions extends Callbacks {
  /**
   * Aborts the run: it ends after the current update, also within an epoch, and resolves with the weights so far (with
   * `keep: "best"`, the best ones) and `reason: "aborted"`. The history has the epochs that ended. If measuring all rows would
   * take long, loss and metrics are those of a sample, and `notes` says so. A checkpoint resumes to the same bits.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the bytes of a checkpoint at intervals (`checkpoint` in the options) and at the end. Training waits for it;
   * if it rejects, the run rejects.
   */
  readonly onCheckpoint?: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  /**
   * A checkpoint to resume, or a function that returns one: it gets a reader that checks whether a checkpoint fits. The learning
   * rate, epochs, seconds, patience and the other stop conditions may be other than those of the checkpoint; the result lists
   * such `changes`. Other options, the network and the data must be the same.
   */
  readonly resume?:
    | Uint8Array
    | ((read: (bytes: Uint8Array, where?: string) => Snapshot) => Snapshot | undefined)
    | undefined;
  /** Whether to record the gradient norm of each layer at intervals. It does not change the training. Default: false. */
  readonly probe?: boolean | undefined;
  /**
   * A model to continue from: training starts with its weights. For a table, the scaling, categories and classes are also
   * those of the model.
   *
   * Or the bytes of a checkpoint, to continue a training with any other settings or data: training starts with its weights and
   * the state of its optimizer, and counts its updates and epochs on (`stop.epochs` counts all of them). Losses, the history,
   * early stopping and the best weights begin anew. The state of another optimizer, or of l-BFGS, is not used; `notes` says
   * so. Layers without parameters may be others; other parameters are an InputError. If nothing else is different, the weights
   * have the bits of an uninterrupted training.
   */
  readonly from?: Model | Uint8Array | undefined;
  /** Whether to train in a worker, so that this thread stays free. A page's worker can use threads if the page is isolated. */
  readonly worker?: boolean | undefined;
}

/** Loss and metrics on a split: the training, validation or test rows. */
export type PartResult = Readonly<Record<string, number>>;

/** The result of a run. */
export interface Trained<Features extends object = object, Target = AnyTarget> {
  readonly model: Model<Features, Target>;
  readonly stop: TrainingResult['stop'] & {
    /** If training diverged: the likely cause, and a fix. */
    readonly cause?: string;
  };
  readonly loss: TrainingResult['loss'];
  /** On the training rows. */
  readonly metrics: Metrics;
  /** Loss and metrics; absent if the data have no such split. */
  readonly validation?: PartResult;
  readonly test?: PartResult;
  /**
   * The confusion matrix of a classification, on the test rows if there are any, else the validation rows, else the training
   * rows. Rows: actual class; columns: predicted class.
   */
  readonly confusion?: { readonly part: 'test' | 'validation' | 'training'; readonly matrix: ConfusionMatrix };
  readonly engine: EngineReport;
  readonly history: readonly HistoryRow[];
  readonly kept?: TrainingResult['kept'];
  /** The options that were changed when the run was resumed, each with the epoch; `notes` says the same. */
  readonly changes?: readonly ResumeChange[];
  /** The gradient norm of each layer, if `probe` is true. */
  readonly gradients?: LayerGradients;
  /** Seconds before and after training; the seconds of training are in `stop`. */
  readonly seconds: { readonly compiling: number; readonly evaluating: number };
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * A running training: a promise of the result, which can also be iterated for progress. Each turn gives the newest epoch's row,
 * so that a slow reader skips some rows. It rejects with an InputError if the input is invalid.
 */
export interface Run<Features extends object = object, Target = AnyTarget>
  extends Promise<Trained<Features, Target>>,
    AsyncIterable<HistoryRow> {}

/** The function that `index.ts` documents, always in this thread. */
export function train(setup: Setup, options?: RunOptions): Run;
export function train(network: Network, data: TrainingData, options: TrainingOptions & RunOptions): Run;
export function train(
  what: Setup | Network,
  data?: TrainingData | RunOptions,
  options?: TrainingOptions & RunOptions,
): Run {
  const { makeSetup, run, notation } = argumentsOf(what, data, options);
  return start(makeSetup, run, notation);
}

/** The names of the options of a run, for the error of a misspelled one. */
const runOptionNames: readonly (keyof RunOptions)[] = [
  'signal',
  'onCheckpoint',
  'resume',
  'onStart',
  'onEpoch',
  'onPause',
  'probe',
  'from',
  'worker',
];

/** The arguments of `train`, not yet checked: an invalid one rejects the run. */
export function argumentsOf(
  what: Setup | Network,
  data?: TrainingData | RunOptions,
  options?: TrainingOptions & RunOptions,
): { readonly makeSetup: () => Promise<Setup>; readonly run: RunOptions; readonly notation: Notation } {
  if (isSetup(what)) {
    const makeSetup = async () => {
      aSetup(what, 'setup');
      if (data !== undefined) anObject(data, 'options');
      const { from } = Object(data ?? {}) as RunOptions;
      if (from === undefined || isBytes(from)) return what as Setup;
      aModel(from, 'options.from');
      return startFrom(what as Setup, from.parameters, 'options.from');
    };
    return { makeSetup, run: Object(data ?? {}) as RunOptions, notation: fileNotation };
  }
  const { signal, onCheckpoint, resume, onStart, onEpoch, onPause, probe, from, worker, ...training } =
    options ?? ({} as TrainingOptions & RunOptions);
  const makeSetup = async () => {
    await checkTrainingOptions(options === undefined ? (undefined as never) : training, runOptionNames);
    checkArguments(what, data, 'train');
    const { network, assembled } = { network: what as Network, assembled: assemble(training) };
    const all = await collected(data as TrainingData, network, assembled.recipe.loss);
    const model = isBytes(from) ? undefined : from;
    if (model !== undefined) aModel(model, 'from');
    const setUp = 'table' in all ? (await import('../net/table-setup.ts')).setUp : setUpRows;
    if (model === undefined) return setUp(network, all as never, assembled);
    const known = 'table' in all && model.encoding !== undefined ? { ...all, encoding: model.encoding } : all;
    return startFrom(setUp(network, known as never, assembled), model.parameters, 'training.from');
  };
  return {
    makeSetup,
    run: { signal, onCheckpoint, resume, onStart, onEpoch, onPause, probe, from, worker },
    notation: codeNotation,
  };
}

const aCheckpoint = kind(
  'a checkpoint',
  (value: unknown) => value instanceof Uint8Array,
  'Pass the bytes that onCheckpoint received.',
);

/** The options of a run, apart from its callbacks. */
const runOptions = options({
  signal: aSignal,
  onCheckpoint: aFunction,
  resume: (value, where) => (typeof value === 'function' ? aFunction(value, where) : aCheckpoint(value, where)),
  probe: aBoolean,
});

const aSnapshot = kind(
  'a checkpoint',
  ({ progress, saves }: Snapshot) => typeof progress === 'object' && Array.isArray(saves),
  'Return what the reader returned: resume: (read) => read(bytes).',
);

/** A training in this thread. */
export function start(
  makeSetup: () => Promise<Setup>,
  { signal, onCheckpoint, resume, onStart, onEpoch, onPause, probe: wanted, from: begin }: RunOptions,
  notation: Notation = fileNotation,
): Run {
  return runOf(async (onRow) => {
    checkCallbacks({ onStart, onEpoch, onPause });
    runOptions({ signal, onCheckpoint, resume, probe: wanted }, 'options');
    const given = await makeSetup();
    checkEnds(given.schedule.stop);
    const { engine, report, warnings: ofEngine } = await chooseEngine(given);
    const { beginning, begun } = await beginningOf(given, begin);
    const { identity, identifyUntil } = inTime(identifying(begun, report));
    const { checkpoint } = begun.schedule;
    const keep = checkpoint === false ? undefined : onCheckpoint;
    let snapshot: (() => Snapshot) | undefined;
    let isWithin = () => false;
    let parameters: (() => Parameters) | undefined;
    let now: (() => { readonly updates: number; readonly parameters: Parameters }) | undefined;
    let last: Snapshot | undefined;
    const from = resume && (await snapshotOf(resume, identity));
    if (typeof resume === 'function') optional(aSnapshot)(from, 'resume');
    const setup = from?.progress.offset === undefined ? begun : await continuing(begun, from.progress.offset);
    const changes = from?.progress.changes;
    const changed = changes === undefined ? [] : (await import('./resume-changes.ts')).changeNotes(changes);
    const added = [...(beginning === undefined || from ? [] : [beginning.note]), ...changed];
    const notes = [...setup.notes, ...added];
    const warnings = [...setup.warnings, ...ofEngine];
    if (onStart !== undefined) {
      const epoch = from ? from.progress.places[from.progress.now].epoch : (beginning?.epoch ?? 0);
      const start = { epoch, engine: report, notes, warnings };
      const { given, end } = withModel('onStart', start, () => modelOf(setup, weightsAtStart(setup, from), report));
      await onStart(given);
      end();
    }
    const probe = wanted ? makeProbe(setup) : undefined;
    const began = performance.now();
    let compiled = began;
    const loop = trainingLoop(engine, setup, {
      slice: slice / 1000,
      isAborted: signal?.aborted,
      resume: from,
      begin: beginning,
      everyRow: onEpoch !== undefined,
      probe,
      onStart: (take, within, weights, current) => {
        snapshot = take;
        isWithin = within;
        parameters = weights;
        now = current;
        compiled = performance.now();
      },
      onEnd: (take) => {
        if (keep !== undefined) last = take();
      },
    });
    let saved = performance.now();
    let stopped = false;
    try {
      for (;;) {
        const until = performance.now() + slice / 2;
        do {
          const { value, done } = loop.next(stopped || signal?.aborted);
          stopped = false;
          if (done && last !== undefined) await keep?.(writeCheckpoint(last, identity()));
          if (done) {
            const found = { ...report, threads: value.threads, memory: value.memory };
            const trained = await finish(setup, value, found, signal?.aborted);
            const before = (compiled - began) / 1000;
            const hopeless = await hopelessWarningOf(setup, value);
            // one warning about threads is enough
            const lost = ofEngine.length > 0 ? [] : fewerThreads(setup.schedule.threads, value.threadsLost);
            return {
              ...trained,
              ...(changes && { changes }),
              notes: [...trained.notes, ...added],
              gradients: probe?.found,
              seconds: { ...trained.seconds, compiling: before },
              warnings: [...warnings, ...lost, ...(hopeless === undefined ? [] : [hopeless])],
            };
          }
          if (value === undefined) continue;
          onRow(value);
          if (onEpoch !== undefined) {
            const model = () => modelOf(setup, parameters!(), report);
            const { given, end } = withModel('onEpoch', value, model, probe?.found);
            const answer = onEpoch(given);
            stopped = isPromise(answer) ? await endsRun(answer) : isStop(answer);
            end();
          }
          // the first slices are short: the time of a step is not known yet
        } while (performance.now() < until);
        const isDue = snapshot !== undefined && keep !== undefined && checkpoint !== false && !isWithin();
        if (isDue && performance.now() - saved >= 1000 * checkpoint.seconds) {
          await keep(writeCheckpoint(snapshot!(), identity()));
          saved = performance.now();
        }
        if (keep !== undefined) identifyUntil(performance.now() + slice / 4);
        if (onPause !== undefined && now !== undefined) {
          const current = now();
          await onPause({ updates: current.updates, model: () => modelOf(setup, current.parameters, report) });
        }
        await takeBreak();
      }
    } finally {
      // ends the threads, also after an error
      loop.return(undefined as never);
    }
  }, notation);
}

/** An identity that is computed for the first checkpoint, or before: in the pauses of training, so that an abort finds it ready. */
function inTime(work: Generator<undefined, Identity>) {
  let known: Identity | undefined;
  const identifyUntil = (time: number) => {
    while (known === undefined && performance.now() < time) {
      const { value, done } = work.next();
      if (done) known = value;
    }
    return known;
  };
  return { identifyUntil, identity: () => identifyUntil(Number.POSITIVE_INFINITY)! };
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** Where a training with `from: checkpoint` begins, and its setup. What reads checkpoints is loaded only then. */
async function beginningOf(given: Setup, from: RunOptions['from']) {
  if (!isBytes(from)) return { begun: given };
  const { beginFrom, setupFrom } = await import('./begin-from.ts');
  const beginning = beginFrom(from, given, 'from');
  return { beginning, begun: setupFrom(given, beginning) };
}

/** The setup of a resumed training that itself continued another one. */
const continuing = async (setup: Setup, offset: number) => (await import('./begin-from.ts')).withOffset(setup, offset);

/** A copy of the weights before the first update: of a snapshot, if there is one. */
function weightsAtStart({ parameters }: Setup, from: Snapshot | undefined): Parameters {
  const numbers = from?.saves[from.progress.now];
  const live = (name: string) =>
    Float64Array.from(numbers?.get(averageOf(name)) ?? numbers?.get(name) ?? parameters.get(name)!.data);
  return new Map(Array.from(parameters, ([name, { shape }]) => [name, tensor(shape, live(name))]));
}

/** The snapshot to resume from; undefined if the function that got the reader returned none. */
async function snapshotOf(
  resume: NonNullable<RunOptions['resume']>,
  identity: () => Identity,
): Promise<Snapshot | undefined> {
  const { readCheckpoint } = await import('./read-checkpoint.ts');
  const read = (bytes: Uint8Array, where?: string) => readCheckpoint(bytes, identity(), where);
  return typeof resume === 'function' ? resume(read) : read(resume);
}

/** A run of `drive`, which reports the newest epoch's row as often as it likes. Its errors are in `notation`. */
export function runOf(drive: (onRow: (row: HistoryRow) => void) => Promise<Trained>, notation: Notation): Run {
  let latest: HistoryRow | undefined;
  let ended = false;
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const each of waiting.splice(0)) each();
  };
  // the caller gets the run before it begins
  const result = takeBreak()
    .then(() =>
      drive((row) => {
        latest = row;
        if (waiting.length > 0) wake();
      }),
    )
    .catch(showIn(notation))
    .finally(() => {
      ended = true;
      wake();
    });

  return Object.assign(result, {
    async *[Symbol.asyncIterator](): AsyncGenerator<HistoryRow, void> {
      let given: HistoryRow | undefined;
      // an error is thrown by the iteration below
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
  });
}

/** The model with the final weights of a training. */
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

/** A warning about a training that has learned nothing. What looks for its cause is loaded only then. */
async function hopelessWarningOf(setup: Setup, result: TrainingResult): Promise<string | undefined> {
  const { stop, loss } = result;
  if (stop.reason === 'diverged' || stop.epoch < minEpochs || hasLearned(setup, loss.final)) return undefined;
  const { hopelessWarning } = await import('./hopeless.ts');
  return hopelessWarning(setup, result);
}

/** The likely cause of a divergence. What looks for it is loaded only then. */
async function causeOf(setup: Setup, { stop, history }: TrainingResult): Promise<Trained['stop']> {
  if (stop.reason !== 'diverged') return stop;
  const { divergenceCause } = await import('./diverge.ts');
  return { ...stop, cause: divergenceCause(setup, history) };
}

/** Measures the kept weights: an aborted run on a sample of the rows, if all of them would take long. */
async function finish(setup: Setup, result: TrainingResult, engine: EngineReport, isAborted = false): Promise<Trained> {
  const began = performance.now();
  const { validation, test } = setup;
  const { own } = setup.measure;
  const model = modelOf(setup, result.parameters, engine);
  const some = (data: Dataset) => (isAborted ? sampleOf(data, setup) : data);
  const evaluate = (data: Dataset | undefined) => data && model.evaluateTensors(some(data), { own });
  const parts = { validation: evaluate(validation), test: evaluate(test) };
  const shown = ({ loss, metrics }: Evaluated): PartResult => ({ loss, ...metrics });
  const training = model.evaluateTensors(some(setup), { own });
  const part = parts.test ? 'test' : parts.validation ? 'validation' : 'training';
  const { confusion } = { training, ...parts }[part] ?? training;
  return {
    model,
    stop: await causeOf(setup, result),
    loss: result.loss,
    metrics: training.metrics,
    ...(parts.validation && { validation: shown(parts.validation) }),
    ...(parts.test && { test: shown(parts.test) }),
    confusion: confusion && { part, matrix: confusion },
    engine,
    history: result.history,
    kept: result.kept,
    seconds: { compiling: 0, evaluating: (performance.now() - began) / 1000 },
    notes: isAborted ? [...setup.notes, ...sampleNotes(setup)] : setup.notes,
    warnings: setup.warnings,
  };
}
