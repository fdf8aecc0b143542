/** What the audit's page and its worker say to each other. */
import type { AuditStatus, PrintedQuantity, SheetStatus } from 'chainrule/explain';
import type { Message } from '../../state/message.ts';

/** An example as it is open: the JSON of a worked example or of an experiment, and the texts of the files that it names. */
export interface Opened {
  readonly json: unknown;
  readonly files: Readonly<Record<string, string>>;
}

/** A name as text, and as MathML that the worker typeset. */
export interface Name {
  readonly text: string;
  readonly markup: string;
}

/** A number of a step that a print can have. Its value is not part of it: a sheet must not give it away. */
export interface Quantity {
  readonly quantity: string;
  readonly after: number;
  readonly name: Name;
  /** `Forward pass, sample 1` */
  readonly heading: string;
  readonly phase: string;
}

/** A line of a sheet: a number that is given, or one to be filled in. */
export interface SheetLine extends Quantity {
  /** The value of an input, typeset. */
  readonly given?: string;
}

export interface Contents {
  readonly title?: string;
  readonly source?: string;
  readonly subject: 'network' | 'graph';
  /** The network or the method, the loss and the update, in sentences. */
  readonly setting: readonly string[];
  /** Sentences about what was left out because there is too much of it. */
  readonly leftOut: readonly string[];
  readonly printed: readonly PrintedQuantity[];
  readonly given: Given;
  readonly lines: readonly SheetLine[];
}

/** The numbers before the step, typeset. */
export interface Given {
  readonly parameters: readonly {
    readonly name: string;
    readonly elements: readonly string[];
    readonly more: number;
  }[];
  readonly table: {
    readonly rowName: string;
    readonly columns: readonly Name[];
    readonly rows: readonly { readonly number: number; readonly values: readonly string[] }[];
  };
}

/** A printed number beside the computed one. */
export interface Marked {
  /** The position in the list of printed numbers. */
  readonly index: number;
  readonly name: Name;
  readonly computed: number;
  readonly status: AuditStatus;
  readonly explanation: string;
  readonly candidates: number;
}

/** A row that cannot be checked, and why. */
export interface Faulty {
  readonly index: number;
  readonly problem: string;
}

export interface Marks {
  readonly rows: readonly Marked[];
  readonly faulty: readonly Faulty[];
  readonly ok: boolean;
}

/** The mark of a filled field. */
export interface SheetMarked {
  /** The position in the list of the sheet's numbers. */
  readonly index: number;
  readonly status: SheetStatus;
  readonly explanation: string;
}

export interface SheetMarks {
  readonly rows: readonly SheetMarked[];
  readonly faulty: readonly Faulty[];
}

/** A hint: the formula, the formula with numbers, or the result; typeset. */
export type HintLevel = 'formula' | 'numbers' | 'result';

export type Question =
  | { readonly kind: 'open'; readonly opened: Opened; readonly step: number }
  | {
      readonly kind: 'audit';
      readonly opened: Opened;
      readonly printed: readonly PrintedQuantity[];
      /** Every possible cause, instead of the two most likely. */
      readonly all: boolean;
    }
  | {
      /** All numbers of a sheet, those that are not filled in with an empty value. */
      readonly kind: 'mark';
      readonly opened: Opened;
      readonly printed: readonly PrintedQuantity[];
    }
  | {
      readonly kind: 'hint';
      readonly opened: Opened;
      readonly step: number;
      readonly quantity: string;
      readonly after: number;
      readonly level: HintLevel;
    };

export interface Answers {
  readonly open: Contents;
  readonly audit: Marks;
  readonly mark: SheetMarks;
  readonly hint: string;
}

export type Reply =
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly error: Message };
