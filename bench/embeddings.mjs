/**
 * Compares node2vec and LINE with gensim's skip-gram: tokens a second, and the F1 of node classification.
 *
 *     python3 -m venv /tmp/gensim && /tmp/gensim/bin/pip install gensim scikit-learn
 *     node bench/embeddings.mjs --data FOLDER --python /tmp/gensim/bin/python [--graphs blogcatalog,ppi] [--parts speed,commands,scores]
 *       [--rounds 5] [--seeds 3] [--shuffles 10] [--write]
 *
 * The folder has NAME.edges.tsv (two nodes a line) and NAME.labels.tsv (a node and a label). 128 dimensions, window 10, 5 negatives.
 *
 * - speed: both train on one walk of 80 nodes from each node, in turns, on one thread; gensim's time is without its walks, ours is the
 *   whole run. The median of the rounds counts, in processor time, because a busy machine affects it less. Then one and two threads
 *   in turns, by the clock; and steps of walks.
 * - commands: whole commands, PecanPy's too where it is installed beside that Python.
 * - scores: F1 with half of the nodes labelled, ten walks from each node, each seed with each shuffle. A random embedding shows
 *   what the labels alone give.
 *
 * `--write` writes what was measured into embeddings.json.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { embed, fromEdges } from '../dist/graphs/index.js';
import { walksOf } from '../dist/graphs/walks/walks.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    graphs: { type: 'string', default: 'blogcatalog,ppi' },
    parts: { type: 'string', default: 'speed,commands,scores' },
    rounds: { type: 'string', default: '5' },
    seeds: { type: 'string', default: '3' },
    shuffles: { type: 'string', default: '10' },
    write: { type: 'boolean' },
  },
});
if (flags.data === undefined) throw new Error('pass --data FOLDER');

const child = spawn(flags.python, [fileURLToPath(new URL('embeddings.py', import.meta.url))], {
  env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
async function ask(request) {
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error('the Python process ended');
  return JSON.parse(value);
}

const scratch = mkdtempSync(join(tmpdir(), 'embeddings-'));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const hash = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);

/** Ours: tokens a second of a whole run, by processor time. */
async function take(graph, options) {
  const before = process.cpuUsage();
  const { vectors } = await embed(graph, { threads: 1, ...options });
  const { user, system } = process.cpuUsage(before);
  return { vectors, seconds: (user + system) / 1e6 };
}

/** Vectors in the order of the nodes' numbers, for the scorer. */
function inOrder(graph, vectors) {
  const dimensions = vectors.length / graph.ids.length;
  const rows = new Float32Array((Math.max(...graph.ids) + 1) * dimensions);
  for (const [i, id] of graph.ids.entries()) {
    rows.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), id * dimensions);
  }
  return rows;
}

const settings = [
  { name: 'node2vec', method: 'node2vec' },
  { name: 'node2vec, learning rate 0.025', method: 'node2vec', learningRate: 0.025 },
  { name: 'node2vec, fast', method: 'node2vec', arithmetic: 'fast' },
];
const rounds = Number(flags.rounds);
const filesOf = (name) => ({
  edges: join(flags.data, `${name}.edges.tsv`),
  labels: join(flags.data, `${name}.labels.tsv`),
});
const graphOf = ({ edges }) =>
  fromEdges(
    readFileSync(edges, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t').slice(0, 2).map(Number)),
  );

/** Tokens a second of processor time, on one thread. */
async function speeds(files, graph) {
  const all = new Map([['gensim', []], ...settings.map((each) => [each.name, []])]);
  for (let round = 0; round < rounds; round++) {
    const { tokens, processor } = await ask({ do: 'train', edges: files.edges, seed: 1, walksPerNode: 1 });
    all.get('gensim').push(tokens / processor);
    for (const { name, ...options } of settings) {
      const { seconds } = await take(graph, { ...options, walksPerNode: 1 });
      all.get(name).push((graph.ids.length * 80) / seconds);
    }
  }
  return Object.fromEntries([...all].map(([name, each]) => [name, Math.round(median(each))]));
}

/** Tokens a second of one and two threads by the clock, and the median of their ratios, strict and fast. */
async function threads(graph) {
  const result = {};
  for (const arithmetic of ['strict', 'fast']) {
    const all = [];
    for (let round = 0; round < rounds; round++) {
      const pair = [];
      for (const count of [1, 2]) {
        const before = performance.now();
        await embed(graph, { method: 'node2vec', arithmetic, threads: count, walksPerNode: 3 });
        pair.push((graph.ids.length * 240) / ((performance.now() - before) / 1000));
      }
      all.push(pair);
    }
    const [one, two] = [0, 1].map((i) => Math.round(median(all.map((pair) => pair[i]))));
    result[arithmetic] = {
      one,
      two,
      ratio: median(all.map(([a, b]) => b / a)),
      best: Math.max(...all.map(([a, b]) => b / a)),
    };
  }
  return result;
}

/** Millions of steps a second of processor time. */
function walkSpeeds(graph) {
  const result = {};
  for (const [name, p, q] of [
    ['p = 1, q = 1', 1, 1],
    ['p = 0.5, q = 2', 0.5, 2],
    ['p = 4, q = 0.25', 4, 0.25],
  ]) {
    const all = [];
    for (let round = 0; round < rounds; round++) {
      let steps = 0;
      const before = process.cpuUsage();
      for (const walk of walksOf(graph, { walkLength: 80, walksPerNode: 10, p, q, extended: false, seed: round })) {
        steps += walk.length - 1;
      }
      const { user, system } = process.cpuUsage(before);
      all.push(steps / (user + system));
    }
    result[name] = median(all);
  }
  return result;
}

/** Seconds by the clock, of the processor, and the peak of memory in MB, of a whole command. */
function command(name, [program, ...args]) {
  const measured = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', program, ...args], {
    encoding: 'utf8',
    cwd: scratch,
  });
  if (measured.status !== 0) throw new Error(`${name}: ${measured.stderr}`);
  const [wall, user, system, kilobytes] = measured.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { name, wall, processor: user + system, megabytes: Math.round(kilobytes / 1024) };
}

function commands({ edges }) {
  const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  const ours = (...options) => [
    process.execPath,
    main,
    'embed',
    edges,
    '--method',
    'node2vec',
    '--no-weight',
    '--out',
    'v.bin',
    ...options,
  ];
  const all = [
    command('chainrule embed', ours()),
    command('chainrule embed --threads 1', ours('--threads', '1')),
    command('chainrule embed --threads 1 --p 0.5 --q 2', ours('--threads', '1', '--p', '0.5', '--q', '2')),
  ];
  const pecanpy = join(dirname(flags.python), 'pecanpy');
  if (existsSync(pecanpy)) {
    const args = ['--input', edges, '--output', 'p.emb', '--delimiter', '\t', '--workers', '1'];
    all.push(command('pecanpy --mode SparseOTF', [pecanpy, ...args, '--mode', 'SparseOTF', '--p', '0.5', '--q', '2']));
  }
  return all;
}

/** Micro and macro F1 and their standard errors, over seeds and shuffles, for raw and for standardized columns. */
async function scores(files, graph) {
  const table = [];
  const contender = async (name, vectorsOf) => {
    const scored = [];
    for (let seed = 1; seed <= Number(flags.seeds); seed++) {
      const file = join(scratch, 'vectors.f32');
      await vectorsOf(seed, file);
      const asked = {
        do: 'score',
        labels: files.labels,
        vectors: file,
        dimensions: 128,
        shuffles: Number(flags.shuffles),
      };
      scored.push(await ask(asked));
    }
    const mean = (kind) =>
      [0, 1, 2, 3].map((i) => scored.reduce((sum, each) => sum + each[kind][i], 0) / scored.length);
    const row = { name, raw: mean('raw'), standardized: mean('standardized') };
    table.push(row);
    console.log(
      name,
      row.raw.map((x) => x.toFixed(2)).join(' '),
      '|',
      row.standardized.map((x) => x.toFixed(2)).join(' '),
    );
  };
  await contender('gensim', (seed, out) => ask({ do: 'train', edges: files.edges, seed, walksPerNode: 10, out }));
  const methods = [
    ...settings,
    { name: 'node2vec, 80 walks of 40 nodes', method: 'node2vec', walksPerNode: 80, walkLength: 40 },
    { name: 'line', method: 'line' },
    { name: 'random', method: 'random' },
  ];
  for (const { name, ...options } of methods) {
    await contender(name, async (seed, out) => {
      const { vectors } = await take(graph, { ...options, seed, dimensions: 128 });
      writeFileSync(out, inOrder(graph, vectors));
    });
  }
  return table;
}

const parts = flags.parts.split(',');
const about = { node: process.version, processor: cpus()[0].model, load: loadavg()[0] };
const file = new URL('embeddings.json', import.meta.url);
/** Parts that were not measured now stay as they were. */
const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const keep = () => {
  if (flags.write) {
    const text = JSON.stringify({ ...results, about }, undefined, 2);
    writeFileSync(file, `${text}\n`);
  }
};
if (parts.includes('speed')) {
  results.speed = {};
  for (const name of flags.graphs.split(',')) {
    const files = filesOf(name);
    const graph = graphOf(files);
    const measured = {
      threads: await threads(graph),
      tokensPerSecond: await speeds(files, graph),
      millionStepsPerSecond: walkSpeeds(graph),
    };
    console.log(name, JSON.stringify(measured, undefined, 2));
    results.speed[name] = measured;
    keep();
  }
}
if (parts.includes('commands')) {
  results.commands = {};
  for (const name of flags.graphs.split(',')) {
    results.commands[name] = commands(filesOf(name));
    console.log(name, JSON.stringify(results.commands[name], undefined, 2));
    keep();
  }
}
if (parts.includes('scores')) {
  results.scores = { seeds: Number(flags.seeds), shuffles: Number(flags.shuffles), graphs: [] };
  for (const name of flags.graphs.split(',')) {
    const files = filesOf(name);
    console.log(name);
    const table = await scores(files, graphOf(files));
    results.scores.graphs.push({ name, sha256: { edges: hash(files.edges), labels: hash(files.labels) }, table });
    keep();
  }
}
child.stdin.end();
rmSync(scratch, { recursive: true });
