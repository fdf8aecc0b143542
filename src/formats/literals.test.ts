import { describe, expect, test } from 'vitest';
import { hostileTexts } from '../../test/fuzz-json.ts';
import { pythonNumber, pythonString, pythonText, scriptComment, scriptNumber, scriptString } from './literals.ts';

/** All of the first plane but surrogates, some of the others, and pairs of what is special. */
const texts = [
  ...hostileTexts,
  ...Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)),
  ...[0x2028, 0x2029, 0x202e, 0x2066, 0xfeff, 0xd800, 0xdfff, 0xffff, 0x1f600, 0x10ffff].map((code) =>
    String.fromCodePoint(code),
  ),
  '<!--',
  '-->',
  '</SCRIPT>',
  '\\"',
  '\\\\',
  '"""',
  '\\N{BULLET}',
  '\\u0041',
];

describe('JavaScript', () => {
  test('a string literal has the value of its text, on one line of visible characters', () => {
    for (const text of texts) {
      const literal = scriptString(text);
      expect(JSON.parse(literal)).toBe(text);
      // biome-ignore lint/security/noGlobalEval: the claim is about code
      expect(globalThis.eval(literal)).toBe(text);
      expect(literal).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|<[/!]|-->/u);
    }
    expect(scriptString('Größe "µ" <5')).toBe('"Größe \\"µ\\" <5"');
  });

  test('a comment is not ended by its text', () => {
    for (const text of texts) {
      const comment = scriptComment(text);
      expect(comment).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\*\/|<[/!]/u);
    }
  });

  test('a number literal is refused for anything but a number', () => {
    for (const value of [0, -0, 1.5, -1e-300, 1e21, Number.NaN, Number.POSITIVE_INFINITY]) {
      // biome-ignore lint/security/noGlobalEval: the claim is about code
      expect(globalThis.eval(scriptNumber(value))).toBe(value);
    }
    for (const value of ['process.exit(7)', null, undefined, [1], { valueOf: () => 1 }, 1n]) {
      expect(() => scriptNumber(value as never)).toThrow('is not a number');
      expect(() => pythonNumber(value as never)).toThrow('is not a number');
    }
  });
});

/** The value of a Python string literal by the rules of its grammar; undefined where it ends early. */
function valueOfPython(literal: string): string | undefined {
  const letter = /\\(["\\])|\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|([ !#-[\]-~])/y;
  let out = '';
  for (letter.lastIndex = 1; letter.lastIndex < literal.length - 1; ) {
    const found = letter.exec(literal);
    if (found === null) return undefined;
    const [, quoted, ...rest] = found;
    const plain = rest.pop();
    const code = rest.find((digits) => digits !== undefined);
    out += quoted ?? plain ?? String.fromCodePoint(Number.parseInt(code!, 16));
  }
  return out;
}

describe('Python', () => {
  test('a string literal has the value of its text, in ASCII', () => {
    for (const text of texts) expect(valueOfPython(pythonString(text))).toBe(text);
    expect(pythonString('C:\\Users\\new\\N{x}')).toBe('"C:\\\\Users\\\\new\\\\N{x}"');
    expect(pythonText('ö\n😀')).toBe('\\xf6\\x0a\\U0001f600');
  });

  test('a number is a float', () => {
    const numbers = [1, -0, 1e21, 1e-7, 0.1, Number.NaN, Number.NEGATIVE_INFINITY];
    expect(numbers.map(pythonNumber)).toEqual(['1.0', '-0.0', '1e21', '1e-7', '0.1', 'float("nan")', 'float("-inf")']);
  });
});
