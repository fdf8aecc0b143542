/** The values of flags, from their text. */
import { fail } from '../../base/errors.ts';
import { type Flag, typed } from './flag.ts';
import { type ListPart, marksIn, splitList, textsOf } from './list.ts';

/** The values of flags as commander gives them, by camelCase name. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** A number from the command line. Throws an InputError that names the flag. */
export function numberFlag(text: unknown, flag: string): number {
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) {
    fail({ what: `"${String(text)}" is not a number`, where: flag, fix: `Write it as a number: ${flag} 10.` });
  }
  return value;
}

/** A whole number of at least 1. Throws an InputError that names the flag. */
export function wholeFlag(text: string, flag: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return fail({ what: `"${text}" is not a whole number of at least 1`, where: flag, fix: `Pass ${flag} 10.` });
}

/** `class=weight`; a class may have an = in its name. */
function classWeight({ text, equals: at }: ListPart, flag: string): [string, number] {
  if (at < 1) {
    fail({
      what: `"${text}" is not a class with a weight`,
      where: flag,
      fix: `Write ${flag} balanced, or ${flag} yes=3,no=1.`,
    });
  }
  return [text.slice(0, at).trim(), numberFlag(text.slice(at + 1), flag)];
}

/** The value of a flag. Throws an InputError that names the flag if its text cannot be read. */
export function parseValue({ name, kind }: Flag, text: unknown): unknown {
  const flag = typed(name);
  switch (kind) {
    case 'number':
      return numberFlag(text, flag);
    case 'size':
      return text === 'full' ? text : numberFlag(text, flag);
    case 'names':
      return Array.isArray(text) || !String(text).includes(',') ? text : textsOf(String(text), flag);
    case 'weights':
      return text === 'balanced'
        ? text
        : Object.fromEntries(splitList(String(text), flag).map((part) => classWeight(part, flag)));
    case 'list':
      return textsOf(String(text), flag);
    case 'marks':
      return marksIn(String(text), flag);
    default:
      return text;
  }
}

/** The units of the hidden layers, if a flag gives them. */
export function hiddenUnits({ hidden }: FlagValues): readonly number[] | undefined {
  if (hidden === undefined) return undefined;
  return String(hidden)
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => numberFlag(part, '--hidden'));
}
