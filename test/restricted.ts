/** Restrictions of Node processes, and their results. */
import { spawnSync } from 'node:child_process';

export interface Restriction {
  readonly name: string;
  readonly flags: readonly string[];
  /** Kilobytes of address space. */
  readonly addressSpace?: number;
}

const [major] = process.versions.node.split('.').map(Number);
/** Its name differs in Node 20 and 22.0 to 22.12. */
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

export const permissionOnly: Restriction = {
  name: `${permission}, reading and writing files allowed`,
  flags: [permission, '--allow-fs-read=*', '--allow-fs-write=*', ...(major < 24 ? ['--no-warnings'] : [])],
};
export const jitless: Restriction = { name: '--jitless', flags: ['--jitless', '--no-warnings'] };
const gigabytes = (count: number): Restriction => ({
  name: `ulimit -v of ${count} GB`,
  flags: [],
  addressSpace: count * 2 ** 20,
});
/** A shell's limit, which Linux keeps. */
export const addressSpaces: readonly Restriction[] =
  process.platform === 'linux' ? [gigabytes(2), gigabytes(4), gigabytes(16)] : [];

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  /** Without Node's own warnings. */
  readonly err: string;
}

/** Runs Node under a restriction until it ends. */
export function runNode({ flags, addressSpace }: Restriction, args: readonly string[], cwd: string): Ended {
  const node = [process.execPath, ...flags, ...args];
  const limited = ['-c', `ulimit -v ${addressSpace} && exec "$@"`, 'bash', ...node];
  const [command, ...rest] = addressSpace === undefined ? node : ['bash', ...limited];
  const { status, stdout, stderr, error } = spawnSync(command, rest, { cwd, encoding: 'utf8', timeout: 300_000 });
  if (error !== undefined) throw error;
  const err = stderr.replace(/^Warning: disabling flag --expose_wasm due to conflicting flags\n/gm, '');
  return { code: status, out: stdout, err };
}

/** Whether WebAssembly has memory under a restriction: Node 24 reserves less under a low limit. */
export function hasWasm(restriction: Restriction, cwd: string): boolean {
  const { code } = runNode(restriction, ['-e', 'new WebAssembly.Memory({ initial: 1, maximum: 1 })'], cwd);
  return code === 0;
}
