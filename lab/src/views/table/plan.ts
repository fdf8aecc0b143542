/** The experiment for a table: what `chainrule train TABLE --target …` trains, with the choices in it. */
import { type ExperimentJson, experiment, type Setup, tableExperiment } from 'chainrule';
import type { Table } from 'chainrule/data';
import { nameOf } from './choices.ts';
import type { Choices, Plan } from './protocol.ts';

/** The experiment as the command line makes it. Throws an InputError for choices that do not suit the table. */
export function experimentFor(
  table: Table,
  { data, hidden, activation, layers, training, seed }: Choices,
): ExperimentJson {
  const proposed = tableExperiment(table, {
    data,
    hidden,
    activation,
    loss: nameOf(training.loss),
    optimizer: nameOf(training.optimizer),
    from: layers && { layers },
  });
  return { ...proposed, training: { ...proposed.training, ...training }, seed };
}

/** The number of rows of a split; a large table is read from a stream, of which the tensors hold the first rows only. */
const rowsOf = (part: Pick<Setup, 'inputs' | 'stream'> | undefined): number =>
  part === undefined ? 0 : (part.stream?.rows ?? part.inputs.shape[0]);

/** The experiment with its rows, and what is said about them before training. */
export function planFor(table: Table, choices: Choices): { readonly plan: Plan; readonly setup: Setup } {
  const json = experimentFor(table, choices);
  const setup = experiment(json, { read: () => table });
  const { prepared, notes, warnings, validation, test } = setup;
  const plan = {
    experiment: json,
    notes,
    warnings,
    rows: { training: rowsOf(setup), validation: rowsOf(validation), test: rowsOf(test) },
    task: prepared!.task,
    inputs: prepared!.inputNames,
  };
  return { plan, setup };
}
