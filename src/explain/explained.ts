/** What the renderers write: one step explained, whatever is trained. */
import type { FunctionPage } from './functions/page.ts';
import type { Line, Row } from './lines/line.ts';
import type { GraphNaming } from './naming.ts';
import type { Trace } from './trace.ts';
import type { Variable } from './variable.ts';

/** Numbers of the step side by side, such as the forward pass with a row for each sample. */
export interface StepTable {
  /** Without an article, in lower case: `forward pass as a table`. */
  readonly title: string;
  /** What a row is: `sample`. */
  readonly rowName: string;
  readonly columns: readonly { readonly variable: Variable; readonly given: boolean }[];
  /** The first column is the row's number, from 1. */
  readonly rows: readonly { readonly number: number; readonly values: readonly number[] }[];
  /** Columns that are left out. */
  readonly leftOut: number;
}

/** The numbers of one parameter before the step. */
export interface ParameterBlock {
  /** Its address: `layers.0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly numbers: ArrayLike<number>;
  readonly variable: (index: readonly number[]) => Variable;
}

export interface ExplainedStep {
  readonly title: string;
  /** The rule, the optimizer and the batch, in a few words each. */
  readonly setting: readonly string[];
  /** What is worth noticing, in sentences. */
  readonly observations: readonly { readonly text: string }[];
  /** What was left out, in sentences. */
  readonly leftOut: readonly string[];
  readonly parameters: readonly ParameterBlock[];
  readonly table: StepTable;
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
  /** Significant digits of the numbers that are shown. Default: 6. */
  readonly digits?: number;
  readonly functions: readonly FunctionPage[];
  /** A network, which the page draws with the numbers of one sample. */
  readonly network?: { readonly trace: Trace; readonly naming: GraphNaming; readonly sample?: number };
}
