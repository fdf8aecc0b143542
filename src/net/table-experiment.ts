/**
 * The experiment that a table gets without an experiment file: a network that fits its target, and the default training.
 * The reasons for the defaults are in docs/decisions/0007-defaults-for-tables.md.
 */
import { relu } from '../core/ops/activations.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import { classesOf } from '../data/encode/targets/stored-target.ts';
import { inspectTarget } from '../data/prepare/prepare.ts';
import type { Table } from '../data/table/table.ts';
import { crossEntropy, type Loss, losses, mse, resolveLoss } from './losses.ts';
import { adam, optimizers } from './optimizers.ts';
import { entryName } from './recipe-json.ts';
import { takesSchedule } from './schedules.ts';
import type { ExperimentJson, FileDataJson, LayerJson } from './schema.ts';

/** What may be chosen; each choice except the data has a default. */
export interface TableChoices {
  /** As in an experiment file. By default, one fifth of the rows is the validation split, and the scale is `standard`. */
  readonly data: FileDataJson;
  /** The units of each hidden layer; default 32 in one layer. */
  readonly hidden?: readonly number[];
  /** The name of the hidden layers' activation; default relu. */
  readonly activation?: string;
  /** The name of the loss, which decides the last layer. */
  readonly loss?: string;
  /** The name of the optimizer; an optimizer that searches for its steps gets all rows at once. */
  readonly optimizer?: string;
  /** A model that training starts from. Its layers are the network, unless hidden layers or their activation are chosen. */
  readonly from?: { readonly encoding?: Encoding; readonly layers?: readonly object[] };
}

const defaultData = { split: { validation: 0.2 }, scale: 'standard' } as const;
const defaultStop = { epochs: 200, patience: 20 } as const;

/** The last layer of a classification: one output if the loss tells two classes apart by one, otherwise one for each class. */
function classOutput(classes: number, loss: Loss): LayerJson {
  const units = classes === 2 && typeof loss.targets === 'object' ? 1 : classes;
  return { dense: units, activation: loss.takes?.[0] ?? crossEntropy.takes![0] };
}

/** The layers of a network for a target. */
function layersFor({ data, hidden = [32], activation = relu.name }: TableChoices, output: LayerJson): LayerJson[] {
  const embedding: LayerJson[] = data.embed === undefined ? [] : [{ embedding: 'auto' }];
  return [...embedding, ...hidden.map((units): LayerJson => ({ dense: units, activation })), output];
}

/** Adam on batches; or the chosen optimizer on all rows, if it searches for the length of each step itself. */
function optimizerFor(name: string | undefined): Pick<ExperimentJson['training'], 'optimizer' | 'batchSize'> {
  const entry = optimizers.find((candidate) => entryName(candidate) === name);
  if (entry !== undefined && !takesSchedule(entry)) return { optimizer: { name: entryName(entry) } };
  return { optimizer: { name: entryName(adam), learningRate: 0.001 }, batchSize: 32 };
}

/**
 * The experiment for a table. Names of losses, optimizers and activations that do not exist are left to the check of the
 * experiment. Throws an InputError for a target column that is missing or that does not suit the task.
 *
 * For example: `experiment(tableExperiment(table, { data: { file: 'iris.csv', target: 'species' } }), { read: () => table })`.
 */
export function tableExperiment(table: Table, choices: TableChoices): ExperimentJson {
  const { from = {} } = choices;
  const data = { ...defaultData, ...choices.data, split: { ...defaultData.split, ...choices.data.split } };
  const found = inspectTarget(table, data);
  const task = from.encoding?.task ?? found.task;
  const isClasses = task === 'classification';
  const classes = (from.encoding && classesOf(from.encoding.target)?.values) ?? found.classes;
  const entry = losses.find((candidate) => entryName(candidate) === choices.loss);
  const output: LayerJson = isClasses
    ? classOutput(classes!.length, entry === undefined ? crossEntropy : resolveLoss(entry))
    : { dense: [data.target].flat().length, activation: 'linear' };
  const isOwn = from.layers === undefined || choices.hidden !== undefined || choices.activation !== undefined;
  return {
    network: { layers: isOwn ? layersFor({ ...choices, data }, output) : (from.layers as LayerJson[]) },
    data,
    training: {
      loss: isClasses ? crossEntropy.name : mse.name,
      ...optimizerFor(choices.optimizer),
      stop: defaultStop,
    },
    seed: 1,
  };
}
