/** A table in one JSON value: a list of rows, an object of columns, or a layout of pandas. */
import { fail } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { TextFormat } from './format.ts';
import { tableIn } from './json-layouts.ts';
import { checkKeys, withTexts } from './json-text.ts';
import { checkLimit } from './limits.ts';
import { fromCells } from './read.ts';

export const json: TextFormat = {
  name: 'json',
  title: 'JSON',
  endings: ['.json'],
  matches: (start) => /^[\uFEFF\s]*[[{]/.test(start),
  read(text, options, source) {
    const { name = 'data' } = options;
    const value = parseJson(withTexts(text), name, ({ depth, values }) => {
      checkLimit('maxDepth', depth, source);
      checkLimit('maxCells', values, source);
    });
    if (typeof value !== 'object' || value === null) {
      fail({ what: 'the JSON is not a table', where: name, fix: 'Write rows: [{ "column": value }, …].' });
    }
    checkKeys(text, Array.isArray(value) ? 2 : 1, name);
    return fromCells(tableIn(value, name) as never, options, source.bytes);
  },
};
