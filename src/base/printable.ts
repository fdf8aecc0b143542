/**
 * Makes foreign text safe to show: column names, labels, JSON keys, file names, messages of libraries. Characters that
 * control a terminal, reorder their neighbors, or are invisible are written visibly: `\x1b`, `\u202e`.
 */

/**
 * The characters that are written visibly, by Unicode's properties:
 * - controls: C0 (the escape character is one of them), delete, C1;
 * - bidirectional marks, embeddings, overrides and isolates (Boucher and Anderson, Trojan Source, 2021);
 * - separators of lines and paragraphs, U+2028 and U+2029;
 * - invisible characters (default ignorable, and annotations): zero-width space, soft hyphen, byte-order mark, tags;
 * - halves of a surrogate pair and noncharacters, which no encoding carries.
 *
 * Unchanged, although invisible by themselves: line feed and tab; the joiners U+200C and U+200D, which Persian,
 * Indic scripts and emoji need; variation selectors, which choose a glyph.
 */
const hidden =
  /(?![\n\t]|\u200c|\u200d|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');

function visible(character: string): string {
  const code = character.codePointAt(0)!;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

/** Most texts are printable ASCII, which is faster to test. */
const isPrintableAscii = (text: string) => /^[\t\n\x20-\x7e]*$/.test(text);

/** The text with every hidden character written visibly, except for line feeds and tabs. */
export const printable = (text: string): string => (isPrintableAscii(text) ? text : text.replace(hidden, visible));

/** The same on one line: a line feed or tab in a name is written visibly too, so that a name cannot imitate a line of output. */
export const printableLine = (text: string): string =>
  printable(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'));

/** Whether `printableLine` leaves the text unchanged. */
export const isPlain = (text: string): boolean => printableLine(text) === text;

/** The first `most` characters (code points), with an ellipsis as the last if there are more. */
export function clip(text: string, maxLength = 80): string {
  if (text.length <= maxLength) return text;
  // A character has at most two code units.
  const characters = [...text.slice(0, 2 * maxLength + 2)];
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** The start and the end of a text of more than `most` characters, with an ellipsis between them: for sentences about a name. */
export function clipMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = Math.floor(maxLength / 4);
  // Remove the half of a surrogate pair that was cut.
  const first = text.slice(0, maxLength - 1 - end).replace(/[\ud800-\udbff]$/, '');
  return `${first}…${text.slice(-end).replace(/^[\udc00-\udfff]/, '')}`;
}

/** JSON text with every hidden character written as JSON's own escape, which reads back as the same text. */
export const printableJson = (json: string): string =>
  json.replace(hidden, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join(''),
  );
