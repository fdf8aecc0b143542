/** What a caller in JavaScript may have left out of `train(network, data, options)` and its likes. */
import { fail } from '../base/errors.ts';

/** Throws an InputError for a network or data that are not there; `call` is how the function is called. */
export function checkGiven(network: unknown, data: unknown, call: string): void {
  for (const [value, where] of [
    [network, 'network'],
    [data, 'data'],
  ] as const) {
    if (typeof value === 'object' && value !== null) continue;
    fail({
      what: 'it is missing',
      where,
      mend: `Call ${call}(network, { inputs, targets }, { loss, optimizer, stop }).`,
    });
  }
}

/** Whether it is what `experiment` gives: all at once. */
export const isSetup = (what: unknown): boolean => typeof what === 'object' && what !== null && 'schedule' in what;
