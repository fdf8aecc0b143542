/** What this process may still have: address space and worker threads. Asked beforehand, as what lacks them may end or hang the process. */
import { showBytes } from './bytes.ts';
import { host, nodeModule } from './host.ts';

/**
 * Bytes of address space that a worker of Node's may take: V8 reserves some 600 MB for its code and heap (850 MB for the
 * first; Node 20, 22 and 24). Where that much cannot be reserved, V8 ends the whole process, and nothing can catch it.
 */
const workerSpace = 2 ** 30;

const readText = (path: string): string => {
  try {
    const { readFileSync } = nodeModule('node:fs') as { readFileSync(path: string, as: 'utf8'): string };
    return readFileSync(path, 'utf8');
  } catch {
    // not Linux, or not to be read: then no limit is known
    return '';
  }
};

/** Bytes of address space that this process may have (`ulimit -v`); infinite where there is no limit, or none is known. */
export function addressSpaceLimit(): number {
  const [, bytes] = /^Max address space\s+(\d+)/m.exec(readText('/proc/self/limits')) ?? [];
  return bytes === undefined ? Number.POSITIVE_INFINITY : Number(bytes);
}

/** Bytes of it that are left; infinite where there is no limit, or none is known. */
export function addressSpaceLeft(): number {
  const limit = addressSpaceLimit();
  if (limit === Number.POSITIVE_INFINITY) return limit;
  const [, kilobytes = '0'] = /^VmSize:\s+(\d+)/m.exec(readText('/proc/self/status')) ?? [];
  return Math.max(0, limit - 1024 * Number(kilobytes));
}

/** Workers of Node's that there is still room for, and what leaves no more; the reason is there where the number is finite. */
export function workerRoom(): { readonly count: number; readonly why?: string } {
  const { permission } = host.process ?? {};
  if (permission?.has('worker') === false) return { count: 0, why: "Node's permission model forbids workers" };
  const left = addressSpaceLeft();
  if (left === Number.POSITIVE_INFINITY) return { count: left };
  return { count: Math.floor(left / workerSpace), why: addressSpaceText() };
}

/** A limit, as a reason. */
export const addressSpaceText = () => `the address space is limited to ${showBytes(addressSpaceLimit())} (ulimit -v)`;
