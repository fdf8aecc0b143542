/**
 * The cost of a file is proportional to its size: a file of at most 1 MB is read or refused within 2 seconds of
 * processor time and 512 MiB of memory, whatever it claims.
 */
import { expect, test } from 'vitest';
import { costCases, largest } from './cost-cases.ts';
import { complaintOf } from './fuzz.ts';
import { sampled } from './runs.ts';

const mebibyte = 2 ** 20;

test.each(sampled(costCases, 6))('$name', async ({ name, bytes, read }) => {
  const made = bytes();
  expect(made.length).toBeLessThan(largest);
  const before = process.memoryUsage.rss();
  const { maxRSS: peak } = process.resourceUsage();
  expect(await complaintOf({ name, seeds: [], read }, made)).toBeUndefined();
  // Released memory counts too; an earlier peak belongs to another case.
  const { maxRSS } = process.resourceUsage();
  if (maxRSS > peak) expect((maxRSS * 1024 - before) / mebibyte).toBeLessThan(512);
});
