/** The lines of a step, and the numbers that are given before it, as TeX, for pages that typeset them. */
import { unravel } from '../base/shape.ts';
import type { ExplainedStep } from './explained.ts';
import type { Row } from './lines/line.ts';
import type { Notation } from './notation.ts';
import { numberTex } from './numbers.ts';
import { groupsOf, isMarked, severalSamples } from './render/view.ts';
import { notationTexTerms } from './tex.ts';
import type { Writing } from './text.ts';
import { variableTex } from './variable.ts';

/** One line as TeX. A formula is a list of terms, each with its sign in front, so that it can be broken between them. */
export interface TypesetLine {
  /** The heading under which the line belongs, in words. */
  readonly heading: string;
  readonly name: string;
  /** The chain rule in symbols, if the number is a derivative. */
  readonly rule?: readonly string[];
  /** In names; left out for an input. */
  readonly formula?: readonly string[];
  /** The formula with its numbers; left out where it would be the value itself. */
  readonly numbers?: readonly string[];
  readonly value: string;
}

/**
 * The lines of a step as TeX, in the order of `lines`. Symbols of users are escaped; a page should still forbid TeX that affects
 * more than a formula.
 *
 * For example, the first name of the textbook's step is `h_{1}`, and its value `2.4`.
 */
export function typesetLines(step: ExplainedStep): TypesetLine[] {
  return groupsOf(step).flatMap((group) => {
    const several = severalSamples(group);
    return group.rows.map((row) => typesetLine(row, group.heading, isMarked(row, several), step.digits));
  });
}

function typesetLine(row: Row, heading: string, marked: boolean, digits?: number): TypesetLine {
  const { rule, formula } = row;
  const names: Writing = { as: 'names', marked };
  const isShown = rule !== undefined && JSON.stringify(rule) !== JSON.stringify(formula);
  return {
    heading,
    name: variableTex(row.variable, marked),
    ...(isShown && { rule: notationTexTerms(rule, names) }),
    ...(formula !== undefined && { formula: notationTexTerms(formula, names) }),
    ...(formula !== undefined &&
      hasNumbers(formula) && { numbers: notationTexTerms(formula, { as: 'numbers', digits }) }),
    value: numberTex(row.value, digits),
  };
}

/** A single number is the result itself. */
const hasNumbers = ({ kind }: Notation) => kind !== 'variable' && kind !== 'number';

/** The numbers that are given before a step. */
export interface TypesetGiven {
  /** The parameters: the address of each, its elements as `v_{11} = 0.15`, and how many more there are. */
  readonly parameters: readonly {
    readonly name: string;
    readonly elements: readonly string[];
    readonly more: number;
  }[];
  /** What a row of the table is (`sample`), the names of its given columns, and the rows: their number, from 1, and values. */
  readonly table: {
    readonly rowName: string;
    readonly columns: readonly string[];
    readonly rows: readonly { readonly number: number; readonly values: readonly string[] }[];
  };
}

/**
 * The parameters before a step, and the inputs and targets of its samples, as TeX. Of each parameter the first `max` elements.
 *
 * For example, the first element of the textbook's first layer is `v_{11} = 0.15`.
 */
export function typesetGiven({ parameters, table, digits }: ExplainedStep, { max = 48 } = {}): TypesetGiven {
  const given = table.columns.flatMap((column, c) => (column.given ? [c] : []));
  return {
    parameters: parameters.map(({ name, shape, numbers, variable }) => {
      const count = Math.min(max, numbers.length);
      const element = (offset: number) =>
        `${variableTex(variable(unravel(offset, shape)), false)} = ${numberTex(numbers[offset], digits)}`;
      return { name, elements: Array.from({ length: count }, (_, i) => element(i)), more: numbers.length - count };
    }),
    table: {
      rowName: table.rowName,
      columns: given.map((c) => variableTex(table.columns[c].variable, false)),
      rows: table.rows.map(({ number, values }) => ({
        number,
        values: given.map((c) => numberTex(values[c], digits)),
      })),
    },
  };
}
