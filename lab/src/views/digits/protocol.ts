/** What the digits view and its worker say to each other. */

export type DigitsOrder =
  /** Loads the digits, and starts a training, which waits. */
  | { readonly kind: 'start'; readonly url: string; readonly seed: number }
  /** Asks for one frame, at once or at the next pause of the training. */
  | { readonly kind: 'frame'; readonly pixels: Float64Array }
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' };

export interface DigitsFrame {
  /** Training digits that were used, repetitions included. */
  readonly seen: number;
  /** The weights of the first layer. [784, 128] */
  readonly first: Float32Array;
  /** For the drawing. [10] */
  readonly probabilities: Float64Array;
  /** The hidden units' outputs for the drawing. [128] */
  readonly hidden: Float64Array;
  /** The weights from the hidden units to the classes. [128, 10] */
  readonly second: Float32Array;
}

/** How the held-out digits are classified. */
export interface HeldOutResult {
  readonly seen: number;
  /** The share that is classified correctly. */
  readonly accuracy: number;
  readonly predicted: Uint8Array;
}

export type DigitsReport =
  /** The held-out digits. */
  | { readonly kind: 'ready'; readonly labels: Uint8Array; readonly pixels: Float32Array; readonly training: number }
  | { readonly kind: 'frame'; readonly frame: DigitsFrame }
  | { readonly kind: 'heldOut'; readonly result: HeldOutResult }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly what: string };
