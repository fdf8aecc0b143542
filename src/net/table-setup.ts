/** A network, a table or rows of numbers, and a training, put together. Training on rows alone needs `rows-setup.ts` only. */
import { fail } from '../base/errors.ts';
import { message, setting } from '../base/reference.ts';
import { indexInputs } from '../data/encode/encoding.ts';
import { targetColumns } from '../data/encode/targets/stored-target.ts';
import type { InlineData } from '../data/inline/inline.ts';
import { type DataOptions, type Prepared, prepareTable } from '../data/prepare/prepare.ts';
import type { Table } from '../data/table/table.ts';
import type { Loss } from './losses.ts';
import type { Network } from './network.ts';
import {
  type CollectedData,
  checkNetwork,
  codingFor,
  outputsOf,
  type Setup,
  type SetupOptions,
  type Splits,
  setUpRows,
  setUpSplits,
} from './rows-setup.ts';

/** A table and its options: the `data` section of an experiment file, with the table itself instead of its file. */
export interface TableData extends DataOptions {
  readonly table: Table;
}

/**
 * A network, its data and its training, put together and checked against each other.
 * Throws an InputError where they do not fit.
 */
export function setUp(network: Network, data: InlineData | TableData | CollectedData, options: SetupOptions): Setup {
  if (!('table' in data)) return setUpRows(network, data, options);
  checkNetwork(network, options.recipe);
  const splits = fromTable(network, data, options.recipe.loss);
  return setUpSplits(withIndices(network, splits.prepared), splits, options);
}

function fromTable(
  network: Network,
  { table, ...options }: TableData,
  loss: Loss,
): Splits & { readonly prepared: Prepared } {
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
  return { train, validation, test, prepared, outputNames: outputNames(prepared) };
}

/** The network with the columns of its embedding: those that the data list under `embed`. */
function withIndices(network: Network, { encoding }: Prepared): Network {
  const [{ embeds }, ...rest] = network.layers;
  const found = indexInputs(encoding);
  if (embeds === undefined && found.length > 0) {
    fail({
      what: 'the data contain indices, but the network does not start with an embedding',
      where: ['data', 'embed'],
      fix: 'Put { "embedding": "auto" } before the other layers, or leave embed out.',
    });
  }
  if (embeds === undefined || (embeds.columns === undefined && found.length === 0)) {
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

/** The names of the outputs. A single output for two classes has the name of the class for which it is near 1. */
function outputNames({ encoding: { target } }: Prepared): readonly string[] {
  if (target.kind !== 'classes') return targetColumns(target);
  return target.coding === 'oneHot' ? target.values : [target.values[1]];
}
