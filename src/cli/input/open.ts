/** From a file on the command line to all that training takes: an experiment, a worked example, or a table. */
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { didYouMean, fail, listNames } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { classesOf } from '../../data/encode/targets/index.ts';
import { type DataOptions, inspectTarget } from '../../data/prepare/prepare.ts';
import { peek } from '../../data/read/byte-stream.ts';
import { withoutEnding } from '../../data/read/detect.ts';
import { jsonLines } from '../../data/read/json-lines.ts';
import type { ReadLimits } from '../../data/read/limits.ts';
import { describe, type TableDescription } from '../../data/table/describe.ts';
import type { Table } from '../../data/table/table.ts';
import { entryName } from '../../net/form.ts';
import { layerText } from '../../net/layer.ts';
import { crossEntropy, losses, resolveLoss } from '../../net/losses.ts';
import type { ExperimentJson } from '../../net/schema.ts';
import { experiment, type Setup } from '../../net/setup.ts';
import { blameFlags, type FlagValues, hiddenLayers, type Json, limitsFrom, patch } from '../flags/flags.ts';
import { shellPath } from '../output/shell.ts';
import {
  type ByteStream,
  nameOf as fileName,
  openStream,
  type Reading,
  readTableAt,
  textOf,
  wholeOf,
} from './files.ts';

export interface Opened {
  /** The file's name without its ending. */
  readonly name: string;
  readonly setup: Setup & { readonly json: ExperimentJson };
  /** The defaults that were taken, in sentences; of a table. */
  readonly defaults: readonly string[];
  /** Where the data are a table's. */
  readonly table?: Table;
  /** Of a table. */
  readonly description?: TableDescription;
  /** Seconds that reading and encoding took. */
  readonly reading: number;
}

/**
 * Opens FILE with the flags of the command line in it.
 * Throws an InputError for what cannot be read, is not of the form, or does not fit together.
 */
export async function open(file: string, values: FlagValues, reading?: Reading, start?: Start): Promise<Opened> {
  const began = performance.now();
  const { chunks, size } = openStream(file);
  const { head, all } = await peek(chunks, headLength);
  const name = file === '-' ? 'input' : withoutEnding(basename(file, extname(file)));
  const found = isExperiment(head, file)
    ? fromJson(textOf(await wholeOf(all), file), file, values)
    : await fromTable({ chunks: all, size }, file, values, reading, start);
  const { json, defaults } = found;
  const table = found.table ?? (await tableOf(json, file, limitsFrom(values), reading));
  const read = () => table!;
  const setup = blameFlags(values, () => experiment(json, { read, file, encoding: start?.encoding }));
  const description = table && describe(table);
  const seconds = (performance.now() - began) / 1000;
  return { name, setup: setup as Opened['setup'], defaults, table, description, reading: seconds };
}

/** A model that training goes on with: its layers are a table's network, unless flags say otherwise. */
export interface Start {
  readonly encoding?: DataOptions['encoding'];
  readonly layers?: readonly object[];
}

/** Bytes by which an experiment is told from a table. */
const headLength = 4096;

/** An experiment is an object that does not say so in vain: lists, and objects a line, are tables. */
function isExperiment(head: Uint8Array, file: string): boolean {
  const start = new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (extname(file) === '.json') return !start.startsWith('[');
  return start.startsWith('{') && !isObjectLines(start, file);
}

/** Whether a text that starts so holds an object a line (JSON Lines), as its file's name may say. */
export const isObjectLines = (start: string, file: string): boolean =>
  jsonLines.endings.includes(extname(file)) || /^\{.*\}\s*\n\s*\{/.test(start);

/** The table that an experiment names, relative to its file. What is wrong with its form is said later, where it is checked. */
async function tableOf(json: unknown, file: string, limits: ReadLimits, reading?: Reading): Promise<Table | undefined> {
  const { experiment = json } = (json ?? {}) as { experiment?: unknown };
  const { data } = (experiment ?? {}) as { data?: { file?: unknown; missing?: unknown } };
  if (typeof data?.file !== 'string') return undefined;
  const path = isAbsolute(data.file) || file === '-' ? data.file : join(dirname(file), data.file);
  const missing = Array.isArray(data.missing) ? data.missing.map(String) : undefined;
  return readTableAt(path, { missing, limits, reading });
}

interface Found {
  readonly json: unknown;
  readonly defaults: readonly string[];
  readonly table?: Table;
}

function fromJson(text: string, file: string, values: FlagValues): Found {
  const json = parseJson(text, file) as Json;
  const isWorked = typeof json === 'object' && json !== null && 'experiment' in json;
  const inner = (isWorked ? json.experiment : json) as Json | undefined;
  const hasLayers = typeof inner === 'object' && inner !== null && 'network' in inner;
  const patched = patch(inner, values, { hasLayers });
  return { json: isWorked ? { ...json, experiment: patched } : patched, defaults: [] };
}

/** The experiment that a table gets without one: the contract's defaults, with the flags in them. */
async function fromTable(
  bytes: ByteStream,
  file: string,
  values: FlagValues,
  reading: Reading | undefined,
  start: Start | undefined,
): Promise<Found> {
  const { target, missing } = values as { target?: string; missing?: string };
  const name = fileName(file);
  const table = await readTableAt(file, { missing: missing?.split(','), limits: limitsFrom(values), reading }, bytes);
  if (target === undefined) {
    fail({
      what: 'the column to predict is missing',
      where: '--target',
      fix: `Name one of: ${listNames(table.columns.map((column) => column.name))}. "chainrule data ${shellPath(file)}" describes them.`,
    });
  }
  const columns = new Set(table.columns.map((column) => column.name));
  // a column may have a comma in its name
  const targets = columns.has(target) ? [target] : target.split(',').map((part) => part.trim());
  for (const each of targets) {
    if (columns.has(each)) continue;
    fail({ what: `${name} has no column "${each}"`, where: '--target', fix: didYouMean(each, [...columns]) });
  }
  const base = {
    network: { layers: [] },
    data: { file: file === '-' ? '-' : basename(file), target, split: { validation: 0.2 }, scale: 'standard' },
    training: {},
    seed: 1,
  };
  const flags: FlagValues = targets.length === 1 && target.includes(',') ? { ...values, target: targets } : values;
  const { data } = patch(base, flags, { hasLayers: false }) as { data: Json & DataOptions };
  const known = start?.encoding && classesOf(start.encoding.target);
  const found = blameFlags(values, () => inspectTarget(table, data));
  const task = start?.encoding?.task ?? found.task;
  const classes = known?.values ?? found.classes;
  const { units, activation } = hiddenLayers(values);
  const hidden = units.map((dense) => ({ dense, activation }));
  const output =
    task === 'classification'
      ? classOutput(classes!.length, values.loss)
      : { dense: targets.length, activation: 'linear' };
  const isOwn = start?.layers === undefined || values.hidden !== undefined || values.activation !== undefined;
  const layers = isOwn ? [...(data.embed ? [{ embedding: 'auto' }] : []), ...hidden, output] : start.layers;
  const full = {
    ...base,
    network: { layers },
    training: {
      loss: task === 'classification' ? 'crossEntropy' : 'mse',
      ...(values.optimizer === 'lbfgs'
        ? { optimizer: { name: 'lbfgs' } }
        : { optimizer: { name: 'adam', learningRate: 0.001 }, batchSize: 32 }),
      stop: { epochs: 200, patience: 20 },
    },
  };
  const { hidden: _hidden, activation: _activation, ...rest } = flags;
  const json = patch(full, rest, { hasLayers: true }) as unknown as ExperimentJson;
  return { json, defaults: describeDefaults(json), table };
}

/** The last layer that tells classes apart: what the loss asked for takes, one output where it tells two apart by one. */
function classOutput(classes: number, loss: unknown): { dense: number; activation: string } {
  const entry = losses.find((candidate) => entryName(candidate) === loss);
  const { takes, targets } = entry === undefined ? crossEntropy : resolveLoss(entry);
  const dense = classes === 2 && typeof targets === 'object' ? 1 : classes;
  return { dense, activation: takes?.[0] ?? 'softmax' };
}

/** What training a table does unless told otherwise, in words. */
function describeDefaults({ network, training, data }: ExperimentJson): string[] {
  const nameOf = (recipe: unknown) => (typeof recipe === 'string' ? recipe : (recipe as { name: string }).name);
  const layers = network.layers.map((layer) =>
    'embedding' in layer
      ? `embedding(${layer.embedding})`
      : 'dense' in layer
        ? `dense(${layer.dense}, ${nameOf(layer.activation)})`
        : layerText(layer),
  );
  const { learningRate: rate } = training.optimizer as {
    learningRate?: number | { name: string; learningRate?: number };
  };
  const learningRate = typeof rate === 'object' ? [rate.learningRate, rate.name].filter(Boolean).join(', ') : rate;
  const { stop } = training;
  const ends = Object.entries(stop).map(([key, value]) => `${key} ${value}`);
  const { split } = data as { split?: { validation?: number; test?: number } };
  return [
    `Network: ${layers.join(', ')}. Loss: ${nameOf(training.loss)}.`,
    `Training: ${nameOf(training.optimizer)}${learningRate === undefined ? '' : ` ${learningRate}`}, ${training.batchSize === undefined ? 'all rows at once' : `batches of ${training.batchSize}`}; stops at ${ends.join(', ')}. ` +
      `Validation share ${split?.validation ?? 0}${split?.test ? `, test share ${split.test}` : ''}. Flags change any of it (--help).`,
  ];
}
