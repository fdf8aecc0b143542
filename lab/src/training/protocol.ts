/** What the page and its training worker say to each other. */
import type { HistoryRow, Trained } from 'chainrule';
import type { LabDocument } from '../state/document.ts';
import type { Message } from '../state/message.ts';

/** What a frame has besides the losses. */
export interface Wish {
  /** The parameters. */
  readonly weights?: boolean;
  /** Rows of numbers, as the network takes them, for which the outputs are wanted: points of a surface. [n, inputs] */
  readonly rows?: { readonly inputs: Float64Array; readonly count: number };
  /** Also the outputs of every layer for these rows, if all layers are dense or dropout. */
  readonly layers?: boolean;
  /** The norm of the gradient in each layer, as far as it was measured. */
  readonly gradients?: boolean;
}

export type Order =
  /** Starts a training, and ends the one before. */
  | {
      readonly kind: 'train';
      /** The number of the training, which its reports carry. */
      readonly run: number;
      readonly document: LabDocument;
      /**
       * Whether to continue from the training before, which had the same parameters: with its weights, the state of its optimizer,
       * and its numbers of updates and epochs.
       */
      readonly continues?: boolean;
      /** Whether a later training may continue from this one. */
      readonly keepsState?: boolean;
      /** Whether to measure the norm of the gradient in each layer at intervals. */
      readonly probe?: boolean;
      /** Table files by their names in the experiment, in any format that the library reads; before the texts of the document. */
      readonly tables?: Readonly<Record<string, Blob>>;
    }
  /**
   * Asks for one frame: after `epochs` more epochs, after which the training waits; or, if that is Infinity, after the current
   * epoch, and the training continues.
   */
  | { readonly kind: 'frame'; readonly epochs: number; readonly wish: Wish }
  /** The training waits after the current epoch. */
  | { readonly kind: 'pause' }
  /** Ends the training, which reports its result. */
  | { readonly kind: 'stop' };

export interface Frame {
  /** Epochs that have ended, those of a training that it continues included. */
  readonly epoch: number;
  readonly loss: number;
  /** The rows of the history since the frame before, at most some thousand of them. */
  readonly rows: readonly HistoryRow[];
  /** By name: `layers.0.weight`. */
  readonly weights?: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float64Array }>>;
  /** The outputs for the rows of the wish. [n, outputs] */
  readonly outputs?: Float64Array;
  /** The outputs of each layer except dropout for these rows. [n, units] */
  readonly layers?: readonly Float64Array[];
  /** Gradient norms of each layer, since the start. */
  readonly gradients?: Trained['gradients'];
}

/** The result of a training, without its model, which is in `model` as `save` writes it. */
export interface Result extends Omit<Trained, 'model'> {
  readonly model: Uint8Array;
}

export type Report =
  | {
      readonly kind: 'started';
      readonly run: number;
      readonly engine: { readonly name: string; readonly precision: string };
      readonly notes: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'frame'; readonly run: number; readonly frame: Frame }
  | { readonly kind: 'ended'; readonly run: number; readonly result: Result }
  | { readonly kind: 'failed'; readonly run: number; readonly message: Message };
