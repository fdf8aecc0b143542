/** The explanation as JSON: the list of lines; blank, a worked example's sheet to fill in. */
import { printableJson } from '../../base/printable.ts';
import type { ExplainedStep } from '../explained.ts';
import { blankSheet } from '../sheet.ts';
import type { RenderOptions } from './view.ts';

/**
 * `experiment` goes into a blank sheet, so that `audit` can mark it. Numbers that are not finite become null.
 */
export function renderJson(
  { lines }: Pick<ExplainedStep, 'lines'>,
  { blank = false, experiment }: RenderOptions & { readonly experiment?: unknown } = {},
): string {
  const value = blank ? { ...(experiment !== undefined && { experiment }), printed: blankSheet(lines) } : lines;
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}
