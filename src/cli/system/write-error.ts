/** A file that could not be written. */
import { InputError } from '../../base/errors.ts';
import { fixOf, reasonOf } from './system-errors.ts';

/** A file that could not be written. It has the fix for the system's error, for callers with better advice. */
export class WriteError extends InputError {
  /** The fix as part of a sentence: "free some space". */
  readonly systemFix: string;

  constructor(where: string, error: unknown) {
    super({ what: `cannot write it: ${reasonOf(error)}`, where, fix: 'Choose another path.' });
    this.systemFix = fixOf(error);
  }
}

/** Calls a function, and turns an error of the system into a WriteError. */
export function trying<T>(where: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new WriteError(where, error);
  }
}
