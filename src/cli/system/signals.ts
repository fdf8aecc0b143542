/**
 * Signals. During training, the first signal saves the run and ends it; a second Ctrl-C ends the program at once. While a file is
 * written in parts, a signal removes the incomplete file and ends the program.
 */
import type { StopReason } from '../../train/trainer.ts';

/** Exit codes as in shells: 128 plus the number of the signal. A closing terminal sends SIGHUP. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof codes;
const signals = Object.keys(codes) as Signal[];

/** Milliseconds within which a second SIGINT is the same Ctrl-C: the terminal and npm both send one. */
const sameSignal = 100;

/** 0 after a complete run, 1 if it diverged, the code of the signal if it was interrupted. */
export function exitCode(reason: StopReason, { code }: Interruption): number {
  if (reason === 'aborted') return code;
  return reason === 'diverged' ? 1 : 0;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code of an interrupted run. */
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
    // a stopping service and a closing terminal may send their signal twice; only a second Ctrl-C means that a user will not wait
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

/** Makes signals end the process after its temporary files are removed. Returns a function that undoes this. */
export function exitOnSignals(): () => void {
  return on((signal) => {
    // a run ends in its own way
    if (listeners === 0) process.exit(codes[signal]);
  });
}
