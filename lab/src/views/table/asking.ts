/** The page's side of the worker: requests as promises, which can be cancelled by ending the worker. */
import type { Message } from '../../state/message.ts';
import { startWorker } from '../../workers.ts';
import type { Answers, Request } from './protocol.ts';

/** A request was given up: nothing needs to be said. */
export class Cancelled extends Error {}

/** An error with its message for the person. */
export class Failed extends Error {
  readonly shown: Message;

  constructor(shown: Message) {
    super(shown.what);
    this.shown = shown;
  }
}

export type Progress = (progress: { readonly bytes: number; readonly rows: number }) => void;

type Report =
  | { readonly kind: 'progress'; readonly bytes: number; readonly rows: number }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: never }
  | { readonly kind: 'failed'; readonly id: number; readonly message: Message };

export interface TableWorker {
  ask<K extends Request['kind']>(request: Request & { kind: K }): Promise<Answers[K]>;
  /** Ends the worker; open requests are rejected with `Cancelled`, and the table is forgotten. */
  end(): void;
}

export function tableWorker(onProgress: Progress): TableWorker {
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let next = 0;
  const rejectAll = (error: Error) => {
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = (): Worker => {
    const started = startWorker('table');
    started.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.kind === 'progress') {
        onProgress(data);
        return;
      }
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.kind === 'answer') asked?.resolve(data.answer);
      else asked?.reject(new Failed(data.message));
    };
    started.onerror = (event) => {
      event.preventDefault();
      const why = event.message || 'its file could not be loaded, or it has not enough memory';
      rejectAll(
        new Failed({
          kind: 'error',
          what: `The thread that reads tables has ended: ${why}.`,
          fix: 'Open the table again; if it is large, take a part of its rows.',
        }),
      );
    };
    return started;
  };
  return {
    ask: (request) => {
      worker ??= start();
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker!.postMessage({ id, request });
      });
    },
    end: () => rejectAll(new Cancelled()),
  };
}
