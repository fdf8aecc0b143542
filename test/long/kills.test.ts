import { expect, test } from 'vitest';
import { killAndResume, killWriters, kindNames, writerNames } from '../kills.mjs';

test('trainings of nine kinds, killed at 36 random moments and resumed: the same model and history, byte for byte', async () => {
  expect(kindNames).toHaveLength(9);
  const { kills, resumed } = await killAndResume({ kills: 36, seed: 2 });
  expect(kills).toBe(36);
  expect(resumed).toBeGreaterThan(12);
});

test('commands that write, killed at 18 random moments: the old output or the new one', async () => {
  expect(writerNames).toHaveLength(6);
  const seen = await killWriters({ kills: 18, seed: 2 });
  expect(seen.old + seen.new).toBe(18);
});
