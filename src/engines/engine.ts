/** What an engine is: it says what it can run, and compiles plans to programs. */
import type { Letters } from '../core/graph.ts';
import type { ContractStep, Plan, Slot } from '../plan/plan.ts';

export type Numbers = Float64Array | Float32Array;

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
}

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
