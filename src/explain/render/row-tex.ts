/** The formulas of one line as TeX, with every number in them marked by its address, for pages on which numbers are links. */
import type { ReadNumber, Row } from '../lines/line.ts';
import type { Notation } from '../notation.ts';
import { numberTex } from '../numbers.ts';
import { notationTex, type TexWriting } from '../tex.ts';
import { type Variable, variableTex, variableText } from '../variable.ts';
import { sidesOf } from './view.ts';

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
}

/**
 * The formulas of a row of `explanation` as TeX.
 *
 * @example
 * const [row] = explanation(experiment(json)).rows;
 * texOfRow(row).formula; // x_{1} \cdot v_{11} + x_{2} \cdot v_{21} + x_{3} \cdot v_{31}
 */
export function texOfRow(row: Row, { digits, mark, marked = row.marked }: RowTexOptions = {}): RowTex {
  const reads = new Map<Variable, ReadNumber>(row.reads?.map((read) => [read.variable, read]));
  const wrap =
    mark &&
    ((tex: string, variable: Variable) => {
      const { quantity, after } = reads.get(variable) ?? {};
      return mark(tex, { name: variableText(variable, true), quantity, after });
    });
  const write = (notation: Notation, how: TexWriting) => notationTex(notation, { ...how, wrap });
  const sides = sidesOf(row, marked, { blank: false, digits });
  const written = sides.map(({ notation, how }) => ({ how, tex: write(notation, how), isRule: notation === row.rule }));
  const own = (tex: string) =>
    mark?.(tex, { name: variableText(row.variable, true), quantity: row.line.quantity, after: row.line.after }) ?? tex;
  return {
    name: own(variableTex(row.variable, marked)),
    rule: written.find(({ isRule }) => isRule)?.tex,
    formula: written.find(({ how, isRule }) => how.as === 'names' && !isRule)?.tex,
    numbers: written.find(({ how }) => how.as === 'numbers')?.tex,
    value: own(numberTex(row.value, digits)),
  };
}
