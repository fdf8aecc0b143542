/** `chainrule predict`: a model's predictions for new rows. */
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { fail, listNames } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { printable, printableJson } from '../../base/printable.ts';
import type { Matrix } from '../../base/tensor.ts';
import { Findings } from '../../data/encode/findings.ts';
import { csvLine } from '../../data/read/csv.ts';
import type { ReadLimits } from '../../data/read/limits.ts';
import { peek, readTableParts } from '../../data/read/stream.ts';
import { failOnCell, parseNumber } from '../../data/table/columns.ts';
import { cellPlace, type Table } from '../../data/table/table.ts';
import type { Model } from '../../model/model.ts';
import { inFile, nameOf, openStream, type Reading, readTableAt, textOf, wholeOf } from '../files.ts';
import { addLimitFlags, type FlagValues, limitsFrom } from '../flags.ts';
import { noteInput } from '../inputs.ts';
import { isObjectLines } from '../open.ts';
import { writeOut } from '../output.ts';
import { showReading } from '../progress.ts';
import { SpreadsheetCells } from '../spreadsheet.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';
import { isStandardOutput, writeParts } from '../write.ts';
import { openModel } from './train.ts';

interface Flags extends TerminalFlags, FlagValues {
  readonly format?: 'csv' | 'json';
  readonly out?: string;
}

export function predictCommand(program: Command): void {
  const command = program
    .command('predict')
    .summary("a model's predictions for new rows")
    .description('Writes predictions, one for each row, as CSV or JSON.')
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<data>', 'table.csv, rows.json ([[1, 2], …]), or - for standard input')
    .addOption(new Option('--format <format>', 'default csv, or as the ending of --out says').choices(['csv', 'json']))
    .option('--out <file>', 'write them there instead of on standard output');
  addLimitFlags(command)
    .addHelpText(
      'after',
      `\n${aboutFormulas}\n\nExample:\n  chainrule predict runs/penguins-1 new.csv > predictions.csv`,
    )
    .action(async (modelPath: string, dataPath: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const model = await openModel(modelPath);
      const isJson = flags.json || (flags.format ?? extname(flags.out ?? '').slice(1)) === 'json';
      const findings = new Findings();
      const spreadsheet = new SpreadsheetCells();
      const predict = async (write: (text: string) => Promise<void>) => {
        let rows = 0;
        const parts: Found[] = [];
        const { reading, done } = showReading(terminal);
        for await (const data of rowsIn(
          dataPath,
          model,
          limitsFrom(flags),
          flags.out === undefined ? undefined : reading,
        )) {
          const found = inFile(dataPath, () =>
            'table' in data && model.encoding !== undefined
              ? model.predictTable(data.table, findings)
              : plain(model, data),
          );
          // JSON is one document; lines of CSV are written as they come
          if (isJson) parts.push(found);
          else await write(asCsv(found, rows === 0, spreadsheet));
          rows += found.predictions.length;
        }
        if (isJson) await write(`${printableJson(JSON.stringify(joined(parts), null, 2))}\n`);
        done();
        return rows;
      };
      if (flags.out === undefined) await predict(writeShown);
      else {
        // it is opened after the output: better to refuse that before there are predictions
        noteInput(dataPath === '-' ? 0 : dataPath);
        const rows = await writeParts(flags.out, predict);
        if (!isStandardOutput(flags.out)) terminal.say(`${rows} predictions written to ${terminal.path(flags.out)}.`);
      }
      if (model.encoding !== undefined) terminal.alert(findings.warnings(model.encoding));
      terminal.alert(spreadsheet.warnings());
    });
}

const aboutFormulas = `In CSV, a text that a spreadsheet would run as a formula (it begins with =, +, - or @ and
is no number) gets an apostrophe in front. --format json writes the exact text.`;

/** Writes on standard output. A terminal gets no hidden characters, a pipe the data. */
const writeShown = (data: string): Promise<void> => writeOut(process.stdout.isTTY ? printable(data) : data);

/** Predictions of parts as those of the whole. */
function joined(parts: readonly Found[]): Found {
  const predictions = parts.flatMap((part) => part.predictions);
  if (parts.some((part) => part.probabilities === undefined)) return { predictions };
  return { predictions, probabilities: parts.flatMap((part) => part.probabilities!) };
}

const rowsKeys = /^\{\s*"(inputs|targets|\$schema|version|title|source|experiment|network|symbols|data|training|seed)"/;

/** Bytes by which lists of numbers are told from a table, and by which one object is told from an object a line. */
const [headLength, linesLength] = [256, 4096];

const startOf = (head: Uint8Array) =>
  new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart();

/** A file of rows, and whether it holds lists of numbers: else it is a table. */
async function openRows(path: string) {
  const { chunks, size } = openStream(path);
  let { head, all } = await peek(chunks, headLength);
  const start = startOf(head);
  // lists of numbers, or an object with them: an experiment, or its data
  let isRows = rowsKeys.test(start) || (start.startsWith('[') && !/^\[\s*\{/.test(start));
  if (isRows && start.startsWith('{')) {
    // a table's columns may have the same names
    ({ head, all } = await peek(all, linesLength));
    isRows = !isObjectLines(startOf(head), path);
  }
  return { isRows, stream: { chunks: all, size } };
}

const listsIn = async (chunks: AsyncIterable<Uint8Array>, path: string): Promise<Rows> => ({
  rows: parseJson(textOf(await wholeOf(chunks), path), path),
});

/** What a file of rows holds: a table, or lists of numbers. */
export async function readRows(path: string, limits: ReadLimits, reading?: Reading): Promise<Rows> {
  const { isRows, stream } = await openRows(path);
  return isRows ? listsIn(stream.chunks, path) : { table: await readTableAt(path, { limits, reading }, stream) };
}

/** The same in parts, where it is a table. */
async function* rowsIn(path: string, { encoding }: Model, limits: ReadLimits, reading?: Reading): AsyncGenerator<Rows> {
  const { isRows, stream } = await openRows(path);
  if (isRows) {
    yield await listsIn(stream.chunks, path);
    return;
  }
  const name = nameOf(path);
  const columns = encoding?.features.map((feature) => feature.name);
  const onProgress =
    reading && ((progress: { bytes: number; rows: number }) => reading(name, { ...progress, size: stream.size }));
  const { size, chunks } = stream;
  for await (const table of readTableParts(chunks, { name, columns, limits, size, onProgress })) yield { table };
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
      fix: `Give a table with a header: ${listNames(model.encoding.features.map(({ name }) => name))}.`,
    });
  }
  const rows = 'table' in data ? numbersOf(data.table) : (data.rows as Matrix);
  if (!Array.isArray(rows)) {
    fail({ what: 'the JSON is not a list of rows', where: 'data', fix: 'Write [[1, 2, 3], [4, 5, 6]].' });
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
          fix: 'Write a number there.',
        });
      }
      return parseNumber(cell) ?? failOnCell(table, r, name, cell);
    }),
  );
}

function asCsv({ predictions, probabilities }: Found, hasHeader: boolean, spreadsheet: SpreadsheetCells): string {
  const width = Array.isArray(predictions[0]) ? predictions[0].length : 1;
  const names = typeof predictions[0] === 'object' && width === 1 ? Object.keys(predictions[0] as object) : undefined;
  const classes = Object.keys(probabilities?.[0] ?? {});
  const header = [
    ...(names ?? (width === 1 ? ['prediction'] : Array.from({ length: width }, (_, k) => `output${k + 1}`))),
    ...classes.map((name) => `p(${name})`),
  ];
  const records = predictions.map((prediction, r) => [
    ...(names?.map((name) => (prediction as Readonly<Record<string, number>>)[name]) ?? [prediction].flat()).map(
      (value) => spreadsheet.cell(value),
    ),
    ...classes.map((name) => String(probabilities![r][name])),
  ]);
  return (hasHeader ? csvLine(header.map((name) => spreadsheet.cell(name))) : '') + records.map(csvLine).join('');
}
