import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { inFile, readText } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const failing = (where: string | (string | number)[]) => () => {
  throw new InputError({ what: 'it is wrong', where, fix: 'Correct it.' });
};
const shown = (where: string | (string | number)[]) => {
  try {
    return inFile('rows.json', failing(where));
  } catch (error) {
    return (error as InputError).where;
  }
};

test('an error about a value in the data names the file and the place in it', () => {
  expect(shown(['data', 'inputs', 2, 0])).toBe('rows.json: data.inputs[2][0]');
  expect(shown(['rows', 1])).toBe('rows.json: rows[1]');
});

test('an error about the whole data names the file alone, and other errors keep their place', () => {
  expect(shown(['data'])).toBe('rows.json');
  expect(shown(['training', 'engine'])).toBe('training.engine');
  expect(shown('csv "a.csv" line 3')).toBe('csv "a.csv" line 3');
});

test('a missing file is an error with the most similar name in its folder', () => {
  writeFileSync(join(folder, 'penguins.csv'), 'a\n');
  expect(() => readText(join(folder, 'pengiuns.csv'))).toThrow('Did you mean "penguins.csv"?');
  expect(() => readText(join(folder, 'none', 'a.csv'))).toThrow(`There is no folder "${join(folder, 'none')}" either.`);
});

test('a text that is not UTF-8 is refused', () => {
  writeFileSync(join(folder, 'latin.txt'), Buffer.from([0x63, 0xe9]));
  expect(() => readText(join(folder, 'latin.txt'))).toThrow('the text is not UTF-8');
});
