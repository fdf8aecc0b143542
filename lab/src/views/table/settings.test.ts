import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('settings of the right form are read', () => {
  const row = { a: 1.5, b: 'x', c: null };
  expect(readSettings({ epochs: 12, row })).toEqual({ epochs: 12, row });
  expect(readSettings({ epochs: 'all' })).toEqual({ epochs: 'all' });
});

test('what a link may not say is left out', () => {
  expect(readSettings({ epochs: -1, row: { a: { toString: 'x' } } })).toEqual({});
  expect(readSettings({ epochs: 1.5, row: [1] })).toEqual({});
  expect(readSettings('all')).toEqual({});
  expect(readSettings(null)).toEqual({});
});
