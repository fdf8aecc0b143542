/**
 * JSON as programs write tables, which is not always JSON: Python writes NaN and Infinity, and identifiers have more digits than a
 * number holds. Both become texts before the text is parsed. A key that an object has twice would silently lose a column.
 */
import { fail } from '../../base/errors.ts';
import { shortName } from '../table/table.ts';

/** The position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

const special = /NaN|Infinity|\d{16}/;
const word = /-?(?:NaN|Infinity)/y;
const number = /-?\d[\d.eE+-]*/y;

/** Whether a number in JSON is an integer that a float64 would round. */
const isRounded = (token: string) => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));

/** The text with NaN, infinities and integers of too many digits as strings. Every text of another kind stays as it is. */
export function withTexts(text: string): string {
  if (!special.test(text)) return text;
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const letter = text[at];
    if (letter === '"') {
      at = endOfString(text, at);
      continue;
    }
    const form = letter === 'N' || letter === 'I' || (letter === '-' && text[at + 1] === 'I') ? word : number;
    form.lastIndex = at;
    const token =
      letter === '-' || form === word || (letter >= '0' && letter <= '9') ? form.exec(text)?.[0] : undefined;
    if (token === undefined) {
      at++;
      continue;
    }
    if (form === word || isRounded(token)) {
      pieces.push(text.slice(from, at), `"${token}"`);
      from = at + token.length;
    }
    at += token.length;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}

/** So many objects are checked for a key that they have twice. A program that writes one twice does so in every row. */
export const checkedObjects = 64;

/**
 * Throws an InputError for a key that one of the first objects in a text has twice: of the two columns, JSON keeps only the last.
 * `depth` is that of the objects: 1 for a row on a line, 2 for rows in a list.
 */
export function checkKeys(text: string, depth: number, where: string): void {
  let level = 0;
  let objects = 0;
  let keys = new Set<string>();
  let isKey = false;
  for (let at = 0; at < text.length && objects < checkedObjects; ) {
    const letter = text[at];
    if (letter === '"') {
      const end = endOfString(text, at);
      if (isKey && level === depth) {
        const key = text.slice(at, end);
        if (keys.has(key)) failOnKey(key, where);
        keys.add(key);
      }
      isKey = false;
      at = end;
      continue;
    }
    if (letter === '{' || letter === '[') {
      level++;
      isKey = letter === '{';
      if (isKey && level === depth) keys = new Set();
    } else if (letter === '}' || letter === ']') {
      if (letter === '}' && level === depth) objects++;
      level--;
    } else if (letter === ',') isKey = level === depth;
    at++;
  }
}

const failOnKey = (key: string, where: string): never =>
  fail({
    what: `an object has the key ${shortName(key)} twice, so one column would be lost`,
    where,
    fix: 'Give each column a different name.',
  });
