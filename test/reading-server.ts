/**
 * A process that reads files, as a server does: tests send it files, and check its answers, their cost, and whether it
 * survives.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the built package; the folder of another version can be tested too. */
export const builtPackage = process.env.FUZZ_PACKAGE ?? fileURLToPath(new URL('../dist', import.meta.url));

export interface Outcome {
  /** The number of rows; undefined if the file was refused, or if the process ended. */
  readonly rows?: number;
  /** The class and message of the error. */
  readonly error?: { readonly name: string; readonly message: string };
  /** The way the process ended. */
  readonly ended?: string;
  /** Seconds of processor time of the process and its children; wall time if that is unknown. */
  readonly seconds: number;
  /** Peak memory of the process and its children in megabytes; 0 if unknown. */
  readonly megabytes: number;
}

/** Reads each file, and answers with the outcome. */
const source = `
const { readTableFile } = await import(process.argv[2] + '/data/index.js');
process.on('message', async ({ bytes }) => {
  try {
    const { rows } = await readTableFile(bytes, { name: 'upload' });
    process.send({ rows });
  } catch (error) {
    process.send({ error: { name: String(error?.constructor?.name), message: String(error?.message ?? error) } });
  }
});
process.send({});
`;

interface Usage {
  readonly megabytes: number;
  readonly seconds: number;
}

/** Peak memory and processor time of a process, from Linux. */
function usageOf(pid: number): Usage {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / 100;
    return { megabytes: Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024, seconds };
  } catch {
    return { megabytes: 0, seconds: 0 };
  }
}

/** The children of a process. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Resets the peak. */
function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // then the peak since the start of the process
  }
}

export class ReadingServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'chainrule-test-'));
  private child: ChildProcess | undefined;

  private async start(): Promise<ChildProcess> {
    const path = join(this.folder, 'server.mjs');
    writeFileSync(path, source);
    const child = fork(path, [builtPackage], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    child.on('error', () => {});
    await new Promise((resolve) => child.once('message', resolve));
    return child;
  }

  /** Sends a file, and waits for the answer. If the process ended, the next file starts a new one. */
  async read(bytes: Uint8Array): Promise<Outcome> {
    this.child ??= await this.start();
    const { child } = this;
    const pid = child.pid!;
    const isLinux = process.platform === 'linux';
    const before = new Map([pid, ...childrenOf(pid)].map((each) => [each, usageOf(each)]));
    for (const [each, { megabytes }] of before) if (megabytes > 250) forgetPeak(each);
    const start = performance.now();
    /** A reader may end before the answer, so its cost is sampled meanwhile. */
    const seen = new Map<number, Usage>();
    const sample = () => {
      for (const each of [pid, ...childrenOf(pid)]) {
        const usage = usageOf(each);
        if (usage.seconds > 0) seen.set(each, usage);
      }
    };
    const timer = isLinux ? setInterval(sample, 100) : undefined;
    const answer = await new Promise<Partial<Outcome>>((resolve) => {
      const ended = (code: number | null, signal: string | null) => resolve({ ended: signal ?? `code ${code}` });
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message as Partial<Outcome>);
      });
      child.send({ bytes }, () => {});
    });
    clearInterval(timer);
    if (answer.ended !== undefined) this.child = undefined;
    else child.removeAllListeners('exit');
    if (!isLinux) return { ...answer, seconds: (performance.now() - start) / 1000, megabytes: 0 };
    sample();
    let seconds = 0;
    let megabytes = 0;
    for (const [each, usage] of seen) {
      seconds += usage.seconds - (before.get(each)?.seconds ?? 0);
      megabytes += usage.megabytes;
    }
    return { ...answer, seconds, megabytes };
  }

  /** The running processes, the server first. */
  get pids(): number[] {
    const pid = this.child?.pid;
    return pid === undefined ? [] : [pid, ...childrenOf(pid)];
  }

  close(): void {
    this.child?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
