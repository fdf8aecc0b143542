import { expect, test } from 'vitest';
import { documentName, safeName } from './names.ts';

test('a name is no path, is not hidden, and has no signs that a system or a shell knows', () => {
  expect(
    [
      '../../etc/passwd',
      '.bashrc',
      'a<script>.csv',
      'C:\\temp\\x.csv',
      'con.csv',
      '',
      '...',
      'ä 人.csv',
      'a\u0000b',
    ].map(safeName),
  ).toEqual(['passwd', 'bashrc', 'a-script-.csv', 'x.csv', '_con.csv', 'file', 'file', 'ä 人.csv', 'a-b']);
});

test('a long name keeps its ending', () => {
  expect(safeName(`${'x'.repeat(300)}.safetensors`)).toBe(`${'x'.repeat(68)}.safetensors`);
});

test('a document is named after its table, or by its title', () => {
  const document = (data: object, title?: string) => ({ title, experiment: { data } as never, files: {}, updates: 0 });
  expect(documentName(document({ file: 'data/penguins.csv' }))).toBe('penguins');
  expect(documentName(document({ inputs: [] }, 'A 2-2-1 network'))).toBe('A 2-2-1 network');
  expect(documentName(document({ inputs: [] }))).toBe('experiment');
});
