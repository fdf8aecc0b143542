/**
 * Parquet and Arrow files with false but well-formed claims, sent to a process that reads them as a server does. For
 * more cases: FUZZ_CASES=100000 FUZZ_SEED=7 npx vitest run test/fuzz-structure.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { randomFrom } from './fuzz.ts';
import { arrowSeeds, mutateArrow } from './fuzz-arrow.ts';
import { mutateParquet, parquetSeeds } from './fuzz-parquet.ts';
import { type Outcome, ReadingServer } from './reading-server.ts';

const cases = Number(process.env.FUZZ_CASES ?? 300);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const folder = fileURLToPath(new URL('outside/tables/', import.meta.url));
const outside = (...endings: string[]) =>
  readdirSync(folder)
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.startsWith('long'))
    .map((name) => new Uint8Array(readFileSync(folder + name)));

const server = new ReadingServer();
afterAll(() => server.close());

/** The maximum cost of a file of at most 1 MB, in processor time and in the memory of all processes. */
const maxSeconds = 2;
const maxMegabytes = 512;

/** The fault of an outcome, or undefined. */
function complaintOf({ rows, error, ended, seconds, megabytes }: Outcome): string | undefined {
  if (ended !== undefined) return `the process ended: ${ended}`;
  if (rows === undefined && error?.name !== 'InputError') return `${error?.name}: ${error?.message}`;
  if (error?.message.includes('the process that reads the file ended')) return error.message;
  if (seconds > maxSeconds) return `it took ${seconds} s of processor time`;
  return megabytes > maxMegabytes ? `it took ${Math.round(megabytes)} MB` : undefined;
}

test.each([
  { name: 'Parquet', seeds: [...parquetSeeds(), ...outside('.parquet')], mutate: mutateParquet },
  { name: 'Arrow', seeds: [...arrowSeeds(), ...outside('.feather', '.arrows')], mutate: mutateArrow },
])(
  '$name with false claims: a result or an InputError, in 2 s and 512 MB, and the process survives',
  async ({ name, seeds, mutate }) => {
    for (const sound of seeds) expect(complaintOf(await server.read(sound))).toBeUndefined();
    const failures: string[] = [];
    const reasons = new Map<string, number>();
    let maxima = { seconds: 0, megabytes: 0 };
    let limited = 0;
    const start = performance.now();
    for (let i = 0; i < cases && failures.length < 5; i++) {
      const random = randomFrom(seed * 1_000_003 + i);
      const bytes = mutate(seeds[Math.floor(random() * seeds.length)], random);
      const outcome = await server.read(bytes);
      const complaint = complaintOf(outcome);
      if (complaint !== undefined) {
        failures.push(
          `${name}, case ${i} of seed ${seed}: ${complaint}\n  ${Buffer.from(bytes).toString('base64').slice(0, 4000)}`,
        );
      }
      const { seconds, megabytes, error } = outcome;
      maxima = { seconds: Math.max(maxima.seconds, seconds), megabytes: Math.max(maxima.megabytes, megabytes) };
      if (error?.message.includes('reading the file takes more than')) limited++;
      const reason =
        error?.message
          .split('\n')[0]
          .replace(/\d[\d,]*/g, '0')
          .replace(/"[^"]*"/g, '""')
          .slice(0, 160) ?? 'read';
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (process.env.FUZZ_CASES !== undefined) {
      const rate = (cases / (performance.now() - start)) * 1000;
      console.log(
        `${name}: ${cases} cases of seed ${seed}, ${rate.toFixed(0)} a second; at most ${maxima.seconds.toFixed(2)} s and ` +
          `${maxima.megabytes.toFixed(0)} MB; ${limited} ended by the guard\n` +
          [...reasons]
            .sort(([, a], [, b]) => b - a)
            .slice(0, 40)
            .map(([reason, count]) => `${count} ${reason}`)
            .join('\n'),
      );
    }
    expect(failures.join('\n')).toBe('');
  },
  36_000_000,
);
