/** The address space and worker threads that this process may still use. Check them first, because exceeding them may end or hang the process. */
import { showBytes } from './bytes.ts';
import { host, nodeModule } from './host.ts';

/**
 * The address space of a Node worker, in bytes: V8 reserves about 600 MB for its code and heap (850 MB for the
 * first; Node 20, 22 and 24). If V8 cannot reserve that much, it ends the whole process, and nothing can catch it.
 */
const workerSpace = 2 ** 30;

const readText = (path: string): string => {
  try {
    const { readFileSync } = nodeModule('node:fs') as { readFileSync(path: string, as: 'utf8'): string };
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or not readable: the limit is unknown.
    return '';
  }
};

/** The limit of this process's address space in bytes (`ulimit -v`); infinite without a known limit. */
export function addressSpaceLimit(): number {
  const [, bytes] = /^Max address space\s+(\d+)/m.exec(readText('/proc/self/limits')) ?? [];
  return bytes === undefined ? Number.POSITIVE_INFINITY : Number(bytes);
}

/** The remaining bytes of it; infinite without a known limit. */
export function addressSpaceLeft(): number {
  const limit = addressSpaceLimit();
  if (limit === Number.POSITIVE_INFINITY) return limit;
  const [, kilobytes = '0'] = /^VmSize:\s+(\d+)/m.exec(readText('/proc/self/status')) ?? [];
  return Math.max(0, limit - 1024 * Number(kilobytes));
}

/** The number of Node workers that still fit, and the reason for the limit if the number is finite. */
export function workerRoom(): { readonly count: number; readonly why?: string } {
  const { permission } = host.process ?? {};
  if (permission?.has('worker') === false) return { count: 0, why: "Node's permission model forbids workers" };
  const left = addressSpaceLeft();
  if (left === Number.POSITIVE_INFINITY) return { count: left };
  return { count: Math.floor(left / workerSpace), why: addressSpaceText() };
}

/** The limit as text. */
export const addressSpaceText = () => `the address space is limited to ${showBytes(addressSpaceLimit())} (ulimit -v)`;
