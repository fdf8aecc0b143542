/**
 * An unrolled plan as a function `step(times)`, which loops whole training steps. Sources that a step updates are in locals
 * during the loop, and are stored to memory at its end. Kept values can be read only after the last step, so only the last
 * step computes and stores them.
 */
import type { Primitive } from '../../core/formula.ts';
import { branch, branchIf, type Code, type FunctionBody, i32, int, op } from './encoder.ts';
import { scalars as kinds, type Lanes } from './lanes.ts';
import { applied } from './primitives.ts';
import type { Applied, Scalar, Scalars } from './scalars.ts';
import { type Local, Locals } from './writer.ts';

/** An unrolled plan that becomes one function. */
export interface Unit {
  readonly scalars: Scalars;
  /** The bytes of a number. */
  readonly width: 4 | 8;
  /** The address of an offset in the plan's arena, in bytes. */
  address(at: number): number;
  /** Whether an offset holds a float64 also in a float32 plan. */
  isWide(at: number): boolean;
  call(primitive: Primitive, lanes: Lanes): Code;
}

/** The maximum depth of nested operands, as the generator recurses to that depth; deeper ones use a local. */
const maxDepth = 100;

const origin = int(0);

export function unrolledFunction(unit: Unit, exported: string): FunctionBody {
  return new Unrolled(unit, new Locals([i32])).build(exported);
}

/** A step for a loop of another function: the code before the loop, a step that stores kept values, the code after. */
export interface InlineStep {
  readonly before: Code;
  readonly step: Code;
  readonly after: Code;
}

export function unrolledStep(unit: Unit, locals: Locals): InlineStep {
  return new Unrolled(unit, locals).inline();
}

class Unrolled {
  private readonly unit: Unit;
  private readonly locals: Locals;
  /** For each kind, the locals whose value is not read again. */
  private readonly free = new Map<Lanes, Local[]>();
  /** The locals of the sources that a step updates. */
  private readonly held = new Map<number, Local>();
  private readonly wide = new Set<Scalar>();

  constructor(unit: Unit, locals: Locals) {
    this.unit = unit;
    this.locals = locals;
    const isWide = (scalar: Scalar) =>
      scalar.kind === 'constant' || (scalar.kind === 'source' ? unit.isWide(scalar.at) : this.wide.has(scalar));
    for (const scalar of unit.scalars.order) if (scalar.operands.every(isWide)) this.wide.add(scalar);
    for (const { at } of unit.scalars.updates) this.held.set(at, this.locals.add(this.kindAt(at).type));
  }

  private kindAt(at: number): Lanes {
    return kinds[this.unit.isWide(at) ? 8 : this.unit.width];
  }

  private kindOf(scalar: Applied): Lanes {
    return kinds[this.wide.has(scalar) ? 8 : this.unit.width];
  }

  build(exported: string): FunctionBody {
    const { scalars } = this.unit;
    const times = this.locals.parameter(0);
    const { load, store } = this;
    return this.locals.body(
      [
        [times.get, int(0), op['i32.le_s'], op['if void'], op.return, op.end],
        load,
        [op['block void'], op['loop void']],
        [times.tee([times.get, int(1), op['i32.sub']]), op['i32.eqz'], branchIf(1)],
        this.step([]),
        [branch(0), op.end, op.end],
        this.step(scalars.kept),
        store,
      ],
      [],
      exported,
    );
  }

  inline(): InlineStep {
    return { before: this.load, step: this.step(this.unit.scalars.kept), after: this.store };
  }

  private get load(): Code {
    return [...this.held].map(([at, local]) => local.set(this.kindAt(at).load(origin, this.unit.address(at))));
  }

  private get store(): Code {
    return [...this.held].map(([at, local]) => this.kindAt(at).store(origin, this.unit.address(at), local.get));
  }

  /** One step: computes what the updates and `kept` need, stores `kept`, and applies the updates. */
  private step(kept: Scalars['kept']): Code {
    const { address, scalars, call } = this.unit;
    const uses = countUses(scalars, kept);
    const inLocal = new Map<Scalar, Local>();

    /** Reads a scalar as a number of a kind. */
    const read = (scalar: Scalar, as: Lanes): Code => {
      if (scalar.kind === 'constant') return as.constant(scalar.value);
      if (scalar.kind === 'source') {
        const kind = this.kindAt(scalar.at);
        const local = this.held.get(scalar.at);
        return converted(local === undefined ? kind.load(origin, address(scalar.at)) : local.get, kind, as);
      }
      const kind = this.kindOf(scalar);
      const local = inLocal.get(scalar);
      if (local === undefined) return converted(compute(scalar), kind, as);
      const left = uses.get(scalar)! - 1;
      uses.set(scalar, left);
      if (left === 0) this.freeOf(kind).push(local);
      return converted(local.get, kind, as);
    };
    const compute = (scalar: Applied): Code => {
      const kind = this.kindOf(scalar);
      const operands = scalar.operands.map((operand) => read(operand, kind));
      return applied(scalar.primitive, kind, operands, call);
    };

    const code: Code[] = [];
    const places = new Map<Scalar, number[]>(kept.map(({ value }) => [value, []]));
    for (const { at, value } of kept) places.get(value)!.push(at);
    const keep = (scalar: Scalar) => {
      for (const at of places.get(scalar) ?? []) {
        const kind = this.kindAt(at);
        code.push(kind.store(origin, address(at), read(scalar, kind)));
      }
    };

    for (const scalar of places.keys()) if (scalar.kind !== 'apply') keep(scalar);
    const depth = new Map<Scalar, number>();
    for (const scalar of scalars.order) {
      if (!uses.has(scalar)) continue;
      const nested = Math.max(...scalar.operands.map((operand) => depth.get(operand) ?? 0));
      // a scalar that is used once is computed there
      if (uses.get(scalar) === 1 && nested < maxDepth) depth.set(scalar, nested + 1);
      else {
        const value = compute(scalar);
        const kind = this.kindOf(scalar);
        const local = this.freeOf(kind).pop() ?? this.locals.add(kind.type);
        code.push(local.set(value));
        inLocal.set(scalar, local);
      }
      keep(scalar);
    }
    // all new values are on the stack before the first source changes
    for (const { at, value } of scalars.updates) code.push(read(value, this.kindAt(at)));
    for (const { at } of scalars.updates.toReversed()) code.push(this.held.get(at)!.set([]));
    return code;
  }

  private freeOf(kind: Lanes): Local[] {
    const free = this.free.get(kind) ?? [];
    this.free.set(kind, free);
    return free;
  }
}

function converted(value: Code, from: Lanes, to: Lanes): Code {
  if (from === to) return value;
  return [value, to.width === 4 ? op['f32.demote_f64'] : op['f64.promote_f32']];
}

/** How often each scalar is read in a step; unused ones are missing. */
function countUses({ order, updates }: Scalars, kept: Scalars['kept']): Map<Scalar, number> {
  const uses = new Map<Scalar, number>();
  const use = (scalar: Scalar) => {
    uses.set(scalar, (uses.get(scalar) ?? 0) + 1);
  };
  for (const { value } of [...updates, ...kept]) use(value);
  // backwards, so that each scalar comes after everything that reads it
  for (const scalar of order.toReversed()) if (uses.has(scalar)) scalar.operands.forEach(use);
  return uses;
}
