/**
 * The cost of a file follows its size: whatever a file of at most 1 MB claims, it is read or refused within 2 seconds of
 * processor time and 512 MiB.
 */
import { expect, test } from 'vitest';
import { costCases, largest } from './cost-cases.ts';
import { complaintOf } from './fuzz.ts';

test.each(costCases)('$name', async ({ name, bytes, read }) => {
  const made = bytes();
  expect(made.length).toBeLessThan(largest);
  expect(await complaintOf({ name, seeds: [], read }, made)).toBeUndefined();
});
