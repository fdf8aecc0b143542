/** Worked examples with one wrong sign: the audit never calls them correct. */
import { expect, test } from 'vitest';
import { audit } from '../src/audit/index.ts';
import { experiment } from '../src/net/setup.ts';
import { runs } from './runs.ts';
import { drawWrongSign } from './wrong-signs.ts';

const seed = Number(process.env.AUDIT_SEED ?? 11);

/** In minutes, on a busy machine: an audit takes about 0.15 s of processor time. */
const limit = 15;

test(
  'of 1,000 printed examples with one wrong sign each, none is called correct, and 95 % name a sign',
  () => {
    const count = runs(3, 1000);
    const passed: string[] = [];
    let named = 0;
    for (let index = 0; index < count; index++) {
      const { json, printed, description, isNamed } = drawWrongSign(seed, index);
      const { rows, ok } = audit(experiment(json), printed);
      if (ok) passed.push(description);
      if (isNamed(rows)) named++;
    }
    expect(passed, `seed ${seed}`).toEqual([]);
    expect(named / count).toBeGreaterThanOrEqual(0.95);
  },
  limit * 60_000,
);
