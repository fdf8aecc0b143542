/** A worksheet: the quantities of an explanation without their values, in the form of a worked example. */
import { aFunction, aText, listOf, record } from '../base/arguments.ts';
import { InputError } from '../base/errors.ts';
import type { Line } from './lines/line.ts';
import { parseQuantity } from './quantity.ts';

export interface SheetRow {
  readonly quantity: string;
  /** Empty: to be filled in. */
  readonly value: string;
  /** Left out if it is 0. */
  readonly after?: number;
}

/**
 * The `printed` of a worked example, which `audit` can check once it is filled in. Lines without an address are left
 * out.
 */
export function blankSheet(lines: readonly Line[], isNamed: (quantity: string) => boolean = isAddress): SheetRow[] {
  listOf(record({ quantity: aText, formula: aText }, { isOpen: true }))(lines, 'blankSheet: lines');
  aFunction(isNamed, 'blankSheet: isNamed');
  return lines
    .filter(({ quantity, formula }) => formula !== '' && isNamed(quantity))
    .map(({ quantity, after }) => ({ quantity, value: '', ...(after > 0 && { after }) }));
}

function isAddress(quantity: string): boolean {
  try {
    parseQuantity(quantity);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
