/** A run's files depend on its settings alone, not on the folder, clock, time zone or language. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { sampled } from './runs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(process.env.CHAINRULE_DIST ?? join(root, 'dist'), 'cli/main.js');
const base = mkdtempSync(join(tmpdir(), 'chainrule-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const files = ['model.safetensors', 'history.csv', 'run.json', 'report.html'] as const;

/** The bytes of a run's files. */
function run(folder: string, out: string, flags: readonly string[], env: Readonly<Record<string, string>>) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, 'examples/penguins.csv'), join(folder, 'penguins.csv'));
  const typed = ['train', 'penguins.csv', ...flags, '--quiet', '--out', out];
  execFileSync(process.execPath, [command, ...typed], { cwd: folder, env: { ...process.env, ...env } });
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, out, file))]));
}

/** The files without their times. */
const timeless = {
  'history.csv': (text: string) => {
    const lines = text.split('\n').map((line) => line.split(','));
    const seconds = lines[0].indexOf('seconds');
    expect(seconds).toBeGreaterThan(0);
    return lines.map((cells) => cells.filter((_, i) => i !== seconds).join(',')).join('\n');
  },
  'run.json': (text: string) => JSON.parse(text, (key, value) => (key === 'seconds' ? undefined : value)),
  'report.html': (text: string) => text.replace(/<span class="seconds">.*?<\/span>/g, ''),
};

const trainings: readonly [string, readonly string[]][] = [
  ['classes', ['--target', 'species', '--test', '0.2', '--epochs', '60', '--patience', '5', '--learning-rate', '0.02']],
  ['a number', ['--target', 'body_mass_g', '--epochs', '40', '--schedule', 'cosine']],
];
test.each(sampled(trainings, 2))('two equal trainings of %s give the same files, except for seconds', (_, flags) => {
  const name = flags[1];
  const here = run(join(base, name, 'a'), 'run', flags, { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' });
  const there = run(join(base, name, 'another folder', 'b'), 'elsewhere', flags, {
    TZ: 'Pacific/Auckland',
    LANG: 'de_DE.UTF-8',
    LC_ALL: 'ar_EG.UTF-8',
  });
  expect(there['model.safetensors']).toEqual(here['model.safetensors']);
  for (const [file, without] of Object.entries(timeless)) {
    expect(without(there[file].toString()), file).toEqual(without(here[file].toString()));
  }
  expect(here['report.html'].toString()).not.toContain(base);
});
