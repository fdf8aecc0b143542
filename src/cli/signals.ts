/** Interruption: Ctrl-C ends a run with what it has, saved; a second one ends the program at once. */
import type { StopReason } from '../train/trainer.ts';

const interrupted = 130;

/** 0 done, 1 diverged, 130 interrupted. */
export function exitCode(reason: StopReason): number {
  if (reason === 'aborted') return interrupted;
  return reason === 'diverged' ? 1 : 0;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

export function listen(): Interruption {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(interrupted);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
