import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, clipMiddle, isPlain, printable, printableJson, printableLine } from './printable.ts';

/** Code points in ranges. */
const range = (from: number, to = from) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('hidden characters are written visibly', () => {
  test('C0 except line feed and tab, delete, C1', () => {
    for (const code of [...range(0, 0x1f), ...range(0x7f, 0x9f)]) {
      const character = String.fromCodePoint(code);
      const isKept = character === '\n' || character === '\t';
      expect(printable(`a${character}b`)).toBe(
        isKept ? `a${character}b` : `a\\x${code.toString(16).padStart(2, '0')}b`,
      );
    }
  });

  test('bidirectional characters, separators, invisible characters', () => {
    const codes = [
      ...[0x61c, 0x200e, 0x200f, ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)],
      ...[0x34f, 0x180e, 0x200b, 0x2028, 0x2029, ...range(0x2060, 0x2064), 0xfeff, ...range(0xfff9, 0xfffb)],
      ...[0x115f, 0x3164, 0xffa0, 0xfffe, 0xffff],
    ];
    for (const code of codes)
      expect(printable(String.fromCodePoint(code))).toBe(`\\u${code.toString(16).padStart(4, '0')}`);
    expect(printable('\u00ad')).toBe('\\xad');
    expect(printable('\u{e0041}')).toBe('\\u{e0041}');
    expect(printable('a\ud800b')).toBe('a\\ud800b');
  });

  test("a sequence that sets a terminal's title, and a name that would be read backwards", () => {
    expect(printable('\u001b]0;PWNED\u0007\u001b[31mred')).toBe('\\x1b]0;PWNED\\x07\\x1b[31mred');
    expect(printable('\u202egnp.exe')).toBe('\\u202egnp.exe');
  });
});

test.each([
  ['letters and signs of everywhere', 'Größe in m², 重量, וזן, وزن, ไทย, नमस्ते, −5 · 10⁻⁷, e\u0301'],
  ['a family joined of four', '👨‍👩‍👧‍👦'],
  ['a joiner in Persian', 'می\u200cخواهم'],
  ['glyphs that a selector chooses', '☺\ufe0f 辻\u{e0100}'],
  ['backslashes and quotes', 'C:\\Users\\new "x" \'y\''],
])('%s are unchanged', (_, text) => {
  expect(printable(text)).toBe(text);
  expect(isPlain(text)).toBe(true);
});

test('a name with a line break cannot imitate a line of output', () => {
  expect(printableLine('two\nlines\tof it')).toBe('two\\nlines\\tof it');
  expect(isPlain('two\nlines')).toBe(false);
});

describe('for any text', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });

  test('the result has no hidden characters, and showing it again changes nothing', () => {
    fc.assert(
      fc.property(text, (each) => {
        const shown = printable(each);
        expect(shown).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
        expect(printable(shown)).toBe(shown);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('escaped JSON has the same value', () => {
    fc.assert(
      fc.property(text, (each) => {
        const json = printableJson(JSON.stringify({ [each]: [each] }));
        expect(json).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
        expect(JSON.parse(json)).toEqual({ [each]: [each] });
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});

test('a clipped text has the requested number of characters, and none is cut in half', () => {
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('abcdefg', 6)).toBe('abcde…');
  expect(clip('😀😀😀', 3)).toBe('😀😀😀');
  expect(clip('😀😀😀😀', 3)).toBe('😀😀…');
  expect(clip('x'.repeat(100_000), 40)).toHaveLength(40);
});

test('a sentence about a long name keeps its end', () => {
  const sentence = `"${'x'.repeat(100_000)}" is not a number`;
  const shown = clipMiddle(sentence, 200);
  expect(shown).toHaveLength(200);
  expect(shown).toMatch(/^"x+…x+" is not a number$/);
  for (const shift of ['', 'x']) expect(clipMiddle(shift + '😀'.repeat(300), 200)).not.toMatch(/\p{Cs}/u);
  expect(clipMiddle('short', 200)).toBe('short');
});
