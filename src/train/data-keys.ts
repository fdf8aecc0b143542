/** The keys of the data that `train` and the studies take. A misspelled option would otherwise have no effect. */
import { isByteStream } from '../base/byte-source.ts';
import { didYouMean, fail, listNames } from '../base/errors.ts';
import { isTrainingOption } from '../net/training-options.ts';

const splitKeys = ['validation', 'test', 'stratify'];
const rowKeys = ['inputs', 'targets', 'weights', 'feeds'];
const inlineKeys = [...rowKeys, 'validation'];
const batchKeys = ['batches', 'validation'];
const tableKeys = [
  'table',
  'target',
  'features',
  'weights',
  'categories',
  'embed',
  'task',
  'split',
  'scale',
  'handleMissing',
  'encoding',
];
/** How a table is read: for a table that is read here, and not before. */
const readingKeys = ['missing', 'notMissing', 'name', 'limits'];

const forms = 'Pass { inputs: [[1, 2]], targets: [[3]] } for rows of numbers, or { table, target } for a table.';

type Keyed = Readonly<Record<string, unknown>>;

/** Throws an InputError for data in no known form, for a key that the form does not have, and for a table without a target. */
export function checkDataKeys(data: Keyed): void {
  if ('batches' in data) checkKeys(data, batchKeys, ['data']);
  else if ('table' in data) checkTable(data);
  else checkInline(data);
}

function checkInline(data: Keyed): void {
  if (!('inputs' in data)) {
    const found = Object.keys(data);
    fail({
      what: found.length === 0 ? 'the data are empty' : `the data have no "inputs", only ${listNames(found)}`,
      where: ['data'],
      fix: 'file' in data ? `${forms} A file is read first: table: readTable(text).` : forms,
    });
  }
  checkKeys(data, inlineKeys, ['data']);
  if (!('targets' in data)) fail({ what: 'the data have no "targets"', where: ['data'], fix: forms });
  checkIfObject(data.validation, rowKeys, ['data', 'validation']);
}

function checkTable(data: Keyed): void {
  const { table, target, split } = data;
  const isRead = !isByteStream(table);
  const given = Object.keys(data).find((key) => readingKeys.includes(key));
  if (isRead && given !== undefined) {
    fail({
      what: `"${given}" has no effect on a table that was already read`,
      where: ['data', given],
      fix: `Pass it where the table is read: readTable(text, { ${given} }).`,
    });
  }
  checkKeys(data, isRead ? tableKeys : [...tableKeys, ...readingKeys], ['data']);
  checkIfObject(split, splitKeys, ['data', 'split']);
  if (target === undefined) {
    fail({
      what: 'there is no target',
      where: ['data', 'target'],
      fix: "Name the column to predict: target: 'price'.",
    });
  }
}

/** Another value than an object is refused where it is used. */
function checkIfObject(value: unknown, known: readonly string[], where: readonly string[]): void {
  if (typeof value === 'object' && value !== null) checkKeys(value as Keyed, known, where);
}

function checkKeys(data: Keyed, known: readonly string[], where: readonly string[]): void {
  const unknown = Object.keys(data).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const belongsToOptions = isTrainingOption(unknown);
  fail({
    what: belongsToOptions ? 'it is an option, and not part of the data' : `unknown key "${unknown}"`,
    where: [...where, unknown],
    fix: belongsToOptions
      ? `Pass it in the options: train(network, data, { ${unknown}, … }).`
      : didYouMean(unknown, known),
  });
}
