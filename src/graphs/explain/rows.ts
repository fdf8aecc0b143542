/** Rows of an explanation whose numbers come from a kernel's definition instead of a graph. */
import type { Expression } from '../../explain/expression.ts';
import type { Phase, Row } from '../../explain/lines/line.ts';
import { type Notation, notationOf } from '../../explain/notation.ts';
import { rounded } from '../../explain/numbers.ts';
import { notationText } from '../../explain/text.ts';
import { type Variable, variableText } from '../../explain/variable.ts';

export interface RowParts {
  readonly phase: Phase;
  readonly heading: string;
  /** The address. */
  readonly quantity: string;
  readonly variable: Variable;
  readonly value: number;
  /** How the number is computed; undefined for one that is given. */
  readonly expression?: Expression;
  /** The chain rule in symbols. */
  readonly rule?: Notation;
  readonly note?: string;
}

/** One number with its name, its formula and its value. */
export function rowOf({ phase, heading, quantity, variable, value, expression, rule, note }: RowParts): Row {
  const formula = expression && notationOf(expression);
  return {
    heading,
    variable,
    value,
    ...(rule !== undefined && { rule }),
    ...(formula !== undefined && { formula, expression }),
    marked: false,
    line: {
      phase,
      quantity,
      name: variableText(variable, false),
      ...(rule !== undefined && { rule: notationText(rule, { as: 'names' }) }),
      formula: formula === undefined ? '' : notationText(formula, { as: 'names' }),
      numbers: formula === undefined ? '' : notationText(formula, { as: 'numbers' }),
      value: rounded(value),
      after: phase === 'update' ? 1 : 0,
      ...(note !== undefined && { note }),
    },
  };
}
