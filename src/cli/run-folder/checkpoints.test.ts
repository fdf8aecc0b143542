import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import type { Snapshot } from '../../train/trainer.ts';
import {
  clearCheckpoints,
  findCheckpoint,
  hasCheckpoints,
  keepCheckpoint,
  newestNumber,
  othersIn,
} from './checkpoints.ts';

const root = mkdtempSync(join(tmpdir(), 'chainrule-checkpoints-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const place = () => join(root, String(folders++));

/** The beginning of a checkpoint, by which chainrule recognizes its own. */
const bytes = (content: string) =>
  Buffer.from(`12345678{"__metadata__":{"checksum":"0123abcd","format":"chainrule-checkpoint"}}${content}`);

test('the newest two checkpoints are kept, with growing numbers', () => {
  const folder = place();
  for (const content of ['a', 'b', 'c']) keepCheckpoint(folder, bytes(content));
  expect(readdirSync(folder).sort()).toEqual(['000002.safetensors', '000003.safetensors']);
  keepCheckpoint(folder, bytes('d'), 10);
  expect(newestNumber(folder)).toBe(11);
});

test('numbers beyond six digits are newer than those with six', () => {
  const folder = place();
  keepCheckpoint(folder, bytes('a'), 999_998);
  keepCheckpoint(folder, bytes('b'));
  expect([newestNumber(folder), readdirSync(folder).length]).toEqual([1_000_000, 2]);
});

test('a damaged checkpoint is skipped with a warning', () => {
  const folder = place();
  keepCheckpoint(folder, bytes('good'));
  keepCheckpoint(folder, bytes('bad'));
  const warnings: string[] = [];
  const read = (content: Uint8Array, where: string) => {
    if (Buffer.from(content).includes('bad'))
      throw new InputError({ what: 'it is torn', where, fix: 'Resume an older one.' });
    return { from: where } as unknown as Snapshot;
  };
  const found = findCheckpoint(folder, read, (warning) => warnings.push(warning));
  expect(found).toEqual({ from: join(folder, '000001.safetensors') });
  expect(warnings).toEqual([`${join(folder, '000002.safetensors')} is skipped: it is torn.`]);
});

test('files that chainrule did not write are kept, and so is their folder', () => {
  const folder = place();
  keepCheckpoint(folder, bytes('a'));
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  writeFileSync(join(folder, '000007.safetensors'), 'somebody else wrote this');
  writeFileSync(join(folder, '.DS_Store'), '');
  expect(othersIn(folder).sort()).toEqual(['000007.safetensors', 'notes.txt']);
  clearCheckpoints(folder);
  expect(readdirSync(folder).sort()).toEqual(['.DS_Store', '000007.safetensors', 'notes.txt']);
});

test('a folder with only checkpoints is removed with them; a missing folder has none', () => {
  const folder = place();
  keepCheckpoint(folder, bytes('a'));
  expect(hasCheckpoints(folder)).toBe(true);
  clearCheckpoints(folder);
  expect([existsSync(folder), hasCheckpoints(folder), newestNumber(folder)]).toEqual([false, false, 0]);
});

test('a folder named like a checkpoint is not something to resume from', () => {
  const folder = place();
  mkdirSync(join(folder, '000001.safetensors'), { recursive: true });
  expect(hasCheckpoints(folder)).toBe(false);
});
