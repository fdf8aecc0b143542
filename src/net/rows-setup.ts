/**
 * Puts a network, its data as tensors, and its training together, and checks them against each other. This is what training on
 * rows of numbers needs; `setup.ts` adds tables and experiment files, whose readers are much larger.
 */
import { type Kind, refuse } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { message, setting } from '../base/reference.ts';
import { lastOf } from '../base/shape.ts';
import type { OutputKind } from '../data/encode/decode.ts';
import { diagnoseInputs, diagnoseTargets } from '../data/encode/diagnose.ts';
import type { ClassCoding } from '../data/encode/targets/stored-target.ts';
import type { CollectedRows } from '../data/inline/collect-rows.ts';
import { type InlineData, type InlineRows, inlineData, validationRows } from '../data/inline/inline.ts';
import type { Prepared } from '../data/prepare/prepare.ts';
import { checkIndices } from './layers/embedding.ts';
import type { Loss } from './losses.ts';
import type { Measure, Metric } from './metrics.ts';
import { initialize, type Network } from './network.ts';
import { aProblemSource, checkFeeds, type Dataset, type Problem, rowsIn } from './problem.ts';
import { checkSchedule } from './schedules.ts';
import type { ExperimentJson, WorkedExampleJson } from './schema.ts';
import type { StepRecipe } from './step.ts';
import { checkLastLayer, type Schedule } from './training.ts';
import { type Watch, watchOf } from './watch.ts';
import { withClassWeights } from './weights.ts';

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

/** The result of `experiment`, by its form. */
export const aSetup: Kind = (value, where) => {
  const { schedule } = Object(value) as Setup;
  if (typeof schedule !== 'object' || schedule === null)
    refuse(value, where, 'an experiment', 'Pass experiment(json, { read }).');
  aProblemSource(value, where);
};

/** The training that a network is set up for. */
export interface SetupOptions {
  readonly recipe: StepRecipe;
  readonly schedule: Schedule;
  readonly symbols?: Problem['symbols'];
  readonly metrics?: readonly Metric[];
}

/** Throws an InputError if the network does not fit the loss or the optimizer. It needs no data. */
export function checkNetwork(network: Network, { loss, optimizer }: StepRecipe): void {
  checkLastLayer(network, loss);
  checkSearch(network, optimizer);
}

/**
 * A network, rows of numbers and a training, put together and checked against each other.
 * Throws an InputError where they do not fit.
 */
export function setUpRows(network: Network, data: InlineData | CollectedData, options: SetupOptions): Setup {
  checkNetwork(network, options.recipe);
  return setUpSplits(network, fromRows(network, data, options.recipe), options);
}

/** The same for rows that are already split and checked against the loss, such as those of a table. */
export function setUpSplits(
  network: Network,
  { prepared, outputNames, ...parts }: Splits,
  { recipe, schedule, symbols = {}, metrics }: SetupOptions,
): Setup {
  const { train } = parts;
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
  const measure = { ...measureOf(recipe.loss, prepared?.encoding), ...(metrics && { own: metrics }) };
  const kind = outputKind(network, recipe.loss);
  const notes = [...(prepared?.notes ?? [])];
  let { weights } = train;
  if (schedule.classWeights !== undefined) {
    const classes = measure.coding && { coding: measure.coding, labels: prepared?.classes };
    const weighed = withClassWeights(train, schedule.classWeights, classes, prepared?.encoding.target.name);
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
    outputNames,
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

/** The rows of each split, and the encoding of a table. */
export interface Splits {
  readonly train: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  readonly prepared?: Prepared;
  /** The names of the outputs, for a table. */
  readonly outputNames?: readonly string[];
}

/** The number of outputs. It does not depend on the inputs if a layer with weights is last. */
export function outputsOf(network: Network): number {
  return lastOf(network.layers[network.layers.length - 1].shape([network.inputs ?? 1]));
}

function fromRows(network: Network, data: InlineData | CollectedData, { loss }: StepRecipe): Splits {
  const options = { targets: loss.targets, outputs: outputsOf(network) };
  // Lists, or tensors of rows that were collected.
  if (!Object.hasOwn(Object(data.inputs), 'shape')) return inlineData(data as InlineData, options);
  const { validation, ...train } = data as CollectedData;
  return { train, validation: validation && validationRows(validation, train, options) };
}
