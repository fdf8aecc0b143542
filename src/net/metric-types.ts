/** Metrics as typed records: which a result has, as far as TypeScript can know it. */
import type { Task } from '../data/encode/task.ts';
import type { Loss } from './losses.ts';
import type { OwnMetric } from './own-metric.ts';

/** The metrics of a classification. */
export type ClassMetrics = {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly microF1: number;
  readonly microPrecision: number;
  readonly microRecall: number;
  /** The area under the ROC curve. */
  readonly rocAuc: number;
  /** Absent if the outputs are not probabilities, as with `hinge`. */
  readonly logLoss?: number;
};

/** The metrics of a regression, in the units of the targets. */
export type NumberMetrics = {
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  readonly r2: number;
};

/** Of several target columns, also those of each: `r2(height)`. */
export type ColumnMetrics = { readonly [name in `${keyof NumberMetrics}(${string})`]: number };

/** The metrics of a result whose task TypeScript does not know. */
export type AnyMetrics = Partial<ClassMetrics> & Partial<NumberMetrics> & ColumnMetrics;

type TargetsOf<L> = L extends { readonly targets: infer T }
  ? T
  : L extends (...options: never) => { readonly targets: infer T }
    ? T
    : Loss['targets'];

/** With a loss of numbers: unknown for a loss that TypeScript only knows as a loss. */
type IfNumbers<L, Numbers, Classes> =
  'any' extends TargetsOf<L> ? ([TargetsOf<L>] extends ['any'] ? Numbers : AnyMetrics) : Classes;

type WithClasses<L> =
  TargetsOf<L> extends { readonly values: unknown } ? ClassMetrics : ClassMetrics & { readonly logLoss: number };

/** The metrics of a training on rows of numbers: its loss decides. */
export type RowMetrics<L> = IfNumbers<L, NumberMetrics, WithClasses<L>>;

/** The metrics of a training on a table: also the target and the task decide. */
export type TableMetrics<L, Target, T extends Task | undefined> = IfNumbers<
  L,
  [Target] extends [string | boolean]
    ? ClassMetrics
    : [T] extends ['regression']
      ? NumberMetrics & ColumnMetrics
      : [T] extends ['classification']
        ? ClassMetrics
        : AnyMetrics,
  WithClasses<L>
>;

type NamesOf<Own extends readonly OwnMetric[]> = string extends Own[number]['name'] ? never : Own[number]['name'];

/** The metrics of one's own, by name. */
export type OwnScores<Own extends readonly OwnMetric[]> = { readonly [Name in NamesOf<Own>]: number };
