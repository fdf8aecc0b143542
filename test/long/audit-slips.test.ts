/** Measures the audit on 1,000 worked examples with a planted slip each. Prints its seed and figures. */
import { expect, test } from 'vitest';
import { figuresText, studyPlanted } from '../audit-study.ts';

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
