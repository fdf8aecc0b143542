/** Loop nests: the lengths of the axes, outermost first, and the stride of each operand along each axis, in elements. */
import type { Slot } from '../../plan/plan.ts';
import { letterStrides } from '../engine.ts';

export interface Axes {
  readonly lengths: readonly number[];
  /** By operand, then by axis; 0 for an axis that the operand lacks. */
  readonly strides: readonly (readonly number[])[];
}

/** The axes of `letters`, for operands with their own letters. */
export function axesOf(
  letters: readonly string[],
  lengths: ReadonlyMap<string, number>,
  operands: readonly { readonly axes: string; readonly slot: Slot }[],
): Axes {
  return {
    lengths: letters.map((letter) => lengths.get(letter)!),
    strides: operands.map(({ axes, slot }) => letterStrides(letters.join(''), axes, slot.shape)),
  };
}

/** The same walk with as few axes as possible: without axes of length 1, and with neighbours merged where all strides allow it. */
export function collapse({ lengths, strides }: Axes): Axes {
  const kept: { length: number; strides: number[] }[] = [];
  lengths.forEach((length, axis) => {
    if (length === 1) return;
    const here = strides.map((each) => each[axis]);
    const last = kept[kept.length - 1];
    if (last?.strides.every((stride, operand) => stride === here[operand] * length)) {
      last.length *= length;
      last.strides = here;
    } else kept.push({ length, strides: here });
  });
  return {
    lengths: kept.map(({ length }) => length),
    strides: strides.map((_, operand) => kept.map((axis) => axis.strides[operand])),
  };
}
