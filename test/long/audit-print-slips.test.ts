/** Measures the audit on 120 worked examples with a slip that occurs in print. Prints its seed and figures. */
import { expect, test } from 'vitest';
import { figuresText, studyPlanted } from '../audit-study.ts';
import { printSlipKinds } from '../planted.ts';

const seed = Number(process.env.AUDIT_SEED ?? 11);

test('of 120 examples with an operation, a decimal point or an inherited number wrong, 90 % of each kind are named', () => {
  const figures = studyPlanted(seed, 120, printSlipKinds);
  console.log(figuresText(seed, figures));
  console.log(figures.kinds.flatMap(({ missed }) => missed).join('\n'));
  for (const { named, examples } of figures.kinds) expect(named / examples).toBeGreaterThanOrEqual(0.9);
}, 900_000);
