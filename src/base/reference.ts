/**
 * References to options in messages. An error says which option it is about as data, so that whoever shows it can write the
 * option as its reader knows it: as a key of the experiment file, as an argument in code, or as a flag.
 */
import { clip } from './printable.ts';

/** The path of an option or a value: `['training', 'stop', 'epochs']`, `['data', 'inputs', 0]`. */
export type OptionPath = readonly PropertyKey[];

/** Where an error is: a path, or a text for everything that has no path (a file with its line, a flag). */
export type Where = string | OptionPath;

/** An option that a message mentions, or the setting of an option to a value. */
export interface Reference {
  readonly option: OptionPath;
  readonly value?: unknown;
  /** The text for readers of no particular notation; default: as in the experiment file. */
  readonly plain?: string;
}

/** A text with references. */
export type Message = string | readonly (string | Reference)[];

/** How references are written for one kind of reader. */
export interface Notation {
  /** The place of an error: `training.stop`. */
  place(path: OptionPath): string;
  /** An option by its name within a sentence: `stop`. */
  name(path: OptionPath): string;
  /** An option with its value, as the reader would write it: `"epochs": 1000`. */
  setting(path: OptionPath, value: unknown): string;
}

/** The maximum length of a key that a message repeats. */
const maxKeyLength = 60;

/** `network.layers[1].weight`. */
function showPath(path: OptionPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = clip(String(key), maxKeyLength);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

const lastKey = (path: OptionPath) => String(path[path.length - 1]);

/** As in the experiment file: `training.stop`, `"epochs": 1000`. */
export const fileNotation: Notation = {
  place: showPath,
  name: lastKey,
  setting: (path, value) => `"${lastKey(path)}": ${JSON.stringify(value)}`,
};

/** A value as JavaScript: `'fast'`, `1000`, `{ seconds: 30 }`. */
function codeOf(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/['\\]/g, '\\$&')}'`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${codeOf(inner)}`)
    .join(', ')} }`;
}

/** As in a call of `train`, whose options are the training: `stop`, `epochs: 1000`. */
export const codeNotation: Notation = {
  place: (path) => showPath(path.length > 1 && path[0] === 'training' ? path.slice(1) : path),
  name: lastKey,
  // the marks of missing values apply where a table is read, before the call
  setting: (path, value) =>
    `${lastKey(path)}: ${codeOf(value)}${path[0] === 'data' && path[1] === 'missing' ? ' to readTable' : ''}`,
};

/** The place inside another: `inside(['data'], 'inputs', 2)` is `data.inputs[2]`; a text is extended as text. */
export function inside(where: Where, ...keys: OptionPath): Where {
  if (typeof where !== 'string') return [...where, ...keys];
  return keys.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    where,
  );
}

/** The place as text. */
export const placeText = (where: Where, { place }: Pick<Notation, 'place'> = fileNotation): string =>
  typeof where === 'string' ? where : place(where);

/** A reference to an option by its name. */
export const option = (...path: OptionPath): Reference => ({ option: path });

/** A reference to an option with a value: ``message`Add ${setting(['training', 'stop', 'epochs'], 1000)}.` ``. */
export const setting = (path: OptionPath, value: unknown, plain?: string): Reference => ({
  option: path,
  value,
  ...(plain !== undefined && { plain }),
});

/** A text with references; other messages and values become part of it. */
export function message(strings: TemplateStringsArray, ...values: readonly (Reference | Message | number)[]): Message {
  return strings.flatMap((text, i): readonly (string | Reference)[] => {
    const value = values[i];
    if (value === undefined) return [text];
    if (Array.isArray(value)) return [text, ...(value as readonly (string | Reference)[])];
    return [text, typeof value === 'number' ? String(value) : (value as string | Reference)];
  });
}

/** A message as text. */
export function messageText(parts: Message, notation: Notation = fileNotation): string {
  if (typeof parts === 'string') return parts;
  const { name, setting } = notation;
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if (part.plain !== undefined && notation === fileNotation) return part.plain;
      return part.value === undefined ? name(part.option) : setting(part.option, part.value);
    })
    .join('');
}
