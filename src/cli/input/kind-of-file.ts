/** Whether a file holds an experiment, a table, or lists of numbers: by its first bytes, and by its extension where they do not decide. */
import { extname } from 'node:path';
import { jsonLines } from '../../data/read/json-lines.ts';
import { encodingOf } from '../../data/read/text-encoding.ts';

/** The number of bytes that show whether a file is an experiment or a table. */
export const headLength = 4096;

/** The beginning of a text, without a byte order mark and blanks. */
const startOf = (head: Uint8Array): string =>
  new TextDecoder(encodingOf(head))
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart();

/** Whether a text that begins like this contains one object per line (JSON Lines); the extension of the file may say so too. */
const isObjectLines = (start: string, file: string): boolean =>
  jsonLines.endings.includes(extname(file)) || /^\{.*\}[^\S\n]*\r?\n\s*\{/.test(start);

/** Keys of an experiment or a worked example that hold objects, and those that hold plain values. */
const sections =
  /"(network|experiment|training)"\s*:\s*\{|"data"\s*:\s*\{\s*"(inputs|targets|file|target)"|"printed"\s*:\s*\[\s*\{/;
const experimentKeys = [
  '$schema',
  'version',
  'title',
  'source',
  'experiment',
  'network',
  'symbols',
  'data',
  'training',
  'seed',
];

const firstEntry = /^\{\s*"((?:[^"\\]|\\.){0,200})"\s*:\s*(\[\s*\[|.)/s;

/**
 * What a JSON text that begins like this holds. `unknown`: an object that is neither; without more information it may be an experiment
 * with a misspelled key, or a table.
 */
function kindOfJson(start: string, file: string): 'experiment' | 'lists' | 'table' | 'unknown' {
  if (start.startsWith('[')) return /^\[\s*\{/.test(start) ? 'table' : 'lists';
  if (!start.startsWith('{') || isObjectLines(start, file)) return 'table';
  const [, key = '', value = ''] = firstEntry.exec(start) ?? [];
  if (
    /"inputs"\s*:\s*\[\s*\[/.test(start) &&
    !sections.test(start) &&
    ['inputs', 'targets', 'weights', 'validation'].includes(key)
  ) {
    return 'lists';
  }
  if (sections.test(start)) return 'experiment';
  // a list under the first key is a column
  if (value.startsWith('[')) return key === 'inputs' || key === 'targets' ? 'lists' : 'table';
  return experimentKeys.includes(key) ? 'experiment' : 'unknown';
}

/** Whether a file is an experiment. With a target column, an object that is no experiment is a table. */
export function isExperiment(head: Uint8Array, file: string, hasTarget: boolean): boolean {
  const start = startOf(head);
  const isJson = extname(file) === '.json' || start.startsWith('{');
  // a web page or XML has its own error where tables are read
  if (!isJson || start.startsWith('<') || start.startsWith('[')) return false;
  const kind = kindOfJson(start, file);
  if (kind === 'table') return extname(file) === '.json' && !start.startsWith('{');
  return kind !== 'unknown' || !hasTarget;
}

/** Whether a file of rows contains lists of numbers, or an object with them. */
export function isRowsOfNumbers(head: Uint8Array, file: string): boolean {
  const start = startOf(head);
  if (!/^[[{]/.test(start)) return false;
  const kind = kindOfJson(start, file);
  return kind === 'lists' || kind === 'experiment';
}
