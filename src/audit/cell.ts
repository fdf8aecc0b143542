/**
 * One number of a worked example, and the operation that gives it: a given number, a constant, a sum of products, a
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

/** One number of the workings. */
export interface Cell {
  readonly op: number;
  /** Of a primitive: what it reads. */
  readonly from: readonly number[];
  /** Of a sum: its terms' two factors, one after the other; -1 where there is but one. */
  readonly terms?: Int32Array;
  /** Of a sum over samples: the sample of each term. */
  readonly samples?: Int32Array;
  /** How many updates were made when it was computed. */
  readonly time: number;
  /** The number that it is, apart from time: a weight is one number before and after its update. */
  readonly same: number;
  /** The tensor that it is an element of, apart from time. */
  readonly group: number;
  /** The number of the graph whose definition it is part of. */
  readonly host: Scalar;
  /** The number of the graph that it is, where it is one. */
  scalar?: Scalar;
  /** Of a constant: `2m`. */
  readonly text?: string;
}

/** A place where a number is read: the reader, and which of its operands (of a sum: which factor in `terms`). */
export interface Read {
  readonly by: number;
  readonly position: number;
}

/** A number's whole definition, where it is more than one operation: a formula, and the cells of its arguments. */
export interface Written {
  readonly formula: Formula;
  readonly args: readonly number[];
}

/** An example taken apart: its numbers in the order of computation. */
export interface Taken {
  readonly cells: readonly Cell[];
  readonly givens: ReadonlyMap<number, number>;
  readonly written: ReadonlyMap<number, Written>;
  readonly rows: readonly number[];
}
