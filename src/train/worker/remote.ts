/** A training in a worker, as seen from the thread that started it. */
import { fail, InputError } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import { workerRoom } from '../../base/workers.ts';
import { chooseEngine } from '../../model/engine-choice.ts';
import type { Model } from '../../model/model.ts';
import type { Setup } from '../../net/setup.ts';
import { checkCallbacks, isStop, type RunStart, withModel } from '../callbacks.ts';
import { identify } from '../checkpoint.ts';
import type { HistoryRow } from '../history.ts';
import { readCheckpoint } from '../read-checkpoint.ts';
import { modelOf, type RunOptions, type Trained } from '../train.ts';
import type { Snapshot } from '../trainer.ts';
import { type Called, type Order, pack, type Report, readReport } from './serialize.ts';

/** A worker of Node or of a page. */
interface WorkerLike {
  on?(event: string, listener: (value: unknown) => void): unknown;
  addEventListener?(
    event: string,
    listener: (event: { readonly data?: unknown; readonly message?: string }) => void,
  ): void;
  postMessage(order: Order): void;
  terminate(): unknown;
}
declare const Worker: (new (url: URL, options: { type: 'module' }) => WorkerLike) | undefined;

function makeWorker(): WorkerLike {
  const node = nodeModule('node:worker_threads') as
    | { Worker: new (url: URL, options: { execArgv: readonly string[] }) => WorkerLike }
    | undefined;
  if (node === undefined) {
    if (typeof Worker === 'undefined') throw new Error('there are no workers here');
    // written so that bundlers find the file
    return new Worker(new URL('./training-worker.js', import.meta.url), { type: 'module' });
  }
  // written so that bundlers for browsers do not see a second file
  const file = new URL(import.meta.url.replace(/[^/]*$/, 'training-worker.js'));
  const { execArgv } = (globalThis as unknown as { process: { execArgv: readonly string[] } }).process;
  // of a program given as text, which a file is not
  const flags = execArgv.filter((flag) => !flag.startsWith('--input-type'));
  try {
    return new node.Worker(file, { execArgv: flags });
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    // flags of V8 are the whole process's: the error lists them, and a worker has them without being given them
    const refused = new Set(message.replace(/^.*: /, '').split(', '));
    return new node.Worker(file, { execArgv: flags.filter((flag) => !refused.has(flag)) });
  }
}

export interface TrainingWorker {
  send(order: Order): void;
  /** Calls `report` with each report, and `lost` once if the worker ends by itself. */
  listen(report: (message: unknown) => void, lost: (why: string) => void): void;
  end(): void;
}

/** A worker that is ready, or the reason why none could start: a page's policy, or a missing file. */
export async function openWorker(): Promise<TrainingWorker | { readonly missing: string }> {
  const { count, why = 'there is not enough memory for one' } = workerRoom();
  if (count < 1) return { missing: why };
  let worker: WorkerLike;
  try {
    worker = makeWorker();
  } catch (error) {
    return { missing: (error as Error).message };
  }
  let report: (message: unknown) => void = () => {};
  let lost: (why: string) => void = () => {};
  worker.on?.('message', (value) => report(value));
  worker.on?.('error', (error) => lost((error as Error).message));
  worker.on?.('exit', () => lost('it ended'));
  if (worker.on === undefined) {
    worker.addEventListener?.('message', ({ data }) => report(data));
    worker.addEventListener?.('messageerror', () => lost('a message could not be read'));
    worker.addEventListener?.('error', ({ message }) => lost(message || 'its file cannot be loaded'));
  }
  const end = () => {
    report = () => {};
    lost = () => {};
    worker.terminate();
  };
  const missing = await new Promise<string | undefined>((resolve) => {
    report = () => resolve(undefined);
    lost = resolve;
  });
  if (missing !== undefined) {
    end();
    return { missing };
  }
  return {
    send: (order) => worker.postMessage(order),
    listen(onReport, onLost) {
      report = onReport;
      lost = onLost;
    },
    end,
  };
}

/** Trains in the worker to the end. Throws an InputError if something cannot be sent, or if the worker ends early. */
export async function trainIn(
  worker: TrainingWorker,
  setup: Setup,
  { signal, onStart, onEpoch, onPause, onCheckpoint, resume, from: begin }: RunOptions,
  onRow: (row: HistoryRow) => void,
): Promise<Trained> {
  const abort = () => worker.send({ abort: true });
  try {
    checkCallbacks({ onStart, onEpoch, onPause });
    if (onPause !== undefined) {
      fail({
        what: 'a worker trains, whose pauses are not reported',
        where: 'onPause',
        fix: 'Leave out onPause, or train in a worker of your own without worker: true.',
      });
    }
    const train = pack(setup);
    const from = resume === undefined ? undefined : await snapshotOf(setup, resume);
    return await new Promise<Trained>((resolve, reject) => {
      const callbacks = { onStart, onEpoch, onCheckpoint } as Record<Called, ((given: never) => unknown) | undefined>;
      const waiting: ((model: Model) => void)[] = [];
      const take = () =>
        new Promise<Model>((resolveModel) => {
          waiting.push(resolveModel);
          worker.send({ weights: true });
        });
      const call = async (name: Called, sent: unknown) => {
        const { given, end } =
          name === 'onCheckpoint' ? { given: sent, end() {} } : withModel(name, sent as HistoryRow | RunStart, take);
        const answer = await callbacks[name]?.(given as never);
        end();
        // a callback may return anything: only whether it ends the run is sent
        worker.send({ answer: isStop(answer) ? false : undefined });
      };
      const hear = (message: unknown) => {
        let report: Report;
        try {
          report = readReport(message, setup);
        } catch (error) {
          reject(error);
          return;
        }
        if ('row' in report) onRow(report.row);
        else if ('call' in report) call(report.call, report.with).catch(reject);
        else if ('weights' in report) waiting.shift()?.(modelOf(setup, report.weights, report));
        else if ('trained' in report) {
          const { trained, parameters } = report;
          resolve({ ...trained, model: modelOf(setup, parameters, trained.engine) });
        } else if ('error' in report) {
          const { complaint, error } = report;
          reject(complaint === undefined ? Object.assign(new Error(), error) : new InputError(complaint));
        }
      };
      worker.listen(hear, (why) => reject(endedEarly(why)));
      const calls = (Object.keys(callbacks) as Called[]).filter((name) => callbacks[name] !== undefined);
      // before the training, which then makes no step
      if (signal?.aborted) abort();
      send(worker, { train, resume: from, ...(begin instanceof Uint8Array && { from: begin }), calls });
      if (!signal?.aborted) signal?.addEventListener('abort', abort);
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    worker.end();
  }
}

/** The snapshot to resume, read in this thread, as it may come from a function. */
async function snapshotOf(setup: Setup, resume: NonNullable<RunOptions['resume']>): Promise<Snapshot | undefined> {
  const identity = identify(setup, (await chooseEngine(setup)).report);
  const read = (bytes: Uint8Array, where?: string) => readCheckpoint(bytes, identity, where);
  return typeof resume === 'function' ? resume(read) : read(resume);
}

function send(worker: TrainingWorker, order: Order): void {
  try {
    worker.send(order);
  } catch (error) {
    if ((error as Error).name !== 'DataCloneError') throw error;
    fail({
      what: `something in it cannot be sent to a worker: ${(error as Error).message.replace(/\.$/, '')}`,
      where: 'training.worker',
      fix: 'Leave "worker" out to train in this thread.',
    });
  }
}

const endedEarly = (why: string) =>
  new InputError({
    what: `the worker ended before the training did: ${why}`,
    where: 'training.worker',
    fix: 'Resume the last checkpoint with "resume", or leave "worker" out.',
  });
