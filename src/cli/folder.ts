/** The folder of a run: chosen and tried before training, filled after it. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../base/errors.ts';
import { type RunRecord, recordJson } from '../report/record.ts';
import { type HistoryRow, historyCsv, parseHistory } from '../train/history.ts';
import type { Model } from '../train/model.ts';
import { clearCheckpoints, hasCheckpoints } from './checkpoints.ts';
import { makeFolder, reasonOf, writeWhole } from './files.ts';
import { lockFolder } from './lock.ts';

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
      fail({ what: `the folder cannot be made: ${reasonOf(error)}`, where: path, mend: 'Name another with --out.' });
    }
  }
}

/** The last of `runs/<name>-<n>` that has something to go on from. */
function lastFolder(name: string): string | undefined {
  if (!existsSync('runs')) return undefined;
  const numbers = readdirSync('runs')
    .filter((each) => each.startsWith(`${name}-`) && /^[1-9]\d*$/.test(each.slice(name.length + 1)))
    .map((each) => Number(each.slice(name.length + 1)))
    .sort((a, b) => b - a);
  return numbers.map((n) => join('runs', `${name}-${n}`)).find(hasCheckpoints);
}

/** Tries that files can be written there: found out before training, not after it. */
function tryWriting(path: string): void {
  const probe = join(path, `.probe-${process.pid}`);
  try {
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    fail({
      what: `files cannot be written there: ${reasonOf(error)}`,
      where: path,
      mend: 'Name another folder with --out.',
    });
  }
}

/**
 * Throws an InputError where it cannot be written, or holds a run already, unless what comes is put beside it (`isBeside`).
 * With `resume` alone it is the last of the name's folders.
 */
export function chooseFolder(name: string, flags: FolderFlags, { isBeside = false } = {}): RunFolder {
  const { resume = false, overwrite = false } = flags;
  if (resume && overwrite) {
    fail({ what: '--resume and --overwrite exclude each other', where: '--resume', mend: 'Leave one of them out.' });
  }
  const out = flags.out ?? (resume ? lastFolder(name) : undefined);
  const isNew = out === undefined || !existsSync(out);
  const path = out ?? nextFolder(name);
  const holdsRun = hasCheckpoints(path) || Object.values(runFiles(path)).some((file) => existsSync(file));
  if (holdsRun && !resume && !overwrite && !isBeside) {
    fail({
      what: 'the folder holds a run',
      where: path,
      mend: 'Add --overwrite to replace it, --resume to go on with it, or name another folder with --out.',
    });
  }
  makeFolder(path);
  tryWriting(path);
  const release = lockFolder(path);
  if (!resume && !isBeside) clearCheckpoints(path);
  return {
    path,
    release,
    abandon() {
      try {
        release();
        if (!isNew) return;
        rmdirSync(path);
        // empty, if this run was the first
        if (out === undefined) rmdirSync('runs');
      } catch {
        // something else was put there meanwhile
      }
    },
  };
}

/** Writes a run; returns what `train --json` names. Throws an InputError. */
export async function writeRun(
  folder: string,
  { model, record, history }: { model: Model; record: RunRecord; history: readonly HistoryRow[] },
): Promise<RunFiles> {
  const files = runFiles(folder);
  // of a cross-validation that this run replaces
  rmSync(files.folds, { force: true });
  writeWhole(files.model, model.save());
  const written = { record: recordJson(record), history: historyCsv(history) };
  writeWhole(files.history, written.history);
  writeWhole(files.record, written.record);
  // drawing takes a quarter of a second to load: only here
  const { renderReport } = await import('../report/page.ts');
  // as it will be drawn again
  const page = renderReport(JSON.parse(written.record) as RunRecord, parseHistory(written.history, files.history));
  writeWhole(files.report, page);
  return { model: files.model, history: files.history, report: files.report };
}
