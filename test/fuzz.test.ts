import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { complaintOf, type Failure, fuzz } from './fuzz.ts';
import { targets } from './fuzz-targets.ts';
import { runs } from './runs.ts';

const { own, library } = await targets();
const folder = fileURLToPath(new URL('fuzz/', import.meta.url));
/** For more cases: FUZZ_CASES=100000 FUZZ_SEED=7 npx vitest run test/fuzz.test.ts. */
const cases = Number(process.env.FUZZ_CASES ?? runs(100, 300));
const seed = Number(process.env.FUZZ_SEED ?? 1);
const show = (failures: readonly Failure[]) =>
  failures
    .map(
      ({ target, case: i, bytes, what }) =>
        `${target}, case ${i} of seed ${seed}: ${what}\n  ${Buffer.from(bytes).toString('base64').slice(0, 400)}`,
    )
    .join('\n');

test.each([...own, ...library])(
  '$name: any bytes give a result or an InputError',
  async (target) => {
    for (const sound of target.seeds) expect(await complaintOf(target, sound)).toBeUndefined();
    expect(show(await fuzz(target, library.includes(target) ? Math.ceil(cases / 10) * 2 : cases, seed))).toBe('');
  },
  3_600_000,
);

const fixtures = existsSync(folder) ? readdirSync(folder) : [];
test.runIf(fixtures.length > 0)('inputs that failed before', async () => {
  for (const name of fixtures) {
    const target = [...own, ...library].find((each) => name.startsWith(`${each.name.replaceAll(' ', '-')}-`));
    expect(target, name).toBeDefined();
    expect(await complaintOf(target!, new Uint8Array(readFileSync(folder + name))), name).toBeUndefined();
  }
});
