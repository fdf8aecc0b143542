/** Whether a file holds an experiment, a table, or lists of numbers: by its extension and its first bytes. */
import { extname } from 'node:path';
import { jsonLines } from '../../data/read/json-lines.ts';

/** The number of bytes that show whether a file is an experiment or a table. */
export const headLength = 4096;

/** The beginning of a text, without a byte order mark and blanks. */
export const startOf = (head: Uint8Array): string =>
  new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart();

/** Whether a text that begins like this contains one object per line (JSON Lines); the extension of the file may say so too. */
export const isObjectLines = (start: string, file: string): boolean =>
  jsonLines.endings.includes(extname(file)) || /^\{.*\}\s*\n\s*\{/.test(start);

/** Whether a file is an experiment, which is a JSON object. A JSON list, or one object a line, is a table. */
export function isExperiment(head: Uint8Array, file: string): boolean {
  const start = startOf(head);
  if (extname(file) === '.json') return !start.startsWith('[');
  return start.startsWith('{') && !isObjectLines(start, file);
}

/** The keys of rows of numbers in an object: an experiment, or its data. */
const rowsKeys = /^\{\s*"(inputs|targets|\$schema|version|title|source|experiment|network|symbols|data|training|seed)"/;

/** Whether a text that begins like this contains lists of numbers, or an object with them. */
export const isRowsOfNumbers = (start: string): boolean =>
  rowsKeys.test(start) || (start.startsWith('[') && !/^\[\s*\{/.test(start));
