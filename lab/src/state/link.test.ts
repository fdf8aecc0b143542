import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLink, writeLink } from './link.ts';

test('any state comes back from its link', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('step', 'graph'), fc.jsonValue(), async (view, state) => {
      const fragment = await writeLink({ view, state });
      expect(fragment).toMatch(/^#[a-z]+\/[\w-]+$/);
      expect(await readLink(fragment)).toEqual({ view, state: JSON.parse(JSON.stringify(state)) });
    }),
    { seed: 3, numRuns: 100 },
  );
  expect(await readLink(await writeLink({ view: 'audit' }))).toEqual({ view: 'audit' });
});

test('a damaged link says so', async () => {
  const whole = await writeLink({ view: 'step', state: { text: 'x'.repeat(1000), more: [1, 2, 3] } });
  await expect(readLink(`${whole.slice(0, -8)}`)).rejects.toThrow('This link is damaged');
  await expect(readLink('#step/<script>')).rejects.toThrow('This link is damaged: it has characters');
  await expect(readLink('#step/AAAA')).rejects.toThrow('This link is damaged');
});

test('a short link that stands for very much is refused', async () => {
  const fragment = await writeLink({ view: 'step', state: ' '.repeat(17 * 2 ** 20) });
  expect(fragment.length).toBeLessThan(100_000);
  await expect(readLink(fragment)).rejects.toThrow('unpacks to more than 16 MB');
});
