/** The words and signs of a field's mark. */
import type { SheetStatus } from 'chainrule/explain';

interface SheetStatusWords {
  readonly sign: string;
  readonly word: string;
  /** `done`: counts as right; `nearly`: to be looked at again; `wrong`. */
  readonly look: 'done' | 'nearly' | 'wrong';
}

export const sheetStatuses: Readonly<Record<SheetStatus, SheetStatusWords>> = {
  right: { sign: '✓', word: 'right', look: 'done' },
  rounded: { sign: '✓', word: 'right, with rounding on the way', look: 'done' },
  cutOff: { sign: '✓', word: 'right, but cut off', look: 'done' },
  fewDigits: { sign: '…', word: 'too few digits', look: 'nearly' },
  follows: { sign: '↳', word: 'consistent', look: 'nearly' },
  slip: { sign: '✗', word: 'not right', look: 'wrong' },
  wrong: { sign: '✗', word: 'not right', look: 'wrong' },
};

export const lookOf = (mark: { readonly status: SheetStatus } | undefined) => mark && sheetStatuses[mark.status].look;
