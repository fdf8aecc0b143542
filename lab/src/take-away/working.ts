/** Products that take time to make are made in a worker, which ends afterwards. */
import type { Message } from '../state/message.ts';
import { startWorker } from '../workers.ts';
import type { Order, Products } from './protocol.ts';

/** An error that was turned into a message in the worker. */
class WorkerError extends Error {}

/** The product of an order. Rejects with an error whose message is for the person. */
export function inWorker<K extends Order['kind']>(order: Order & { kind: K }): Promise<Products[K]> {
  const worker = startWorker('take-away');
  return new Promise<Products[K]>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ product: Products[K] } | { problem: Message }>) => {
      if ('product' in data) resolve(data.product);
      else reject(new WorkerError([data.problem.what, data.problem.fix].filter(Boolean).join(' ')));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new WorkerError(`The file could not be written: ${event.message || 'its program could not be loaded'}.`));
    };
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}
