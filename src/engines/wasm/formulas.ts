/**
 * The formulas of a loop as code, in stages: values that never change, values that change with the row, and values that
 * change with each element. Equal parts of the formulas are one value, computed once, in the earliest stage possible.
 */
import { evaluate, type Formula, interned, type Primitive } from '../../core/formula.ts';
import { type Code, op } from './encoder.ts';
import { type Lanes, scalars } from './lanes.ts';
import { applied } from './primitives.ts';
import type { Local, Locals } from './writer.ts';

/** How often a value changes: never, with the row, with each element. */
export type Level = 0 | 1 | 2;

interface Value {
  readonly level: Level;
  readonly content:
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'argument'; readonly index: number }
    | { readonly kind: 'apply'; readonly primitive: Primitive; readonly operands: readonly Value[] };
}

export interface Surroundings {
  readonly locals: Locals;
  /** The kind of number for rows and elements. */
  readonly lanes: Lanes;
  /** The level of each argument. */
  readonly levels: readonly Level[];
  /** Whether to divide by a value of a lower level by multiplying with its reciprocal. */
  readonly fast: boolean;
  call(primitive: Primitive, lanes: Lanes): Code;
  /** Reads an argument: at level 0 as one float64, otherwise as `lanes`. */
  load(index: number): Code;
}

export class Formulas {
  private readonly around: Surroundings;
  /** The values, each after its operands. */
  private readonly order: Value[] = [];
  private readonly roots: readonly Value[];
  /** Values that a stage computed for later stages. */
  private readonly held = new Map<Value, Local>();

  constructor(formulas: readonly Formula[], around: Surroundings) {
    this.around = around;
    const number = interned();
    const known = new Map<number, Value>();
    const add = (value: Value) => {
      this.order.push(value);
      return value;
    };
    const make = (f: Formula): Value => {
      if (f.kind === 'constant') return { level: 0, content: f };
      if (f.kind === 'argument') return add({ level: around.levels[f.index], content: f });
      const operands = f.operands.map(visit);
      if (operands.every(({ content }) => content.kind === 'constant')) {
        return { level: 0, content: { kind: 'constant', value: evaluate(f, []) } };
      }
      const level = Math.max(...operands.map((operand) => operand.level)) as Level;
      const apply = (at: Level, primitive: Primitive, of: readonly Value[]) =>
        add({ level: at, content: { kind: 'apply', primitive, operands: of } });
      const [dividend, divisor] = operands;
      if (around.fast && f.primitive === 'div' && divisor.level < level) {
        const reciprocal = apply(divisor.level, 'div', [
          { level: 0, content: { kind: 'constant', value: 1 } },
          divisor,
        ]);
        return apply(level, 'mul', [dividend, reciprocal]);
      }
      return apply(level, f.primitive, operands);
    };
    const visit = (f: Formula): Value => {
      const id = number(f);
      const value = known.get(id) ?? make(f);
      known.set(id, value);
      return value;
    };
    this.roots = formulas.map(visit);
  }

  /** The results, each as one float64, if nothing changes. */
  once(): { readonly code: Code; readonly results: readonly Code[] } {
    return this.stage(0, this.roots);
  }

  /** Computes the values of a lower level that the elements need, into locals. */
  prepare(level: 0 | 1): Code {
    const { lanes, locals } = this.around;
    const later = new Set<Value>(this.roots.filter((root) => root.level === level));
    for (const { level: reader, content } of this.order) {
      if (reader <= level || content.kind !== 'apply') continue;
      for (const operand of content.operands) if (operand.level === level) later.add(operand);
    }
    const wanted = [...later].filter(({ content }) => content.kind !== 'constant');
    const { code, results } = this.stage(level, wanted);
    return [
      code,
      wanted.map((value, i) => {
        const local = locals.add(lanes.type);
        this.held.set(value, local);
        return local.set(level === 0 ? fromWide(results[i], lanes) : results[i]);
      }),
    ];
  }

  /** The results of an element, all computed before the first one is used. */
  elements(): { readonly code: Code; readonly results: readonly Code[] } {
    const { code, results } = this.stage(2, this.roots);
    if (results.length === 1) return { code, results };
    const locals = results.map(() => this.around.locals.add(this.around.lanes.type));
    return {
      code: [code, results.map((result, i) => locals[i].set(result))],
      results: locals.map((local) => local.get),
    };
  }

  private stage(level: Level, wanted: readonly Value[]): { code: Code; results: Code[] } {
    const { locals, load, call } = this.around;
    const lanes = level === 0 ? scalars[8] : this.around.lanes;
    const here = new Set<Value>();
    const gather = (value: Value) => {
      if (value.level !== level || here.has(value)) return;
      here.add(value);
      if (value.content.kind === 'apply') value.content.operands.forEach(gather);
    };
    wanted.forEach(gather);
    const uses = new Map<Value, number>();
    const use = (value: Value) => {
      uses.set(value, (uses.get(value) ?? 0) + 1);
    };
    wanted.forEach(use);
    for (const { content } of here) if (content.kind === 'apply') content.operands.forEach(use);

    const statements: Code[] = [];
    const done = new Map<Value, Code>();
    const read = (value: Value): Code => {
      if (value.content.kind === 'constant') return lanes.constant(value.content.value);
      return done.get(value) ?? this.held.get(value)!.get;
    };
    // a value that is read once is computed there
    for (const value of this.order) {
      if (!here.has(value)) continue;
      const { content } = value;
      if (content.kind === 'constant') continue;
      const code =
        content.kind === 'argument'
          ? load(content.index)
          : applied(content.primitive, lanes, content.operands.map(read), call);
      if (uses.get(value) === 1) done.set(value, code);
      else {
        const local = locals.add(lanes.type);
        statements.push(local.set(code));
        done.set(value, local.get);
      }
    }
    return { code: statements, results: wanted.map(read) };
  }
}

/** A float64 as a value of the plan's kind, in all its lanes. */
function fromWide(code: Code, lanes: Lanes): Code {
  return lanes.splat(lanes.width === 4 ? [code, op['f32.demote_f64']] : code);
}
