/** Asks the worker. A newer question of the same kind replaces one that waits, and one that takes long. */
import { createSignal, onCleanup } from 'solid-js';
import type { Message } from '../../state/message.ts';
import { startWorker } from '../../workers.ts';
import type { Answers, Question, Reply } from './protocol.ts';

/** An error that the worker sent. */
export class AuditFailure extends Error {
  readonly shown: Message;

  constructor(shown: Message) {
    super(shown.what);
    this.shown = shown;
  }
}

interface Waiting {
  readonly id: number;
  readonly question: Question;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
  since?: number;
}

export interface Auditor {
  /** The answer; undefined if a newer question of this kind replaced it, or if it was stopped. */
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Answers[K] | undefined>;
  /** Whether the worker computes. */
  readonly busy: () => boolean;
  /** Ends what the worker computes. */
  stop(): void;
}

/** Milliseconds after which a question whose answer is no longer wanted is ended. */
const patience = 300;

export function createAuditor(): Auditor {
  const [busy, setBusy] = createSignal(false);
  let worker: Worker | undefined;
  let asked: Waiting | undefined;
  let queue: Waiting[] = [];
  let nextId = 0;

  const next = () => {
    if (asked === undefined) {
      asked = queue.shift();
      if (asked !== undefined) {
        asked.since = performance.now();
        start().postMessage({ id: asked.id, question: asked.question });
      }
    }
    setBusy(asked !== undefined);
  };
  const settle = (finish: (waiting: Waiting) => void) => {
    const done = asked;
    asked = undefined;
    if (done !== undefined) finish(done);
    next();
  };
  const start = () => {
    if (worker === undefined) {
      worker = startWorker('audit');
      worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if (data.id !== asked?.id) return;
        settle(({ resolve, reject }) => {
          if ('error' in data) reject(new AuditFailure(data.error));
          else resolve(data.answer as never);
        });
      };
      worker.onerror = ({ message }) => {
        end();
        const what = `The thread that computes has ended: ${message || 'its file could not be loaded'}.`;
        settle(({ reject }) => reject(new AuditFailure({ kind: 'error', what, fix: 'Load the page again.' })));
      };
    }
    return worker;
  };
  const end = () => {
    worker?.terminate();
    worker = undefined;
  };
  const stop = () => {
    if (asked === undefined) return;
    end();
    settle(({ resolve }) => resolve(undefined as never));
  };
  onCleanup(end);

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        for (const old of queue) if (old.question.kind === question.kind) old.resolve(undefined as never);
        queue = queue.filter((old) => old.question.kind !== question.kind);
        queue.push({ id: nextId++, question: plain(question), resolve: resolve as never, reject });
        if (asked?.question.kind === question.kind && performance.now() - asked.since! > patience) stop();
        else next();
      }),
    busy,
    stop,
  };
}

/** Plain data: a document can be part of a store, whose proxies cannot be sent. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));
