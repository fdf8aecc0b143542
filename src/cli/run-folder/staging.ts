/**
 * A run replaces another as a whole. Its files are written into a hidden folder of the run's folder; once they are all
 * there, one small file says so: from then on they are the run, and what is left is to move them into place. Whatever is
 * killed meanwhile, the folder holds the old run or the new one: commands that read take each file from where it is, and
 * the next that trains moves what was left. docs/decisions/0010-a-run-replaces-another.md has the reasons.
 */
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fail, InputError } from '../../base/errors.ts';
import { makeFolder } from '../system/folders.ts';
import type { Content } from '../system/stream-writing.ts';
import { syncFolder } from '../system/sync.ts';
import { fixOf, reasonOf } from '../system/system-errors.ts';
import { writeWhole } from '../system/write.ts';
import { clearCheckpoints, hasCheckpoints, ownCheckpoints, removeIfEmpty, removeTemporaries } from './checkpoints.ts';
import { type OwnKind, refuseForeign, whose } from './own-files.ts';

/** The files of a run, and how each is known to be chainrule's. */
export const runKinds = {
  'model.safetensors': 'model',
  'history.csv': 'history',
  'run.json': 'record',
  'report.html': 'page',
  'folds.json': 'record',
} as const satisfies Readonly<Record<string, OwnKind>>;
export type RunFile = keyof typeof runKinds;
export const runFileNames = Object.keys(runKinds) as RunFile[];

export const checkpointFolder = (run: string): string => join(run, 'checkpoint');

export const stagingFolder = (run: string): string => join(run, '.chainrule-next');
/** The checkpoints of a training that is to replace a run, while that is not replaced. */
export const stagedCheckpoints = (run: string): string => join(stagingFolder(run), 'checkpoint');
const commitFile = (run: string) => join(stagingFolder(run), 'commit.json');

interface Commit {
  readonly format: 'chainrule-commit';
  readonly files: readonly RunFile[];
  /** What the old run had and the new one has not: names in the run's folder. */
  readonly removes: readonly string[];
}

const isRunFile = (name: unknown): name is RunFile => typeof name === 'string' && Object.hasOwn(runKinds, name);
const isRemovable = (name: unknown): name is string =>
  isRunFile(name) || (typeof name === 'string' && /^checkpoint\/\d+\.safetensors$/.test(name));

/** The replacement that is complete and not yet all in place, if there is one. */
function pending(run: string): Commit | undefined {
  const file = commitFile(run);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { format, files, removes } = JSON.parse(text) as Partial<Commit>;
    if (format === 'chainrule-commit' && files?.every(isRunFile) && removes?.every(isRemovable)) {
      return { format, files, removes };
    }
  } catch {
    // not JSON, or of another form
  }
  return fail({
    what: 'chainrule did not write this file in this form',
    where: file,
    fix: 'Remove it to keep the run before.',
  });
}

/**
 * Where one of a run's files is to be read: `use` gets its path. It needs no permission to write, also where a replacement
 * was interrupted.
 */
export function inRun<T>(run: string, name: RunFile, use: (path: string) => T): T {
  const path = join(run, name);
  const commit = pending(run);
  if (commit === undefined) return use(path);
  const staged = join(stagingFolder(run), name);
  if (!existsSync(staged) && !commit.removes.includes(name)) return use(path);
  try {
    return use(staged);
  } catch (error) {
    // moved into place meanwhile
    if (existsSync(staged) || pending(run) !== undefined) throw error;
    return use(path);
  }
}

/** Whether a run's folder holds a training that is to replace the run, with something to resume from. */
export const hasStagedCheckpoints = (run: string): boolean => hasCheckpoints(stagedCheckpoints(run));

/** Throws an InputError where the hidden folder's name is taken by something else. */
function refuseOther(run: string): void {
  const folder = stagingFolder(run);
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return;
  fail({
    what: 'it is not a folder, and the new run needs a folder of that name',
    where: folder,
    fix: 'Move it away.',
  });
}

/** Removes what an earlier training left in the hidden folder. The folder's lock must be held. */
export function discardStaged(run: string): void {
  refuseOther(run);
  const folder = stagingFolder(run);
  clearCheckpoints(stagedCheckpoints(run));
  for (const name of runFileNames) {
    if (whose(join(folder, name), runKinds[name]) === 'own') rmSync(join(folder, name), { force: true });
  }
  removeTemporaries(folder);
  removeIfEmpty(folder);
}

/** Writes one of the new run's files, out of sight. Throws an InputError that names the file's place. */
export function stage(run: string, name: RunFile, content: Content): void {
  refuseOther(run);
  makeFolder(stagingFolder(run));
  const place = join(run, name);
  writeWhole(join(stagingFolder(run), name), content, { like: place, where: place });
}

/**
 * Makes the staged files the run. `replaces` says that the checkpoints of the run before go with it. Throws an InputError
 * where a file of others has come meanwhile; nothing is lost then. The folder's lock must be held.
 */
export function commit(run: string, files: readonly RunFile[], { replaces }: { readonly replaces: boolean }): void {
  for (const name of files) refuseForeign(join(run, name), runKinds[name]);
  const old = runFileNames.filter((name) => !files.includes(name) && existsSync(join(run, name)));
  const checkpoints = replaces ? ownCheckpoints(checkpointFolder(run)).map((name) => `checkpoint/${name}`) : [];
  const text: Commit = { format: 'chainrule-commit', files, removes: [...old, ...checkpoints] };
  writeWhole(commitFile(run), `${JSON.stringify(text)}\n`, { where: run });
  finishReplacement(run);
}

/** Moves into place what a replacement has left, however often that is interrupted. The folder's lock must be held. */
export function finishReplacement(run: string): void {
  const found = pending(run);
  if (found === undefined) return;
  const folder = stagingFolder(run);
  try {
    for (const name of found.files) {
      if (!existsSync(join(folder, name))) continue;
      refuseForeign(join(run, name), runKinds[name]);
      renameSync(join(folder, name), join(run, name));
    }
    moveCheckpoints(run);
    for (const name of found.removes) {
      const kind = isRunFile(name) ? runKinds[name] : 'checkpoint';
      if (whose(join(run, name), kind) === 'own') rmSync(join(run, name), { force: true });
    }
    if (found.removes.some((name) => !isRunFile(name))) removeIfEmpty(checkpointFolder(run));
    syncFolder(run);
    rmSync(commitFile(run));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const fix = fixOf(error);
    fail({
      what: `the new run is complete, but its files cannot be moved into place: ${reasonOf(error)}`,
      where: run,
      fix: `${fix[0].toUpperCase()}${fix.slice(1)}: until then, commands read it from ${basename(folder)} in that folder.`,
    });
  }
  removeIfEmpty(stagedCheckpoints(run));
  removeTemporaries(folder);
  removeIfEmpty(folder);
}

/** Their numbers are above those of the run before, so that no name is taken. */
function moveCheckpoints(run: string): void {
  const [from, to] = [stagedCheckpoints(run), checkpointFolder(run)];
  const own = ownCheckpoints(from);
  if (own.length === 0) return;
  mkdirSync(to, { recursive: true });
  for (const name of own) renameSync(join(from, name), join(to, name));
  syncFolder(to);
}
