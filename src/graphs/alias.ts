/**
 * Alias tables: a random choice by weight in constant time, with integers only, so that it has the same result everywhere.
 * Source: Walker, "An efficient method for generating discrete random variables with general distributions" (ACM TOMS, 1977);
 * the construction is Vose's (IEEE TSE, 1991).
 */
import { multiplyHigh } from '../base/random.ts';

/** Tables of one choice, or of many choices one after another. */
export interface AliasTable {
  /** A slot keeps its own item if the fraction is below this. */
  readonly thresholds: Uint32Array;
  /** The other item of a slot, counted from the start of the choice. */
  readonly aliases: Uint32Array;
}

/**
 * Fills `thresholds` and `aliases` from `from` on for the items with these weights (positive or 0, not all of them 0).
 * `scratch` has room for `count` numbers.
 */
export function fillAlias(
  table: AliasTable,
  from: number,
  weights: { readonly [index: number]: number; readonly length: number },
  scratch: { readonly shares: Float64Array; readonly stack: Uint32Array } = aliasScratch(weights.length),
): void {
  const count = weights.length;
  const { shares, stack } = scratch;
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[i];
  // The stack holds the slots below their share at the front, the others at the back.
  let below = 0;
  let above = count;
  for (let i = 0; i < count; i++) {
    shares[i] = (weights[i] / total) * count;
    if (shares[i] < 1) stack[below++] = i;
    else stack[--above] = i;
  }
  while (below > 0 && above < count) {
    const small = stack[--below];
    const large = stack[above];
    table.thresholds[from + small] = Math.floor(shares[small] * 2 ** 32);
    table.aliases[from + small] = large;
    shares[large] -= 1 - shares[small];
    if (shares[large] < 1) {
      above += 1;
      stack[below++] = large;
    }
  }
  // The rest are full up to rounding.
  const keep = (i: number) => {
    table.thresholds[from + i] = 2 ** 32 - 1;
    table.aliases[from + i] = i;
  };
  while (below > 0) keep(stack[--below]);
  while (above < count) keep(stack[above++]);
}

export function aliasScratch(count: number) {
  return { shares: new Float64Array(count), stack: new Uint32Array(count) };
}

/** The item that a random word chooses among `count` items of the table from `from` on. */
export function chooseAlias({ thresholds, aliases }: AliasTable, from: number, count: number, word: number): number {
  // The upper half of word·count is a slot, the lower half a fraction.
  const slot = multiplyHigh(word, count);
  const fraction = Math.imul(word, count) >>> 0;
  return fraction < thresholds[from + slot] ? slot : aliases[from + slot];
}
