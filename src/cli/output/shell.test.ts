import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellCommand, shellPath, shellWord } from './shell.ts';

test.each([
  ['train', 'train'],
  ['a b.csv', "'a b.csv'"],
  ["it's.csv", "'it'\\''s.csv'"],
  ['$(id).csv', "'$(id).csv'"],
  ['=ls', "'=ls'"],
  ['~', "'~'"],
  ['', "''"],
  ['a\nb', "$'a\\012b'"],
  ["\u001b[2J\u202e'\\", "$'\\033[2J\\342\\200\\256\\'\\\\'"],
])('%j is shown as %s', (word, shown) => {
  expect(shellWord(word)).toBe(shown);
});

test('a file name that begins with a dash is not parsed as a flag; a dash alone remains standard input', () => {
  expect(shellPath('-evil.csv')).toBe('./-evil.csv');
  expect(shellPath('-')).toBe('-');
});

describe('in a shell', () => {
  test('every word is read back as it is', () => {
    const word = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab =\'"\\$`!*?~#&|;<>(){}[]\n\t\u001b\u007f\u202eé😀-') }),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (each) => {
        const words = each.map((one) => one.replaceAll('\0', ''));
        const script = `printf '%s\\0' ${shellCommand(words)}`;
        const out = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
        expect(out.split('\0').slice(0, -1)).toEqual(words);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
