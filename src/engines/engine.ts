/** The contract of engines: an engine compiles plans to programs. */
import type { Letters } from '../core/graph.ts';
import type { ContractStep, Plan, Slot } from '../plan/plan.ts';

export type Numbers = Float64Array | Float32Array;

/** The numbers of an input. Integers are an Int32Array, except in the reference engine, which uses float64 only. */
export type FeedNumbers = Numbers | Int32Array;

export interface Program<N extends Numbers = Numbers> {
  /** Runs the whole step `times` times: computes the values in order, then applies the updates. */
  run(times?: number): void;
  /** The live numbers at an address of the plan. Read results from them, and write inputs and parameters to them. */
  view(at: string): N;
  /** Whether the program has an address. The reference has all of a plan; other engines have its sources and kept values. */
  has(at: string): boolean;
}

export interface Engine<N extends Numbers = Numbers> {
  readonly name: string;
  /**
   * Compiles plans that belong together: parameters and states of one name share their memory in all of them, so that a
   * batch of another size continues with the same weights.
   */
  compile(plans: readonly Plan[]): Program<N>[];
  /** Compiles plans with a loop over a data set; the first plans are the steps, one for each batch size. */
  compileLoop(plans: readonly Plan[], spec: LoopSpec): { readonly programs: Program<N>[]; readonly loop: EpochLoop };
}

/**
 * What the loop over the batches of a data set needs to know. The addresses are those of the plans' nodes: an engine knows
 * none by itself.
 */
export interface LoopSpec {
  /** Rows of the batches of the first plans, one plan each: the batch size, and the size of a smaller last batch if there is one. */
  readonly batches: readonly number[];
  /** Rows of the data set. */
  readonly rows: number;
  /** Seeds the permutation in which an epoch takes the rows; without it they keep their order. */
  readonly shuffleSeed?: number;
  /** The inputs that get the rows of each batch. A row's numbers are consecutive in each of them. */
  readonly feeds: readonly string[];
  /** The loss of a batch. */
  readonly loss: string;
  /** The norm of its gradient. A plan without this address has the norm 0. */
  readonly norm?: string;
  /** The number of the update, from 1, which the loop writes before each step, where the plan has this address. */
  readonly count?: string;
  /** For rows with weights: the sum of a batch's weights, and the total of all rows. */
  readonly weights?: { readonly sum: string; readonly total: number };
}

/** Everything that further steps depend on: parameters, states, and the position. */
export interface Saved extends EpochPosition {}

/** The position of a loop. */
export interface EpochPosition {
  readonly epoch: number;
  /** Steps so far in all epochs, and in the current epoch. */
  readonly count: number;
  readonly position: number;
  /** In the current epoch: the sum of its batches' losses, each times its rows, and the maximum gradient norm. */
  readonly total: number;
  readonly most: number;
}

/** A loop of epochs, in batches, over a data set in memory. */
export interface EpochLoop<S extends Saved = Saved> {
  /** The data set, for the caller to fill once: the numbers of all rows for each of the spec's feeds, row by row. */
  readonly feeds: ReadonlyMap<string, FeedNumbers>;
  /** How many threads will take part, how many already do, and the bytes of memory. */
  readonly threads: number;
  serving(): number;
  /** Why some of the requested threads could not start. The others train without them. */
  threadsLost?(): string | undefined;
  readonly memory: number;
  /** Epochs that ended, and steps of the current epoch. */
  epoch(): number;
  position(): number;
  /**
   * Takes `steps` steps, or fewer if `losses` is full before. Returns how many epochs ended. With `mayTakeFewer`, an engine may
   * also take fewer steps to try whether another number of threads is faster.
   */
  run(steps: number, mayTakeFewer?: boolean): number;
  /**
   * For each epoch that ended: the mean of the batches' losses, weighted by their rows (or by the sum of the rows' weights),
   * and the maximum gradient norm.
   */
  readonly losses: Float64Array;
  readonly norms: Float64Array;
  /** Saves the state; it may overwrite the memory of the older save `over`. */
  save(over?: S): S;
  restore(saved: S): void;
  /** The parameters and states of a save by name, and a save made of such numbers. */
  numbers(saved: S): ReadonlyMap<string, Numbers>;
  load(position: EpochPosition, numbers: ReadonlyMap<string, ArrayLike<number>>): S;
  /** For a search: how often it computed the loss and its gradient. */
  evaluations?(): number;
  /** Ends the threads. The loop cannot run afterwards. */
  close(): void;
}

/** The maximum number of epochs that one call of a loop ends. */
export const epochsAtOnce = 4096;

/** The stride of each letter: the distance in `of` when the letter's index grows by one; 0 if `of` lacks the letter. */
export function letterStrides(letters: string, of: string, shape: readonly number[]): number[] {
  let step = 1;
  const byLetter = new Map<string, number>();
  for (let axis = of.length - 1; axis >= 0; axis--) {
    byLetter.set(of[axis], (byLetter.get(of[axis]) ?? 0) + step);
    step *= shape[axis];
  }
  return [...letters].map((letter) => byLetter.get(letter) ?? 0);
}

/** The length of each letter's axis. */
export function letterLengths(letters: Letters, inputs: readonly Slot[]): Map<string, number> {
  return new Map(letters.inputs.flatMap((axes, i) => [...axes].map((letter, axis) => [letter, inputs[i].shape[axis]])));
}

/** The offsets of an input for all indices of the letters, the last letter fastest. */
export function offsets(lengths: readonly number[], steps: readonly number[]): Int32Array {
  let out = Int32Array.of(0);
  lengths.forEach((length, axis) => {
    const next = new Int32Array(out.length * length);
    for (let i = 0; i < out.length; i++) {
      for (let j = 0; j < length; j++) next[i * length + j] = out[i] + j * steps[axis];
    }
    out = next;
  });
  return out;
}

/** The number of partial sums of a long sum. */
export const partialSums = 16;

/**
 * Whether a contraction to one number uses `partialSums` partial sums: term k is added to sum k mod 16, and the sums are then
 * added in order. For more than a few terms this is faster, as an addition need not wait for the one before, and it rounds
 * less.
 */
export function longSum(outputs: number, terms: number): boolean {
  return outputs === 1 && terms > 4 * partialSums;
}

/** The two loops of a contraction, over output elements and over summed terms, with the offsets of each input in both. */
export function contraction({ letters, inputs }: ContractStep): {
  readonly outer: readonly Int32Array[];
  readonly inner: readonly Int32Array[];
} {
  const lengths = letterLengths(letters, inputs);
  const summed = [...lengths.keys()].filter((letter) => !letters.output.includes(letter)).join('');
  const run = (loop: string) =>
    letters.inputs.map((axes, i) =>
      offsets(
        [...loop].map((letter) => lengths.get(letter)!),
        letterStrides(loop, axes, inputs[i].shape),
      ),
    );
  return { outer: run(letters.output), inner: run(summed) };
}
