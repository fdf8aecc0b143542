/** The explanation as JSON: the list of lines, or a blank worksheet in the form of a worked example. */
import { printableJson } from '../../base/printable.ts';
import type { ExplainedStep } from '../explained.ts';
import { blankSheet } from '../sheet.ts';
import type { RenderOptions } from './view.ts';

/** A blank worksheet contains `experiment`, so that `audit` can check it. Numbers that are not finite become null. */
export function renderJson(
  { lines }: Pick<ExplainedStep, 'lines'>,
  { blank = false, experiment }: RenderOptions & { readonly experiment?: unknown } = {},
): string {
  const value = blank ? { ...(experiment !== undefined && { experiment }), printed: blankSheet(lines) } : lines;
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}
