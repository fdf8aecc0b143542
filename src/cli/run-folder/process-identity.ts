/**
 * The identity of a process. A process number alone is not enough: numbers are reused, after a restart of the machine or of a
 * container at once. The start time, the boot of the kernel and the namespace of the number make it unique.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly process: number;
  readonly host: string;
  /** When it started, in the format of the system. */
  readonly started?: string;
  /** The identifier of the kernel's boot; Linux. */
  readonly boot?: string;
  /** The namespace of process numbers; Linux. */
  readonly namespace?: string;
}

const attempt = <T>(call: () => T): T | undefined => {
  try {
    return call();
  } catch {
    return undefined;
  }
};

/** The state of a process (Z is a zombie) and its start, if the system reports them. */
function inspect(pid: number): { readonly state: string; readonly started: string } | undefined {
  if (process.platform === 'win32') return undefined;
  if (process.platform === 'linux') {
    return attempt(() => {
      // the name, in parentheses, may contain spaces and parentheses
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
    started: inspect(process.pid)?.started,
    boot: places.boot(),
    namespace: places.namespace(),
  };
  return own;
}

/** Whether a process has this number now. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // it exists, and belongs to another user
    return (error as { code?: string }).code !== 'ESRCH';
  }
}

/**
 * Whether a process is alive. `unknown` for a process on another machine, in another container, or before the last boot of this
 * machine.
 */
export function stateOf(other: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const here = ownIdentity();
  // Namespaces that exist at the same time have different numbers. A namespace may have the number of one that has ended: its
  // processes have ended too, and their start times differ from those of this namespace.
  const isHere =
    here.boot !== undefined && other.boot !== undefined && here.namespace !== undefined && other.namespace !== undefined
      ? here.boot === other.boot && here.namespace === other.namespace
      : here.host === other.host;
  if (!isHere) return 'unknown';
  if (!exists(other.process)) return 'dead';
  const found = inspect(other.process);
  if (found === undefined) return other.started === undefined ? 'alive' : 'unknown';
  // a zombie has ended; only its parent has not noticed yet
  if (/^[ZXx]/.test(found.state)) return 'dead';
  return other.started === undefined || other.started === found.started ? 'alive' : 'dead';
}
