/** Reads JSON. A syntax error names its line and column, and no text overflows the stack or the memory. */
import { showBytes } from './bytes.ts';
import { fail } from './errors.ts';
import { nodeModule } from './host.ts';

/** The size of a JSON text, counted before it is parsed. */
export interface JsonSize {
  /** The depth of nested lists and objects. */
  readonly depth: number;
  /** The number of values: lists, objects and their entries. */
  readonly values: number;
  /** An upper bound of the memory of the parsed value, in bytes. */
  readonly bytes: number;
}

/** The default limit of nested lists and objects. */
const maxDepth = 64;

/**
 * The value of a JSON text. A byte order mark at its start is ignored. `where` names the text in an error (a file's name).
 * `check` is called with the size of the text before it is parsed, and may throw; by default it refuses nesting beyond 64
 * levels.
 *
 * Throws an InputError with line and column if the text is not JSON, and one if its values would not fit into memory.
 */
export function parseJson(text: string, where: string, check: (size: JsonSize) => void = checkDepth(where)): unknown {
  const bare = text.replace(/^\uFEFF/, '');
  const size = measureJson(bare);
  check(size);
  checkMemory(size, where);
  try {
    return JSON.parse(bare);
  } catch {
    // The message of the platform's own parser has no line on some versions, so the error is located here.
    return locate(bare, where);
  }
}

const checkDepth = (where: string) => (size: JsonSize) => {
  if (size.depth <= maxDepth) return;
  fail({
    what: `${size.depth.toLocaleString('en-US')} lists and objects are nested, but the limit is ${maxDepth}`,
    where,
    fix: 'Nest them less deeply.',
  });
};

/**
 * Bytes that V8 uses, measured on the worst texts of each kind: an empty object in a list takes 67 bytes, an
 * object with a key that no other has 184, a string in a list 32.
 */
const bytesOf = { bracket: 64, comma: 32, colon: 72 };

/** Counts nesting and values in one pass. For a text that is not JSON the counts mean little, but are never too small. */
export function measureJson(text: string): JsonSize {
  let depth = 0;
  let deepest = 0;
  let [brackets, commas, colons] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = endOfString(text, i);
        break;
      case 0x7b:
      case 0x5b:
        brackets++;
        depth++;
        if (depth > deepest) deepest = depth;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x2c:
        commas++;
        break;
      case 0x3a:
        colons++;
    }
  }
  const bytes = bytesOf.bracket * brackets + bytesOf.comma * commas + bytesOf.colon * colons + text.length;
  return { depth: deepest, values: 1 + brackets + commas, bytes };
}

/** The position of the closing quote of the string that begins at `start`; the length of the text without one. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

interface Heap {
  getHeapStatistics(): { readonly heap_size_limit: number; readonly used_heap_size: number };
}

/** Running out of memory ends the process, so a text that is too large is refused before. Browsers do not report their memory. */
function checkMemory({ values, bytes }: JsonSize, where: string): void {
  if (bytes < 2 ** 26) return;
  const heap = nodeModule('node:v8') as unknown as Heap | undefined;
  if (heap === undefined) return;
  const { heap_size_limit, used_heap_size } = heap.getHeapStatistics();
  const free = heap_size_limit - used_heap_size;
  if (bytes <= free) return;
  fail({
    what: `not enough memory: ${values.toLocaleString('en-US')} JSON values need up to ${showBytes(bytes)}, and ${showBytes(free)} are free`,
    where,
    fix: 'Write a table as JSON Lines (an object a line), CSV or Parquet, or give Node more memory: NODE_OPTIONS=--max-old-space-size=16384.',
  });
}

/** Throws an InputError at the first position where the text is not JSON. */
function locate(text: string, where: string): never {
  if (text.trim() === '') fail({ what: 'the file is empty', where, fix: 'Write a JSON object: { … }.' });
  const { at, open, control, what } = findError(text);
  if (control) {
    fail({
      what: 'a string continues past the end of its line, or contains a tab',
      where: `${where} ${placeOf(text, at)}`,
      fix: 'End it with a double quote, or write \\n or \\t.',
    });
  }
  const end = text.trimEnd().length;
  if (open && at >= end) {
    fail({
      what: 'the text ends too early: a bracket or a quote is not closed',
      where: `${where} ${placeOf(text, end)}`,
      fix: 'Close it, or write the whole file again.',
    });
  }
  fail({
    what: `unexpected ${what} found, which is not JSON`,
    where: `${where} ${placeOf(text, at)}`,
    fix: 'Correct this position: keys and strings are in double quotes, and no comma follows the last entry.',
  });
}

function placeOf(text: string, at: number): string {
  let line = 1;
  let start = 0;
  for (const { 0: end, index } of text.slice(0, at).matchAll(/\r\n|\r|\n/g)) {
    line++;
    start = index + end.length;
  }
  return `line ${line}, column ${at - start + 1}`;
}

interface SyntaxFault {
  readonly at: number;
  /** Whether a bracket or a quote is open at this position. */
  readonly open: boolean;
  /** Whether it is a control character inside a string. */
  readonly control?: boolean;
  /** A description of the text at this position. */
  readonly what: string;
}

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** The longest valid beginning of a number. */
const numberStart = /-?(?:0|[1-9]\d*)?(?:(?<=\d)\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?/y;

/** Finds the first syntax error without recursion, so that deep nesting does no harm. */
function findError(text: string): SyntaxFault {
  const closers: string[] = [];
  let at = 0;
  /** The tokens that may come next. */
  let state: 'value' | 'first' | 'key' | 'firstKey' | 'colon' | 'after' = 'value';
  const fault = (place: number, rest: Partial<SyntaxFault> = {}): SyntaxFault => ({
    at: place,
    open: closers.length > 0,
    what: nameOf(text, place),
    ...rest,
  });
  for (;;) {
    while (at < text.length && ' \t\n\r'.includes(text[at])) at++;
    if (at >= text.length) {
      // A complete text has no error: only a disagreement with the parser leads here.
      return fault(at, { what: 'end of input' });
    }
    const letter = text[at];
    if (state === 'after') {
      const closer = closers[closers.length - 1];
      if (letter === closer) {
        closers.pop();
        at++;
      } else if (letter === ',' && closer !== undefined) {
        state = closer === '}' ? 'key' : 'value';
        at++;
      } else return fault(at);
      continue;
    }
    if (state === 'colon') {
      if (letter !== ':') return fault(at);
      state = 'value';
      at++;
      continue;
    }
    const isKey: boolean = state === 'key' || state === 'firstKey';
    if ((state === 'first' || state === 'firstKey') && letter === closers[closers.length - 1]) {
      closers.pop();
      state = 'after';
      at++;
    } else if (letter === '"') {
      const end = readString(text, at);
      if (typeof end !== 'number') return fault(end.at, { open: end.at >= text.length || closers.length > 0, ...end });
      at = end;
      state = isKey ? 'colon' : 'after';
    } else if (isKey) return fault(at);
    else if (letter === '{' || letter === '[') {
      closers.push(letter === '{' ? '}' : ']');
      state = letter === '{' ? 'firstKey' : 'first';
      at++;
    } else if (letter === '-' || (letter >= '0' && letter <= '9')) {
      number.lastIndex = at;
      const found = number.exec(text)?.[0] ?? '';
      numberStart.lastIndex = at;
      const prefix = numberStart.exec(text)![0];
      // 1. and 1e are incomplete; 01 is two numbers.
      if (prefix.length > found.length) return fault(at + prefix.length);
      if (found.length === 1 && letter === '0' && /\d/.test(text[at + 1] ?? '')) return fault(at, { what: 'number' });
      at += found.length;
      state = 'after';
    } else {
      const word = Object.hasOwn(literals, letter) ? literals[letter] : undefined;
      if (word === undefined) return fault(at);
      let same = 0;
      while (same < word.length && text[at + same] === word[same]) same++;
      if (same < word.length) return fault(at + same);
      at += word.length;
      state = 'after';
    }
  }
}

/** The end of a string, or its error. */
function readString(text: string, start: number): number | { at: number; control?: boolean; what?: string } {
  for (let i = start + 1; i < text.length; i++) {
    const letter = text[i];
    if (letter === '"') return i + 1;
    if (letter < ' ') return { at: i, control: true };
    if (letter !== '\\') continue;
    i++;
    const escaped = text[i];
    if (escaped === undefined) break;
    if (escaped === 'u') {
      for (let k = 1; k <= 4; k++) {
        if (i + k >= text.length) return { at: text.length };
        if (!/[\da-fA-F]/.test(text[i + k])) return { at: i + k, what: `character ${show(text, i + k)}` };
      }
      i += 4;
    } else if (!'"\\/bfnrt'.includes(escaped)) return { at: i - 1, what: `character ${show(text, i)}` };
  }
  return { at: text.length };
}

const show = (text: string, at: number) => `'${String.fromCodePoint(text.codePointAt(at)!)}'`;

/** Describes the character at a position. */
function nameOf(text: string, at: number): string {
  if (at >= text.length) return 'end of input';
  const letter = text[at];
  if ('{}[],:'.includes(letter)) return `"${letter}"`;
  if (letter === '"') return 'text';
  if (letter >= '0' && letter <= '9') return 'number';
  const word = Object.hasOwn(literals, letter) ? literals[letter] : undefined;
  if (word !== undefined && text.startsWith(word, at)) return word === 'null' ? 'null' : 'true or false';
  return `character ${show(text, at)}`;
}
