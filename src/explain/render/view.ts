/** The common content of all renderers, in one order: the lines in groups, and the sides of each line. */
import type { ExplainedStep } from '../explained.ts';
import type { Row } from '../lines/line.ts';
import type { Notation } from '../notation.ts';
import type { Writing } from '../text.ts';

export interface RenderOptions {
  /** Leave the results out, for a worksheet to fill in. */
  readonly blank?: boolean;
}

/** How numbers are shown: left out of a worksheet, and with so many digits. */
export interface Shown {
  readonly blank: boolean;
  readonly digits?: number;
}

export interface Group {
  readonly heading: string;
  readonly rows: readonly Row[];
}

/** Lines under their headings, in order. */
export function groupsOf({ rows }: Pick<ExplainedStep, 'rows'>): Group[] {
  const groups: { heading: string; rows: Row[] }[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.heading === row.heading) last.rows.push(row);
    else groups.push({ heading: row.heading, rows: [row] });
  }
  return groups;
}

/** Whether a group's numbers belong to several samples, so that each line names its sample. */
export function severalSamples({ rows }: Group): boolean {
  const samples = new Set(rows.flatMap(({ line }) => line.sample ?? []));
  return samples.size > 1 || (samples.size === 1 && rows.some(({ marked }) => marked));
}

/** One side of a line: the text after an equals sign. */
export interface Side {
  readonly notation: Notation;
  readonly how: Writing;
}

/**
 * The sides of a line after its name: the chain rule, the formula, the numbers. A side that equals the one before is
 * left out; the renderer writes the result.
 */
export function sidesOf({ rule, formula }: Row, marked: boolean, { blank, digits }: Shown): Side[] {
  const sides: Side[] = [];
  const names: Writing = { as: 'names', marked };
  if (rule !== undefined && JSON.stringify(rule) !== JSON.stringify(formula))
    sides.push({ notation: rule, how: names });
  if (formula === undefined) return sides;
  sides.push({ notation: formula, how: names });
  // a single number is the result itself
  if (!blank && formula.kind !== 'variable' && formula.kind !== 'number') {
    sides.push({ notation: formula, how: { as: 'numbers', digits } });
  }
  return sides;
}

export function isMarked(row: Row, several: boolean): boolean {
  return row.marked || (several && row.line.sample !== undefined);
}

/** A blank worksheet leaves out results, but not inputs and random numbers. */
export function showsValue(row: Row, blank: boolean): boolean {
  return !blank || row.formula === undefined;
}
