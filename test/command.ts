/**
 * Calls the built command line within this process: a call takes some milliseconds, but a separate process takes a
 * third of a second. Features that only a process has (signals, pipes, a terminal, Node's flags) are tested with a real
 * one.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = process.env.CHAINRULE_DIST ?? fileURLToPath(new URL('../dist', import.meta.url));

/** The program's file, for tests that start it. */
export const main = join(dist, 'cli/main.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Calling {
  /** The working folder. */
  readonly cwd?: string;
  /** The content of standard input. */
  readonly input?: string;
}

const run = loadProgram();

async function loadProgram(): Promise<(words: readonly string[]) => Promise<void>> {
  if (!existsSync(main)) {
    throw new Error(`${main} is missing: run "npm run build" first ("npm test" does), or set CHAINRULE_DIST`);
  }
  return (await import(pathToFileURL(join(dist, 'cli/program.js')).href)).run;
}
// the caller gets the error
run.catch(() => {});

/** The calls run one after the other, because the working folder and the streams belong to the whole process. */
let last: Promise<unknown> = run;

/** Runs a command, such as `call(['train', 'e.json'], { cwd })`. */
export function call(words: readonly string[], calling: Calling = {}): Promise<Outcome> {
  const next = last.then(() => callNow(words, calling));
  last = next.catch(() => {});
  return next;
}

async function callNow(words: readonly string[], { cwd = process.cwd(), input = '' }: Calling): Promise<Outcome> {
  const before = { cwd: process.cwd(), argv: process.argv, exitCode: process.exitCode };
  const text = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const writers = streams.map((name) => process[name].write);
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  try {
    for (const name of streams) {
      process[name].write = ((chunk: string | Uint8Array) => {
        text[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
        return true;
      }) as typeof process.stdout.write;
    }
    Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
    process.chdir(cwd);
    process.argv = [process.execPath, main, ...words];
    process.exitCode = undefined;
    await (await run)(words);
    return { code: Number(process.exitCode ?? 0), ...text };
  } finally {
    streams.forEach((name, i) => {
      process[name].write = writers[i];
    });
    Object.defineProperty(process, 'stdin', stdin);
    process.chdir(before.cwd);
    process.argv = before.argv;
    process.exitCode = before.exitCode;
  }
}

export interface Starting extends Calling {
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own flags. */
  readonly node?: readonly string[];
  /** Called with the process while it runs. */
  readonly meanwhile?: (child: ReturnType<typeof spawn>) => Promise<void>;
}

/** Runs a command in a separate process, without a terminal and without colour settings. */
export async function start(
  words: readonly string[],
  { cwd, input = '', env, node = [], meanwhile }: Starting = {},
): Promise<Outcome> {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...own } = process.env;
  const child = spawn(process.execPath, [...node, main, ...words], { cwd, env: { ...own, ...env } });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...text }));
  });
  await meanwhile?.(child);
  return ended;
}
