/**
 * People's text as it may be shown: column names, labels, JSON keys, file names, messages of libraries. Characters that
 * steer a terminal, reorder what stands around them, or show nothing at all are written visibly: `\x1b`, `\u202e`.
 */

/**
 * What is written visibly, by Unicode's properties:
 * - controls: C0 (the escape character is one of them), delete, C1;
 * - bidirectional marks, embeddings, overrides and isolates (Boucher and Anderson, Trojan Source, 2021);
 * - separators of lines and paragraphs, U+2028 and U+2029;
 * - what shows nothing (default ignorable, and annotations): zero-width space, soft hyphen, byte-order mark, tags;
 * - halves of a surrogate pair and noncharacters, which no encoding carries.
 *
 * What stays, although it shows nothing by itself: line feed and tab; the joiners U+200C and U+200D, which Persian,
 * Indic scripts and emoji are spelled with; variation selectors, which choose a glyph.
 */
const hidden =
  /(?![\n\t]|\u200c|\u200d|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');

function visible(character: string): string {
  const code = character.codePointAt(0)!;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

/** Most texts hold nothing but ASCII, which is asked faster. */
const isPrintableAscii = (text: string) => /^[\t\n\x20-\x7e]*$/.test(text);

/** The text with every hidden character written visibly; line feeds and tabs stay. */
export const printable = (text: string): string => (isPrintableAscii(text) ? text : text.replace(hidden, visible));

/** The same on one line: a line feed or tab in a name is written visibly too, so that a name cannot pass for a line. */
export const printableLine = (text: string): string =>
  printable(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'));

/** Whether `printableLine` leaves the text as it is. */
export const isPlain = (text: string): boolean => printableLine(text) === text;

/** The first `most` characters (code points), the last of them an ellipsis where there are more. */
export function clip(text: string, most = 80): string {
  if (text.length <= most) return text;
  // twice as many code units hold as many characters, whatever they are
  const characters = [...text.slice(0, 2 * most + 2)];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** The start and the end of a text of more than `most` characters, an ellipsis between them: for sentences about a name. */
export function clipMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 4);
  // a pair of surrogates that is cut leaves no half
  const first = text.slice(0, most - 1 - end).replace(/[\ud800-\udbff]$/, '');
  return `${first}…${text.slice(-end).replace(/^[\udc00-\udfff]/, '')}`;
}

/** JSON text with every hidden character written as JSON's own escape, which reads back as the same text. */
export const printableJson = (json: string): string =>
  json.replace(hidden, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join(''),
  );
