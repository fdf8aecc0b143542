/**
 * The encoding of a text: UTF-8, or UTF-16 with a byte order mark, as Excel saves "Unicode text". Other encodings have no mark, so
 * that reading them would be a guess; the error names the likely one.
 */
import { fail } from '../../base/errors.ts';
import { binaryFormats } from './formats.ts';

/** The encoding of a text that begins with these bytes, as `TextDecoder` names it. */
export function encodingOf([first, second, third, fourth]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // UTF-32 begins with the same mark, and two zeros
  const isWide = third === 0 && fourth === 0;
  return first === 0xff && second === 0xfe && !isWide ? 'utf-16le' : 'utf-8';
}

/** Throws an InputError for bytes that are not text, or not in an encoding that is read. `bytes`: those of the text. */
export function failOnBytes(name: string, bytes: Uint8Array = new Uint8Array()): never {
  const sample = inWindows1252(bytes);
  if (sample !== undefined) {
    fail({
      what: `the text is not UTF-8: it seems to be Windows-1252 (Latin-1), in which it contains "${sample}"`,
      where: name,
      fix: 'Save it as "CSV UTF-8", or convert it: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv.',
    });
  }
  const titles = binaryFormats.map(({ title }) => title).join(', ');
  return fail({
    what: `it is not UTF-8 text, ${titles} or gzip`,
    where: name,
    fix: 'Save it as CSV or JSON in UTF-8.',
  });
}

/** Bytes that Windows-1252 does not use, and control characters, which no table has. */
const unlikely = (byte: number) =>
  (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte);

/** The largest share of bytes beyond ASCII in a text of a western European language: other alphabets have more. */
const maxShare = 0.2;
/** The number of bytes, before and after the first one beyond ASCII, that are looked at. */
const window = 2 ** 15;

/** The word with the first letter beyond ASCII, if the bytes look like Windows-1252; undefined if they do not. */
function inWindows1252(bytes: Uint8Array): string | undefined {
  const first = bytes.findIndex((byte) => byte >= 0x80);
  if (first === -1) return undefined;
  const start = Math.max(0, first - window);
  const near = bytes.subarray(start, first + window);
  const beyond = near.reduce((found, byte) => found + (byte >= 0x80 ? 1 : 0), 0);
  if (near.some(unlikely) || beyond > maxShare * near.length) return undefined;
  // a text in UTF-8 that is damaged in one place has more letters that can be read than others
  const letters = new TextDecoder().decode(near).match(/[^\0-\x7f]/gu) ?? [];
  const unread = letters.filter((letter) => letter === '\ufffd').length;
  if (letters.length - unread >= unread) return undefined;
  const text = new TextDecoder('windows-1252').decode(near);
  const at = first - start;
  const [before] = /[\p{L}\p{N}]{0,20}$/u.exec(text.slice(0, at))!;
  return before + /^.[\p{L}\p{N}]{0,20}/u.exec(text.slice(at))![0];
}
