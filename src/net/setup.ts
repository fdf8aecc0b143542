/**
 * An experiment with its data: a network, rows as tensors, and the choices that chainrule made. Files are the caller's to
 * read, so this runs in browsers.
 */
import { aFunction, aList, aText, type Kind, options, refuse } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { message, setting } from '../base/reference.ts';
import { lastOf } from '../base/shape.ts';
import type { OutputKind } from '../data/encode/decode.ts';
import { diagnoseInputs, diagnoseTargets } from '../data/encode/diagnose.ts';
import { anEncoding, indexInputs } from '../data/encode/encoding.ts';
import type { ClassCoding } from '../data/encode/targets/classes.ts';
import { targetColumns } from '../data/encode/targets/index.ts';
import type { CollectedRows } from '../data/inline/collect-rows.ts';
import { type InlineData, type InlineRows, inlineData, validationRows } from '../data/inline/inline.ts';
import { type DataOptions, type Prepared, prepareTable } from '../data/prepare/prepare.ts';
import { readTable } from '../data/read/read.ts';
import { aTable, type Table } from '../data/table/table.ts';
import { checkLastLayer, resolveFile, type Schedule } from './experiment.ts';
import { checkIndices } from './layers/embedding.ts';
import type { Loss } from './losses.ts';
import type { Measure } from './metrics.ts';
import { initialize, type Network } from './network.ts';
import { aProblemSource, checkFeeds, type Dataset, type Problem, rowsIn } from './problem.ts';
import { type Recipe, withOwn } from './recipes.ts';
import { checkSchedule } from './schedules.ts';
import type { ExperimentJson, WorkedExampleJson } from './schema.ts';
import type { StepRecipe } from './step.ts';
import { type Watch, watchOf } from './watch.ts';
import { withClassWeights } from './weights.ts';

/** A table and its options: the `data` section of an experiment file, with the table itself instead of its file. */
export interface TableData extends DataOptions {
  readonly table: Table;
}

/** Rows of numbers that were read asynchronously. */
export interface CollectedData extends CollectedRows {
  readonly validation?: InlineRows;
}

/** Everything that training needs. */
export interface Setup extends Problem {
  readonly schedule: Schedule;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  /** For a table: its encoding, its classes, its splits. */
  readonly prepared?: Prepared;
  readonly measure: Measure;
  /** The quantity that early stopping observes. */
  readonly watch: Watch;
  /** The choices that were made, such as the encoding. */
  readonly notes: readonly string[];
  /** Likely problems, with their fixes. */
  readonly warnings: readonly string[];
  /** The experiment file, checked. */
  readonly json?: ExperimentJson;
  /** For a worked example: the printed numbers. */
  readonly worked?: Omit<WorkedExampleJson, 'experiment'>;
}

export interface ExperimentOptions {
  /** Reads a data file by its name in the experiment: returns its text, or a table that was read before. */
  readonly read?: (path: string) => string | Table;
  /** The name of the file in errors. Default: "experiment". */
  readonly file?: string;
  /** A program's own recipes that the file names: activations, initializers, layers, losses, optimizers and schedules. */
  readonly recipes?: readonly Recipe[];
  /** The encoding of a model from which training continues. */
  readonly encoding?: DataOptions['encoding'];
}

/**
 * An experiment file's JSON, or a worked example's, with its data: what `train`, `explain` and `check` take.
 * Throws an InputError that names the path of the fault.
 */
export function experiment(value: unknown, given: ExperimentOptions = {}): Setup {
  experimentOptions(given, 'experiment: options');
  const { read, file = 'experiment', recipes, encoding } = given;
  const { experiment: resolved, worked } = resolveFile(value, file, withOwn(recipes));
  const { json, network, recipe, schedule, symbols } = resolved;
  let data: InlineData | TableData;
  if ('file' in json.data) {
    const { file: path, missing, ...dataOptions } = json.data;
    if (read === undefined) {
      fail({
        what: `"${path}" is a file, and no reader was passed`,
        where: ['data', 'file'],
        fix: 'Pass a reader: experiment(json, { read: (path) => readFileSync(path, "utf8") }).',
      });
    }
    const found = read(path);
    if (typeof found !== 'string') aTable(found, `experiment: read("${path}")`);
    data = {
      ...dataOptions,
      encoding,
      table: typeof found === 'string' ? readTable(found, { name: path, missing }) : found,
    };
  } else {
    checkTargetCount(json.data, outputsOf(network));
    data = json.data;
  }
  return { ...setUp(network, data, { recipe, schedule, symbols }), json, worked };
}

const experimentOptions = options({ read: aFunction, file: aText, recipes: aList, encoding: anEncoding });

/** The result of `experiment`, by its form. */
export const aSetup: Kind = (value, where) => {
  const { schedule } = Object(value) as Setup;
  if (typeof schedule !== 'object' || schedule === null)
    refuse(value, where, 'an experiment', 'Pass experiment(json, { read }).');
  aProblemSource(value, where);
};

/** The maximum number of targets in all, or for each row if that is more. */
const maxTargets = { ofFile: 2 ** 24, ofRow: 64 };

/** Each class in a list becomes a row of outputs. Their number is checked before memory is allocated. */
function checkTargetCount({ targets, validation }: InlineData, outputs: number): void {
  for (const list of [targets, validation?.targets]) {
    const rows = Array.isArray(list) ? list.length : 0;
    if (rows * outputs <= Math.max(maxTargets.ofFile, maxTargets.ofRow * rows)) continue;
    fail({
      what: `the last layer has ${outputs.toLocaleString('en-US')} units, which are too many for ${rows} rows of targets`,
      where: ['network', 'layers'],
      fix: 'Give the last layer as many units as there are classes.',
    });
  }
}

/** The coding of classes that a loss needs, for a network with this number of outputs. */
export function codingFor(loss: Loss, outputs: number): ClassCoding {
  if (typeof loss.targets === 'object' && 'values' in loss.targets) return 'sign';
  return loss.targets === 'probabilities' || outputs > 1 ? 'oneHot' : 'binary';
}

/** The coding of targets that did not come from a table; undefined if the loss accepts any numbers. */
function codingOf(loss: Loss): ClassCoding | undefined {
  return loss.targets === 'any' ? undefined : codingFor(loss, 1);
}

/** The meaning of the outputs of a network that was trained with a loss. */
export function outputKind({ layers }: Network, loss: Loss): OutputKind {
  if (layers[layers.length - 1].activation?.logarithmic) return 'logProbabilities';
  return loss.joint ? 'probabilities' : 'scores';
}

/** What to measure in addition to the loss. The encoding is that of the table, if there is one. */
export function measureOf(loss: Loss, encoding?: Prepared['encoding']): Measure {
  if (encoding === undefined) return { coding: codingOf(loss) };
  return encoding.target.kind === 'classes' ? { coding: encoding.target.coding } : { units: encoding };
}

/**
 * A network, its data and its training, put together and checked against each other.
 * Throws an InputError where they do not fit.
 */
export function setUp(
  given: Network,
  data: InlineData | TableData | CollectedData,
  { recipe, schedule, symbols = {} }: { recipe: StepRecipe; schedule: Schedule; symbols?: Problem['symbols'] },
): Setup {
  checkLastLayer(given, recipe.loss);
  checkSearch(given, recipe.optimizer);
  const { prepared, ...parts } = 'table' in data ? fromTable(given, data, recipe.loss) : fromRows(given, data, recipe);
  const { train } = parts;
  const network = withIndices(given, prepared);
  checkIndices(network.layers, train.inputs, ['data', 'inputs']);
  if (parts.validation !== undefined)
    checkIndices(network.layers, parts.validation.inputs, ['data', 'validation', 'inputs']);
  checkFeeds({ network, recipe }, train, ['data']);
  if (parts.validation !== undefined) checkFeeds({ network, recipe }, parts.validation, ['data', 'validation']);
  const rows = rowsIn(train);
  const batch = schedule.batchSize === 'full' ? rows : Math.min(schedule.batchSize, rows);
  const span = { stepsPerEpoch: Math.ceil(rows / batch), epochs: schedule.stop.epochs };
  checkSchedule(recipe.optimizer, span);
  const [, inputs] = train.inputs.shape;
  if (network.inputs !== undefined && network.inputs !== inputs) {
    const names = prepared === undefined ? '' : ` (${prepared.inputNames.join(', ')})`;
    fail({
      what: `${network.inputs}, but the data have ${inputs} inputs${names}`,
      where: ['network', 'inputs'],
      fix: `Write ${inputs}, or leave it out.`,
    });
  }
  // Rows of a table were diagnosed before they were scaled.
  const warnings = prepared === undefined ? diagnoseInputs(train.inputs) : [...prepared.warnings];
  const { activation } = network.layers[network.layers.length - 1];
  if (activation !== undefined) {
    const standardized = prepared?.task === 'regression' && prepared.encoding.scale === 'standard';
    warnings.push(...diagnoseTargets(train.targets, activation, { standardized }));
  }
  const measure = measureOf(recipe.loss, prepared?.encoding);
  const kind = outputKind(network, recipe.loss);
  const notes = [...(prepared?.notes ?? [])];
  let { weights } = train;
  if (schedule.classWeights !== undefined) {
    const classes = measure.coding && { coding: measure.coding, labels: prepared?.classes };
    const weighed = withClassWeights(train, schedule.classWeights, classes);
    weights = weighed.weights;
    notes.push(weighed.note);
  }
  if (weights !== undefined && recipe.gradient !== 'exact') {
    fail({
      what: `${recipe.gradient} averages over samples without weights, but these samples have weights`,
      where: ['training', 'gradient'],
      fix: message`Use ${setting(['training', 'gradient'], 'exact')}, or leave the weights out.`,
    });
  }
  return {
    network,
    parameters: initialize(network, inputs),
    inputs: train.inputs,
    targets: train.targets,
    stream: train.stream,
    ...(weights && { weights }),
    ...(train.feeds && { feeds: train.feeds }),
    recipe: { ...recipe, span },
    batchSize: schedule.batchSize,
    shuffle: schedule.shuffle,
    symbols,
    inputNames: prepared?.inputNames,
    outputNames: prepared && outputNames(prepared),
    schedule,
    validation: parts.validation,
    test: parts.test,
    prepared,
    measure,
    watch: watchOf(schedule.stop.watch, { measure, kind, validation: parts.validation }),
    notes,
    warnings,
  };
}

/** The network with the columns of its embedding: for a table, the columns that the data list under `embed`. */
function withIndices(network: Network, prepared: Prepared | undefined): Network {
  const [{ embeds }, ...rest] = network.layers;
  const found = prepared === undefined ? [] : indexInputs(prepared.encoding);
  if (embeds === undefined && found.length > 0) {
    fail({
      what: 'the data contain indices, but the network does not start with an embedding',
      where: ['data', 'embed'],
      fix: 'Put { "embedding": "auto" } before the other layers, or leave embed out.',
    });
  }
  if (embeds === undefined || prepared === undefined || (embeds.columns === undefined && found.length === 0)) {
    return network;
  }
  const listText = (columns: typeof found) => columns.map(({ input, size }) => `${input} of size ${size}`).join(', ');
  const { columns } = embeds;
  if (columns !== undefined && listText([...columns].sort((a, b) => a.input - b.input)) !== listText(found)) {
    fail({
      what: `the columns ${listText([...columns])}, but the data's indices are ${found.length > 0 ? listText(found) : 'none'}`,
      where: ['network', 'layers', 0, 'of'],
      fix: 'Leave "of" out: the data say which inputs are indices.',
    });
  }
  return columns === undefined ? { ...network, layers: [embeds.with(found), ...rest] } : network;
}

/** A search compares losses, so the same weights must always have the same loss. */
function checkSearch({ layers }: Network, { name, search }: StepRecipe['optimizer']): void {
  const index = layers.findIndex(({ random, remembers }) => random || remembers);
  if (search === undefined || index === -1) return;
  fail({
    what: `${layers[index].kind} ${layers[index].random ? 'uses new random numbers' : 'keeps statistics'} each time, and ${name} compares losses`,
    where: ['network', 'layers', index],
    fix: 'Leave the layer out (l2 is another regularizer), or use another optimizer.',
  });
}

/** The names of the outputs. A single output for two classes has the name of the class for which it is near 1. */
function outputNames({ encoding: { target } }: Prepared): readonly string[] {
  if (target.kind !== 'classes') return targetColumns(target);
  return target.coding === 'oneHot' ? target.values : [target.values[1]];
}

interface Parts {
  readonly train: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  readonly prepared?: Prepared;
}

/** The number of outputs. It does not depend on the inputs if a layer with weights is last. */
export function outputsOf(network: Network): number {
  return lastOf(network.layers[network.layers.length - 1].shape([network.inputs ?? 1]));
}

function fromRows(network: Network, data: InlineData | CollectedData, { loss }: StepRecipe): Parts {
  const options = { targets: loss.targets, outputs: outputsOf(network) };
  // Lists, or tensors of rows that were collected.
  if (!Object.hasOwn(Object(data.inputs), 'shape')) return inlineData(data as InlineData, options);
  const { validation, ...train } = data as CollectedData;
  return { train, validation: validation && validationRows(validation, train, options) };
}

function fromTable(network: Network, { table, ...options }: TableData, loss: Loss): Parts {
  const outputs = outputsOf(network);
  const prepared = prepareTable(table, options, network.seed, codingFor(loss, outputs));
  const { task, classes, train, validation, test } = prepared;
  const several = prepared.encoding.target.kind === 'numbers';
  if (task === 'regression' && loss.targets !== 'any') {
    fail({
      what: `${loss.name} takes classes, but "${prepared.encoding.target.name}" is ${several ? 'numbers' : 'a number'}`,
      where: ['training', 'loss'],
      fix: message`Write ${setting(['training', 'loss'], 'mse')} and end the network in a linear layer, or set ${setting(['data', 'task'], 'classification')} in the data.`,
    });
  }
  const wanted = train.targets.shape[1];
  if (wanted !== outputs) {
    const why = several
      ? `is ${wanted} numbers`
      : classes === undefined
        ? 'is one number'
        : `has ${classes.length} classes`;
    fail({
      what: `${outputs} units, but "${prepared.encoding.target.name}" ${why}`,
      where: ['network', 'layers', network.layers.length - 1],
      fix: `Give the last layer ${wanted} unit${wanted === 1 ? '' : 's'}.`,
    });
  }
  return { train, validation, test, prepared };
}
