/** A sheet to fill in: the quantities of an explanation with their values left out, in the worked example's form. */
import { InputError } from '../base/errors.ts';
import type { Line } from './lines/line.ts';
import { parseQuantity } from './quantity.ts';

export interface SheetRow {
  readonly quantity: string;
  /** Empty: to be filled in. */
  readonly value: string;
  /** Left out where it is 0. */
  readonly after?: number;
}

/** The `printed` of a worked example, for `audit` to mark once it is filled in. Lines that no address names are left out. */
export function blankSheet(lines: readonly Line[]): SheetRow[] {
  return lines
    .filter(({ quantity, formula }) => formula !== '' && isAddress(quantity))
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
