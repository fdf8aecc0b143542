/**
 * Measures the audit on 1,000 worked examples with a planted slip and 1,000 correct ones. Prints its seed and figures.
 */
import { expect, test } from 'vitest';
import { figuresText, studyPlanted, studyRight } from '../audit-study.ts';
import { printSlipKinds } from '../planted.ts';

// 1,000 audits take minutes, on a busy machine more than ten.
const seed = Number(process.env.AUDIT_SEED ?? 11);

test('of 1,000 examples with one planted slip, the true cause is named in at least 90 %, each within a second', () => {
  const figures = studyPlanted(seed, 1000);
  console.log(figuresText(seed, figures));
  console.log(figures.kinds.flatMap(({ missed }) => missed).join('\n'));
  expect(figures.named / figures.examples).toBeGreaterThanOrEqual(0.9);
  // Speed is measured in the bench; this only detects an audit that takes far too long.
  expect(figures.slowest).toBeLessThan(5000);
}, 1_800_000);

test('of 120 examples with a slip that occurs in print, the cause is named in at least 90 %', () => {
  const figures = studyPlanted(seed, 120, printSlipKinds);
  console.log(figuresText(seed, figures));
  console.log(figures.kinds.flatMap(({ missed }) => missed).join('\n'));
  for (const { named, examples } of figures.kinds) expect(named / examples).toBeGreaterThanOrEqual(0.9);
}, 900_000);

test('of 1,000 correct examples printed to 3 to 6 digits, at most 1 % are called wrong, each within a second', () => {
  const { examples, accused, doubted, slowest, wrong } = studyRight(seed, 1000);
  console.log(
    `seed ${seed}, ${examples} correct examples: ${accused} called a slip or unexplained, ${doubted} a convention or rounded; slowest ${slowest.toFixed(0)} ms\n${wrong.join('\n')}`,
  );
  expect((accused + doubted) / examples).toBeLessThanOrEqual(0.01);
  expect(slowest).toBeLessThan(5000);
}, 1_800_000);
