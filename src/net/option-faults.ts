/** The words for options of `train` that do not fit. It is loaded only for them, because it needs the schema of the experiment file. */
import { didYouMean, fail } from '../base/errors.ts';
import { checkAgainst } from './complaint.ts';
import { trainingOptionsSchema } from './schema.ts';

/** The names of the options, apart from the loss and the optimizer. */
const known: readonly string[] = Object.keys(trainingOptionsSchema.def.shape.training.def.shape);

/**
 * Throws an InputError for the first option that does not fit, with its path as in the experiment file. An unknown option may
 * be one of `others` that is misspelled: those that the caller takes beside them, such as `onEpoch`.
 */
export function reportFaults(training: Readonly<Record<string, unknown>>, others: readonly string[]): void {
  const unknown = Object.keys(training).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    fail({
      what: `unknown key "${unknown}"`,
      where: ['training', unknown],
      fix: didYouMean(unknown, ['loss', 'optimizer', 'metrics', ...known, ...others]),
    });
  }
  checkAgainst(trainingOptionsSchema, { training }, 'training');
}
