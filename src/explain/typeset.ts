/** The lines of a step, and the numbers that are given before it, as TeX, for pages that typeset them. */
import { aCount, options } from '../base/arguments.ts';
import { unravel } from '../base/shape.ts';
import { anExplainedStep } from './arguments.ts';
import type { ExplainedStep } from './explained.ts';
import { numberTex } from './numbers.ts';
import { texOfRow } from './render/row-tex.ts';
import { groupsOf, isMarked, severalSamples } from './render/view.ts';
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
  anExplainedStep(step, 'typesetLines: step');
  return groupsOf(step).flatMap((group) => {
    const several = severalSamples(group);
    return group.rows.map((row) => {
      const { name, value, terms } = texOfRow(row, { marked: isMarked(row, several), digits: step.digits });
      return { heading: group.heading, name, ...terms, value };
    });
  });
}

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

const givenOptions = options({ max: aCount });

/**
 * The parameters before a step, and the inputs and targets of its samples, as TeX. Of each parameter the first `max` elements.
 *
 * For example, the first element of the textbook's first layer is `v_{11} = 0.15`.
 */
export function typesetGiven(step: ExplainedStep, given: { readonly max?: number } = {}): TypesetGiven {
  anExplainedStep(step, 'typesetGiven: step');
  givenOptions(given, 'typesetGiven: options');
  const { parameters, table, digits } = step;
  const { max = 48 } = given;
  const places = table.columns.flatMap((column, c) => (column.given ? [c] : []));
  return {
    parameters: parameters.map(({ name, shape, numbers, variable }) => {
      const count = Math.min(max, numbers.length);
      const element = (offset: number) =>
        `${variableTex(variable(unravel(offset, shape)), false)} = ${numberTex(numbers[offset], digits)}`;
      return { name, elements: Array.from({ length: count }, (_, i) => element(i)), more: numbers.length - count };
    }),
    table: {
      rowName: table.rowName,
      columns: places.map((c) => variableTex(table.columns[c].variable, false)),
      rows: table.rows.map(({ number, values }) => ({
        number,
        values: places.map((c) => numberTex(values[c], digits)),
      })),
    },
  };
}
