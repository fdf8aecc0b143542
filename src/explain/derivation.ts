/**
 * Derives a derivative line by line: each line applies one rule (sum, product, quotient, chain …) to the remaining
 * derivatives, until none remains. The last line is the form that the entry declares, and is checked to be equal. It
 * works on any formula and does not know any activation or loss.
 */
import { argument, type Formula, outerDerivatives, type Primitive } from '../core/formula.ts';
import { type Expression, evaluate, fromFormula, type Leaf, leaf, same } from './expression.ts';
import { type Notation, notationOf } from './notation.ts';
import { isNumber, make, number, tidy } from './tidy.ts';
import { letter, type Variable, variableText } from './variable.ts';

export interface DerivationStep {
  /** The reason why it equals the line before: `quotient rule`. */
  readonly reason: string;
  /** The rule in symbols, if it is the rule of one function: (e^u)′ = e^u·u′. */
  readonly rules: readonly { readonly left: Notation; readonly right: Notation }[];
  readonly expression: Expression;
}

/** The derivative of an expression in one variable, from `(…)′` to a line without derivatives. */
export function derive(e: Expression, by: Variable): DerivationStep[] {
  const steps: DerivationStep[] = [{ reason: '', rules: [], expression: { kind: 'derivative', of: e } }];
  let current: Expression = { kind: 'derivative', of: e };
  // each pass applies one rule to every outermost derivative; no formula is nested this deep
  for (let pass = 0; pass < 100 && pending(current); pass++) {
    const rules = new Rules(by);
    current = tidy(rules.apply(current));
    steps.push({ reason: [...rules.names].join(', '), rules: [...rules.shown.values()], expression: current });
  }
  return steps;
}

/** The derivative in a single step. */
export function derivative(e: Expression, by: Variable): Expression {
  return derive(e, by).at(-1)!.expression;
}

function pending(e: Expression): boolean {
  if (e.kind === 'derivative') return true;
  if (e.kind === 'apply') return e.operands.some(pending);
  return (e.kind === 'sum' || e.kind === 'maximum') && e.terms.some(pending);
}

const u = leaf(letter('u'), Number.NaN);
const v = leaf(letter('v'), Number.NaN);

class Rules {
  readonly names = new Set<string>();
  readonly shown = new Map<string, { left: Notation; right: Notation }>();
  private readonly by: string;

  constructor(by: Variable) {
    this.by = variableText(by, true);
  }

  /** Applies one rule to each outermost derivative. */
  apply(e: Expression): Expression {
    switch (e.kind) {
      case 'derivative':
        return this.rule(e.of);
      case 'apply':
        return { ...e, operands: e.operands.map((operand) => this.apply(operand)) };
      case 'sum':
        return { ...e, terms: e.terms.map((term) => this.apply(term)) };
      default:
        return e;
    }
  }

  private isConstant(e: Expression): boolean {
    switch (e.kind) {
      case 'constant':
        return true;
      case 'leaf':
        return variableText(e.variable, true) !== this.by;
      case 'apply':
        return e.operands.every((operand) => this.isConstant(operand));
      case 'derivative':
        return this.isConstant(e.of);
      default:
        return e.terms.every((term) => this.isConstant(term));
    }
  }

  /** (…)′: 0 or 1 is written at once, anything else is left for the next line. */
  private prime(e: Expression): Expression {
    if (this.isConstant(e)) return number(0);
    return e.kind === 'leaf' ? number(1) : { kind: 'derivative', of: e };
  }

  private rule(e: Expression): Expression {
    if (this.isConstant(e)) return this.named('the derivative of a constant is 0', number(0));
    switch (e.kind) {
      case 'leaf':
        return this.named('the derivative of the variable itself is 1', number(1));
      case 'sum':
        return this.named('sum rule', { ...e, terms: e.terms.map((term) => this.prime(term)) });
      case 'apply':
        return this.primitive(e.primitive, e.operands);
      default:
        return e;
    }
  }

  private named(name: string, e: Expression): Expression {
    this.names.add(name);
    return e;
  }

  private primitive(primitive: Primitive, operands: readonly Expression[]): Expression {
    const [a, b, c] = operands;
    const d = (e: Expression) => this.prime(e);
    switch (primitive) {
      case 'add':
      case 'sub':
        return this.named('sum rule', make(primitive, d(a), d(b)));
      case 'neg':
        return this.named('constant factor', make('neg', d(a)));
      case 'mul':
        if (this.isConstant(a)) return this.named('constant factor', make('mul', a, d(b)));
        if (this.isConstant(b)) return this.named('constant factor', make('mul', b, d(a)));
        if (same(a, b)) return this.power(a);
        return this.named('product rule', make('add', make('mul', d(a), b), make('mul', a, d(b))));
      case 'div':
        if (this.isConstant(b)) return this.named('constant factor', make('div', d(a), b));
        if (this.isConstant(a)) {
          return this.named('quotient rule', make('neg', make('div', make('mul', a, d(b)), make('mul', b, b))));
        }
        return this.named(
          'quotient rule',
          make('div', make('sub', make('mul', d(a), b), make('mul', a, d(b))), make('mul', b, b)),
        );
      // max and min have the derivative of the larger or smaller operand; of two equal ones, of the second
      case 'max':
        return this.named('piecewise', make('where', make('sub', a, b), d(a), d(b)));
      case 'min':
        return this.named('piecewise', make('where', make('sub', b, a), d(a), d(b)));
      case 'where':
        return this.named('piecewise', make('where', a, d(b), d(c)));
      default:
        return this.chain(primitive, operands);
    }
  }

  /** (u²)′ = 2u·u′. */
  private power(a: Expression): Expression {
    if (a.kind !== 'leaf') this.show('chain rule', make('mul', u, u), make('mul', number(2), u));
    else this.names.add('power rule');
    return make('mul', make('mul', number(2), a), this.prime(a));
  }

  /** f(u)′ = f′(u)·u′, with f′ from the table of primitives. */
  private chain(primitive: Primitive, operands: readonly Expression[]): Expression {
    const outer = outerOf(primitive, operands);
    const inner = operands.map((operand) => this.prime(operand));
    const symbols = [u, v].slice(0, operands.length);
    operands.forEach((operand, i) => {
      if (isNumber(inner[i], 0)) return;
      const shown = symbols.map((symbol, j) => (this.isConstant(operands[j]) ? operands[j] : symbol));
      const rule = operand.kind === 'leaf' ? 'derivative of a basic function' : 'chain rule';
      this.show(rule, make(primitive, ...shown), tidy(outerOf(primitive, shown)[i]), operand.kind === 'leaf');
    });
    return operands.map((_, i) => make('mul', outer[i], inner[i])).reduce((sum, term) => make('add', sum, term));
  }

  private show(name: string, of: Expression, outer: Expression, plain = false): void {
    this.names.add(name);
    const left = notationOf({ kind: 'derivative', of });
    const right = notationOf(plain ? outer : make('mul', outer, { kind: 'derivative', of: u }));
    this.shown.set(JSON.stringify(left), { left, right });
  }
}

function outerOf(primitive: Primitive, operands: readonly Expression[]): Expression[] {
  const symbols = operands.map((_, i) => argument(i));
  return outerDerivatives(primitive, symbols).map((f: Formula) => fromFormula(f, (i) => operands[i]));
}

/**
 * Whether two expressions have equal values, to nine digits, at all test points. Points at which either is not finite
 * (a corner, a form that overflows) do not count.
 */
export function agree(a: Expression, b: Expression, points: readonly ((leaf: Leaf) => number)[]): boolean {
  return points.every((read) => {
    const x = evaluate(a, read)!;
    const y = evaluate(b, read)!;
    return (
      !Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x), Math.abs(y))
    );
  });
}
