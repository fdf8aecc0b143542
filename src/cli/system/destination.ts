/** Where a path leads: to a file, which can be replaced, to a device or a pipe, or to a file that is open in this process. */
import { accessSync, constants, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fail } from '../../base/errors.ts';
import { isCode } from './system-errors.ts';

/** The paths of open files, such as the target of /dev/stdout. */
const openFile = /^\/(?:proc\/(\d+)\/(?:task\/\d+\/)?fd|dev\/fd)\/(\d+)$/;

export type Destination =
  | { readonly kind: 'file'; readonly path: string; readonly replaces?: Stats }
  | { readonly kind: 'stream'; readonly path: string; readonly stats: Stats }
  | { readonly kind: 'open'; readonly handle: number };

/** The maximum number of symbolic links that Linux follows. */
const maxLinks = 40;

export function destinationOf(path: string): Destination {
  let at = path;
  for (let links = 0; ; links++) {
    if (links > maxLinks) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
    let folder: string;
    try {
      folder = realpathSync(dirname(at));
    } catch {
      // opening it reports the error
      return { kind: 'file', path: at };
    }
    at = join(folder, basename(at));
    const open = openFile.exec(at);
    if (open !== null) {
      const isOwn = open[1] === undefined || Number(open[1]) === process.pid;
      if (isOwn) return { kind: 'open', handle: Number(open[2]) };
      return { kind: 'stream', path: at, stats: statSync(at) };
    }
    let link: string;
    try {
      link = readlinkSync(at);
    } catch {
      break;
    }
    at = isAbsolute(link) ? link : join(folder, link);
  }
  let stats: Stats;
  try {
    stats = statSync(at);
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ERR_ACCESS_DENIED')) return { kind: 'file', path: at };
    throw error;
  }
  if (stats.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (stats.isFile()) {
    // a rename needs permission for the folder only, but a read-only file must not be replaced
    accessSync(at, constants.W_OK);
    return { kind: 'file', path: at, replaces: stats };
  }
  if (stats.isBlockDevice() || stats.isSocket()) {
    const what = stats.isSocket() ? 'a socket' : 'a disk';
    fail({ what: `it is ${what}, not a file`, where: path, fix: 'Choose another path.' });
  }
  return { kind: 'stream', path: at, stats };
}

/** Whether a path names standard output: messages there would mix with the content. */
export function isStandardOutput(path: string): boolean {
  try {
    const destination = destinationOf(path);
    return destination.kind === 'open' && destination.handle === 1;
  } catch {
    return false;
  }
}
