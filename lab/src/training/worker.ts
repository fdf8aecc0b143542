/** The worker that trains, so that the page draws without a pause. It obeys orders between epochs. */
import { type EpochRow, experiment, type HistoryRow, type Model, train } from 'chainrule';
import { messageOf } from '../state/message.ts';
import { type Forward, forwardOfModel } from './forward.ts';
import type { Frame, Order, Report, Wish } from './protocol.ts';
import { tableIn } from './table-file.ts';

/** The rows of history that one frame carries at most; of more, the newest are kept. */
const maxRows = 4000;

interface Training {
  readonly run: number;
  readonly abort: AbortController;
  /** Epochs until the next frame; Infinity: train on, with a frame as soon as one is asked for. */
  budget: number;
  wish?: Wish;
  /** Continues a training that waits. */
  go?: () => void;
  /** The rows that no frame has carried yet. */
  rows: HistoryRow[];
  /** The checkpoint of a training that has ended, for one that continues it. */
  checkpoint?: Uint8Array;
  /** Resolved when the training has ended, also with an error. */
  ended?: Promise<void>;
}

let current: Training | undefined;

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'train') {
    const before = current;
    end(before);
    current = { run: order.run, abort: new AbortController(), budget: 0, rows: [] };
    current.ended = run(current, order, before);
    return;
  }
  if (current === undefined) return;
  if (order.kind === 'frame') {
    current.budget = order.epochs;
    current.wish = order.wish;
  } else if (order.kind === 'pause') current.budget = 0;
  else current.abort.abort();
  current.go?.();
});

function end(training: Training | undefined): void {
  training?.abort.abort();
  training?.go?.();
}

const report = (message: Report, transfer: Transferable[] = []) => postMessage(message, { transfer });

async function run(training: Training, order: Order & { kind: 'train' }, before?: Training): Promise<void> {
  const { run, abort } = training;
  const { document, continues = false, keepsState = false, probe, tables } = order;
  try {
    if (continues) await before?.ended;
    const from = continues ? before?.checkpoint : undefined;
    if (from !== undefined) training.rows = before!.rows;
    const { files, experiment: json } = document;
    const table = await tableIn(json, tables);
    const setup = experiment(json, { read: (path) => table ?? files[path] ?? '' });
    let epochs = 0;
    let latest: HistoryRow | undefined;
    const partsOf = partsFor();
    /** Sends a frame if one is due, and waits while there is nothing to do. */
    const turn = async (now: Now): Promise<void> => {
      for (;;) {
        if (abort.signal.aborted) return;
        if (training.wish !== undefined && (training.budget <= 0 || training.budget === Number.POSITIVE_INFINITY)) {
          const { wish } = training;
          training.wish = undefined;
          const { epoch = epochs, loss = Number.NaN } = latest ?? {};
          const frame: Frame = { epoch, loss, rows: training.rows, ...(await partsOf(wish, now)) };
          training.rows = [];
          report({ kind: 'frame', run, frame }, buffersOf(frame));
        }
        if (training.budget > 0) return;
        await new Promise<void>((resolve) => {
          training.go = resolve;
        });
      }
    };
    /** Most epochs have nothing to send and no reason to wait: a promise for each would be slow. */
    const isIdle = () =>
      training.budget > 0 &&
      !abort.signal.aborted &&
      (training.wish === undefined || training.budget !== Number.POSITIVE_INFINITY);
    const result = await train(setup, {
      signal: abort.signal,
      from,
      probe,
      onCheckpoint: keepsState
        ? (bytes) => {
            training.checkpoint = bytes;
          }
        : undefined,
      onStart: (start) => {
        const { epoch, engine, notes, warnings } = start;
        epochs = epoch;
        report({ kind: 'started', run, engine: { name: engine.name, precision: engine.precision }, notes, warnings });
        return turn(start);
      },
      onEpoch: (row) => {
        latest = row;
        training.rows.push({ ...row });
        if (training.rows.length > maxRows) training.rows = training.rows.slice(-maxRows / 2);
        training.budget--;
        return isIdle() ? undefined : turn(row);
      },
    });
    const { model, ...rest } = result;
    if (training !== current) return;
    report({ kind: 'ended', run, result: { ...rest, model: model.save() } });
  } catch (error) {
    report({ kind: 'failed', run, message: messageOf(error) });
  }
}

/** What a training gives for a frame. */
type Now = Pick<EpochRow, 'model'> & Partial<Pick<EpochRow, 'gradients'>>;

/** The parts of a frame that a wish asks for. */
function partsFor(): (wish: Wish, now: Now) => Promise<Partial<Frame>> {
  let forward: Forward | undefined;
  let isKnown = false;
  return async ({ weights, rows, layers, gradients }, now) => {
    if (!weights && rows === undefined) return gradients ? { gradients: now.gradients } : {};
    const model = await now.model();
    if (!isKnown) [forward, isKnown] = [forwardOfModel(model), true];
    const found = layers && rows && forward?.(model.parameters, rows.inputs, rows.count);
    return {
      ...(weights && { weights: parametersOf(model) }),
      ...(rows && { outputs: found ? found.at(-1)!.slice() : flat(model.predict(matrix(rows.inputs, rows.count))) }),
      ...(found && { layers: found }),
      ...(gradients && { gradients: now.gradients }),
    };
  };
}

/** The memory of a frame's numbers, which is handed over and not copied. */
function buffersOf({ weights = {}, outputs, layers = [] }: Frame): Transferable[] {
  const all = [...Object.values(weights).map(({ data }) => data), ...layers, ...(outputs ? [outputs] : [])];
  return all.map(({ buffer }) => buffer);
}

function parametersOf(model: Model): NonNullable<Frame['weights']> {
  return Object.fromEntries(
    [...model.parameters].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
  );
}

function matrix(data: Float64Array, count: number): number[][] {
  const width = data.length / count;
  return Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * width, (i + 1) * width)));
}

const flat = (rows: readonly (readonly number[])[]): Float64Array => Float64Array.from(rows.flat());
