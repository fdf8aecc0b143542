/** The words for options of `train` that do not fit. It is loaded only for them, because it needs the schema of the experiment file. */
import { checkAgainst } from './complaint.ts';
import { trainingOptionsSchema } from './schema.ts';

/** Throws an InputError for the first option that does not fit, with its path as in the experiment file. */
export function reportFaults(training: Readonly<Record<string, unknown>>): void {
  checkAgainst(trainingOptionsSchema, { training }, 'training');
}
