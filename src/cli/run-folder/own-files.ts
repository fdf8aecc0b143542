/**
 * Tells the files that chainrule wrote from those of others with the same name, by how they begin or end: only its own are
 * ever replaced or removed without having been named.
 */
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { fail } from '../../base/errors.ts';
import { isCode } from '../system/system-errors.ts';

export type OwnKind = 'model' | 'checkpoint' | 'history' | 'record' | 'page' | 'curves' | 'python';

/** Bytes at a file's start and at its end that are looked at. */
const looked = 4096;

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
      const bytes = Buffer.alloc(Math.min(looked, size - from));
      return bytes.toString('latin1', 0, readSync(handle, bytes, 0, bytes.length, from));
    };
    return [read(0), read(Math.max(0, size - looked))];
  } finally {
    closeSync(handle);
  }
}

/** Whether a path holds a regular file that chainrule wrote (`own`), something else (`foreign`), or nothing. */
export function whose(path: string, kind: OwnKind): 'own' | 'foreign' | 'absent' {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'absent';
    if (!stats.isFile()) return 'foreign';
    return marks[kind](...ends(path)) ? 'own' : 'foreign';
  } catch (error) {
    if (isCode(error, 'ENOTDIR')) return 'absent';
    // what cannot be read is not known to be chainrule's
    return 'foreign';
  }
}

/** Throws an InputError where a path holds something that chainrule did not write, and that it would have to replace. */
export function refuseForeign(path: string, kind: OwnKind): void {
  if (whose(path, kind) !== 'foreign') return;
  fail({
    what: 'chainrule did not write this file, and does not replace it',
    where: path,
    fix: 'Move it away, or name another folder with --out.',
  });
}
