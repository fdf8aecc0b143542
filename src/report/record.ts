/** The content of `run.json`: a run as resolved, its result, and everything that is needed to repeat and to show it. */

import { printableJson } from '../base/printable.ts';
import { type Encoding, transformOf } from '../data/encode/encoding.ts';
import type { FeatureEncoding } from '../data/encode/features/index.ts';
import { learnerOf } from '../data/encode/features/learner.ts';
import { targetKindOf } from '../data/encode/targets/index.ts';
import { targetColumns } from '../data/encode/targets/stored-target.ts';
import { showFill } from '../data/encode/transform.ts';
import { classIndices } from '../data/encode/units.ts';
import type { ColumnDescription, TableDescription } from '../data/table/describe.ts';
import { numberText } from '../explain/numbers.ts';
import { countParameters } from '../net/network.ts';
import { type Dataset, rowsIn } from '../net/problem.ts';
import type { ExperimentJson } from '../net/schema.ts';
import type { Setup } from '../net/setup.ts';
import { type Baseline, type Baselines, isLarge, type LinearBaseline, maxMeasuredRows } from '../studies/baselines.ts';
import { judge, type Verdict, verdictText } from '../studies/verdict.ts';
import type { PartResult, Trained } from '../train/run.ts';
import { type Figures, figuresOf } from './figures.ts';

/** A column and its encoding. */
export interface ColumnRecord extends Omit<ColumnDescription, 'asFeature' | 'asTarget'> {
  readonly use: string;
}

/** The number of rows of a class in each split. */
export interface ClassShare {
  readonly name: string;
  readonly training: number;
  readonly validation: number;
  readonly test: number;
}

/** The baselines without their models, and the verdict on the network. */
export interface BaselineRecord {
  readonly constant: Omit<Baselines['constant'], 'model'>;
  readonly linear?: Omit<LinearBaseline, 'model'>;
  /** For a large table: the maximum number of rows of a split on which the baselines are measured. */
  readonly measured?: number;
  readonly verdict?: Verdict & { readonly text: string };
}

/** Seconds of each phase that is known. */
export type PhaseSeconds = Readonly<
  Partial<Record<'reading' | 'compiling' | 'training' | 'evaluating' | 'baselines', number>>
>;

export interface RunRecord {
  readonly name: string;
  /** The versions of chainrule and of Node. */
  readonly versions: { readonly chainrule: string; readonly node?: string };
  /** The experiment with all defaults, including given weights. */
  readonly experiment: ExperimentJson;
  /** The number of parameters, trained or not. */
  readonly parameters: number;
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  /** For a table. */
  readonly data?: {
    readonly target: string;
    readonly task: 'classification' | 'regression';
    readonly classes?: readonly string[];
    readonly inputs: readonly string[];
    readonly columns?: readonly ColumnRecord[];
  };
  /** For a classification. */
  readonly shares?: readonly ClassShare[];
  readonly stop: Trained['stop'];
  readonly loss: Trained['loss'];
  readonly kept?: Trained['kept'];
  /** The options that were changed when the run was resumed. */
  readonly changes?: Trained['changes'];
  readonly metrics: Trained['metrics'];
  /** Loss and metrics; empty if there is no such split. */
  readonly validation: PartResult;
  readonly test: PartResult;
  readonly confusion?: Trained['confusion'];
  readonly engine: Trained['engine'];
  readonly baselines?: BaselineRecord;
  /** The number of updates. */
  readonly steps?: number;
  readonly seconds?: PhaseSeconds;
  readonly gradients?: Trained['gradients'];
  readonly figures?: Figures;
  /** The command line, without folders. */
  readonly command?: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Information that the record contains in addition to the setup and the result. */
export interface RecordOptions extends Pick<RunRecord, 'name' | 'versions' | 'command'> {
  readonly baselines?: Baselines;
  /** The description of the training table. */
  readonly description?: TableDescription;
  readonly seconds?: PhaseSeconds;
}

const withoutModel = <B extends Baseline>({ model: _, ...rest }: B): Omit<B, 'model'> => rest;

/** The baselines in `run.json` and `train --json`. */
function baselineRecord(found: Baselines, setup: Setup, { model }: Pick<Trained, 'model'>): BaselineRecord {
  const verdict = judge(found, model, setup);
  const names = { classes: setup.prepared?.classes, target: setup.prepared?.encoding.target.name };
  return {
    constant: withoutModel(found.constant),
    linear: found.linear && withoutModel(found.linear),
    ...([setup, setup.validation, setup.test].some((part) => part && isLarge(part)) && { measured: maxMeasuredRows }),
    verdict: verdict && { ...verdict, text: verdictText(verdict, found, names, (value) => numberText(value, 3)) },
  };
}

function useOf(
  feature: FeatureEncoding | undefined,
  isTarget: boolean,
  { target }: Encoding,
  asFeature: string,
): string {
  if (isTarget) return targetKindOf(target).describe(target);
  if (feature !== undefined) return learnerOf(feature).describe(feature, (value) => numberText(value, 4));
  return asFeature.startsWith('left out') ? asFeature : 'left out: not listed in features';
}

function columnsOf({ columns }: TableDescription, encoding: Encoding): ColumnRecord[] {
  const features = new Map(encoding.features.map((feature) => [feature.name, feature]));
  const targets = new Set(targetColumns(encoding.target));
  return columns.map(({ asFeature, asTarget: _, ...column }) => {
    const feature = features.get(column.name);
    const fill =
      feature !== undefined && column.missing > 0
        ? `; missing values filled with ${showFill(transformOf(feature))}`
        : '';
    return { ...column, use: `${useOf(feature, targets.has(column.name), encoding, asFeature)}${fill}` };
  });
}

function sharesOf({ measure: { coding }, prepared, ...setup }: Setup): ClassShare[] | undefined {
  if (coding === undefined || (coding !== 'oneHot' && setup.targets.shape[1] > 1)) return undefined;
  // Counting classes would read a large table once more.
  if ([setup, setup.validation, setup.test].some((part) => part?.stream !== undefined)) return undefined;
  const classes = coding === 'oneHot' ? setup.targets.shape[1] : 2;
  const count = (data: Dataset | undefined) => {
    const counts = new Array<number>(classes).fill(0);
    if (data !== undefined) for (const k of classIndices(data.targets, coding)) counts[k]++;
    return counts;
  };
  const [training, validation, test] = [count(setup), count(setup.validation), count(setup.test)];
  return training.map((rows, k) => ({
    name: prepared?.classes?.[k] ?? String(k),
    training: rows,
    validation: validation[k],
    test: test[k],
  }));
}

/** The record of a finished run. */
export function recordOf(
  { name, versions, command, baselines, description, seconds }: RecordOptions,
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
      columns: description && columnsOf(description, prepared.encoding),
    },
    shares: sharesOf(setup),
    stop: trained.stop,
    loss: trained.loss,
    kept: trained.kept,
    changes: trained.changes,
    metrics: trained.metrics,
    validation: trained.validation ?? {},
    test: trained.test ?? {},
    confusion: trained.confusion,
    engine: trained.engine,
    baselines: baselines && baselineRecord(baselines, setup, trained),
    steps: trained.history.at(-1)?.step ?? 0,
    seconds: { ...seconds, ...trained.seconds, training: trained.stop.seconds },
    gradients: trained.gradients,
    figures: figuresOf(setup, trained.model),
    command,
    notes: trained.notes,
    warnings: trained.warnings,
  };
}

/** Indented JSON with visible hidden characters. A list of numbers is on one line. */
export function indented(value: unknown): string {
  // A text in JSON contains no line break, so only layout is replaced.
  return printableJson(JSON.stringify(value, null, 2)).replace(
    /\[\n\s+([^[\]{}"]*?)\n\s*\]/g,
    (_, inner: string) => `[${inner.replace(/,\n\s+/g, ', ')}]`,
  );
}

/** The text of `run.json`. */
export const recordJson = (record: RunRecord): string => `${indented(record)}\n`;
