import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeParts } from './files.ts';

// something else in the process may open a file meanwhile
test('a file in parts is there as a whole; where that fails, nothing is, and nothing stays open', {
  retry: 2,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
  const path = join(folder, 'a.csv');
  // the system gives the lowest number that is free
  const lowest = () => {
    const handle = openSync(folder, 'r');
    closeSync(handle);
    return handle;
  };
  const before = lowest();
  const torn = writeParts(path, async (write) => {
    await write('a');
    throw new Error('torn');
  });
  await expect(torn).rejects.toThrow('torn');
  expect([lowest(), readdirSync(folder)]).toEqual([before, []]);
  const made = await writeParts(path, async (write) => {
    await write('a\n');
    await write('1\n');
    return 2;
  });
  expect([made, readFileSync(path, 'utf8'), lowest(), readdirSync(folder)]).toEqual([2, 'a\n1\n', before, ['a.csv']]);
  rmSync(folder, { recursive: true });
});
