/** What the step view and its worker say to each other: plain data. */
import type { LabDocument } from '../../state/document.ts';
import type { Message } from '../../state/message.ts';

/** The part of a step that a number belongs to. `given`: it is not computed; `after`: the loss again, after the update. */
export type StepPhase = 'given' | 'forward' | 'loss' | 'backward' | 'update' | 'after';

/** How the gradient of a parameter is computed: its true value, or the textbooks' product of averaged factors. */
export type Rule = 'exact' | 'averagedFactors';

/** A number of the step. Its place in `StepData.numbers` is its id. */
export interface NumberData {
  /** Its address, with a prime if it belongs to the time after the update: the same for every step. */
  readonly key: string;
  /** For screen readers and buttons: `h1⁽²⁾`. */
  readonly name: string;
  readonly tex: string;
  readonly value: number;
  readonly phase: StepPhase;
  /** The line that computes it. */
  readonly line?: number;
  /** The place in `StepData.asides` of the line that computes it under the other rule. */
  readonly aside?: number;
  /** Set if only the other rule computes it. */
  readonly rule?: Rule;
  /** The first line that reads it, if it is computed and its own line is left out. */
  readonly since?: number;
  /** The file's row, from 0. */
  readonly sample?: number;
}

/** A line of the step: one number and how it is computed. The formulas are TeX with the ids of their numbers. */
export interface LineData {
  /** The id of its number. */
  readonly number: number;
  readonly quantity: string;
  readonly phase: StepPhase;
  readonly heading: string;
  readonly layer?: number;
  readonly sample?: number;
  readonly tex: {
    readonly name: string;
    readonly rule?: string;
    readonly formula?: string;
    readonly numbers?: string;
    readonly value: string;
    /** The terms of long sums, for lines that are broken between them. */
    readonly terms: { readonly formula?: readonly string[]; readonly numbers?: readonly string[] };
  };
  /** The formula and the numbers as text. */
  readonly text: { readonly formula: string; readonly numbers: string };
  /** To 15 digits. */
  readonly value: number;
  /** The line of TypeScript that computes it. */
  readonly code?: string;
  readonly note?: string;
  /** The ids of the numbers in its formula and its chain rule, and in the terms that a long formula leaves out. */
  readonly reads: readonly number[];
}

/** A column of the drawing: the inputs, or the outputs of a layer. */
export interface ColumnData {
  readonly title: string;
  readonly units: number;
  /** The address of its numbers, without the index. */
  readonly name: string;
  /** The address of the sums, if they are not the outputs. */
  readonly sum?: string;
  /** For each sample that is shown, its numbers. */
  readonly values: readonly ArrayLike<number>[];
  /** The weights between the column before and this one, [in, out]. */
  readonly weight?: { readonly name: string; readonly values: ArrayLike<number> };
  readonly bias?: { readonly name: string; readonly values: ArrayLike<number> };
  readonly activation?: string;
}

export interface ParameterData {
  readonly name: string;
  readonly shape: readonly number[];
  /** Before this step. */
  readonly values: ArrayLike<number>;
}

export interface StepData {
  readonly step: number;
  readonly title: string;
  readonly setting: readonly string[];
  readonly observations: readonly string[];
  readonly leftOut: readonly string[];
  readonly numbers: readonly NumberData[];
  readonly lines: readonly LineData[];
  /** The backward pass under the other rule: its lines that compute another number. */
  readonly asides: readonly LineData[];
  readonly columns: readonly ColumnData[];
  readonly parameters: readonly ParameterData[];
  /** The file's rows of the batch, from 0, in ascending order. */
  readonly batch: readonly number[];
  /** Those of them whose lines are shown: all, or the chosen one where all would be too many lines. */
  readonly samples: readonly number[];
  readonly updatesPerEpoch: number;
  /** The rule that updates. */
  readonly rule: Rule;
  /** Why the other rule cannot be used for this network. */
  readonly withoutOther?: string;
  /** Whether sums leave out terms, some of whose numbers are not listed as read. */
  readonly hasUnlistedReads: boolean;
  readonly loss: string;
  readonly lossValue: number;
  /** Milliseconds that the worker took. */
  readonly time: number;
}

/** A trained parameter's gradient by the two rules, and the central difference of the loss. */
export interface GradientRow {
  readonly key: string;
  readonly exact: number;
  /** Undefined if the rule is not defined for this network. */
  readonly averaged?: number;
  readonly central: number;
  readonly kink: string | null;
}

/** The factors of the chain rule in front of a layer of weighted sums, for every sample of the batch, row-major. */
export interface LayerFactors {
  readonly layer: number;
  readonly inputs: number;
  readonly units: number;
  /** ∂E/∂output, undefined if the gradient starts at the sum. [sample, unit] */
  readonly output?: ArrayLike<number>;
  /** ∂output/∂sum, undefined if the output is the sum. [sample, unit] */
  readonly slope?: ArrayLike<number>;
  /** ∂E/∂sum. [sample, unit] */
  readonly sum: ArrayLike<number>;
  /** ∂sum/∂weight. [sample, input] */
  readonly input: ArrayLike<number>;
  /** The same factors under the other rule: sums or averages over the samples, one row each. */
  readonly averaged?: {
    readonly output?: ArrayLike<number>;
    readonly slope?: ArrayLike<number>;
    readonly sum: ArrayLike<number>;
    readonly input: ArrayLike<number>;
  };
}

export interface GradientData {
  readonly rows: readonly GradientRow[];
  /** The file's rows of the batch, from 0, in its order. */
  readonly samples: readonly number[];
  readonly layers: readonly LayerFactors[];
  readonly notes: readonly string[];
  /** Why there are no averaged factors. */
  readonly withoutAveraged?: string;
}

export type TakeAway = 'html' | 'latex' | 'worksheetHtml' | 'worksheet' | 'sheet';

export type StepOrder =
  | { readonly kind: 'explain'; readonly id: number; readonly document: LabDocument; readonly sample?: number }
  | { readonly kind: 'gradients'; readonly id: number; readonly document: LabDocument }
  /** Answers with an empty text, or says what is wrong. */
  | { readonly kind: 'check'; readonly id: number; readonly document: LabDocument }
  | { readonly kind: 'write'; readonly id: number; readonly document: LabDocument; readonly what: TakeAway };

export type StepReport =
  | { readonly kind: 'explained'; readonly id: number; readonly data: StepData }
  | { readonly kind: 'gradients'; readonly id: number; readonly data: GradientData }
  | { readonly kind: 'written'; readonly id: number; readonly text: string }
  | { readonly kind: 'failed'; readonly id: number; readonly message: Message };
