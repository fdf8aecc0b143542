import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { refuseForeign, whose } from './own-files.ts';

const root = mkdtempSync(join(tmpdir(), 'chainrule-own-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = (name: string, content: string) => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

test('chainrule recognizes its own file by the first or last bytes, whatever its length', () => {
  const page = file('page.html', `<html>${'x'.repeat(100_000)}Written by chainrule.</html>`);
  const history = file('history.csv', 'epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds\n');
  const other = file('other.csv', 'epoch,loss\n');
  expect([whose(page, 'page'), whose(history, 'history'), whose(other, 'history')]).toEqual(['own', 'own', 'foreign']);
  expect(whose(page, 'record')).toBe('foreign');
});

test('a folder and a link are foreign, whatever they lead to; a missing path is absent', () => {
  const page = file('linked.html', 'Written by chainrule.');
  symlinkSync(page, join(root, 'link.html'));
  mkdirSync(join(root, 'folder'));
  const kinds = ['link.html', 'folder', 'none', 'linked.html/inside'].map((name) => whose(join(root, name), 'page'));
  expect(kinds).toEqual(['foreign', 'foreign', 'absent', 'absent']);
});

test('a foreign file is refused with its path', () => {
  const path = file('mine.html', 'mine');
  expect(() => refuseForeign(path, 'page')).toThrow(`${path}: chainrule did not write this file`);
});
