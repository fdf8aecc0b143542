/** Work in parts, with pauses in which the caller may abort it. */
import { clock } from './clock.ts';

/**
 * Does work that yields after each part, and pauses when some seconds have passed; 0: never. The caller sends `true` back to
 * abort: the result is then undefined.
 */
export function* withPauses<R>(
  work: Generator<undefined, R>,
  seconds: number,
  now: () => number = clock,
): Generator<undefined, R | undefined, boolean | undefined> {
  let until = seconds === 0 ? 0 : now() + seconds;
  for (;;) {
    const { value, done } = work.next();
    if (done) return value;
    if (seconds === 0 || now() < until) continue;
    if (yield) return undefined;
    until = now() + seconds;
  }
}
