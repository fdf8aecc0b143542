/** `chainrule predict`: predicts new rows with a model. */
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { fail, listNames } from '../../base/errors.ts';
import { printable, printableJson } from '../../base/printable.ts';
import type { Matrix } from '../../base/tensor.ts';
import { Findings } from '../../data/encode/findings.ts';
import { csvLine } from '../../data/read/csv/writer.ts';
import { failOnCell, parseNumber } from '../../data/table/columns.ts';
import { cellPlace, type Table } from '../../data/table/table.ts';
import type { Model } from '../../model/model.ts';
import { addLimitFlags, limitsFrom } from '../flags/limit-flags.ts';
import { addMarkFlags, marksFrom } from '../flags/mark-flags.ts';
import { showingFlags } from '../flags/notation.ts';
import type { FlagValues } from '../flags/values.ts';
import { inFile } from '../input/files.ts';
import { openModel } from '../input/model.ts';
import { type Rows, rowsIn } from '../input/rows.ts';
import { showReading } from '../output/progress.ts';
import { SpreadsheetCells } from '../output/spreadsheet.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';
import { isStandardOutput } from '../system/destination.ts';
import { noteInput } from '../system/input-files.ts';
import { writeOut } from '../system/standard-output.ts';
import { writeParts } from '../system/write.ts';

interface Flags extends TerminalFlags, FlagValues {
  readonly format?: 'csv' | 'json';
  readonly out?: string;
}

export function predictCommand(program: Command): void {
  const command = program
    .command('predict')
    .summary('predict new rows with a model')
    .description('Writes predictions, one for each row, as CSV or JSON.')
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<data>', 'table.csv, rows.json ([[1, 2], …]), or - for standard input')
    .addOption(
      new Option('--format <format>', 'output format; default: from the extension of --out, or csv').choices([
        'csv',
        'json',
      ]),
    )
    .option('--out <file>', 'write the predictions to a file instead of standard output');
  addLimitFlags(addMarkFlags(command, 'those that training was told'))
    .addHelpText('after', `\n${formulaNote}\n\nExample:\n  chainrule predict runs/penguins-1 new.csv > predictions.csv`)
    .action(async (modelPath: string, dataPath: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const model = await openModel(modelPath, terminal);
      const isJson = flags.json || (flags.format ?? extname(flags.out ?? '').slice(1)) === 'json';
      const findings = new Findings();
      const spreadsheet = new SpreadsheetCells();
      const predict = async (write: (text: string) => Promise<void>) => {
        let rows = 0;
        const parts: PredictedPart[] = [];
        const { reading, done } = showReading(terminal);
        for await (const data of rowsIn(dataPath, model, {
          ...marksFrom(flags),
          limits: limitsFrom(flags),
          reading: flags.out === undefined ? undefined : reading,
        })) {
          const found = inFlagsOf(dataPath, () =>
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
        // the input is opened after the output: a file that is both must be refused before it is overwritten
        noteInput(dataPath === '-' ? 0 : dataPath);
        const rows = await writeParts(flags.out, predict);
        if (!isStandardOutput(flags.out)) terminal.say(`${rows} predictions written to ${terminal.path(flags.out)}.`);
      }
      if (model.encoding !== undefined) terminal.alert(findings.warnings(model.encoding));
      terminal.alert(spreadsheet.warnings());
    });
}

const formulaNote = `In CSV, a text that a spreadsheet would run as a formula (it begins with =, +, - or @ and
is not a number) gets an apostrophe in front. --format json writes the exact text.`;

/** Calls a function; its errors name the file, and options as flags. */
const inFlagsOf = <T>(file: string, call: () => T): T => inFile(file, () => showingFlags({}, call, { isTable: true }));

/** Writes to standard output: a terminal gets no hidden characters, a pipe gets the exact data. */
const writeShown = (data: string): Promise<void> => writeOut(process.stdout.isTTY ? printable(data) : data);

/** The predictions of all parts together. */
function joined(parts: readonly PredictedPart[]): PredictedPart {
  const predictions = parts.flatMap((part) => part.predictions);
  if (parts.some((part) => part.probabilities === undefined)) return { predictions };
  return { predictions, probabilities: parts.flatMap((part) => part.probabilities!) };
}

interface PredictedPart {
  readonly predictions: readonly unknown[];
  readonly probabilities?: readonly Readonly<Record<string, number>>[];
}

/** Predicts rows of numbers; the rows of a table are its columns in their order. */
function plain(model: Model, data: Rows): PredictedPart & { readonly warnings: readonly string[] } {
  if (!('table' in data) && model.encoding !== undefined) {
    fail({
      what: 'the model was trained on a table, and these rows have no column names',
      where: ['data'],
      fix: `Give a table with a header: ${listNames(model.encoding.features.map(({ name }) => name))}.`,
    });
  }
  const rows = 'table' in data ? numbersOf(data.table) : (data.rows as Matrix);
  if (!Array.isArray(rows)) {
    fail({ what: 'the JSON is not a list of rows', where: ['data'], fix: 'Write [[1, 2, 3], [4, 5, 6]].' });
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
          what: 'the cell is empty, and the model has no value for missing values',
          where: cellPlace(table, r, name),
          fix: 'Write a number there.',
        });
      }
      return parseNumber(cell) ?? failOnCell(table, r, name, cell);
    }),
  );
}

function asCsv(
  { predictions, probabilities }: PredictedPart,
  hasHeader: boolean,
  spreadsheet: SpreadsheetCells,
): string {
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
