import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { main } from '../command.ts';
import { preferentialAttachment, randomFrom } from '../preferential-attachment.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-embed-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
  readonly milliseconds: number;
}

/** Runs `chainrule embed`, and kills it after some milliseconds if it has not ended. */
function embed(words: readonly string[], killAfter?: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [main, 'embed', at('edges.txt'), '--quiet', ...words]);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, text, milliseconds: performance.now() - started });
    });
  });
}

const seed = Number(process.env.KILLS_SEED ?? Date.now() % 2 ** 31);

const runs: readonly { readonly name: string; readonly kills: number; readonly options: readonly string[] }[] = [
  {
    name: 'node2vec',
    kills: 20,
    options: ['--q', '0.5', '--dimensions', '70', '--walks-per-node', '3', '--walk-length', '30'],
  },
  {
    name: 'struc2vec',
    kills: 8,
    options: ['--dimensions', '30', '--epochs', '2', '--walks-per-node', '4', '--layers', '2'],
  },
  { name: 'line', kills: 20, options: ['--dimensions', '70', '--samples-per-node', '350'] },
];

test.each(runs)(
  `$name killed at $kills random moments and resumed ends with the same bytes, with 1 and 2 threads (KILLS_SEED=${seed})`,
  async ({ name, kills: wanted, options }) => {
    writeFileSync(at('edges.txt'), [...preferentialAttachment(2000, 4, 1)].join(''));
    const method = ['--method', name, ...options];
    const whole = await embed([...method, '--out', at(`${name}.bin`), '--threads', '1']);
    expect([whole.text, whole.code]).toEqual(['', 0]);
    const expected = readFileSync(at(`${name}.bin`));
    const random = randomFrom(seed);
    let [kills, resumed] = [0, 0];
    // on a busy machine most kills hit the start of the program, so some more may be needed until enough runs resumed
    const isEnough = () => (kills >= wanted && resumed > wanted / 4) || kills >= 4 * wanted;
    for (let run = 0; !isEnough(); run++) {
      const out = at(`${name}-killed-${run}.bin`);
      for (;;) {
        if (existsSync(`${out}.checkpoint`)) {
          resumed += Number(readdirSync(`${out}.checkpoint`).some((file) => file.endsWith('.safetensors')));
        }
        // a run may change the number of threads: any moment of the start, the training and the writing
        const threads = random() < 0.5 ? '1' : '2';
        const words = [...method, '--out', out, '--threads', threads, '--checkpoint', '0.05', '--resume'];
        const { code, signal, text } = await embed(words, isEnough() ? undefined : 1.1 * random() * whole.milliseconds);
        if (signal === 'SIGKILL') {
          kills += 1;
          continue;
        }
        expect([text, code]).toEqual(['', 0]);
        break;
      }
      expect(readFileSync(out).equals(expected), `run ${run}`).toBe(true);
      expect(existsSync(`${out}.checkpoint`)).toBe(false);
    }
    expect(kills).toBeGreaterThanOrEqual(wanted);
    expect(resumed).toBeGreaterThan(wanted / 4);
  },
);
