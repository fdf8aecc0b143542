/** The flags for marks of missing values, of commands that read a table without an experiment. */
import type { Command } from 'commander';
import type { MissingOptions } from '../../data/table/missing-marks.ts';
import { addedToList, marksIn } from './list.ts';
import type { FlagValues } from './values.ts';

/** Adds the flags. `before` says what applies without them. */
export const addMarkFlags = (command: Command, before: string): Command =>
  command
    .option('--missing <a,b|column=a>', `texts that mark a missing value, in addition to ${before}`, addedToList)
    .option(
      '--not-missing <a,b|column=a>',
      'texts such as NA that are values and do not mark a missing one',
      addedToList,
    );

/** The marks that the flags give. Throws an InputError that names the flag. */
export const marksFrom = ({ missing, notMissing }: FlagValues): MissingOptions => ({
  ...(missing !== undefined && { missing: marksIn(String(missing), '--missing') }),
  ...(notMissing !== undefined && { notMissing: marksIn(String(notMissing), '--not-missing') }),
});
