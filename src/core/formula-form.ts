/** Whether a value of a caller is a formula, by its form; `formula.ts` has the functions that build one. */
import { kind } from '../base/arguments.ts';
import type { Formula } from './formula.ts';

export function isFormula(value: unknown): value is Formula {
  const { kind: form, primitive } = Object(value) as { readonly kind?: unknown; readonly primitive?: unknown };
  return form === 'constant' || form === 'argument' || (form === 'apply' && typeof primitive === 'string');
}

export const aFormula = kind(
  'a formula',
  isFormula,
  'Build it with the functions of formula, such as formula.mul(2, x).',
);
