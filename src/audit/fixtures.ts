/** The worked examples, for the tests of this folder and of test/. Not part of the package. */
import { readFileSync } from 'node:fs';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { type AuditRow, audit } from './index.ts';

export type Printed = Parameters<typeof audit>[1];

export function open(name: string): { setup: Setup; printed: Printed } {
  const path = new URL(`../../examples/${name}.json`, import.meta.url);
  const setup = experiment(JSON.parse(readFileSync(path, 'utf8')));
  return { setup, printed: setup.worked!.printed };
}

export function auditOf(name: string) {
  const { setup, printed } = open(name);
  return audit(setup, printed);
}

/** The row of a quantity. */
export function rowOf(rows: readonly AuditRow[], quantity: string, after = 0): AuditRow {
  return rows.find((row) => row.quantity === quantity && row.after === after)!;
}

export function statuses(rows: readonly AuditRow[]): Record<string, string> {
  return Object.fromEntries(
    rows.map(({ quantity, after, status }) => [after > 0 ? `${quantity} after ${after}` : quantity, status]),
  );
}

/** The textbook example. */
export const page = open('textbook-3-2-1');
/** The textbook example under one of the gradient rules. */
export const under = (gradient: 'exact' | 'averagedFactors'): Setup => ({
  ...page.setup,
  recipe: { ...page.setup.recipe, gradient },
});
