/** A table in one JSON value: a list of rows, or an object of columns. */
import { fail } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { TextFormat } from './format.ts';
import { checkLimit } from './limits.ts';
import { fromCells } from './read.ts';

export const json: TextFormat = {
  name: 'json',
  title: 'JSON',
  endings: ['.json'],
  matches: (start) => /^[\uFEFF\s]*[[{]/.test(start),
  read(text, options, source) {
    const { name = 'data' } = options;
    const value = parseJson(text, name, ({ depth, values }) => {
      checkLimit('maxDepth', depth, source);
      checkLimit('maxCells', values, source);
    });
    if (typeof value !== 'object' || value === null) {
      fail({ what: 'the JSON is not a table', where: name, fix: 'Write rows: [{ "column": value }, …].' });
    }
    return fromCells(value as never, options, source.bytes);
  },
};
