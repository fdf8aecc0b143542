/**
 * Numbers and texts as literals in the code of other languages. Whatever a text holds, it stays a text: it cannot end its
 * quotes, its comment, the script element that the file may be copied into, or turn the direction in which code is read.
 */

/** Characters that are written as escapes: controls, line separators, characters that change the direction of text, and invisible ones. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const escaped = (letter: string) =>
  Array.from({ length: letter.length }, (_, i) => `\\u${letter.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** A string literal of JavaScript and of JSON. */
export function scriptString(text: string): string {
  // JSON escapes quotes, backslashes, C0 and halves of surrogate pairs
  return JSON.stringify(String(text))
    .replace(unseen, escaped)
    .replace(/<(?=[/!])|(?<=--)>/g, escaped);
}

/** A number literal of JavaScript. Throws (a bug: values are checked where they are read) for a value that is not a number. */
export function scriptNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(checked(value));
}

/** A text in a comment of JavaScript, which it does not end. */
export function scriptComment(text: string): string {
  return text
    .replace(unseen, ' ')
    .replaceAll('*/', '* /')
    .replace(/<(?=[/!])/g, '< ');
}

/** A string literal of Python, of ASCII alone. */
export const pythonString = (text: string): string => `"${pythonText(text)}"`;

/** The characters between the quotes of a string literal of Python, single or triple ones. */
export function pythonText(text: string): string {
  let out = '';
  // By code points: a lone half of a surrogate pair is unchanged, which Python accepts.
  for (const letter of String(text)) {
    const code = letter.codePointAt(0)!;
    if (letter === '"' || letter === '\\') out += `\\${letter}`;
    else if (code >= 0x20 && code < 0x7f) out += letter;
    else if (code < 0x100) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return out;
}

/** A float literal of Python. Throws for a value that is not a number. */
export function pythonNumber(value: number): string {
  checked(value);
  if (!Number.isFinite(value)) return `float("${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}")`;
  const text = scriptNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace('e+', 'e');
}

function checked(value: number): number {
  if (typeof value !== 'number') throw new TypeError(`a value of type ${typeof value} is not a number`);
  return value;
}
