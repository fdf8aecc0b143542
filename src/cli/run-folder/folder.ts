/** The folder of a run: chosen and tested before training, filled after it. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../base/errors.ts';
import type { Model } from '../../model/model.ts';
import { type RunRecord, recordJson } from '../../report/record.ts';
import { type HistoryRow, historyCsv, parseHistory } from '../../train/history.ts';
import { makeFolder, tryWriting } from '../system/folders.ts';
import { isInput } from '../system/input-files.ts';
import { reasonOf } from '../system/system-errors.ts';
import { hasCheckpoints, newestNumber, othersIn, removeTemporaries } from './checkpoints.ts';
import { lockFolder } from './lock.ts';
import { refuseForeign } from './own-files.ts';
import {
  checkpointFolder,
  commit,
  discardStaged,
  finishReplacement,
  hasStagedCheckpoints,
  type RunFile,
  runFileNames,
  runKinds,
  stage,
  stagedCheckpoints,
} from './staging.ts';

export interface RunFiles {
  readonly model: string;
  readonly history: string;
  readonly report: string;
}

export const runFiles = (folder: string) => ({
  model: join(folder, 'model.safetensors'),
  history: join(folder, 'history.csv'),
  record: join(folder, 'run.json'),
  report: join(folder, 'report.html'),
  folds: join(folder, 'folds.json'),
});

export interface RunFolder {
  readonly path: string;
  /** The folder of this run's checkpoints. If the run replaces another, its checkpoints are staged apart from the old ones. */
  readonly checkpoints: string;
  /** Whether the folder contains a run that this one replaces at its end. */
  readonly replaces: boolean;
  /** The numbers of this run's checkpoints are above this one. */
  readonly above: number;
  /** Releases the lock on the folder. */
  release(): void;
  /** Releases the lock after a run that did not begin, and removes the folder if it was made for the run. */
  abandon(): void;
}

export interface FolderFlags {
  readonly out?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
}

/** Makes `runs/<name>-<n>` with the first free n. Making the folder claims the name. */
function nextFolder(name: string): string {
  makeFolder('runs');
  for (let n = 1; ; n++) {
    const path = join('runs', `${name}-${n}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as { code?: string }).code === 'EEXIST') continue;
      fail({
        what: `cannot create the folder: ${reasonOf(error)}`,
        where: path,
        fix: 'Name another folder with --out.',
      });
    }
  }
}

/** Whether there is something to resume from. */
const isResumable = (run: string) => hasCheckpoints(checkpointFolder(run)) || hasStagedCheckpoints(run);

/** The latest `runs/<name>-<n>` that can be resumed. */
export function lastFolder(name: string): string | undefined {
  if (!existsSync('runs')) return undefined;
  const numbers = readdirSync('runs')
    .filter((each) => each.startsWith(`${name}-`) && /^[1-9]\d*$/.test(each.slice(name.length + 1)))
    .map((each) => Number(each.slice(name.length + 1)))
    .sort((a, b) => b - a);
  return numbers.map((n) => join('runs', `${name}-${n}`)).find(isResumable);
}

/** Whether the folder contains a run, complete or not. Throws an InputError if other files have the names that a run needs. */
function holdsRun(path: string, { resume = false, overwrite = false }: FolderFlags): boolean {
  for (const name of runFileNames) {
    const file = join(path, name);
    if (isInput(file)) {
      fail({
        what: 'the run would overwrite an input',
        where: file,
        fix: 'Name another folder with --out.',
      });
    }
    refuseForeign(file, runKinds[name]);
  }
  const checkpoints = checkpointFolder(path);
  if (existsSync(checkpoints) && !statSync(checkpoints).isDirectory()) {
    fail({
      what: 'it is not a folder, and the run needs a folder of that name',
      where: checkpoints,
      fix: 'Move it away, or name another folder with --out.',
    });
  }
  const others = othersIn(checkpoints);
  if (others.length > 0 && !resume && !overwrite) {
    const shown = others.length > 3 ? `${others.slice(0, 3).join(', ')}, …` : others.join(', ');
    fail({
      what: `the folder holds files that chainrule did not write (${shown})`,
      where: checkpoints,
      fix: 'Move them away, or name another folder with --out. With --overwrite they are kept, and chainrule adds its checkpoints.',
    });
  }
  return isResumable(path) || runFileNames.some((name) => existsSync(join(path, name)));
}

/** Whether the folder contains a run. Throws an InputError if the flags do not allow writing to it. */
function refuseUnfit(path: string, flags: FolderFlags): boolean {
  const holds = holdsRun(path, flags);
  if (holds && !flags.resume && !flags.overwrite) {
    fail({
      what: 'the folder holds a run',
      where: path,
      fix: 'Add --overwrite to replace it, --resume to continue it, or name another folder with --out.',
    });
  }
  return holds;
}

/**
 * Chooses and locks the folder of a run. Without `out`, it is a new folder in `runs/`; with `resume`, the latest one of this name.
 * With `isBeside`, files are only added to the folder. `notify` is called if the lock takes long.
 * Throws an InputError if the folder cannot be written, or if it contains a run and no flag decides what happens to it.
 */
export function chooseFolder(
  name: string,
  flags: FolderFlags,
  { isBeside = false, notify }: { readonly isBeside?: boolean; readonly notify?: (text: string) => void } = {},
): RunFolder {
  const { resume = false, overwrite = false } = flags;
  if (resume && overwrite) {
    fail({ what: '--resume and --overwrite cannot be combined', where: '--resume', fix: 'Leave one of them out.' });
  }
  const hadRuns = existsSync('runs');
  const out = flags.out ?? (resume ? lastFolder(name) : undefined);
  const isNew = out === undefined || !existsSync(out);
  const path = out ?? nextFolder(name);
  if (!isBeside) refuseUnfit(path, flags);
  makeFolder(path);
  tryWriting(path);
  const release = lockFolder(path, notify);
  const checkpoints = checkpointFolder(path);
  let isReplacing = false;
  if (!isBeside) {
    try {
      finishReplacement(path);
      // another run may have ended between the first check and the lock
      const holds = refuseUnfit(path, flags);
      const resumes = resume && hasStagedCheckpoints(path);
      if (!resumes) discardStaged(path);
      isReplacing = resumes || (overwrite && holds);
      removeTemporaries(checkpoints);
      removeTemporaries(stagedCheckpoints(path));
    } catch (error) {
      release();
      throw error;
    }
  }
  return {
    path,
    checkpoints: isReplacing ? stagedCheckpoints(path) : checkpoints,
    replaces: isReplacing,
    above: isReplacing ? newestNumber(checkpoints) : 0,
    release,
    abandon() {
      try {
        release();
        if (!isNew) return;
        rmdirSync(path);
        // empty, if this run was the first
        if (out === undefined && !hadRuns) rmdirSync('runs');
      } catch {
        // the folder is not empty any more
      }
    },
  };
}

/** Makes these files the run, all at once. Throws an InputError. */
export function replaceRun({ path, replaces }: RunFolder, files: ReadonlyMap<RunFile, string>): void {
  for (const [name, content] of files) stage(path, name, content);
  commit(path, [...files.keys()], { replaces });
}

/** Writes a run, all files at once, and returns their paths for `train --json`. Throws an InputError. */
export async function writeRun(
  folder: RunFolder,
  { model, record, history }: { model: Model; record: RunRecord; history: readonly HistoryRow[] },
): Promise<RunFiles> {
  const { path, replaces } = folder;
  const files = runFiles(path);
  stage(path, 'model.safetensors', model.save());
  const written = { record: recordJson(record), history: historyCsv(history) };
  stage(path, 'history.csv', written.history);
  stage(path, 'run.json', written.record);
  const done: RunFile[] = ['model.safetensors', 'history.csv', 'run.json'];
  try {
    // loading the plotting library takes a quarter of a second, so it is loaded only here
    const { renderReport } = await import('../../report/page.ts');
    // from the stored text, so that `chainrule report` draws the same page
    const page = renderReport(JSON.parse(written.record) as RunRecord, parseHistory(written.history, files.history));
    stage(path, 'report.html', page);
  } catch (error) {
    // keep the model; "chainrule report" can write its page later
    commit(path, done, { replaces });
    throw error;
  }
  commit(path, [...done, 'report.html'], { replaces });
  return { model: files.model, history: files.history, report: files.report };
}

/** Finishes the replacement of a run that a killed process left incomplete, before something is written into its folder. */
export function settleRun(path: string): void {
  if (!existsSync(join(path, '.chainrule-next', 'commit.json'))) return;
  const release = lockFolder(path);
  try {
    finishReplacement(path);
  } finally {
    release();
  }
}
