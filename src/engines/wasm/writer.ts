/** Parts of functions that several kinds of steps use: locals, and loops over addresses. */
import { branchIf, type Code, type FunctionBody, get, i32, int, op, set, tee } from './encoder.ts';

export interface Local {
  readonly get: Code;
  set(value: Code): Code;
  tee(value: Code): Code;
}

/** The locals of one function: its parameters, then the added ones. */
export class Locals {
  private readonly types: number[] = [];
  private readonly parameters: readonly number[];

  constructor(parameters: readonly number[] = []) {
    this.parameters = parameters;
  }

  parameter(index: number): Local {
    return local(index);
  }

  add(type: number): Local {
    this.types.push(type);
    return local(this.parameters.length + this.types.length - 1);
  }

  /** A function with this code and these locals. */
  body(code: Code, results: readonly number[] = [], exported?: string): FunctionBody {
    const runs: { count: number; type: number }[] = [];
    for (const type of this.types) {
      const last = runs[runs.length - 1];
      if (last?.type === type) last.count += 1;
      else runs.push({ count: 1, type });
    }
    return { type: { parameters: this.parameters, results }, locals: runs, code, exported };
  }
}

function local(index: number): Local {
  return { get: get(index), set: (value) => [value, set(index)], tee: (value) => [value, tee(index)] };
}

export const plus = (a: Code, b: number): Code => (b === 0 ? a : [a, int(b), op['i32.add']]);
export const times = (a: Code, b: number): Code => (b === 1 ? a : [a, int(b), op['i32.mul']]);
export const sum = (a: Code, b: Code): Code => [a, b, op['i32.add']];

/** Advances an address. */
export const advance = (at: Local, by: number): Code => (by === 0 ? [] : at.set(plus(at.get, by)));

/** The minimum of an integer and a constant, signed. */
export function atMost(a: Local, limit: number): Code {
  return [a.get, int(limit), a.get, int(limit), op['i32.lt_s'], op.select];
}

/** Whether an integer is above a constant, signed. */
export const isAbove = (a: Local, limit: number): Code => [int(limit), a.get, op['i32.lt_s']];

export function when(condition: Code, body: Code): Code {
  return [condition, op['if void'], body, op.end];
}

/** Runs `body` while the address is below a limit; `next` advances it. A while loop: it may run no time. */
export function whileBelow(at: Local, limit: Code, body: Code, next: Code): Code {
  const below: Code = [at.get, limit, op['i32.lt_s']];
  return when(below, [op['loop void'], body, next, below, branchIf(0), op.end]);
}

/** Runs `body` `count` times, a constant; a counter counts down. */
export function repeat(locals: Locals, count: number, body: Code): Code {
  if (count === 0) return [];
  if (count === 1) return body;
  const left = locals.add(i32);
  return [
    left.set(int(count)),
    op['loop void'],
    body,
    left.tee([left.get, int(1), op['i32.sub']]),
    branchIf(0),
    op.end,
  ];
}

/** An address in a loop nest, and its strides along the axes, in bytes. */
export interface Pointer {
  readonly at: Local;
  readonly strides: readonly number[];
}

/** Runs `body` at each place of a nest of axes, the last axis fastest. The pointers have their initial values afterwards. */
export function nest(locals: Locals, lengths: readonly number[], pointers: readonly Pointer[], body: Code): Code {
  const axis = lengths.length - 1;
  if (axis < 0) return body;
  const last = (by: (pointer: Pointer) => number) => pointers.map((pointer) => advance(pointer.at, by(pointer)));
  const inner: Code = [
    repeat(locals, lengths[axis], [body, last(({ strides }) => strides[axis])]),
    last(({ strides }) => -lengths[axis] * strides[axis]),
  ];
  return nest(locals, lengths.slice(0, axis), pointers, inner);
}
