/** `chainrule predict`: a model's predictions for new rows. */
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { Matrix } from '../../base/tensor.ts';
import { failOnCell, parseNumber } from '../../data/columns.ts';
import { writeCsv } from '../../data/csv.ts';
import { readTableFile } from '../../data/file.ts';
import { cellPlace, type Table } from '../../data/table.ts';
import type { Model } from '../../train/model.ts';
import { inFile, readBinary, textOf, writeWhole } from '../files.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';
import { openModel } from './train.ts';

interface Flags extends TerminalFlags {
  readonly format?: 'csv' | 'json';
  readonly out?: string;
}

export function predictCommand(program: Command): void {
  program
    .command('predict')
    .summary("a model's predictions for new rows")
    .description('Writes predictions, one for each row, as CSV or JSON.')
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<data>', 'table.csv, rows.json ([[1, 2], …]), or - for standard input')
    .addOption(new Option('--format <format>', 'default csv, or as the ending of --out says').choices(['csv', 'json']))
    .option('--out <file>', 'write them there instead of on standard output')
    .addHelpText('after', '\nExample:\n  chainrule predict runs/penguins-1 new.csv > predictions.csv')
    .action(async (modelPath: string, dataPath: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const model = await openModel(modelPath);
      const data = await readRows(dataPath);
      const { warnings, ...found } = inFile(dataPath, () =>
        'table' in data && model.encoding !== undefined ? model.predictTable(data.table) : plain(model, data),
      );
      terminal.alert(warnings);
      const isJson = flags.json || (flags.format ?? extname(flags.out ?? '').slice(1)) === 'json';
      const text = isJson ? `${JSON.stringify(found, null, 2)}\n` : asCsv(found);
      if (flags.out === undefined) process.stdout.write(text);
      else {
        writeWhole(flags.out, text);
        terminal.say(`${found.predictions.length} predictions written to ${terminal.colors.cyan(flags.out)}.`);
      }
    });
}

const rowsKeys = /^\{\s*"(inputs|targets|\$schema|version|title|source|experiment|network|symbols|data|training|seed)"/;

/** What a file of rows holds: a table, or lists of numbers. */
export async function readRows(path: string): Promise<Rows> {
  const bytes = readBinary(path);
  const name = path === '-' ? 'standard input' : path;
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 256))
    .replace(/^\uFEFF/, '')
    .trimStart();
  // lists of numbers, or an object with them: an experiment, or its data
  const isRows = rowsKeys.test(start) || (start.startsWith('[') && !/^\[\s*\{/.test(start));
  return isRows ? { rows: parseJson(textOf(bytes, path), path) } : { table: await readTableFile(bytes, { name }) };
}

export type Rows = { readonly table: Table } | { readonly rows: unknown };

interface Found {
  readonly predictions: readonly unknown[];
  readonly probabilities?: readonly Readonly<Record<string, number>>[];
}

/** Rows of numbers in, rows of numbers out; of a table the columns in their order. */
function plain(model: Model, data: Rows): Found & { readonly warnings: readonly string[] } {
  if (!('table' in data) && model.encoding !== undefined) {
    fail({
      what: 'the model was trained on a table, and these are rows without names',
      where: 'data',
      mend: `Give a table with a header: ${model.encoding.features.map(({ name }) => name).join(', ')}.`,
    });
  }
  const rows = 'table' in data ? numbersOf(data.table) : (data.rows as Matrix);
  if (!Array.isArray(rows)) {
    fail({ what: 'the JSON is not a list of rows', where: 'data', mend: 'Write [[1, 2, 3], [4, 5, 6]].' });
  }
  const outputs = model.predict(rows);
  return { predictions: outputs.map((row) => (row.length === 1 ? row[0] : row)), warnings: [] };
}

function numbersOf(table: Table): number[][] {
  return Array.from({ length: table.rows }, (_, r) =>
    table.columns.map(({ name, values }) => {
      const cell = values[r];
      if (cell === undefined) {
        fail({
          what: 'the cell is empty, and the model knows no value for gaps',
          where: cellPlace(table, r, name),
          mend: 'Write a number there.',
        });
      }
      return parseNumber(cell) ?? failOnCell(table, r, name, cell);
    }),
  );
}

function asCsv({ predictions, probabilities }: Found): string {
  const width = Array.isArray(predictions[0]) ? predictions[0].length : 1;
  const classes = Object.keys(probabilities?.[0] ?? {});
  const header = [
    ...(width === 1 ? ['prediction'] : Array.from({ length: width }, (_, k) => `output${k + 1}`)),
    ...classes.map((name) => `p(${name})`),
  ];
  const records = predictions.map((prediction, r) => [
    ...(Array.isArray(prediction) ? prediction : [prediction]).map(String),
    ...classes.map((name) => String(probabilities![r][name])),
  ]);
  return writeCsv(header, records);
}
