/**
 * Which process this is, among all that have the same number: numbers are given again, after a restart of the machine or of
 * a container at once. With the time it started, the boot of the kernel and the namespace of its number, a process is told
 * from every other.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly process: number;
  readonly host: string;
  /** When it started, in whatever form this system gives it. */
  readonly started?: string;
  /** Of the kernel's start; Linux. */
  readonly boot?: string;
  /** Of process numbers; Linux. */
  readonly namespace?: string;
}

const attempt = <T>(call: () => T): T | undefined => {
  try {
    return call();
  } catch {
    return undefined;
  }
};

/** A process's state (Z is a zombie) and start, where the system says them. */
function look(pid: number): { readonly state: string; readonly started: string } | undefined {
  if (process.platform === 'win32') return undefined;
  if (process.platform === 'linux') {
    return attempt(() => {
      // the name, in brackets, may hold spaces and brackets of its own
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // fields 3 and 22 of proc(5)
      return { state: fields[0], started: fields[19] };
    });
  }
  return attempt(() => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const args = ['-o', 'stat=,lstart=', '-p', String(pid)];
    const text = execFileSync('ps', args, {
      encoding: 'utf8',
      env,
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, state, started] = /^\s*(\S+)\s+(\S.*\S)\s*$/.exec(text)!;
    return { state, started };
  });
}

const places = {
  boot: () => attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
  namespace: () => attempt(() => readlinkSync('/proc/self/ns/pid')),
};

let own: ProcessIdentity | undefined;

export function ownIdentity(): ProcessIdentity {
  own ??= {
    process: process.pid,
    host: hostname(),
    started: look(process.pid)?.started,
    boot: places.boot(),
    namespace: places.namespace(),
  };
  return own;
}

/** Whether a number is given to a process now. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // it is there, and another's
    return (error as { code?: string }).code !== 'ESRCH';
  }
}

/**
 * Whether a process is alive, as far as can be known from here: not of one on another machine, before another start of this
 * one, or in another container.
 */
export function stateOf(other: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const here = ownIdentity();
  // Two namespaces that exist at once have different numbers. One that is gone may have left its number to this one: then
  // the processes in it are gone as well, and the start tells them from those of this one.
  const isHere =
    here.boot !== undefined && other.boot !== undefined && here.namespace !== undefined && other.namespace !== undefined
      ? here.boot === other.boot && here.namespace === other.namespace
      : here.host === other.host;
  if (!isHere) return 'unknown';
  if (!exists(other.process)) return 'dead';
  const found = look(other.process);
  if (found === undefined) return other.started === undefined ? 'alive' : 'unknown';
  // a zombie has ended, and only waits for its parent to ask
  if (/^[ZXx]/.test(found.state)) return 'dead';
  return other.started === undefined || other.started === found.started ? 'alive' : 'dead';
}
