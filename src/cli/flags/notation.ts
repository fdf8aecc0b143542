/** Errors in the words of somebody who uses flags: an option that a flag set is shown as that flag. */
import { InputError } from '../../base/errors.ts';
import { fileNotation, type Notation, type OptionPath } from '../../base/reference.ts';
import { shellWord } from '../output/shell.ts';
import { allFlags } from './experiment-flags.ts';
import { type Flag, typed } from './flag.ts';
import { listPart } from './list.ts';
import type { FlagValues } from './values.ts';

const isPath = (path: OptionPath, other: OptionPath): boolean =>
  path.length === other.length && path.every((key, i) => key === other[i]);

const flagAt = (path: OptionPath, flags: readonly Flag[]): Flag | undefined =>
  flags.find((flag) => isPath(flag.path, path));

/** The path without the index of an entry of a list: a flag sets the whole list. */
const withoutIndex = (path: OptionPath): OptionPath =>
  typeof path[path.length - 1] === 'number' ? path.slice(0, -1) : path;

/** The keys of a layer that the flags of the network set. */
const layerFlags: Readonly<Record<string, string>> = { dense: 'hidden', activation: 'activation' };

/** The flag that set the option at a path: the flag of the option itself, of its recipe, or of the layers. */
function flagThatSet(path: OptionPath, values: FlagValues): Flag | undefined {
  const set = allFlags.filter(({ name }) => values[name] !== undefined);
  const own = flagAt(withoutIndex(path), set) ?? flagAt(path.slice(0, 2), set);
  if (own !== undefined || path[0] !== 'network' || path[1] !== 'layers') return own;
  return set.find(({ name }) => name === layerFlags[String(path[3])]);
}

/** A value as a flag takes it. */
const settingValue = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).map(listPart).join(',') : String(value);

/** `--arithmetic fast`; a flag without a value is its own setting. */
const settingText = ({ name, kind }: Flag, value: unknown): string =>
  kind === 'boolean' ? typed(name) : withValue(typed(name), shellWord(settingValue(value)));
/** A value that begins with - would be taken for another flag. */
const withValue = (flag: string, word: string) => (word.startsWith('-') ? `${flag}=${word}` : `${flag} ${word}`);

/** Options as flags where there is a flag, and otherwise as keys of the file. `place` is the flag that is at fault, if any. */
function flagNotation(place: string | undefined): Notation {
  return {
    place: (path) => place ?? fileNotation.place(path),
    name(path) {
      const flag = flagAt(path, allFlags);
      return flag === undefined ? fileNotation.name(path) : typed(flag.name);
    },
    setting(path, value) {
      const flag = flagAt(path, allFlags);
      return flag === undefined ? fileNotation.setting(path, value) : settingText(flag, value);
    },
  };
}

/**
 * An error as the command line shows it. An error about an option that a flag set names the flag. `own` are the options of the
 * command itself, by their flags. Without an experiment file (`isTable`), the fixes are flags in any case.
 */
export function inFlags(
  error: unknown,
  values: FlagValues,
  { own = {}, isTable = false }: { readonly own?: Readonly<Record<string, string>>; readonly isTable?: boolean } = {},
): unknown {
  if (!(error instanceof InputError)) return error;
  const { option } = error;
  const ownFlag = option?.length === 1 ? own[String(option[0])] : undefined;
  const flag = option && flagThatSet(option, values);
  const place = ownFlag ?? (flag && typed(flag.name));
  return place === undefined && !isTable ? error : error.inNotation(flagNotation(place));
}

/** Calls a function, and throws its errors as the command line shows them. */
export function showingFlags<T>(values: FlagValues, call: () => T, options?: { readonly isTable?: boolean }): T {
  try {
    return call();
  } catch (error) {
    throw inFlags(error, values, options);
  }
}
