/**
 * The program of a training worker: it gets one training by message. Vite and webpack find this file by themselves; esbuild
 * needs one more entry, `training-worker=chainrule/train/training-worker`.
 */
import { InputError } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import type { EpochRow } from '../callbacks.ts';
import { start } from '../train.ts';
import { type Called, type Order, type Report, readOrder, unpack } from './serialize.ts';

interface Port {
  onmessage: (event: { readonly data: unknown }) => void;
  postMessage(report: Report, transfer?: readonly object[]): void;
}

const port = (nodeModule('node:worker_threads')?.parentPort ?? globalThis) as unknown as Port;
const aborter = new AbortController();
let goOn: (answer: unknown) => void = () => {};
/** The newest argument of a callback. */
let current: unknown;

async function run({ train: parcel, resume, from, calls }: Extract<Order, { train: unknown }>): Promise<void> {
  const call = (name: Called) => (given: unknown) =>
    new Promise<unknown>((resolve) => {
      goOn = resolve;
      current = given;
      port.postMessage({ call: name, with: given }, given instanceof Uint8Array ? [given.buffer] : []);
    });
  const training = start(async () => unpack(parcel), {
    signal: aborter.signal,
    ...(resume && { resume: () => resume }),
    from,
    ...Object.fromEntries(calls.map((name) => [name, call(name)])),
  });
  for await (const row of training) port.postMessage({ row });
  const { model, ...trained } = await training;
  const { parameters } = model;
  port.postMessage(
    { trained, parameters },
    Array.from(parameters.values(), ({ data }) => data.buffer),
  );
}

/** Sends the weights of the start, or of the epoch, whose callback is waiting. */
async function sendWeights(): Promise<void> {
  const { parameters, precision } = await (current as Pick<EpochRow, 'model'>).model();
  port.postMessage(
    { weights: parameters, precision },
    Array.from(parameters.values(), ({ data }) => data.buffer),
  );
}

function sendError(error: unknown): void {
  const { message, stack } = error as Error;
  const { what, where, fix } = error as InputError;
  const complaint = error instanceof InputError ? { what, where, fix } : undefined;
  port.postMessage({ complaint, error: { message, stack } });
}

port.onmessage = ({ data }) => {
  let order: Order;
  try {
    order = readOrder(data);
  } catch (error) {
    sendError(error);
    return;
  }
  if ('abort' in order) aborter.abort();
  else if ('weights' in order) sendWeights().catch(sendError);
  else if ('answer' in order) goOn(order.answer);
  else {
    run(order).catch(sendError);
  }
};
port.postMessage({ ready: true });
