import { expect, test } from 'vitest';
import { readBook, writeBook } from './file.ts';
import { defaults, readSettings } from './settings.ts';

test('the settings of a link come back, and what is wrong in them becomes the default', () => {
  const book = {
    title: 'A page',
    source: 'p. 3',
    experiment: { network: {} },
    files: { 'a.csv': 'x' },
    printed: [{ quantity: 'loss', value: '0.2', after: 3 }],
  };
  const settings = {
    page: 'sheet' as const,
    example: 'mazur-2-2-2',
    book,
    sheet: { of: 'book', step: 2, answers: { 'loss@0': '1' } },
    all: true,
  };
  expect(readSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  for (const wrong of [
    undefined,
    null,
    7,
    [],
    { page: 'x', example: '../secret', sheet: { step: 1e99 }, all: 'yes' },
  ]) {
    expect(readSettings(wrong)).toEqual(defaults);
  }
  const hostile = readSettings({
    book: { printed: [{ quantity: 7 }, { quantity: 'loss', value: {} }, null], files: [] },
  });
  expect(hostile.book).toEqual({
    title: '',
    source: '',
    experiment: undefined,
    files: {},
    printed: [{ quantity: 'loss', value: '' }],
  });
});

test('a worked example comes back from its file; other files are refused with a reason', () => {
  const book = {
    title: 'T',
    source: '',
    experiment: { a: 1 },
    files: {},
    printed: [{ quantity: 'loss', value: '0.20' }],
  };
  expect(readBook(writeBook(book), 'a.json')).toEqual(book);
  expect(readBook('{"network": {}}', 'a.json')).toMatchObject({ experiment: { network: {} }, printed: [] });
  expect(() => readBook('{"network": ', 'a.json')).toThrow('"a.json" is not JSON');
  expect(() => readBook('[1]', 'a.json')).toThrow('"a.json" is not an experiment');
});
