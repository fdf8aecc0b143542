/** What the table view and its worker say to each other. */
import type { ExperimentJson, FileDataJson, TableChoices, Verdict } from 'chainrule';
import type { ColumnDescription, Histogram, LeftOut } from 'chainrule/data';
import type { RowPrediction } from 'chainrule/predict';

/** What is chosen for a table; the library proposes the rest. */
export interface Choices {
  /** The section `data` of an experiment file. */
  readonly data: FileDataJson;
  readonly hidden?: readonly number[];
  readonly activation?: string;
  /** The layers of an experiment that was opened, instead of `hidden` and `activation`. */
  readonly layers?: NonNullable<TableChoices['from']>['layers'];
  /** Keys of the section `training` that replace the proposed ones. */
  readonly training: Partial<ExperimentJson['training']>;
  readonly seed: number;
}

export interface ColumnInfo extends ColumnDescription {
  /** Of numbers and dates. */
  readonly histogram?: Histogram;
}

export interface TableInfo {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** At most `maxColumns` of them. */
  readonly columns: readonly ColumnInfo[];
  /** The names of all columns. */
  readonly names: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
  /** The table as a text that an experiment file can name, if it is small enough for a link. */
  readonly text?: string;
}

/** The maximum number of columns that the page shows. */
export const maxColumns = 200;

/** The experiment for the choices, and what the library says about it before it trains. */
export interface Plan {
  readonly experiment: ExperimentJson;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  readonly task: 'classification' | 'regression';
  readonly inputs: readonly string[];
}

/** A field of the form: a feature of the model. */
export interface Field {
  readonly name: string;
  readonly kind: 'number' | 'date' | 'category';
  /** Of numbers, their range in the table; of dates, in days since 1970-01-01. */
  readonly min?: number;
  readonly max?: number;
  /** The values of a category. */
  readonly values?: readonly string[];
  /** The numbers or dates are written in a way of their own, such as `1.234,5`. */
  readonly hasSpelling?: boolean;
}

export type Scores = Readonly<Record<string, number>>;

/** The scores of one model on each split; empty without that split. */
export interface ModelScores {
  readonly name: 'network' | 'linear' | 'constant';
  readonly training: Scores;
  readonly validation: Scores;
  readonly test: Scores;
}

/** How good the model is, and what its form needs. */
export interface Appraisal {
  readonly baselines: readonly ModelScores[];
  /** How the baselines were made, in a sentence. */
  readonly about: string;
  readonly verdict?: Pick<Verdict, 'outcome' | 'of' | 'networkInterval'> & { readonly text: string };
  readonly classes?: readonly string[];
  /** Of a regression with one target: actual and predicted values of the held-out rows. */
  readonly points?: {
    readonly part: 'test' | 'validation' | 'training';
    readonly of: number;
    readonly actual: readonly number[];
    readonly predicted: readonly number[];
  };
  readonly fields: readonly Field[];
}

export type FormRow = Readonly<Record<string, string | number | null>>;

/** A row of the table, as the form shows it. */
export interface TableRow {
  readonly index: number;
  readonly cells: FormRow;
  /** The target's cell. */
  readonly actual: string | undefined;
}

export interface Variation {
  readonly field: string;
  readonly values: readonly (string | number)[];
}

export type Request =
  | { readonly kind: 'open'; readonly file: Blob; readonly name: string }
  | { readonly kind: 'plan'; readonly choices: Choices }
  | { readonly kind: 'appraise'; readonly experiment: ExperimentJson; readonly model: Uint8Array }
  | { readonly kind: 'row'; readonly index: number }
  /** Predictions for a row, and for the row with one field varied. */
  | { readonly kind: 'ask'; readonly row: FormRow; readonly variations: readonly Variation[] };

export interface Answers {
  readonly open: TableInfo;
  readonly plan: Plan;
  readonly appraise: Appraisal;
  readonly row: TableRow;
  readonly ask: { readonly prediction: RowPrediction; readonly variations: readonly (readonly RowPrediction[])[] };
}
