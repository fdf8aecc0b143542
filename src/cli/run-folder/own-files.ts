/**
 * Recognizes the files that chainrule wrote by how they begin or end. Only these are replaced or removed without being named by
 * the user.
 */
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { fail } from '../../base/errors.ts';
import { isCode } from '../system/system-errors.ts';

export type OwnKind = 'model' | 'checkpoint' | 'history' | 'record' | 'page' | 'curves' | 'python';

/** The number of bytes at the start and at the end of a file that are read. */
const bytesRead = 4096;

/** The marks of each kind, in the first or in the last bytes. */
const marks: Readonly<Record<OwnKind, (start: string, end: string) => boolean>> = {
  // after the eight bytes of the header's length
  model: (start) => start.startsWith('{"__metadata__":{"format":"chainrule"', 8),
  checkpoint: (start) =>
    /^\{"__metadata__":\{"checksum":"[0-9a-f]{8}","format":"chainrule-checkpoint"/.test(start.slice(8)),
  history: (start) => start.startsWith('epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds'),
  record: (start, end) => [start, end].some((text) => /"versions":\s*\{\s*"chainrule":\s*"/.test(text)),
  page: (_, end) => end.includes('Written by chainrule.'),
  curves: (start) => start.startsWith('<svg xmlns="http://www.w3.org/2000/svg"') && start.includes('--s0:'),
  python: (start) => start.includes('A network written by chainrule.'),
};

function ends(path: string): [string, string] {
  const handle = openSync(path, 'r');
  try {
    const { size } = fstatSync(handle);
    const read = (from: number) => {
      const bytes = Buffer.alloc(Math.min(bytesRead, size - from));
      return bytes.toString('latin1', 0, readSync(handle, bytes, 0, bytes.length, from));
    };
    return [read(0), read(Math.max(0, size - bytesRead))];
  } finally {
    closeSync(handle);
  }
}

/** Whether there is a regular file that chainrule wrote (`own`), something else (`foreign`), or nothing at a path. */
export function whose(path: string, kind: OwnKind): 'own' | 'foreign' | 'absent' {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'absent';
    if (!stats.isFile()) return 'foreign';
    return marks[kind](...ends(path)) ? 'own' : 'foreign';
  } catch (error) {
    if (isCode(error, 'ENOTDIR')) return 'absent';
    // a file that cannot be read may belong to somebody else
    return 'foreign';
  }
}

/** Throws an InputError if chainrule would have to replace something that it did not write. */
export function refuseForeign(path: string, kind: OwnKind): void {
  if (whose(path, kind) !== 'foreign') return;
  fail({
    what: 'chainrule did not write this file, so it does not replace it',
    where: path,
    fix: 'Move it away, or name another folder with --out.',
  });
}
