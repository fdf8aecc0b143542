/**
 * Unrolled plans to one module: a function `step(times)` for each, which loops whole training steps. Sources that a step
 * updates stand in locals over the loop and go back to memory at its end. Nobody can look at a value before the last
 * step: only that one stores the named values, and computes what is needed for them alone.
 */
import type { Primitive } from '../../core/formula.ts';
import {
  type Bytes,
  branch,
  branchIf,
  call,
  encodeModule,
  type FunctionBody,
  f64,
  get,
  i32,
  int,
  load,
  type ModuleParts,
  number,
  op,
  origin,
  set,
  store,
  tee,
} from './encoder.ts';
import type { Imports } from './instantiate.ts';
import { emissions } from './primitives.ts';
import type { Applied, Scalar, Scalars } from './scalars.ts';

/** What becomes one function: scalars, and the address in bytes of each place in the plan's arena. */
export interface Unit {
  readonly scalars: Scalars;
  address(at: number): number;
}

export interface Generated {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly imports: Imports;
}

/** Operands nest on the stack to this depth, then go through a local: the emitter recurses as deep as they nest. */
const deepest = 100;

const times = 0;

class StepFunction {
  private readonly code: Bytes = [];
  private readonly unit: Unit;
  private readonly functionOf: (primitive: Primitive) => number;
  private locals = 1;
  /** Locals whose value nothing will read again. */
  private readonly free: number[] = [];
  /** Of the sources that a step updates. */
  private readonly sourceLocals = new Map<number, number>();

  constructor(unit: Unit, functionOf: (primitive: Primitive) => number) {
    this.unit = unit;
    this.functionOf = functionOf;
    for (const { at } of unit.scalars.updates) this.sourceLocals.set(at, this.locals++);
  }

  build(exported: string): FunctionBody {
    const { address, scalars } = this.unit;
    this.emit(get(times), int(0), op['i32.le_s'], op['if void'], op.return, op.end);
    for (const [at, local] of this.sourceLocals) this.emit(origin, load(address(at)), set(local));
    this.emit(op['block void'], op['loop void']);
    this.emit(get(times), int(1), op['i32.sub'], tee(times), op['i32.eqz'], branchIf(1));
    this.step([]);
    this.emit(branch(0), op.end, op.end);
    this.step(scalars.kept);
    for (const [at, local] of this.sourceLocals) this.emit(origin, get(local), store(address(at)));
    return {
      type: { parameters: [i32], results: [] },
      locals: [{ count: this.locals - 1, type: f64 }],
      code: this.code,
      exported,
    };
  }

  private emit(...pieces: readonly (readonly number[])[]): void {
    for (const piece of pieces) for (const byte of piece) this.code.push(byte);
  }

  /** One step: what the updates and `kept` need, the stores of `kept`, the updates. */
  private step(kept: Scalars['kept']): void {
    const { address, scalars } = this.unit;
    const uses = countUses(scalars, kept);
    const inLocal = new Map<Scalar, number>();

    const push = (scalar: Scalar) => {
      if (scalar.kind === 'constant') this.emit(number(scalar.value));
      else if (scalar.kind === 'source') {
        const local = this.sourceLocals.get(scalar.at);
        if (local === undefined) this.emit(origin, load(address(scalar.at)));
        else this.emit(get(local));
      } else {
        const local = inLocal.get(scalar);
        if (local === undefined) compute(scalar);
        else {
          this.emit(get(local));
          const left = uses.get(scalar)! - 1;
          uses.set(scalar, left);
          if (left === 0) this.free.push(local);
        }
      }
    };
    const compute = ({ primitive, operands }: Applied) => {
      const emission = emissions[primitive];
      if (emission.kind === 'code') {
        for (const i of emission.operands ?? operands.keys()) push(operands[i]);
        this.emit(emission.code);
      } else {
        operands.forEach(push);
        this.emit(call(this.functionOf(primitive)));
      }
    };

    const places = new Map<Scalar, number[]>(kept.map(({ value }) => [value, []]));
    for (const { at, value } of kept) places.get(value)!.push(at);
    const keep = (scalar: Scalar) => {
      for (const at of places.get(scalar) ?? []) {
        this.emit(origin);
        push(scalar);
        this.emit(store(address(at)));
      }
    };

    for (const scalar of places.keys()) if (scalar.kind !== 'apply') keep(scalar);
    const depth = new Map<Scalar, number>();
    for (const scalar of scalars.order) {
      if (!uses.has(scalar)) continue;
      const nested = Math.max(...scalar.operands.map((operand) => depth.get(operand) ?? 0));
      // what is used once is computed where it is used
      if (uses.get(scalar) === 1 && nested < deepest) depth.set(scalar, nested + 1);
      else {
        compute(scalar);
        const local = this.free.pop() ?? this.locals++;
        this.emit(set(local));
        inLocal.set(scalar, local);
      }
      keep(scalar);
    }
    // all new values are on the stack before the first source changes
    for (const { value } of scalars.updates) push(value);
    for (const { at } of scalars.updates.toReversed()) this.emit(set(this.sourceLocals.get(at)!));
  }
}

/** How often each scalar is read in a step; one that nothing needs is missing. */
function countUses({ order, updates }: Scalars, kept: Scalars['kept']): Map<Scalar, number> {
  const uses = new Map<Scalar, number>();
  const use = (scalar: Scalar) => {
    uses.set(scalar, (uses.get(scalar) ?? 0) + 1);
  };
  for (const { value } of [...updates, ...kept]) use(value);
  // backwards: each after everything that reads it
  for (const scalar of order.toReversed()) if (uses.has(scalar)) scalar.operands.forEach(use);
  return uses;
}

/** The name under which the function of a unit is exported. */
export const stepName = (index: number) => `step${index}`;

/** One module for all units, over one memory of `pages` pages of 64 KiB. */
export function generate(units: readonly Unit[], pages: number): Generated {
  const used = new Set(units.flatMap(({ scalars }) => scalars.order.map(({ primitive }) => primitive)));
  const imports: ModuleParts['imports'][number][] = [];
  const math: Record<string, (...operands: number[]) => number> = {};
  const own: { primitive: Primitive; body: FunctionBody }[] = [];
  for (const primitive of used) {
    const emission = emissions[primitive];
    if (emission.kind === 'own') own.push({ primitive, body: emission.body });
    if (emission.kind === 'imported') {
      const parameters = Array.from({ length: emission.from.length }, () => f64);
      imports.push({ module: 'math', name: primitive, type: { parameters, results: [f64] } });
      math[primitive] = emission.from;
    }
  }
  // functions are numbered: the imports first, then the module's
  const numbers = [...imports.map(({ name }) => name), ...own.map(({ primitive }) => primitive)];
  const functionOf = (primitive: Primitive) => numbers.indexOf(primitive);
  const steps = units.map((unit, i) => new StepFunction(unit, functionOf).build(stepName(i)));
  const bytes = encodeModule({ imports, functions: [...own.map(({ body }) => body), ...steps], pages });
  return { bytes, imports: { math } };
}
