/** An explained step as TeX, line by line: plain data, for pages that typeset it themselves. */
import type { ExplainedStep } from '../explained.ts';
import type { Phase, Row } from '../lines/line.ts';
import { numberTex } from '../numbers.ts';
import { notationTexTerms } from '../tex.ts';
import { variableTex } from '../variable.ts';
import { groupsOf, isMarked, type Shown, severalSamples, showsValue, sidesOf } from './view.ts';

/** One number. Users' names in it are escaped, so that they cannot be commands of TeX. */
export interface TypesetLine {
  readonly phase: Phase;
  /** The address. */
  readonly quantity: string;
  /** The number of updates before it was computed. */
  readonly after: number;
  /** The symbol, as TeX. */
  readonly name: string;
  /**
   * What it equals: the chain rule in symbols, the formula in names, the formula in numbers, as far as there are any. Each side is a
   * list of the terms of its outermost sum, with their signs, so that a narrow page can break between them.
   */
  readonly sides: readonly (readonly string[])[];
  /** The result, as TeX; undefined where it is to be filled in. */
  readonly result?: string;
  /** The exact number. */
  readonly value: number;
  /** A remark as text. */
  readonly note?: string;
}

/** The lines under one heading. */
export interface TypesetGroup {
  readonly heading: string;
  readonly lines: readonly TypesetLine[];
}

/**
 * The lines of an explained step as TeX, under their headings, in the order of computation.
 *
 * @example typeset(explainGraphExample(graphExample(json)!))[0].lines[0].name  // 'z_{1}'
 */
export function typeset({ rows, digits }: Pick<ExplainedStep, 'rows' | 'digits'>): TypesetGroup[] {
  return groupsOf({ rows }).map((group) => {
    const several = severalSamples(group);
    const lines = group.rows.map((row) => typesetRow(row, isMarked(row, several), { blank: false, digits }));
    return { heading: group.heading, lines };
  });
}

/** A line as TeX. */
export function typesetRow(row: Row, marked: boolean, shown: Shown): TypesetLine {
  const { phase, quantity, after, note } = row.line;
  return {
    phase,
    quantity,
    after,
    name: variableTex(row.variable, marked),
    sides: sidesOf(row, marked, shown).map(({ notation, how }) => notationTexTerms(notation, how)),
    value: row.value,
    ...(showsValue(row, shown.blank) && { result: numberTex(row.value, shown.digits) }),
    ...(note !== undefined && { note }),
  };
}
