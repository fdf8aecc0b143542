/**
 * Expressions: formulas whose arguments are named numbers. A scalar of a tape is written in terms of the scalars that
 * have names; scalars without a name are written out in place. The same primitives compute the values, so an expression
 * gives the engine's bits.
 */
import {
  apply,
  constant,
  evaluate as evaluateFormula,
  type Formula,
  type Primitive,
  sameFormula,
} from '../core/formula.ts';
import type { Scalar, Tape } from './tape.ts';
import { type Variable, variableText } from './variable.ts';

export type Expression =
  | { readonly kind: 'constant'; readonly value: number; readonly name?: string }
  | { readonly kind: 'leaf'; readonly variable: Variable; readonly value: number; readonly scalar?: Scalar }
  | { readonly kind: 'apply'; readonly primitive: Primitive; readonly operands: readonly Expression[] }
  /** A sum or maximum of `count` terms, of which only the first are included. */
  | { readonly kind: 'sum' | 'maximum'; readonly terms: readonly Expression[]; readonly count: number }
  /** A derivative that is not computed yet. */
  | { readonly kind: 'derivative'; readonly of: Expression };

export type Leaf = Expression & { readonly kind: 'leaf' };

export function leaf(variable: Variable, value: number, scalar?: Scalar): Leaf {
  return { kind: 'leaf', variable, value, scalar };
}

/** A formula with an expression for each argument. A shared subformula stays one object. */
export function fromFormula(formula: Formula, argument: (index: number) => Expression): Expression {
  const held = new Map<Formula, Expression>();
  const go = (f: Formula): Expression => {
    const known = held.get(f);
    if (known !== undefined) return known;
    let made: Expression;
    if (f.kind === 'constant') made = f;
    else if (f.kind === 'argument') made = argument(f.index);
    else made = applied(f.primitive, f.operands.map(go));
    held.set(f, made);
    return made;
  };
  return go(formula);
}

/** An operation; a named count of 1, such as m of one sample, is left out of products and quotients. It changes no bit. */
function applied(primitive: Primitive, operands: readonly Expression[]): Expression {
  const [a, b] = operands;
  if ((primitive === 'mul' || primitive === 'div') && isCountOfOne(b)) return a;
  if (primitive === 'mul' && isCountOfOne(a)) return b;
  return { kind: 'apply', primitive, operands };
}

const isCountOfOne = (e: Expression) => e.kind === 'constant' && e.value === 1 && e.name !== undefined;

/** The variable of a scalar that has a name; undefined if it is written out. */
export type Naming = (scalar: Scalar) => Variable | undefined;

/**
 * The computation of a scalar in terms of named scalars. Of more than `limit` + 1 terms the first `limit` are written.
 */
export function expressionOf(scalar: Scalar, tape: Tape, naming: Naming, limit = Number.POSITIVE_INFINITY): Expression {
  const refer = (other: Scalar): Expression => {
    const variable = naming(other);
    return variable === undefined ? write(other) : leaf(variable, other.value, other);
  };
  const write = (from: Scalar): Expression => {
    const { op } = from.node;
    if (op.kind === 'contract') {
      const { terms: first, count } = tape.terms(from.node, from.index, limit + 1);
      const terms = cut(first, count, limit);
      return {
        kind: 'sum',
        count,
        terms: terms.map(([a, b]) => (b === undefined ? refer(a) : product(refer(a), a === b ? undefined : refer(b)))),
      };
    }
    const { definition } = from;
    switch (definition.kind) {
      case 'formula': {
        const known = new Map<number, Expression>();
        return fromFormula(definition.formula, (i) => {
          const made = known.get(i) ?? refer(definition.from[i]);
          known.set(i, made);
          return made;
        });
      }
      case 'sum': {
        // of no terms: 0
        const { terms } = definition;
        if (terms.length === 0) return { kind: 'constant', value: 0 };
        const shown = cut(terms, terms.length, limit).map(([a]) => refer(a));
        return shown.length === 1 ? shown[0] : { kind: 'sum', count: terms.length, terms: shown };
      }
      case 'maximum':
        return {
          kind: 'maximum',
          count: definition.from.length,
          terms: cut(definition.from, definition.from.length, limit).map(refer),
        };
      default:
        return { kind: 'constant', value: from.value };
    }
  };
  return write(scalar);
}

/** A single term is never left out: "1 more" would take as much space. */
function cut<T>(terms: readonly T[], count: number, limit: number): readonly T[] {
  return count <= limit + 1 ? terms : terms.slice(0, limit);
}

function product(a: Expression, b: Expression | undefined): Expression {
  return { kind: 'apply', primitive: 'mul', operands: [a, b ?? a] };
}

/** The value of an expression, with leaves from `read`; undefined if terms were left out or derivatives remain. */
export function evaluate(e: Expression, read: (leaf: Leaf) => number = (leaf) => leaf.value): number | undefined {
  switch (e.kind) {
    case 'constant':
      return e.value;
    case 'leaf':
      return read(e);
    case 'derivative':
      return undefined;
    case 'apply': {
      const operands = e.operands.map((operand) => evaluate(operand, read));
      if (operands.some((operand) => operand === undefined)) return undefined;
      return evaluateFormula(apply(e.primitive, ...operands.map((operand) => constant(operand!))), []);
    }
    default: {
      const terms = e.terms.map((term) => evaluate(term, read));
      if (terms.length < e.count || terms.some((term) => term === undefined)) return undefined;
      return e.kind === 'sum' ? terms.reduce<number>((a, b) => a + b!, 0) : Math.max(...(terms as number[]));
    }
  }
}

/** The named scalars in an expression, in order, each once. */
export function leavesOf(e: Expression, into = new Set<Leaf>()) {
  if (e.kind === 'leaf') into.add(e);
  if (e.kind === 'apply') for (const operand of e.operands) leavesOf(operand, into);
  if (e.kind === 'sum' || e.kind === 'maximum') for (const term of e.terms) leavesOf(term, into);
  if (e.kind === 'derivative') leavesOf(e.of, into);
  return into;
}

/** Whether two expressions have the same text. */
export function same(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a.kind === 'constant') return b.kind === 'constant' && sameFormula(a, b);
  if (a.kind === 'leaf') return b.kind === 'leaf' && variableText(a.variable, true) === variableText(b.variable, true);
  if (a.kind === 'derivative') return b.kind === 'derivative' && same(a.of, b.of);
  if (a.kind === 'apply') {
    return (
      b.kind === 'apply' &&
      a.primitive === b.primitive &&
      a.operands.every((operand, i) => same(operand, b.operands[i]))
    );
  }
  return (
    b.kind === a.kind &&
    a.count === b.count &&
    a.terms.length === b.terms.length &&
    a.terms.every((term, i) => same(term, b.terms[i]))
  );
}
