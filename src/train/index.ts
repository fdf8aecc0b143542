/** `train` as the package exports it: in this thread, or in a worker with `worker: true`. */

import { refuse } from '../base/arguments.ts';
import type { Task } from '../data/encode/task.ts';
import type { InlineRows } from '../data/inline/inline.ts';
import type { SplitOptions } from '../data/split/split.ts';
import type { AnyTarget, FeaturesOf } from '../model/row.ts';
import type { Loss, LossFamily } from '../net/losses.ts';
import type { OwnScores, RowMetrics, TableMetrics } from '../net/metric-types.ts';
import type { Network } from '../net/network.ts';
import type { OwnMetric } from '../net/own-metric.ts';
import type { Setup } from '../net/setup.ts';
import type { TableData } from '../net/table-setup.ts';
import type { TrainingOptions } from '../net/training.ts';
import type { BatchData, StreamData, TrainingData } from './sources.ts';
import { argumentsOf, type RunOptions, runOf, start, type Run as UntypedRun } from './train.ts';
import type { RowSplits, Run, SplitData, TableSplits, TypedOptions, TypedTableData } from './typed-run.ts';

type None = Readonly<Record<never, never>>;

/**
 * Trains a network on rows of numbers or on a table, or trains a whole experiment.
 *
 * Seeds, defaults and stop conditions are those of the experiment file. The same input gives the same bits, also in a worker.
 * With `worker: true`, this thread reads and checks the data, and the worker trains. If no worker can start (a page's policy
 * forbids it, or its file is missing), this thread trains, and `warnings` says so. A worker gets names and numbers only, so
 * that a layer, loss or optimizer of your own is an InputError.
 *
 * A `table` may come asynchronously, as the bytes of a file or as rows, and so may rows of numbers (`batches`). They are read
 * once. If they do not fit in memory, they are stored in a temporary file, and training reads them from there.
 *
 * @example await train(network([dense(1)]), { inputs: [[0], [1]], targets: [[1], [3]] }, { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 200 } })
 */
export function train(setup: Setup, options?: RunOptions): Run;
export function train<
  Row extends object,
  Target extends keyof Row & string,
  const L extends Loss | LossFamily,
  const Split extends SplitOptions = None,
  T extends Task | undefined = undefined,
  const Own extends readonly OwnMetric[] = [],
>(
  network: Network,
  data: TypedTableData<Row, Target, Split, T>,
  options: TypedOptions<L, Own>,
): Run<
  FeaturesOf<Row, Target>,
  NonNullable<Row[Target]>,
  TableMetrics<L, NonNullable<Row[Target]>, T>,
  TableSplits<Split>,
  OwnScores<Own>
>;
export function train<
  const L extends Loss | LossFamily,
  V extends InlineRows | undefined = undefined,
  const Own extends readonly OwnMetric[] = [],
>(
  network: Network,
  data: (InlineRows | Omit<BatchData, 'validation'>) & { readonly validation?: V },
  options: TypedOptions<L, Own>,
): Run<object, AnyTarget, RowMetrics<L>, RowSplits<V>, OwnScores<Own>>;
export function train<
  const L extends Loss | LossFamily,
  const Split extends SplitOptions = None,
  T extends Task | undefined = undefined,
  const Own extends readonly OwnMetric[] = [],
>(
  network: Network,
  data: (Omit<TableData, 'split' | 'task'> | Omit<StreamData, 'split' | 'task'>) & SplitData<Split, T>,
  options: TypedOptions<L, Own>,
): Run<object, AnyTarget, TableMetrics<L, AnyTarget, T>, TableSplits<Split>, OwnScores<Own>>;
export function train(network: Network, data: TrainingData, options: TrainingOptions & RunOptions): Run;
export function train(
  what: Setup | Network,
  data?: TrainingData | RunOptions,
  options?: TrainingOptions & RunOptions,
): Run | UntypedRun {
  const { makeSetup, run, notation } = argumentsOf(what, data, options);
  const { worker = false } = run;
  if (worker === false) return start(makeSetup, run, notation);
  return runOf(async (report) => {
    if (worker !== true) refuse(worker, ['training', 'worker'], 'true or false', 'Write true.');
    const setup = await makeSetup();
    const { openWorker, trainIn } = await import('./worker/remote.ts');
    const opened = await openWorker();
    if (!('missing' in opened)) return trainIn(opened, setup, run, report);
    const here = start(async () => setup, run, notation);
    for await (const row of here) report(row);
    const trained = await here;
    const warning = `No worker could be started (${opened.missing}), so this thread trained the network.`;
    return { ...trained, warnings: [...trained.warnings, warning] };
  }, notation);
}
