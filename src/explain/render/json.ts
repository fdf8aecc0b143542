/** The explanation as JSON: the list of lines, or a blank worksheet in the form of a worked example. */
import { printableJson } from '../../base/printable.ts';
import type { ExplainedStep } from '../explained.ts';
import { blankSheet } from '../sheet.ts';
import type { RenderOptions } from './view.ts';

export interface JsonOptions extends RenderOptions {
  /** Of a worksheet: the experiment, so that `audit` can mark it. */
  readonly experiment?: unknown;
  /** Of a worksheet: whether a line has an address there; default: as a network's addresses are. */
  readonly isAddress?: (quantity: string) => boolean;
}

/** A blank worksheet contains `experiment`, so that `audit` can check it. Numbers that are not finite become null. */
export function renderJson(
  { lines }: Pick<ExplainedStep, 'lines'>,
  { blank = false, experiment, isAddress }: JsonOptions = {},
): string {
  const value = blank
    ? { ...(experiment !== undefined && { experiment }), printed: blankSheet(lines, isAddress) }
    : lines;
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}
