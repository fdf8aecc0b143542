/** The formulas of one line as TeX, with every number in them marked by its address, for pages on which numbers are links. */
import { aBoolean, aFunction, aNumber, options } from '../../base/arguments.ts';
import { aRow } from '../arguments.ts';
import type { ReadNumber, Row } from '../lines/line.ts';
import type { Notation } from '../notation.ts';
import { checkedDigits, numberTex } from '../numbers.ts';
import { notationTex, notationTexTerms, type TexWriting } from '../tex.ts';
import { type Variable, variableTex, variableText } from '../variable.ts';
import { type Side, sidesOf } from './view.ts';

/** A number in a formula. */
export interface MarkedNumber {
  /** Its name with the mark of its sample: `h1⁽²⁾`. */
  readonly name: string;
  /** Its address; undefined in a chain rule, which is written in symbols alone. */
  readonly quantity?: string;
  /** The number of updates before it was computed. */
  readonly after?: number;
}

export interface RowTexOptions {
  /** Significant digits, from 1 to 17; default 6. */
  readonly digits?: number;
  /** Whether to write the marks of samples; default: where a formula has several samples. */
  readonly marked?: boolean;
  /**
   * Wraps the TeX of a number or of its name, such as in temml's `\data{…}{…}`. What it returns must be TeX without commands
   * from a user's text: an address can contain a symbol of the user, so write a number that stands for it.
   */
  readonly mark?: (tex: string, number: MarkedNumber) => string;
}

/** One line as TeX. A part that equals the one before it is left out. */
export interface RowTex {
  readonly name: string;
  /** The chain rule in symbols. */
  readonly rule?: string;
  /** The formula in names. */
  readonly formula?: string;
  /** The formula in numbers. */
  readonly numbers?: string;
  readonly value: string;
  /** The terms of the outermost sum of each part, with their signs, for lines that are broken there. */
  readonly terms: Readonly<Partial<Record<'rule' | 'formula' | 'numbers', readonly string[]>>>;
}

const texOptions = options({ marked: aBoolean, mark: aFunction, digits: aNumber });

/**
 * The formulas of a row of `explanation` as TeX. Throws an InputError for a number of digits that is not from 1 to 17.
 *
 * @example
 * const [row] = explanation(experiment(json)).rows;
 * texOfRow(row).formula; // x_{1} \cdot v_{11} + x_{2} \cdot v_{21} + x_{3} \cdot v_{31}
 */
export function texOfRow(row: Row, given: RowTexOptions = {}): RowTex {
  aRow(row, 'texOfRow: row');
  texOptions(given, 'texOfRow: options');
  const { digits, mark, marked = row.marked } = given;
  checkedDigits(digits, 'texOfRow: options.digits');
  const reads = new Map<Variable, ReadNumber>(row.reads?.map((read) => [read.variable, read]));
  const wrap =
    mark &&
    ((tex: string, variable: Variable) => {
      const { quantity, after } = reads.get(variable) ?? {};
      return mark(tex, { name: variableText(variable, true), quantity, after });
    });
  const write = (notation: Notation, how: TexWriting) => notationTex(notation, { ...how, wrap });
  const termsOf = ({ notation, how }: Side) => notationTexTerms(notation, { ...how, wrap });
  const sides = sidesOf(row, marked, { blank: false, digits });
  const rule = sides.find(({ notation }) => notation === row.rule);
  const formula = sides.find((side) => side.how.as === 'names' && side !== rule);
  const numbers = sides.find(({ how }) => how.as === 'numbers');
  const own = (tex: string) =>
    mark?.(tex, { name: variableText(row.variable, true), quantity: row.line.quantity, after: row.line.after }) ?? tex;
  return {
    name: own(variableTex(row.variable, marked)),
    rule: rule && write(rule.notation, rule.how),
    formula: formula && write(formula.notation, formula.how),
    numbers: numbers && write(numbers.notation, numbers.how),
    value: own(numberTex(row.value, digits)),
    terms: {
      ...(rule && { rule: termsOf(rule) }),
      ...(formula && { formula: termsOf(formula) }),
      ...(numbers && { numbers: termsOf(numbers) }),
    },
  };
}
