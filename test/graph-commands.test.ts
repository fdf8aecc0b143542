/** The commands for graphs as people and scripts use them: the built program, in a new folder for each test. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { optionsOf } from '../src/graphs/method-options.ts';
import { embeddingMethods } from '../src/graphs/methods/index.ts';
import { presets } from '../src/graphs/presets.ts';
import { vectorFormats } from '../src/graphs/vector-files/formats/index.ts';
import { call, start } from './command.ts';
import { cypher as cypherIn } from './cypher.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with files, and the command in it. */
function place(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return {
    folder,
    run: (line: string | readonly string[], input?: string) =>
      call(typeof line === 'string' ? line.split(' ') : [...line], {
        cwd: folder,
        ...(input !== undefined && { input }),
      }),
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
    files: () => readdirSync(folder).sort(),
  };
}

/** Two triangles that share an edge, with a self-loop, a repeated edge and an edge of weight 0. */
const edges = 'ada bob 1\nbob cy 2\ncy ada 1\nbob dee 1\ndee cy 1\nada ada 1\nbob ada 2\ndee eve 0\n';
const random = '--method random --dimensions 4';

describe('embed', () => {
  test('writes vectors, prints what the graph is, and neighbors reads them', async () => {
    const { run, read, files } = place({ 'edges.txt': edges });
    const { stdout, stderr, code } = await run(`embed edges.txt --out v.vec ${random}`);
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout.replace(/in [\d.]+ s/, 'in … s')).toMatchInlineSnapshot(`
      "edges.txt (CSV, TSV or lines with spaces): 5 nodes, 6 edges, undirected, weighted; 1 self-loop kept; the weights of 1 repeated edge added; 1 edge of weight 0 left out
      5 vectors of 4 numbers by random in … s: v.vec
      Next: chainrule neighbors v.vec ada
      "
    `);
    expect(read('v.vec').split('\n')[0]).toBe('5 4');
    expect(files()).toEqual(['edges.txt', 'v.vec']);
    const nearest = await run('neighbors v.vec ada --count 2 --json');
    const found = JSON.parse(nearest.stdout) as { id: string; neighbors: { id: string; similarity: number }[] };
    expect([found.id, found.neighbors.length]).toEqual(['ada', 2]);
    expect(found.neighbors[0].similarity).toBeGreaterThanOrEqual(found.neighbors[1].similarity);
    expect((await run('neighbors v.vec ada --count 2')).stdout).toContain(found.neighbors[0].id);
  });

  test('--json prints one document with the options, their other names and the files', async () => {
    const { run } = place({ 'edges.csv.gz': gzipSync('from,to,weight\na,b,2\nb,c,1\n') });
    const line =
      'embed edges.csv.gz --out v.npy --method random --embedding-dimension 3 --randomSeed 7 --threads 1 --json';
    const { stdout } = await run(line);
    expect({ ...JSON.parse(stdout), seconds: 0, processorSeconds: 0 }).toEqual({
      graph: {
        nodes: 3,
        entries: 4,
        isDirected: false,
        isWeighted: true,
        format: 'CSV, TSV or lines with spaces',
        counts: { edges: 2, selfLoops: 0, zeroWeights: 0 },
        notes: [],
      },
      method: 'random',
      options: { dimensions: 3 },
      aliases: { embeddingDimension: 'dimensions', randomSeed: 'seed' },
      seed: 7,
      threads: 1,
      dimensions: 3,
      seconds: 0,
      processorSeconds: 0,
      files: ['v.ids.jsonl', 'v.npy'],
    });
  });

  test('reads standard input and a table of nodes; npy finds the names beside it', async () => {
    const { run, read } = place({ 'nodes.csv': 'name,kind\na,x\nz,y\n' });
    const { stdout } = await run(`embed - --nodes nodes.csv --out v.npy ${random}`, 'a\tb\n');
    expect(stdout).toContain('Column "name" of nodes.csv names the nodes; 1 of them has no edge.');
    expect(read('v.ids.jsonl')).toBe('"a"\n"b"\n"z"\n');
    expect((await run('neighbors v.npy z')).code).toBe(0);
  });

  test('equal seeds give equal files, and other seeds others', async () => {
    const { run, read } = place({ 'e.txt': 'a b\nb c\n' });
    for (const [name, seed] of [
      ['one', 1],
      ['again', 1],
      ['two', 2],
    ]) {
      await run(`embed e.txt --out ${name}.vec ${random} --seed ${seed} --quiet`);
    }
    expect(read('again.vec')).toBe(read('one.vec'));
    expect(read('two.vec')).not.toBe(read('one.vec'));
  });

  test('--estimate prints the memory and writes nothing', async () => {
    const { run, files } = place({ 'e.txt': 'a b\n' });
    const { stdout } = await run(`embed e.txt --estimate ${random} --json`);
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'random',
      bytes: { method: 32 },
      processorSeconds: expect.any(Number),
    });
    expect(files()).toEqual(['e.txt']);
  });

  test('every option of every method, and every ending of a file, is in the help', async () => {
    const help = await place({}).run('embed --help');
    // the width of the terminal breaks lines anywhere
    const stdout = help.stdout.replace(/\s+/g, ' ');
    for (const option of embeddingMethods.flatMap(optionsOf)) {
      if (option.type !== 'object')
        expect(stdout).toContain(`-${option.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} `);
    }
    for (const ending of vectorFormats.flatMap(({ endings }) => endings)) expect(stdout).toContain(ending);
    const inOneLine = stdout.replace(/\s+/g, ' ');
    for (const { name } of embeddingMethods) expect(inOneLine).toContain(`${name}: `);
    for (const { name, source } of presets) {
      expect(inOneLine).toContain(`${name}: `);
      expect(inOneLine).toContain(source);
    }
  });
});

test('--no-directed reads edges both ways although the file says that they are directed', async () => {
  const { run } = place({
    'g.json': '{"directed":true,"nodes":[{"id":"a"},{"id":"b"}],"links":[{"source":"a","target":"b"}]}',
  });
  const line = 'embed g.json --out v.vec --method prone --dimensions 2';
  expect((await run(`${line} --no-directed`)).stdout).toContain('2 nodes, 1 edge, undirected');
});

test('a warning about the options is printed: cleora with many dimensions for few nodes', async () => {
  const { run } = place({ 'edges.txt': ringText(30) });
  const { stdout, code } = await run('embed edges.txt --out v.vec --method cleora --dimensions 16');
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, ' ')).toContain('warning cleora makes the columns uncorrelated');
});

test('--features reads a table of nodes for fastrp', async () => {
  const { run } = place({ 'e.txt': 'a b\nb c\n', 'nodes.csv': 'name,age,city\na,1,Rome\nb,2,Oslo\nc,3,Bern\n' });
  const { stdout } = await run('embed e.txt --out v.vec --features nodes.csv --property-ratio 0.5 --json');
  expect(JSON.parse(stdout)).toMatchObject({ method: 'fastrp', options: { features: ['age'], propertyRatio: 0.5 } });
});

test('embed with a preset says what it sets, and what is overridden', async () => {
  const { run } = place({ 'e.txt': 'a b\nb c\n' });
  const line = 'embed e.txt --out v.vec --preset node2vec-ppi --walk_num 2 --dimensions 4';
  const { stdout, code } = await run(line);
  expect(code).toBe(0);
  const text = stdout.replace(/\s+/g, ' ');
  expect(text).toContain('Preset node2vec-ppi: walkLength 80, windowSize 10, epochs 1, learningRate 0.025');
  expect(text).toContain('Overridden: dimensions, walksPerNode.');
});

describe('walk', () => {
  test('writes a walk on each line, and the same ones for the same seed', async () => {
    const { run, read } = place({ 'edges.txt': edges });
    const line = 'walk edges.txt --walks-per-node 3 --walk-length 4 --seed 5';
    const { stdout } = await run(line);
    const walks = stdout.trimEnd().split('\n');
    expect(walks).toHaveLength(15);
    // eve has no edge
    expect(walks.filter((walk) => walk === 'eve')).toHaveLength(3);
    const names = new Set(['ada', 'bob', 'cy', 'dee']);
    expect(walks.flatMap((walk) => walk.split(' ')).filter((name) => !names.has(name) && name !== 'eve')).toEqual([]);
    expect(walks.filter((walk) => walk.split(' ').length === 4)).toHaveLength(12);
    expect((await run(`${line} --out w.txt`)).stdout).toContain('15 walks written to w.txt.');
    expect(read('w.txt')).toBe(stdout);
    await run(`${line} --walk_num 1 --out w.jsonl`.replace('--walks-per-node 3 ', ''));
    expect(read('w.jsonl').split('\n')[0]).toBe(JSON.stringify(walks[0].split(' ')));
    expect(JSON.parse((await run(`${line} --json`)).stdout)).toEqual(walks.map((walk) => walk.split(' ')));
  });
});

describe('errors are found before anything is computed or written', () => {
  test.each([
    ['embed e.txt', 'error --out: there is no file for the vectors.'],
    ['embed e.txt --out e.txt', 'error e.txt: the output would overwrite an input.'],
    ['embed e.txt --out v.xyz', 'error v.xyz: no format of vectors has this extension.'],
    [
      'embed spaces.csv --out v.vec',
      'error v.vec: the name "a b" contains a space or a line end, which this format cannot store.',
    ],
    ['embed e.txt --out v.vec --method nod2vec', 'error embed: unknown method "nod2vec".'],
    ['embed e.txt --out v.vec --method random --dimensions 0', 'error dimensions: 0 is not at least 1.'],
    [
      'walk spaces.csv',
      'error standard output: the name "a b" contains a space or a line end, which this format cannot store.',
    ],
    ['walk e.txt --walk-length 0', 'error walkLength: 0 is not at least 1.'],
    ['embed e.txt --out v.vec --method random --dimensions x', 'error --dimensions: "x" is not a number.'],
    ['embed e.txt --out v.vec --method random --seed -1', 'error embed: seed is -1.'],
    ['embed three.txt --out v.vec', 'error three.txt line 2: the weight "carol" is not a finite number.'],
    ['embed negative.txt --out v.vec', 'error negative.txt line 2: the weight -1 is negative.'],
    ['embed ids.txt --out v.vec', 'error ids.txt line 1: the weight "c" is not a finite number.'],
    ['embed empty.txt --out v.vec', 'error empty.txt: the graph is empty.'],
    ['embed one.txt --out v.vec', 'error embed: the graph has one node.'],
    ['embed missing.txt --out v.vec', 'error missing.txt: the file does not exist.'],
    ['embed picture.png --out v.vec', 'error picture.png: it is not UTF-8 text, Parquet, Arrow or gzip.'],
    ['neighbors v.vec a', 'error v.vec: the file does not exist.'],
    ['neighbors two.vec c', 'error neighbors: there is no node "c".'],
    ['neighbors two.vec a --count 0', 'error --count: "0" is not a whole number of at least 1.'],
    [
      'neighbors e.txt a',
      'error e.txt line 1: the first line is "a b", not the number of vectors and of their dimensions.',
    ],
  ])('%s', async (line, expected) => {
    const { run, files } = place({
      'e.txt': 'a b\n',
      'spaces.csv': 'a b,c\n',
      'three.txt': 'a b 1\na b carol\n',
      'negative.txt': 'a b 1\nb c -1\n',
      'ids.txt': 'a b c\nb c d\n',
      'empty.txt': '# nothing\n',
      'one.txt': 'a a\n',
      'picture.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff),
      'two.vec': '2 1\na 1\nb 2\n',
    });
    const before = files();
    const { stderr, code } = await run(line);
    expect([stderr.split('\n')[0], code]).toEqual([expected, 2]);
    expect(files()).toEqual(before);
  });
});

describe('embed with a report, scores and a map', () => {
  const labels = 'ada\tred\nbob\tred\ncy\tblue\ndee\tblue\nada\tblue\n';

  test('writes a page with the map, and Parquet with x and y', async () => {
    const { run, read, files } = place({ 'edges.txt': edges, 'labels.tsv': labels });
    const { stderr, code, stdout } = await run(
      `embed edges.txt --out v.jsonl --report r.html --map pca --labels labels.tsv ${random}`,
    );
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toContain('v.jsonl, r.html');
    const page = read('r.html');
    expect(page).toContain('Embedding of edges.txt');
    expect(page).toContain('"names":["blue","no label","red"]');
    expect(JSON.parse(read('v.jsonl').split('\n')[0]!)).toMatchObject({ x: expect.any(Number), y: expect.any(Number) });
    expect(files()).toEqual(['edges.txt', 'labels.tsv', 'r.html', 'v.jsonl']);
  });

  test('scores links beside scores that need no vectors', async () => {
    const { run } = place({ 'edges.txt': edges });
    const { stdout, code } = await run(`embed edges.txt --out v.vec --evaluate --hits-at 3 --json ${random}`);
    expect(code).toBe(0);
    const { evaluation } = JSON.parse(stdout) as {
      evaluation: { task: string; tables: { rows: { name: string }[]; columns: string[]; caption: string }[] };
    };
    expect(evaluation.tables[0]!.columns).toContain('hits@3, uniform');
    expect(evaluation.tables[0]!.caption).toContain('scores above the 3rd of those pairs');
    expect(evaluation.task).toBe('links');
    const names = evaluation.tables[0]!.rows.map(({ name }) => name);
    expect(names).toContain('random, hadamard');
    expect(names).toContain('Adamic–Adar');
  });

  test.each([
    [`embed edges.txt --out v.vec --evaluate labels ${random}`, '--evaluate labels: there are no labels'],
    [`embed edges.txt --out v.vec --evaluate x ${random}`, '--evaluate: unknown task "x"'],
    [`embed edges.txt --out v.vec --hits-at 0 ${random}`, '--hits-at: "0" is not a whole number of at least 1'],
    [`embed edges.txt --out v.vec --map 3d ${random}`, '--map: unknown kind of map "3d"'],
    [`embed edges.txt --out v.vec --report edges.txt ${random}`, 'edges.txt: the output would overwrite an input'],
    [`embed edges.txt --out v.vec --query RETURN ${random}`, '--query: edges.txt is not a graph database'],
    [`embed none.lbug --out v.vec ${random}`, 'a database needs a query for the edges'],
    [`embed none.lbug --out v.vec --query RETURN ${random}`, 'none.lbug: there is no such file'],
  ])('%s', async (line, what) => {
    const { run } = place({ 'edges.txt': edges });
    const { stderr, code } = await run(line);
    expect(stderr).toContain(what);
    expect(code).toBe(2);
  });
});

test('a graph database is the source of the edges and the place for the vectors', async () => {
  const { run, folder } = place({});
  const cypher = (...statements: readonly string[]) => cypherIn(join(folder, 'graph.lbug'), ...statements);
  await cypher(
    'CREATE NODE TABLE Person(name STRING PRIMARY KEY)',
    'CREATE REL TABLE Knows(FROM Person TO Person, weight DOUBLE)',
    "UNWIND ['ada', 'bob', 'cy', 'dee'] AS n CREATE (:Person {name: n})",
    "MATCH (a:Person {name: 'ada'}), (b:Person) WHERE b.name <> 'ada' AND b.name <> 'dee' CREATE (a)-[:Knows {weight: 2.0}]->(b)",
  );
  const query = 'MATCH (a)-[r]->(b) RETURN a.name, b.name, r.weight';
  const args = ['embed', 'graph.lbug', '--query', query, '--write-property', 'embedding', ...random.split(' ')];
  const { stdout, stderr, code } = await run(args);
  expect([stderr, code]).toEqual(['', 0]);
  expect(stdout).toContain('3 vectors of 4 numbers by random');
  expect(stdout).toContain('3 nodes of graph.lbug');
  const rows = await cypher('MATCH (n:Person) RETURN n.name AS name, n.embedding AS e ORDER BY name');
  expect(rows.map(({ name, e }) => [name, (e as number[] | null)?.length])).toEqual([
    ['ada', 4],
    ['bob', 4],
    ['cy', 4],
    ['dee', undefined],
  ]);
  writeFileSync(join(folder, 'v.vec'), '2 2\nada 1 0\nbob 0 1\n');
  const extend = ['embed', 'graph.lbug', '--query', query, '--extend', 'v.vec', '--write-property', 'extended'];
  const extended = await run(extend);
  expect([extended.stderr, extended.code]).toEqual(['', 0]);
  expect(extended.stdout).toContain('3 vectors of 2 numbers by means of neighbors');
  const found = await cypher('MATCH (n:Person) RETURN n.name AS name, n.extended AS e ORDER BY name');
  // cy has one neighbor, ada
  expect(found.slice(0, 3).map(({ e }) => e)).toEqual([
    [1, 0],
    [0, 1],
    [1, 0],
  ]);
});

describe('embed continues earlier work', () => {
  const training = '--method node2vec --dimensions 8 --walks-per-node 200 --threads 1';

  test('an interrupted run leaves a checkpoint, and --resume ends with the bytes of a run without a break', async () => {
    const { folder, read, files } = place({ 'edges.txt': ringText(60) });
    const words = (out: string) => ['embed', 'edges.txt', '--out', out, ...training.split(' ')];
    expect((await call(words('whole.vec'), { cwd: folder })).code).toBe(0);
    const stopped = await start([...words('v.vec'), '--checkpoint', '0'], {
      cwd: folder,
      async meanwhile(child) {
        while (child.exitCode === null && !existsSync(join(folder, 'v.vec.checkpoint/000001.safetensors')))
          await sleep(5);
        child.kill('SIGINT');
      },
    });
    expect([stopped.stderr, stopped.code]).toEqual(['', 130]);
    expect(stopped.stdout).toContain('Interrupted. Run the same command with --resume to continue');
    expect(files()).toEqual(['edges.txt', 'v.vec.checkpoint', 'whole.vec']);
    const again = await call(words('v.vec'), { cwd: folder });
    expect(again.stderr).toContain('error v.vec.checkpoint: there is the checkpoint of an interrupted run.');
    const other = await call([...words('v.vec'), '--resume', '--seed', '2'], { cwd: folder });
    expect(other.stderr).toContain('it belongs to another run: seed is 1 there and 2 in this run.');
    const resumed = await call([...words('v.vec'), '--resume'], { cwd: folder });
    expect(resumed.stdout).toMatch(/Resumes after [\d,]+ walks\./);
    expect(read('v.vec')).toBe(read('whole.vec'));
    expect(files()).toEqual(['edges.txt', 'v.vec', 'whole.vec']);
  });

  test('--extend keeps the lines of known nodes and adds new ones, and --warm-start takes their dimensions', async () => {
    const { run, read } = place({ 'edges.txt': edges, 'new.txt': 'new ada\nnew bob\nnew cy\n' });
    await run(`embed edges.txt --out v.vec ${random} --quiet`);
    const { stdout, stderr } = await run('embed new.txt --extend v.vec --out w.vec');
    expect([stderr, stdout.includes('6 vectors of 4 numbers by means of neighbors')]).toEqual(['', true]);
    const [before, after] = ['v.vec', 'w.vec'].map((name) => read(name).trim().split('\n').slice(1));
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatch(/^new /);
    const warm = await run('embed edges.txt --warm-start v.vec --out x.vec --method deepwalk --json');
    expect(JSON.parse(warm.stdout)).toMatchObject({ method: 'deepwalk', dimensions: 4, options: { dimensions: 4 } });
    const refused = await run(`embed edges.txt --warm-start v.vec --out y.vec --method fastrp`);
    expect([refused.stderr.split('\n')[0], refused.code]).toEqual([
      'error warmStart: fastrp does not train, so it cannot start from other vectors.',
      2,
    ]);
  });

  test('--extend writes a report of all nodes, and cannot hold out edges', async () => {
    const { run, read } = place({ 'v.vec': '2 2\nada 1 0\nbob 0 1\n', 'new.txt': 'new ada\nnew bob\n' });
    const extend = 'embed new.txt --extend v.vec --out w.vec';
    const { stderr, code } = await run(`${extend} --report r.html`);
    expect([stderr, code]).toEqual(['', 0]);
    const page = read('r.html');
    expect(page).toContain('means of neighbors');
    expect(page).not.toContain('It was chosen automatically');
    for (const node of ['ada', 'bob', 'new']) expect(page).toContain(`"${node}"`);
    const links = await run(`${extend} --evaluate links`);
    expect(links.stderr.split('\n')[0]).toBe(
      'error --evaluate: an extension has no edges to hold out, because its vectors were made with all of them.',
    );
  });

  test('--estimate prints memory and processor time of methods that train and of others', async () => {
    const { run, files } = place({ 'edges.txt': ringText(30) });
    for (const method of ['node2vec', 'line', 'cleora']) {
      const { stdout, stderr } = await run(`embed edges.txt --estimate --method ${method} --dimensions 8`);
      expect(stderr).toBe('');
      expect(stdout).toMatch(new RegExp(`${method}: .*iB of memory: .*\\n.* of processor time`));
    }
    expect(files()).toEqual(['edges.txt']);
  });
});

/** A ring with chords. */
const ringText = (size: number): string =>
  Array.from({ length: size }, (_, i) => `${i} ${(i + 1) % size}\n${i} ${(i + 3) % size}\n`).join('');
