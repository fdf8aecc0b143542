/**
 * One number of a worked example, and the operation that computes it: an input, a constant, a sum of products, a
 * maximum, or one scalar primitive.
 */
import { type Formula, type Primitive, primitives } from '../core/formula.ts';
import type { Scalar } from '../explain/tape.ts';

export const given = 0;
export const constant = 1;
export const sum = 2;
export const maximum = 3;
export const names = Object.keys(primitives) as Primitive[];
export const first = 4;
export const opcode = Object.fromEntries(names.map((name, i) => [name, first + i])) as Record<Primitive, number>;
export const calls = [undefined, undefined, undefined, undefined, ...names.map((name) => primitives[name])] as ((
  ...operands: number[]
) => number)[];
export const { add, sub, mul, div, neg } = opcode;

/** One number of the computation. */
export interface Cell {
  readonly op: number;
  /** Of a primitive: its operands. */
  readonly from: readonly number[];
  /** Of a sum: the two factors of each term in turn; -1 in place of a missing second factor. */
  readonly terms?: Int32Array;
  /** Of a sum over samples: the sample of each term. */
  readonly samples?: Int32Array;
  /** The number of updates before it was computed. */
  readonly time: number;
  /** The identity of the number without its time: a weight is one number before and after its update. */
  readonly same: number;
  /** The tensor that it is an element of, without its time. */
  readonly group: number;
  /** The scalar of the graph whose definition it belongs to. */
  readonly host: Scalar;
  /** The scalar of the graph that it equals, if there is one. */
  scalar?: Scalar;
  /** Of a constant: `2m`. */
  readonly text?: string;
}

/** A use of a number: the reading cell, and which of its operands (of a sum: which factor in `terms`). */
export interface Read {
  readonly by: number;
  readonly position: number;
}

/** A number's complete definition if it has more than one operation: a formula, and the cells of its arguments. */
export interface Written {
  readonly formula: Formula;
  readonly args: readonly number[];
}

/** A decomposed example: its numbers in the order of computation. */
export interface Taken {
  readonly cells: readonly Cell[];
  readonly givens: ReadonlyMap<number, number>;
  readonly written: ReadonlyMap<number, Written>;
  readonly rows: readonly number[];
}
