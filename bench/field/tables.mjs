/**
 * Reads the tables that tables.py wrote and compares the values; then trains on each, saves, exports and predicts.
 * Usage: node tables.mjs OUT [--list] (after `npm run build`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, prepareTable, readTableFile } from '../../dist/data/index.js';
import { cellsOf } from '../../dist/data/table/columns.js';
import { fromOnnx, toOnnx, toPyTorch, toTypeScript } from '../../dist/formats/index.js';
import { adam, dense, load, Model, mse, network, relu, train } from '../../dist/index.js';

const folder = process.argv[2];
const cases = JSON.parse(readFileSync(join(folder, 'tables.json'), 'utf8'));
const milliseconds = 86_400_000;

/** Why a column differs from the values; undefined if it does not. */
function difference(values, column, precision) {
  const { values: found } = column;
  const cells = cellsOf(column);
  const meanings = new Map();
  for (const [r, value] of values.entries()) {
    const text = found[r];
    if (value === null) {
      if (text !== undefined) return `row ${r}: ${JSON.stringify(text)} where a value is missing`;
    } else if (text === undefined) return `row ${r}: missing where ${JSON.stringify(value)} is`;
    else if (typeof value === 'number') {
      const number = cells.number(r);
      if (Number.isNaN(number)) return `row ${r}: ${JSON.stringify(text)} is not read as a number`;
      if (!(Math.abs(number - value) <= precision * Math.abs(value))) return `row ${r}: ${number} where ${value} is`;
    } else if (typeof value === 'boolean') {
      // Any two texts, always the same
      const known = meanings.get(text) ?? value;
      meanings.set(text, known);
      if (known !== value || meanings.size > 2) return `row ${r}: ${JSON.stringify(text)} for true and for false`;
    } else if (typeof value === 'object') {
      const days = cells.date(r);
      if (Number.isNaN(days)) return `row ${r}: ${JSON.stringify(text)} is not read as a date`;
      if (Math.abs(days * milliseconds - value.time) > 1)
        return `row ${r}: ${text} where ${new Date(value.time).toISOString()} is`;
    } else if (text !== value) return `row ${r}: ${JSON.stringify(text)} where ${JSON.stringify(value)} is`;
  }
  return undefined;
}

/** The differences between a table and the values that were written. */
function differences(table, columns, precision) {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const rows = Object.values(columns)[0].length;
  if (table.rows !== rows) return [{ name: '', text: `${table.rows} rows where ${rows} are` }];
  return Object.entries(columns).flatMap(([name, values]) => {
    const found = byName.get(name);
    if (found === undefined) return [{ name, text: 'the column is missing' }];
    const text = difference(values, found, precision);
    return text === undefined ? [] : [{ name, text }];
  });
}

/** Trains a model, and compares its predictions with those of its copies. Gives the notes about the columns. */
async function useTable(table) {
  const { notes } = prepareTable(table, { target: 'y' }, 1);
  const net = network([dense(4, { activation: relu }), dense(1)]);
  const options = { loss: mse, optimizer: adam(), engine: 'reference', stop: { epochs: 2 } };
  const { model } = await train(net, { table, target: 'y' }, options);
  const predictions = JSON.stringify(model.predictTable(table).predictions);
  const copies = { safetensors: load(model.save()), ONNX: new Model(fromOnnx(toOnnx(model))) };
  for (const [name, copy] of Object.entries(copies)) {
    if (JSON.stringify(copy.predictTable(table).predictions) !== predictions)
      throw new Error(`${name} predicts otherwise`);
  }
  if (!toTypeScript(model).includes('predict') || !toPyTorch(model, 'w').python.includes('predict'))
    throw new Error('no export');
  return notes;
}

const results = [];
for (const { kind, file, columns, precision } of cases) {
  const result = { kind, name: file, outcome: 'equal', detail: '' };
  results.push(result);
  try {
    const table = await readTableFile(new Uint8Array(readFileSync(join(folder, 'tables', file))), { name: file });
    const wrong = differences(table, columns, precision);
    const extra = table.columns.filter(({ name }) => !Object.hasOwn(columns, name)).map(({ name }) => name);
    describe(table);
    // The table may be read and then refused by training, which knows what the columns are for.
    const notes = await useTable(table);
    const noteOf = (name) => notes.find((note) => note.startsWith(`${JSON.stringify(name)} is left out`));
    const changed = [...wrong.map(({ name }) => name), ...extra];
    if (changed.some((name) => noteOf(name) === undefined)) {
      const texts = wrong.map(({ name, text }) => `${name}, ${text}`);
      Object.assign(result, {
        outcome: 'WRONG',
        detail: [...texts, ...extra.map((name) => `${name} is a feature`)].join('; '),
      });
    } else if (changed.length > 0) {
      const outcome = wrong.length > 0 ? 'a column left out, with a note' : 'equal, an index left out with a note';
      Object.assign(result, { outcome, detail: changed.map(noteOf).join(' ') });
    }
  } catch (error) {
    const isReason = error.name === 'InputError';
    result.outcome = isReason ? 'refused, with the reason' : 'WRONG';
    result.detail = isReason ? error.message.replace('\n', ' ') : String(error.stack).slice(0, 300);
  }
}

const outcomes = [
  'equal',
  'equal, an index left out with a note',
  'a column left out, with a note',
  'refused, with the reason',
  'WRONG',
];
const kinds = [...new Set(results.map(({ kind }) => kind))];
console.log(`| tables | ${outcomes.join(' | ')} |\n| --- | ${outcomes.map(() => '---:').join(' | ')} |`);
for (const kind of [...kinds, undefined]) {
  const own = results.filter((each) => kind === undefined || each.kind === kind);
  const counts = outcomes.map((outcome) => own.filter((each) => each.outcome === outcome).length);
  console.log(`| ${kind ?? 'together'} | ${counts.join(' | ')} |`);
}
if (process.argv.includes('--list'))
  for (const { outcome, name, detail } of results)
    if (outcome !== 'equal') console.log(`${outcome.padEnd(34)} ${name.padEnd(34)} ${detail}`);
process.exitCode = results.some(({ outcome }) => outcome === 'WRONG') ? 1 : 0;
process.exit();
