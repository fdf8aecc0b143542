import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toSafetensors } from '../../formats/safetensors.ts';
import { readText } from '../input/files.ts';
import { clearCheckpoints, keepCheckpoint } from './checkpoints.ts';
import { chooseFolder, type FolderFlags } from './folder.ts';

const root = mkdtempSync(join(tmpdir(), 'chainrule-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function place(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const path = join(root, String(folders++));
  mkdirSync(join(path, 'checkpoint'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}
const safetensors = (metadata: Readonly<Record<string, string>>) => toSafetensors({ tensors: new Map(), metadata });
const checkpoint = safetensors({ checksum: '00000000', format: 'chainrule-checkpoint' });
const record = JSON.stringify({ versions: { chainrule: '1' } });
const list = (path: string) => readdirSync(path, { recursive: true }).map(String).sort();
const choose = (out: string, flags: FolderFlags = {}) => {
  const chosen = chooseFolder('x', { out, ...flags });
  chosen.release();
  return chosen;
};

test('files of others that have the names of a run are refused, also with --overwrite and --resume', () => {
  for (const name of ['model.safetensors', 'history.csv', 'run.json', 'report.html', 'folds.json']) {
    const path = place({ [name]: name.endsWith('json') ? '{"mine": 1}' : 'mine' });
    for (const flags of [{}, { overwrite: true }, { resume: true }]) {
      expect(() => choose(path, flags)).toThrow(
        `${join(path, name)}: chainrule did not write this file, so it does not replace it.\n  Move it away, or name another folder with --out.`,
      );
    }
  }
  const other = place({ 'model.safetensors': safetensors({ format: 'pt' }) });
  expect(() => choose(other, { overwrite: true })).toThrow('chainrule did not write this file');
});

test('a link or a folder where a file of the run should be is refused', () => {
  const [linked, made] = [place({ mine: record }), place()];
  symlinkSync('mine', join(linked, 'run.json'));
  mkdirSync(join(made, 'model.safetensors'));
  for (const path of [linked, made]) {
    expect(() => choose(path, { overwrite: true })).toThrow('chainrule did not write this file');
  }
  const file = place();
  rmSync(join(file, 'checkpoint'), { recursive: true });
  writeFileSync(join(file, 'checkpoint'), 'mine');
  expect(() => choose(file)).toThrow(
    `${join(file, 'checkpoint')}: it is not a folder, and the run needs a folder of that name`,
  );
});

test('other files in the folder are kept; in the folder of checkpoints they need --overwrite or --resume, and are kept', () => {
  const path = place({ 'notes.txt': 'mine', 'checkpoint/epoch1.ckpt': 'mine', 'checkpoint/.DS_Store': '' });
  expect(() => choose(path)).toThrow(
    `${join(path, 'checkpoint')}: the folder holds files that chainrule did not write (epoch1.ckpt).`,
  );
  const before = list(path);
  choose(path, { overwrite: true });
  choose(path, { resume: true });
  expect(list(path)).toEqual(before);
  // the name alone does not make it one
  const named = place({ 'checkpoint/000001.safetensors': 'mine' });
  expect(() => choose(named)).toThrow('(000001.safetensors)');
  choose(named, { overwrite: true });
  expect(list(named)).toEqual(['checkpoint', 'checkpoint/000001.safetensors']);
  choose(place({ 'notes.txt': 'mine', 'checkpoint/.DS_Store': '' }));
});

test('checkpoints are recognized by their content: two are kept, and files of others are neither removed nor overwritten', () => {
  const path = join(place(), 'checkpoint');
  writeFileSync(join(path, '000003.safetensors'), 'mine');
  writeFileSync(join(path, '12.safetensors'), checkpoint);
  writeFileSync(join(path, '.chainrule-0123456789abcdef.partial'), 'left');
  for (let i = 0; i < 4; i++) keepCheckpoint(path, checkpoint);
  const others = ['000003.safetensors', '12.safetensors'];
  expect(list(path)).toEqual([
    '.chainrule-0123456789abcdef.partial',
    '000003.safetensors',
    '000006.safetensors',
    '000007.safetensors',
    '12.safetensors',
  ]);
  clearCheckpoints(path);
  expect(list(path)).toEqual(others);
  expect(readFileSync(join(path, others[0]), 'utf8')).toBe('mine');
});

test('a run keeps its checkpoints until it is replaced; those of the new run continue their numbers in another folder', () => {
  const path = place({ 'run.json': record, 'checkpoint/000004.safetensors': checkpoint });
  expect(() => choose(path)).toThrow(`${path}: the folder holds a run`);
  const { checkpoints, above, replaces } = choose(path, { overwrite: true });
  expect([checkpoints, above, replaces]).toEqual([join(path, '.chainrule-next/checkpoint'), 4, true]);
  keepCheckpoint(checkpoints, checkpoint, above);
  expect(list(path)).toContain('.chainrule-next/checkpoint/000005.safetensors');
  // killed here: it continues with the new one, or with none
  expect(choose(path, { resume: true }).checkpoints).toBe(checkpoints);
  expect(list(path)).toContain('checkpoint/000004.safetensors');
  choose(path, { overwrite: true });
  expect(list(path)).toEqual(['checkpoint', 'checkpoint/000004.safetensors', 'run.json']);
  expect(choose(path, { resume: true }).checkpoints).toBe(join(path, 'checkpoint'));
});

test('a file of the run that was read as an input is not overwritten by the run', () => {
  const path = place({ 'run.json': record });
  readText(join(path, 'run.json'));
  expect(() => choose(path, { overwrite: true })).toThrow('run.json: the run would overwrite an input');
});
