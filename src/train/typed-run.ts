/** The types of a run and its result as the package exports them: metrics are typed records, and a split that is not there is absent. */
import type { Task } from '../data/encode/task.ts';
import type { DataOptions } from '../data/prepare/prepare.ts';
import type { SplitOptions } from '../data/split/split.ts';
import type { Table } from '../data/table/table.ts';
import type { Model } from '../model/model.ts';
import type { AnyTarget } from '../model/row.ts';
import type { Loss, LossFamily } from '../net/losses.ts';
import type { AnyMetrics } from '../net/metric-types.ts';
import type { OwnMetric } from '../net/own-metric.ts';
import type { TrainingOptions } from '../net/training.ts';
import type { HistoryRow } from './history.ts';
import type { RunOptions, Trained as TrainedOf } from './train.ts';

/** Whether a result has a split: true, false, or boolean if TypeScript does not know it. */
export interface Splits {
  readonly validation: boolean;
  readonly test: boolean;
}

type Part<Name extends string, Has extends boolean, Metrics> = [Has] extends [true]
  ? { readonly [N in Name]: { readonly loss: number } & Metrics }
  : [Has] extends [false]
    ? // biome-ignore lint/complexity/noBannedTypes: the type of a result without the key
      {}
    : { readonly [N in Name]?: { readonly loss: number } & Metrics };

/**
 * The result of a run. `Metrics` and, in addition, `Own` are the metrics of each split, and `S` says which splits there are; they
 * follow from the arguments of `train`, as far as TypeScript knows them.
 */
export type Trained<
  Features extends object = object,
  Target = AnyTarget,
  Metrics = AnyMetrics,
  S extends Splits = Splits,
  Own = unknown,
> = Omit<TrainedOf, 'model' | 'metrics' | 'validation' | 'test'> & {
  readonly model: Model<Features, Target, Metrics>;
  /** On the training rows. */
  readonly metrics: Metrics & Own;
} & Part<'validation', S['validation'], Metrics & Own> &
  Part<'test', S['test'], Metrics & Own>;

/**
 * A running training: a promise of the result, which can also be iterated for progress. Each turn gives the newest epoch's row,
 * so that a slow reader skips some rows. It rejects with an InputError if the input is invalid.
 */
export interface Run<
  Features extends object = object,
  Target = AnyTarget,
  Metrics = AnyMetrics,
  S extends Splits = Splits,
  Own = unknown,
> extends Promise<Trained<Features, Target, Metrics, S, Own>>,
    AsyncIterable<HistoryRow> {}

/** The options of a training and a run, with the types of the loss and of the metrics of one's own. */
export type TypedOptions<L extends Loss | LossFamily, Own extends readonly OwnMetric[]> = Omit<
  TrainingOptions & RunOptions,
  'loss' | 'metrics'
> & {
  readonly loss: L;
  /** Metrics of your own, to measure in addition: `metric('name', …)` makes one. */
  readonly metrics?: Own;
};

/** A split without keys that no split has. */
type Exactly<S> = S & { readonly [K in Exclude<keyof S, keyof SplitOptions>]: never };

/** Data with a split and a task whose types are known. */
export interface SplitData<S extends SplitOptions, T extends Task | undefined> {
  readonly split?: Exactly<S>;
  readonly task?: T;
}

/** A table whose rows TypeScript knows, with a single target: the model is then typed by both. */
export interface TypedTableData<
  Row extends object,
  Target extends keyof Row & string,
  S extends SplitOptions = SplitOptions,
  T extends Task | undefined = Task | undefined,
> extends Omit<DataOptions, 'target' | 'split' | 'task'>,
    SplitData<S, T> {
  readonly table: Table<Row>;
  readonly target: Target;
}

type Has<S, Name extends string> = S extends { readonly [N in Name]: infer V }
  ? [V] extends [number]
    ? true
    : boolean
  : Name extends keyof S
    ? boolean
    : false;

/** The splits of a table. */
export interface TableSplits<S extends SplitOptions> {
  readonly validation: Has<S, 'validation'>;
  readonly test: Has<S, 'test'>;
}

/** The splits of rows of numbers: validation rows of type `V`. */
export interface RowSplits<V> {
  readonly validation: [V] extends [undefined] ? false : [undefined] extends [V] ? boolean : true;
  readonly test: false;
}
