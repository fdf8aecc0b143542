/**
 * Signals. During training the first one ends the run with what it has, saved, and Ctrl-C once more ends the program at
 * once. While a file is written in parts, a signal removes what there is of it and ends the program.
 */
import type { StopReason } from '../../train/trainer.ts';

/** Exit codes as shells give them: 128 and the signal's number. A terminal that closes sends SIGHUP. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof codes;
const signals = Object.keys(codes) as Signal[];

/** Milliseconds in which a Ctrl-C is the same one: a terminal and npm both hand it on. */
const sameSignal = 100;

/** 0 done, 1 diverged, else that of the signal that interrupted it. */
export function exitCode(reason: StopReason, { code }: Interruption): number {
  if (reason === 'aborted') return code;
  return reason === 'diverged' ? 1 : 0;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code of a run that was interrupted. */
  readonly code: number;
  /** Stops listening. */
  release(): void;
}

let listeners = 0;

function on(handle: (signal: Signal) => void): () => void {
  for (const each of signals) process.on(each, handle);
  return () => {
    for (const each of signals) process.off(each, handle);
  };
}

export function listen(): Interruption {
  const controller = new AbortController();
  let first: { readonly signal: Signal; readonly at: number } | undefined;
  const off = on((signal) => {
    // a service that stops, and a terminal that closes, may send theirs twice: only Ctrl-C is a person who will not wait
    if (first !== undefined && signal === 'SIGINT' && performance.now() - first.at > sameSignal) {
      process.exit(codes[signal]);
    }
    first ??= { signal, at: performance.now() };
    controller.abort();
  });
  listeners++;
  let isReleased = false;
  return {
    signal: controller.signal,
    get code() {
      return codes[first?.signal ?? 'SIGINT'];
    },
    release() {
      if (isReleased) return;
      isReleased = true;
      listeners--;
      off();
    },
  };
}

/** From now on a signal ends the process in order, so that temporary files are removed. Returns what undoes it. */
export function exitOnSignals(): () => void {
  return on((signal) => {
    // a run that is under way has its own way to end
    if (listeners === 0) process.exit(codes[signal]);
  });
}
