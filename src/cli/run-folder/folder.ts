/** The folder of a run: chosen and tried before training, filled after it. */
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
  /** Where this run's checkpoints go: while it is to replace another run, not among that one's. */
  readonly checkpoints: string;
  /** Whether a run is there already, which this one replaces at its end. */
  readonly replaces: boolean;
  /** The number above which this run's checkpoints are counted. */
  readonly above: number;
  /** Lets other runs have the folder. */
  release(): void;
  /** Takes the folder away again if it was made for this run, which did not begin. */
  abandon(): void;
}

export interface FolderFlags {
  readonly out?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
}

/** `runs/<name>-<n>` with the first free n; making it is what claims it. */
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

/** The last of `runs/<name>-<n>` that has something to go on from. */
function lastFolder(name: string): string | undefined {
  if (!existsSync('runs')) return undefined;
  const numbers = readdirSync('runs')
    .filter((each) => each.startsWith(`${name}-`) && /^[1-9]\d*$/.test(each.slice(name.length + 1)))
    .map((each) => Number(each.slice(name.length + 1)))
    .sort((a, b) => b - a);
  return numbers.map((n) => join('runs', `${name}-${n}`)).find(isResumable);
}

/** Whether a run is there, or was begun. Throws an InputError where files of others have the names that a run needs. */
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

/** Throws an InputError where the folder cannot be had: what is there, and the flags, do not go together. */
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
 * Throws an InputError where it cannot be written, or holds a run already, unless what comes is put beside it (`isBeside`).
 * With `resume` alone it is the last of the name's folders. `tell` says what takes long.
 */
export function chooseFolder(
  name: string,
  flags: FolderFlags,
  { isBeside = false, tell }: { readonly isBeside?: boolean; readonly tell?: (text: string) => void } = {},
): RunFolder {
  const { resume = false, overwrite = false } = flags;
  if (resume && overwrite) {
    fail({ what: '--resume and --overwrite exclude each other', where: '--resume', fix: 'Leave one of them out.' });
  }
  const hadRuns = existsSync('runs');
  const out = flags.out ?? (resume ? lastFolder(name) : undefined);
  const isNew = out === undefined || !existsSync(out);
  const path = out ?? nextFolder(name);
  if (!isBeside) refuseUnfit(path, flags);
  makeFolder(path);
  tryWriting(path);
  const release = lockFolder(path, tell);
  const checkpoints = checkpointFolder(path);
  let isReplacing = false;
  if (!isBeside) {
    try {
      finishReplacement(path);
      // another run may have ended between the first look and the lock
      const holds = refuseUnfit(path, flags);
      const goesOn = resume && hasStagedCheckpoints(path);
      if (!goesOn) discardStaged(path);
      isReplacing = goesOn || (overwrite && holds);
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
        // something else was put there meanwhile
      }
    },
  };
}

/** Makes these files the run's, as a whole. Throws an InputError. */
export function replaceRun({ path, replaces }: RunFolder, files: ReadonlyMap<RunFile, string>): void {
  for (const [name, content] of files) stage(path, name, content);
  commit(path, [...files.keys()], { replaces });
}

/** Writes a run, as a whole; returns what `train --json` names. Throws an InputError. */
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
    // drawing takes a quarter of a second to load: only here
    const { renderReport } = await import('../../report/page.ts');
    // as it will be drawn again
    const page = renderReport(JSON.parse(written.record) as RunRecord, parseHistory(written.history, files.history));
    stage(path, 'report.html', page);
  } catch (error) {
    // the model is worth more than its page, which "chainrule report" can write later
    commit(path, done, { replaces });
    throw error;
  }
  commit(path, [...done, 'report.html'], { replaces });
  return { model: files.model, history: files.history, report: files.report };
}

/** Finishes what a killed training left to move, where something is to be written into a run's folder. */
export function settleRun(path: string): void {
  if (!existsSync(join(path, '.chainrule-next', 'commit.json'))) return;
  const release = lockFolder(path);
  try {
    finishReplacement(path);
  } finally {
    release();
  }
}
