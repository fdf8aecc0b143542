/** `explain`, `check` and `audit` of graph methods, as they are called on the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { call as chainrule } from './command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'graph-step-'));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, 'edges.csv'), 'source,target\na,b\na,c\nb,c\nc,d\nd,e\n');
const example = (name: string) => fileURLToPath(new URL(`../examples/${name}.json`, import.meta.url));
const call = (...words: string[]) => chainrule(words, { cwd });
const method = ['--method', 'node2vec', '--dimensions', '3', '--walk-length', '6', '--negative-samples', '2'];

describe('an update on a graph', () => {
  test('explain shows the walk, the negatives and the numbers of the update, as text and JSON', async () => {
    const { code, stdout } = await call('explain', 'edges.csv', ...method, '--p', '0.5', '--step', '3');
    expect(code).toBe(0);
    expect(stdout).toContain('Update 3 of node2vec, number by number');
    expect(stdout).toContain('Negatives drawn from the noise distribution');
    expect(stdout).toMatch(/P\(\w \| \w, \w\) = \(1\/p\)·w/);
    const json = await call('explain', 'edges.csv', ...method, '--p', '0.5', '--step', '3', '--format', 'json');
    const phases = new Set((JSON.parse(json.stdout) as { phase: string }[]).map(({ phase }) => phase));
    expect([...phases]).toEqual(['walk', 'negatives', 'forward', 'loss', 'backward', 'update']);
  });

  test('explain writes a page and a document', async () => {
    for (const [file, start] of [
      ['step.html', '<!doctype html>'],
      ['step.tex', '\\documentclass'],
    ]) {
      expect((await call('explain', 'edges.csv', ...method, '--out', file)).code).toBe(0);
      expect(readFileSync(join(cwd, file), 'utf8').startsWith(start)).toBe(true);
    }
  });

  test('check compares its gradients with central differences', async () => {
    const { code, stdout } = await call('check', 'edges.csv', ...method, '--step', '5', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ agrees: true });
  });

  test('an update of LINE is explained and checked', async () => {
    const line = ['edges.csv', '--method', 'line', '--dimensions', '4', '--step', '6000'];
    const { code, stdout } = await call('explain', ...line);
    expect(code).toBe(0);
    expect(stdout).toContain('Update 6000 of line, number by number');
    expect(stdout).toMatch(/Sample 1000 of the second order: the edge \w – \w/);
    const checked = await call('check', ...line, '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ agrees: true });
  });

  test.each([
    [['--method', 'random'], 'random makes no updates that can be explained'],
    [['--method', 'node2vec', '--sample', '1'], 'has neither samples nor layers'],
    [['--method', 'node2vec', '--optimizer', 'adam'], 'unknown option "optimizer"'],
    [['--method', 'node2vec', '--step', '0'], '0 is not the number of an update'],
    [['--method', 'node2vec', '--blank', '--format', 'json'], 'audit cannot mark a worksheet'],
  ])('%j is refused', async (words, message) => {
    const { code, stderr } = await call('explain', 'edges.csv', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('a worked example of a graph method', () => {
  test('audit marks an update, and exits with 0', async () => {
    const { code, stdout } = await call('audit', example('skip-gram-2d'));
    expect(code).toBe(0);
    expect(stdout).toContain('All 12 rows agree.');
  });

  test('audit gives the likelihood of walks, and exits with 1 for an impossible one', async () => {
    const right = await call('audit', example('walks-four-nodes'));
    expect(right.code).toBe(0);
    expect(right.stdout).toContain('Its likelihood is 0.246154');
    const walks = { edges: [['a', 'b']], walks: [['a', 'b', 'a']], p: 'infinity' };
    writeFileSync(join(cwd, 'walks.json'), JSON.stringify({ experiment: { walks }, printed: [] }));
    const wrong = await call('audit', 'walks.json');
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain('Impossible: at step 2, it returns to a at once, which an infinite p rules out.');
  });

  test('a worksheet that explain leaves blank is one that audit reads', async () => {
    const blank = await call('explain', example('skip-gram-four-nodes'), '--blank', '--format', 'json');
    writeFileSync(join(cwd, 'sheet.json'), blank.stdout);
    const sheet = JSON.parse(blank.stdout) as { printed: { quantity: string; value: string }[] };
    expect(sheet.printed).toHaveLength(33);
    sheet.printed[0].value = '0.02';
    writeFileSync(join(cwd, 'sheet.json'), JSON.stringify(sheet));
    expect((await call('audit', 'sheet.json')).stdout).toContain('All 1 rows agree.');
  });

  test('check compares its gradients', async () => {
    const { code, stdout } = await call('check', example('skip-gram-four-nodes'));
    expect(code).toBe(0);
    expect(stdout).toContain('All 8 gradients agree');
  });
});
