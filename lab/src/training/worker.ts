/** The worker that trains, so that the page draws without a pause. It obeys orders between epochs. */
import { experiment, type HistoryRow, load, type Model, train } from 'chainrule';
import { messageOf } from '../state/message.ts';
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
}

let current: Training | undefined;

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'train') {
    end(current);
    current = { run: order.run, abort: new AbortController(), budget: 0 };
    void run(current, order);
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

async function run(training: Training, { document, from, tables }: Order & { kind: 'train' }): Promise<void> {
  const { run, abort } = training;
  try {
    const { files, experiment: json } = document;
    const table = await tableIn(json, tables);
    const setup = experiment(json, { read: (path) => table ?? files[path] ?? '' });
    let rows: HistoryRow[] = [];
    let latest: HistoryRow | undefined;
    /** Sends a frame if one is due, and waits while there is nothing to do. */
    const turn = (model: () => Model): Promise<void> | undefined => {
      if (training.wish !== undefined && (training.budget <= 0 || training.budget === Number.POSITIVE_INFINITY)) {
        const frame = frameOf(latest, rows, training.wish, model);
        training.wish = undefined;
        rows = [];
        report({ kind: 'frame', run, frame });
      }
      if (training.budget > 0 || abort.signal.aborted) return undefined;
      return new Promise((resolve) => {
        training.go = () => {
          training.go = undefined;
          resolve(turn(model));
        };
      });
    };
    const result = await train(setup, {
      signal: abort.signal,
      from: from === undefined ? undefined : load(from),
      onStart: ({ engine, notes, warnings }) => {
        report({ kind: 'started', run, engine: { name: engine.name, precision: engine.precision }, notes, warnings });
      },
      onEpoch: ((row: HistoryRow, at: { model(): Model }) => {
        latest = row;
        rows.push(row);
        if (rows.length > maxRows) rows = rows.slice(-maxRows / 2);
        training.budget--;
        return turn(() => at.model());
      }) as (row: HistoryRow) => unknown,
    });
    const { model, ...rest } = result;
    if (training !== current) return;
    report({ kind: 'ended', run, result: { ...rest, model: model.save() } });
  } catch (error) {
    report({ kind: 'failed', run, message: messageOf(error) });
  }
}

function frameOf(latest: HistoryRow | undefined, rows: readonly HistoryRow[], wish: Wish, model: () => Model): Frame {
  return { epoch: latest?.epoch ?? 0, loss: latest?.loss ?? Number.NaN, rows, ...partsOf(wish, model) };
}

function partsOf({ weights, rows }: Wish, model: () => Model): Partial<Frame> {
  if (!weights && rows === undefined) return {};
  const now = model();
  return {
    ...(weights && { weights: parametersOf(now) }),
    ...(rows !== undefined && { outputs: flat(now.predict(matrix(rows.inputs, rows.count))) }),
  };
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
