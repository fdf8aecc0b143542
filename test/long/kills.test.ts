import { expect, test } from 'vitest';
import { killAndResume } from '../kills.mjs';

test('killed at 100 random moments and resumed each time: the same model and history, byte for byte', async () => {
  const { kills, resumed } = await killAndResume({ kills: 100, seed: 2 });
  expect(kills).toBe(100);
  expect(resumed).toBeGreaterThan(50);
});
