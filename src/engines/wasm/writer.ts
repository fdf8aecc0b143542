/** Pieces of a function that more than one kind of step needs: locals, loops over addresses. */
import { branchIf, type Code, type FunctionBody, get, i32, int, op, set, tee } from './encoder.ts';

export interface Local {
  readonly get: Code;
  set(value: Code): Code;
  tee(value: Code): Code;
}

/** The locals of one function: its parameters, then those that are asked for. */
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

  /** The function that a piece of code makes with these locals. */
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

/** `body` for i = from, from + step … below `to`, all known: from < to, and the last i + step may pass it. */
export function loop(i: Local, from: number, to: number, step: number, body: Code): Code {
  if (to - from <= step) return [i.set(int(from)), body];
  return [
    i.set(int(from)),
    op['loop void'],
    body,
    i.tee(plus(i.get, step)),
    int(to),
    op['i32.lt_s'],
    branchIf(0),
    op.end,
  ];
}

/** `body`, `times` times over; `counter` counts down to 0. Nothing where `times` is not above 0. */
export function repeat(counter: Local, times: Code, body: Code): Code {
  return [
    op['block void'],
    counter.tee(times),
    int(0),
    op['i32.le_s'],
    branchIf(0),
    op['loop void'],
    body,
    counter.tee([counter.get, int(1), op['i32.sub']]),
    branchIf(0),
    op.end,
    op.end,
  ];
}

/** `body` at addresses that move together: each pointer by its stride, `count` times. */
export function walk(
  locals: Locals,
  count: number,
  pointers: readonly { readonly at: Local; readonly stride: number }[],
  body: Code,
): Code {
  if (count === 1) return body;
  const left = locals.add(i32);
  return [
    left.set(int(count)),
    op['loop void'],
    body,
    pointers.filter(({ stride }) => stride !== 0).map(({ at, stride }) => at.set(plus(at.get, stride))),
    left.tee([left.get, int(1), op['i32.sub']]),
    branchIf(0),
    op.end,
  ];
}
