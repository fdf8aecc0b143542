/** Which format a file is in, and how the formats are listed for people. */
import { fail } from '../../base/errors.ts';
import type { BinaryFormat, TextFormat } from './format.ts';
import { binaryFormats, textFormats } from './formats.ts';

const startsWith = (bytes: Uint8Array, text: string) =>
  bytes.length >= text.length && [...text].every((character, i) => bytes[i] === character.charCodeAt(0));

export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The binary format of bytes that begin so. */
export const binaryFormatOf = (head: Uint8Array): BinaryFormat | undefined =>
  binaryFormats.find(({ magic }) => magic.some((text) => startsWith(head, text)));

/** The format of a text that begins so. */
export const textFormatOf = (start: string): TextFormat => textFormats.find((format) => format.matches(start))!;

/** `CSV or TSV, JSON, JSON Lines, Parquet, Arrow`. */
export const formatTitles = [...textFormats]
  .reverse()
  .concat(binaryFormats as never)
  .map(({ title }) => title)
  .join(', ');

/** The name of a file without the endings of its format and of gzip: `people` for `data/people.csv.gz`. */
export function withoutEnding(name: string): string {
  const plain = name.replace(/\.gz$/, '');
  const endings = [...textFormats, ...binaryFormats].flatMap((format) => format.endings);
  const ending = endings.find((each) => plain.endsWith(each) && plain.length > each.length);
  return ending === undefined ? plain : plain.slice(0, -ending.length);
}

const webPage = /^(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype html|html|head|body|table)\b/i;

/** Throws an InputError for the text of a web page: read as lines, it would be a wrong table or graph, or a wrong error. */
export function refuseWebPage(text: string, name: string): void {
  if (!webPage.test(startOf(text))) return;
  fail({
    what: 'it is a web page (HTML), not a file of data',
    where: name,
    fix: 'Open it in a browser, and download the file itself; GitHub links to it under "Raw".',
  });
}

/** The same for web pages and XML, which no format of tables is. */
export function refuseMarkup(text: string, name: string): void {
  refuseWebPage(text, name);
  if (!/^<\?xml\b/i.test(startOf(text))) return;
  fail({ what: 'it is XML, not a table', where: name, fix: 'Save it as CSV or JSON in UTF-8.' });
}

const startOf = (text: string) => text.slice(0, 2 ** 12).replace(/^[\uFEFF\s]+/, '');
