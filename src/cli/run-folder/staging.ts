/**
 * Replaces a run by another, all files at once. The new files are staged in a hidden folder inside the run's folder. When all are
 * complete, a small commit file is written: from then on, the staged files are the run, and they are moved into place. Whenever
 * the process is killed, the folder contains the old run or the new one: commands that read find each file in either place, and
 * the next training moves the rest. docs/decisions/0010-a-run-replaces-another.md has the reasons.
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

/** The files of a run, and the marks by which chainrule recognizes its own. */
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
/** The folder for the checkpoints of a training that will replace a run. */
export const stagedCheckpoints = (run: string): string => join(stagingFolder(run), 'checkpoint');
const commitFile = (run: string) => join(stagingFolder(run), 'commit.json');

interface Commit {
  readonly format: 'chainrule-commit';
  readonly files: readonly RunFile[];
  /** Files of the old run that the new one does not have: names in the run's folder. */
  readonly removes: readonly string[];
}

const isRunFile = (name: unknown): name is RunFile => typeof name === 'string' && Object.hasOwn(runKinds, name);
const isRemovable = (name: unknown): name is string =>
  isRunFile(name) || (typeof name === 'string' && /^checkpoint\/\d+\.safetensors$/.test(name));

/** The committed replacement whose files are not all in place yet, if there is one. */
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
    // not JSON, or not a commit
  }
  return fail({
    what: 'the file is damaged, or chainrule did not write it',
    where: file,
    fix: 'Remove it to keep the old run.',
  });
}

/**
 * Calls `use` with the current path of one of a run's files. It only reads, even after an interrupted replacement.
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
    // it was moved into place in the meantime
    if (existsSync(staged) || pending(run) !== undefined) throw error;
    return use(path);
  }
}

/** Whether a run's folder contains an unfinished training that will replace the run, with a checkpoint to resume from. */
export const hasStagedCheckpoints = (run: string): boolean => hasCheckpoints(stagedCheckpoints(run));

/** Throws an InputError if something else has the name of the hidden folder. */
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

/** Removes the files that an earlier training left in the hidden folder. The folder must be locked. */
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

/** Writes one of the new run's files into the hidden folder. Throws an InputError that names the final path of the file. */
export function stage(run: string, name: RunFile, content: Content): void {
  refuseOther(run);
  makeFolder(stagingFolder(run));
  const place = join(run, name);
  writeWhole(join(stagingFolder(run), name), content, { like: place, where: place });
}

/**
 * Makes the staged files the run. With `replaces`, the checkpoints of the old run are removed. Throws an InputError if a foreign
 * file has appeared in the meantime; nothing is lost then. The folder must be locked.
 */
export function commit(run: string, files: readonly RunFile[], { replaces }: { readonly replaces: boolean }): void {
  for (const name of files) refuseForeign(join(run, name), runKinds[name]);
  const old = runFileNames.filter((name) => !files.includes(name) && existsSync(join(run, name)));
  const checkpoints = replaces ? ownCheckpoints(checkpointFolder(run)).map((name) => `checkpoint/${name}`) : [];
  const text: Commit = { format: 'chainrule-commit', files, removes: [...old, ...checkpoints] };
  writeWhole(commitFile(run), `${JSON.stringify(text)}\n`, { where: run });
  finishReplacement(run);
}

/** Moves the remaining files of a replacement into place; it may be interrupted and repeated. The folder must be locked. */
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
      fix: `${fix[0].toUpperCase()}${fix.slice(1)}. Until then, commands read the run from ${basename(folder)} in that folder.`,
    });
  }
  removeIfEmpty(stagedCheckpoints(run));
  removeTemporaries(folder);
  removeIfEmpty(folder);
}

/** Moves the new checkpoints. Their numbers are above those of the old run, so no name is taken. */
function moveCheckpoints(run: string): void {
  const [from, to] = [stagedCheckpoints(run), checkpointFolder(run)];
  const own = ownCheckpoints(from);
  if (own.length === 0) return;
  mkdirSync(to, { recursive: true });
  for (const name of own) renameSync(join(from, name), join(to, name));
  syncFolder(to);
}
