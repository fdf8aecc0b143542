/**
 * `train` in this thread: it trains in slices of time, and can be awaited, iterated for progress, and aborted.
 * The package exports the function in `index.ts`.
 */
import { aBoolean, aFunction, aSignal, kind, optional, options } from '../base/arguments.ts';
import { fileNotation, type Notation } from '../base/reference.ts';
import { tensor } from '../base/tensor.ts';
import { chooseEngine, fewerThreads } from '../model/engine-choice.ts';
import { averageOf } from '../net/addresses.ts';
import type { Network, Parameters } from '../net/network.ts';
import type { Setup } from '../net/rows-setup.ts';
import { checkEnds, type TrainingOptions } from '../net/training.ts';
import { checkCallbacks, endsRun, isPromise, isStop, withModel } from './callbacks.ts';
import { type Identity, identifying, writeCheckpoint } from './checkpoint.ts';
import { finish, hopelessWarningOf, modelOf } from './finish.ts';
import { makeProbe } from './probe.ts';
import { type Run, type RunOptions, runOf } from './run.ts';
import type { TrainingData } from './sources.ts';
import { argumentsOf, isBytes } from './train-arguments.ts';
import { type Snapshot, trainingLoop } from './trainer.ts';
import { slice, takeBreak } from './yield.ts';

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
