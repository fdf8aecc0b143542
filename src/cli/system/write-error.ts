/** A file that could not be written. */
import { InputError } from '../../base/errors.ts';
import { fixOf, reasonOf } from './system-errors.ts';

/** A file that could not be written. It knows the system's error, for whoever has better advice. */
export class WriteError extends InputError {
  /** What makes writing possible, to be put into a sentence: "free some space". */
  readonly systemFix: string;

  constructor(where: string, error: unknown) {
    super({ what: `cannot write it: ${reasonOf(error)}`, where, fix: 'Choose another path.' });
    this.systemFix = fixOf(error);
  }
}

/** Calls, and throws a WriteError for an error of the system. */
export function trying<T>(where: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new WriteError(where, error);
  }
}
