/** Opens what training takes: an experiment file, a worked example, or a table. */
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { didYouMean, fail, listNames } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { marksIn } from '../../data/encode/encoding.ts';
import { peek } from '../../data/read/byte-stream.ts';
import { withoutEnding } from '../../data/read/detect.ts';
import { describe, type TableDescription } from '../../data/table/describe.ts';
import type { MissingOptions } from '../../data/table/missing-marks.ts';
import { findColumn, type Table } from '../../data/table/table.ts';
import type { Setup } from '../../net/rows-setup.ts';
import type { ExperimentJson, FileDataJson } from '../../net/schema.ts';
import { experiment } from '../../net/setup.ts';
import { type TableChoices, tableExperiment } from '../../net/table-experiment.ts';
import { allFlags } from '../flags/experiment-flags.ts';
import { typed } from '../flags/flag.ts';
import { isObject, type Json } from '../flags/json.ts';
import { limitsFrom } from '../flags/limit-flags.ts';
import { checkMarkedColumns, columnList } from '../flags/list.ts';
import { dataOptions, withFlags, withTrainingFlags } from '../flags/merge.ts';
import { showingFlags } from '../flags/notation.ts';
import { type FlagValues, hiddenUnits, parseValue } from '../flags/values.ts';
import { defaultsText } from '../output/defaults-text.ts';
import { shellPath } from '../output/shell.ts';
import { type ByteStream, nameOf, openStream, type ReadingProgress, readTableAt, textOf, wholeOf } from './files.ts';
import { headLength, isExperiment } from './kind-of-file.ts';

export interface Opened {
  /** The file's name without its extension. */
  readonly name: string;
  readonly setup: Setup & { readonly json: ExperimentJson };
  /** For a table: the defaults that were taken, in sentences. */
  readonly defaults: readonly string[];
  /** The table, unless the rows are in the experiment file. */
  readonly table?: Table;
  readonly description?: TableDescription;
  /** Seconds that reading and encoding took. */
  readonly reading: number;
}

export interface OpenOptions {
  /** Called while a large file is read. */
  readonly reading?: ReadingProgress;
  /** The model that training starts from: its encoding, and its layers as the network of a table. */
  readonly from?: TableChoices['from'];
  /** The stop conditions of a run of this name that is resumed: for a table, they replace the default ones. */
  readonly stopOf?: (name: string) => Json | undefined;
  /** Whether the file may lack a stop condition, because nothing is trained. */
  readonly withoutStop?: boolean;
}

interface Found {
  readonly json: unknown;
  readonly table?: Table;
}

/**
 * Opens a file with the flags of the command line.
 * Throws an InputError if the file cannot be read, if it is not an experiment or a table, or if its parts do not fit together.
 */
export async function open(file: string, values: FlagValues, options: OpenOptions = {}): Promise<Opened> {
  const began = performance.now();
  const { chunks, size } = openStream(file);
  const { head, all } = await peek(chunks, headLength);
  const name = runName(file);
  const isTable = !isExperiment(head, file, values.target !== undefined);
  const { json, table } = isTable
    ? await fromTable({ chunks: all, size }, file, values, options)
    : await fromExperiment(textOf(await wholeOf(all), file), file, values, options);
  const { from, withoutStop } = options;
  const setup = showingFlags(
    values,
    () => experiment(json, { read: () => table!, file, encoding: from?.encoding, withoutStop }) as Opened['setup'],
    { isTable },
  );
  const defaults = isTable ? defaultsText(setup.json) : [];
  const description = table && describe(table);
  return { name, setup, defaults, table, description, reading: (performance.now() - began) / 1000 };
}

/** The name of a file's runs. */
const runName = (file: string) => (file === '-' ? 'input' : withoutEnding(basename(file, extname(file))));

/** An experiment file, or a worked example, with the flags and the table that it names. */
async function fromExperiment(text: string, file: string, values: FlagValues, options: OpenOptions): Promise<Found> {
  const json = parseJson(text, file);
  const isWorkedExample = isObject(json) && 'experiment' in json;
  const inner = withFlags(isWorkedExample ? json.experiment : json, values);
  const table = await tableOf(inner, file, values, options);
  return { json: isWorkedExample ? { ...json, experiment: inner } : inner, table };
}

/** The table that an experiment names, relative to its file. The experiment is not checked yet. */
async function tableOf(
  json: unknown,
  file: string,
  values: FlagValues,
  { reading, from }: OpenOptions,
): Promise<Table | undefined> {
  const { data } = (json ?? {}) as { data?: { file?: unknown; missing?: unknown; notMissing?: unknown } };
  if (typeof data?.file !== 'string') return undefined;
  const path = isAbsolute(data.file) || file === '-' ? data.file : join(dirname(file), data.file);
  const { missing, notMissing } = data as MissingOptions;
  const table = await readTableAt(path, {
    missing,
    notMissing,
    ofModel: from?.encoding && marksIn(from.encoding),
    limits: limitsFrom(values),
    reading,
  });
  Object.assign(data, columnLists(values, table));
  return table;
}

/** A table, with the experiment that fits it and the flags. */
async function fromTable(
  bytes: ByteStream,
  file: string,
  values: FlagValues,
  { reading, from, stopOf }: OpenOptions,
): Promise<Found> {
  const options = dataOptions(values) as Partial<FileDataJson>;
  const { missing, notMissing } = options;
  const marks = { missing, notMissing, ofModel: from?.encoding && marksIn(from.encoding) };
  const table = await readTableAt(file, { ...marks, limits: limitsFrom(values), reading }, bytes);
  const target = targetOf(table, file, values.target as string | undefined);
  const data = { ...options, ...columnLists(values, table), file: file === '-' ? '-' : basename(file), target };
  const { activation, loss, optimizer } = values as Readonly<Record<string, string | undefined>>;
  const choices = { data, hidden: hiddenUnits(values), activation, loss, optimizer, from };
  const json = showingFlags(values, () => tableExperiment(table, choices), { isTable: true });
  const stop = stopOf?.(runName(file));
  const resumed = stop === undefined ? json : { ...json, training: { ...json.training, stop } };
  return { json: withTrainingFlags(resumed, values), table };
}

/** The columns that flags list, among those of the table. Throws an InputError for marks of a column that does not exist. */
function columnLists(values: FlagValues, table: Table): Json {
  const columns = table.columns.map(({ name }) => name);
  const lists: Json = {};
  for (const flag of allFlags) {
    const value = values[flag.name];
    if (flag.path[0] !== 'data' || value === undefined) continue;
    if (flag.kind === 'list') lists[flag.path[1]] = columnList(String(value), columns, typed(flag.name));
    if (flag.kind === 'marks') checkMarkedColumns(parseValue(flag, value), columns, typed(flag.name));
  }
  return lists;
}

/** The target columns that `--target` names. Throws an InputError if the flag, or a column, is missing. */
function targetOf(table: Table, file: string, target: string | undefined): string | string[] {
  const columns = table.columns.map((column) => column.name);
  if (target === undefined) {
    return fail({
      what: 'the column to predict is missing',
      where: '--target',
      fix: `Name one of: ${listNames(columns)}. "chainrule data ${shellPath(file)}" describes them.`,
    });
  }
  const isColumn = new Set(columns);
  const names = columnList(target, columns, '--target');
  for (const name of names) {
    if (isColumn.has(name.normalize('NFC'))) continue;
    if (table.leftOut?.some((each) => each.name === name)) findColumn(table, name, '--target');
    fail({ what: `${nameOf(file)} has no column "${name}"`, where: '--target', fix: didYouMean(name, columns) });
  }
  return names.length > 1 || !isColumn.has(names[0]) ? names : names[0];
}
