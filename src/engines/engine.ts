/** What an engine is: it says what it can run, and compiles plans to programs. */
import type { Letters } from '../core/graph.ts';
import type { ContractStep, Plan, Slot } from '../plan/plan.ts';

export type Numbers = Float64Array | Float32Array;

/** The numbers of an input: an input of integers is an Int32Array, but in the reference engine, which has float64 alone. */
export type FeedNumbers = Numbers | Int32Array;

export interface Program<N extends Numbers = Numbers> {
  /** Runs a whole step (values in order, then the updates) `times` times. */
  run(times?: number): void;
  /** The live numbers at an address or slot of the plan: read a result from it, write an input or parameter to it. */
  view(at: string): N;
  /** Whether the program has an address: the reference has all of a plan's, others its sources and what was asked for. */
  has(at: string): boolean;
}

export interface Engine<N extends Numbers = Numbers> {
  readonly name: string;
  /**
   * Compiles plans that belong together: parameters and state of one name are one memory in all of them, so a batch of
   * another size goes on with the same weights.
   */
  compile(plans: readonly Plan[]): Program<N>[];
  /** The same with the loop over a data set; the first plans are the steps. */
  compileLoop(plans: readonly Plan[], spec: LoopSpec): { readonly programs: Program<N>[]; readonly loop: EpochLoop };
}

/**
 * What the loop over the batches of a data set needs to know. The addresses are those of the plans' nodes: an engine knows
 * none by itself.
 */
export interface LoopSpec {
  /** Rows of the batches of the first plans, one plan each: all alike, and the last, smaller one if there is one. */
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

/** All that further steps depend on: parameters, state, how far the loop is. */
export interface Saved extends Place {}

/** How far a loop is. */
export interface Place {
  readonly epoch: number;
  /** Steps of all epochs, and of the one at hand. */
  readonly count: number;
  readonly position: number;
  /** Of the epoch at hand: its batches' losses, weighted by rows, added up, and the largest gradient norm. */
  readonly total: number;
  readonly most: number;
}

/** Epochs of batches over a data set that is in memory. */
export interface EpochLoop<S extends Saved = Saved> {
  /** The data set, for the caller to fill once: the numbers of all rows for each of the spec's feeds, row by row. */
  readonly feeds: ReadonlyMap<string, FeedNumbers>;
  /** How many threads will take part, how many already do, and the bytes of memory. */
  readonly threads: number;
  serving(): number;
  /** Why some of the threads that were asked for could not be started; the others train without them. */
  threadsLost?(): string | undefined;
  readonly memory: number;
  /** Epochs that are over, and steps of the one at hand. */
  epoch(): number;
  position(): number;
  /** Takes steps, as many as asked for or until `losses` is full; returns how many epochs ended. */
  run(steps: number): number;
  /**
   * Of each of these epochs: the mean of the batches' losses, weighted by rows (or by what the rows' own weights add up
   * to), and the largest gradient norm.
   */
  readonly losses: Float64Array;
  readonly norms: Float64Array;
  /** The room of an older one may be given up for it. */
  save(over?: S): S;
  restore(saved: S): void;
  /** A save's parameters and state by name, and a save made of such numbers. */
  numbers(saved: S): ReadonlyMap<string, Numbers>;
  load(place: Place, numbers: ReadonlyMap<string, ArrayLike<number>>): S;
  /** Of a search: how often loss and gradient were computed. */
  evaluations?(): number;
  /** Ends its threads. Afterwards nothing is run. */
  close(): void;
}

/** Epochs that one call of a loop ends at most. */
export const epochsAtOnce = 4096;

/** Letters resolved to strides: how far each input moves when a letter's index grows by one; 0 where it lacks it. */
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

/** The offsets that an input takes while the letters' indices run, the last letter fastest. */
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

/** In how many sums, that take turns, a long total is added up. */
export const partialSums = 16;

/**
 * Whether a contraction to one number is added up in `partialSums` sums, term k in sum k mod 16, which are then added in
 * turn: for more than a few terms that is quicker, as one addition need not wait for the last, and it rounds less.
 */
export function longSum(outputs: number, terms: number): boolean {
  return outputs === 1 && terms > 4 * partialSums;
}

/** The two loops of a contraction: over output elements and over summed terms, with each input's offsets in both. */
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
