/** What `run.json` holds: a run as resolved, its result, and what is needed to repeat and to show it. */
import { countParameters } from '../net/network.ts';
import { rowsIn } from '../net/problem.ts';
import type { ExperimentJson } from '../net/schema.ts';
import type { Setup } from '../net/setup.ts';
import type { Trained } from '../train/train.ts';

export interface RunRecord {
  readonly name: string;
  /** Of chainrule, and of what ran it. */
  readonly versions: { readonly chainrule: string; readonly node?: string };
  /** The experiment with every default filled in; weights that were given are in it. */
  readonly experiment: ExperimentJson;
  /** Numbers trained or not. */
  readonly parameters: number;
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  /** Of a table. */
  readonly data?: {
    readonly target: string;
    readonly task: 'classification' | 'regression';
    readonly classes?: readonly string[];
    readonly inputs: readonly string[];
  };
  readonly stop: Trained['stop'];
  readonly loss: Trained['loss'];
  readonly kept?: Trained['kept'];
  readonly metrics: Trained['metrics'];
  readonly validation: Trained['validation'];
  readonly test: Trained['test'];
  readonly confusion?: Trained['confusion'];
  readonly engine: Trained['engine'];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** The record of a finished run. */
export function recordOf(
  { name, versions }: Pick<RunRecord, 'name' | 'versions'>,
  setup: Setup & { readonly json: ExperimentJson },
  trained: Trained,
): RunRecord {
  const { network, recipe, schedule, prepared, json } = setup;
  const inputs = setup.inputs.shape[1];
  const { stop, keep, engine, precision, arithmetic, threads } = schedule;
  const named = ({ name, options }: { name: string; options: Readonly<Record<string, unknown>> }) => ({
    name,
    ...options,
  });
  const experiment = {
    ...json,
    network: { ...json.network, inputs },
    training: {
      ...json.training,
      loss: named(recipe.loss),
      optimizer: named(recipe.optimizer),
      gradient: recipe.gradient,
      update: recipe.update,
      batchSize: schedule.batchSize,
      shuffle: schedule.shuffle,
      stop,
      keep,
      engine,
      ...(precision && { precision }),
      ...(threads && { threads }),
      arithmetic,
    },
    seed: network.seed,
  } as ExperimentJson;
  return {
    name,
    versions,
    experiment,
    parameters: countParameters(network, inputs),
    rows: {
      training: rowsIn(setup),
      validation: setup.validation ? rowsIn(setup.validation) : 0,
      test: setup.test ? rowsIn(setup.test) : 0,
    },
    data: prepared && {
      target: prepared.encoding.target.name,
      task: prepared.task,
      classes: prepared.classes,
      inputs: prepared.inputNames,
    },
    stop: trained.stop,
    loss: trained.loss,
    kept: trained.kept,
    metrics: trained.metrics,
    validation: trained.validation,
    test: trained.test,
    confusion: trained.confusion,
    engine: trained.engine,
    notes: trained.notes,
    warnings: trained.warnings,
  };
}
