import { expect, test } from 'vitest';
import { complaintOf, type Failure, fuzz } from './fuzz.ts';
import { modelTargets } from './fuzz-models.ts';
import { runs } from './runs.ts';

const targets = await modelTargets();
/** For more cases: FUZZ_CASES=100000 FUZZ_SEED=7 npx vitest run test/fuzz-models.test.ts. */
const cases = Number(process.env.FUZZ_CASES ?? runs(25, 150));
const seed = Number(process.env.FUZZ_SEED ?? 1);
const show = (failures: readonly Failure[]) =>
  failures
    .map(
      ({ target, case: i, bytes, what }) =>
        `${target}, case ${i} of seed ${seed}: ${what}\n  ${Buffer.from(bytes).toString('base64').slice(0, 400)}`,
    )
    .join('\n');

test.each(targets)(
  '$name: any content gives a result or an InputError, in little time and memory',
  async (target) => {
    for (const sound of target.seeds) expect(await complaintOf(target, sound)).toBeUndefined();
    expect(show(await fuzz(target, cases, seed))).toBe('');
  },
  3_600_000,
);
