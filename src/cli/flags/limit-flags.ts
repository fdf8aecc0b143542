/** The flags that raise the limits on data files. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { limitFlag, limitNames, type ReadLimits } from '../../data/read/limits.ts';
import { type FlagValues, numberFlag } from './values.ts';

const limitNotes: Readonly<Record<keyof ReadLimits, string>> = {
  maxCells: 'maximum number of cells (rows times columns); default a million plus 1 to 16 for each byte of the file',
  maxColumns: 'maximum number of columns; default 100,000',
  maxDepth: 'maximum nesting depth of JSON; default 64',
  maxDecompressedBytes:
    'maximum size in bytes after decompression; default 32 MiB plus 32 to 64 for each byte of the file',
};

/** Adds the flags that raise the limits on files. An experiment file cannot: it may be from the same stranger as its table. */
export function addLimitFlags(command: Command): Command {
  for (const name of limitNames) {
    const option = new Option(`${limitFlag(name)} <number|none>`, limitNotes[name]);
    if (command.options.some(({ long }) => long === option.long)) continue;
    command.addOption(option.helpGroup('Limits on data files (raise them for files you trust):'));
  }
  return command;
}

/** The limits that flags set. Throws an InputError that names the flag with a wrong value. */
export function limitsFrom(values: FlagValues): ReadLimits {
  const limits: Partial<Record<keyof ReadLimits, number>> = {};
  for (const name of limitNames) {
    const text = values[name];
    if (text === undefined) continue;
    const flag = limitFlag(name);
    const value = text === 'none' ? Number.POSITIVE_INFINITY : numberFlag(text, flag);
    if (value < 1)
      fail({ what: `${value} is below 1`, where: flag, fix: `Pass a number such as ${flag} 1e9, or none.` });
    limits[name] = value;
  }
  return limits;
}
