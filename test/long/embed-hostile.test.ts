import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { start } from '../command.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two million nodes with names of their own, each in one edge, get vectors', async () => {
  const lines: string[] = [];
  for (let i = 0; i < 1_000_000; i++) lines.push(`left-${i}\tright-${i}\n`);
  writeFileSync(join(folder, 'edges.tsv'), lines.join(''));
  const words = ['embed', 'edges.tsv', '--method', 'fastrp', '--dimensions', '2', '--out', 'v.bin', '--json'];
  const { stdout, stderr, code } = await start(words, { cwd: folder });
  expect([stderr.includes('error'), code]).toEqual([false, 0]);
  expect(JSON.parse(stdout)).toMatchObject({ graph: { nodes: 2_000_000 } });
  expect(readFileSync(join(folder, 'v.bin')).subarray(0, 10).toString()).toBe('2000000 2\n');
});

test('two million nodes with labels of their own: a map shows them, and a classifier is refused with the reason', async () => {
  const lines: string[] = [];
  const labels: string[] = [];
  for (let i = 0; i < 1_000_000; i++) {
    lines.push(`left-${i}\tright-${i}\n`);
    labels.push(`left-${i}\tlabel ${2 * i}\nright-${i}\tlabel ${2 * i + 1}\n`);
  }
  writeFileSync(join(folder, 'edges.tsv'), lines.join(''));
  writeFileSync(join(folder, 'labels.tsv'), labels.join(''));
  const words = ['embed', 'edges.tsv', '--method', 'fastrp', '--dimensions', '2', '--out', 'v.bin'];
  const given = [...words, '--labels', 'labels.tsv'];
  const drawn = await start([...given, '--report', 'r.html'], { cwd: folder });
  expect([drawn.stderr.includes('error'), drawn.code]).toEqual([false, 0]);
  expect(readFileSync(join(folder, 'r.html'), 'utf8')).toContain('of 2,000,000 nodes, sampled');
  const scored = await start([...given, '--evaluate', 'labels'], { cwd: folder });
  expect([scored.stderr.split('\n')[0], scored.code]).toEqual([
    'error --labels: there are 2,000,000 classes among 2,000,000 labeled nodes, too many for a classifier for each class.',
    2,
  ]);
});
