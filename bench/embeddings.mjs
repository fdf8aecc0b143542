/**
 * Compares node2vec and LINE with gensim's skip-gram: tokens a second, and the F1 of node classification.
 *
 *     python3 -m venv /tmp/gensim && /tmp/gensim/bin/pip install gensim
 *     node bench/embeddings.mjs --data FOLDER --python /tmp/gensim/bin/python [--graphs blogcatalog,ppi] [--parts speed,commands,scores]
 *       [--rounds 5] [--seeds 3] [--shuffles 10] [--standardized 3] [--write]
 *
 * The folder has NAME.edges.tsv (two nodes a line) and NAME.labels.tsv (a node and a label). 128 dimensions, window 10, 5 negatives.
 *
 * - speed: both train on one walk of 80 nodes from each node, in turns, on one thread; gensim's time is without its walks, ours is the
 *   whole run. The median of the rounds counts, in processor time, because a busy machine affects it less. Then one and two threads
 *   in turns, by the clock; and steps of walks.
 * - commands: whole commands, PecanPy's too where it is installed beside that Python.
 * - scores: F1 by `node-scores.mjs`, ten walks from each node. A random embedding shows what the labels alone give.
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
import { labelsOf, parseLabels } from '../dist/graphs/evaluation/labels.js';
import { embed, fromEdges } from '../dist/graphs/index.js';
import { walksOf } from '../dist/graphs/walks/walks.js';
import { scoresOf, shown } from './node-scores.mjs';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    graphs: { type: 'string', default: 'blogcatalog,ppi' },
    parts: { type: 'string', default: 'speed,commands,scores' },
    rounds: { type: 'string', default: '5' },
    seeds: { type: 'string', default: '3' },
    shuffles: { type: 'string', default: '10' },
    standardized: { type: 'string', default: '3' },
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

const dimensions = 128;
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

const settings = [
  { name: 'node2vec', method: 'node2vec' },
  { name: 'node2vec, learning rate 0.04', method: 'node2vec', learningRate: 0.04 },
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

/** Micro and macro F1, over seeds and shuffles. */
async function scores(files, graph) {
  const labels = labelsOf(graph, parseLabels(readFileSync(files.labels, 'utf8')));
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
  const [shuffles, standardized] = [Number(flags.shuffles), Number(flags.standardized)];
  const table = [];
  const contender = async (name, vectorsOf) => {
    const row = { name, ...(await scoresOf({ vectorsOf, seeds, dimensions, labels, shuffles, standardized })) };
    table.push(row);
    const cells = [row.raw, row.standardized].map((kind) => kind && `${shown(kind.micro)} / ${shown(kind.macro)}`);
    console.log(name, '|', cells.join(' | '));
  };
  await contender('gensim', async (seed) => {
    const out = join(scratch, 'vectors.f32');
    await ask({ do: 'train', edges: files.edges, seed, walksPerNode: 10, out });
    const { buffer } = readFileSync(out);
    const rows = new Float32Array(buffer.slice(0));
    return Float32Array.from({ length: graph.ids.length * dimensions }, (_, at) => {
      const [node, column] = [Math.floor(at / dimensions), at % dimensions];
      return rows[Number(graph.ids[node]) * dimensions + column];
    });
  });
  for (const { name, ...options } of [
    ...settings,
    { name: 'node2vec, 80 walks of 40 nodes', method: 'node2vec', walksPerNode: 80, walkLength: 40 },
    { name: 'line', method: 'line' },
    { name: 'random', method: 'random' },
  ]) {
    await contender(name, async (seed) => (await take(graph, { ...options, seed, dimensions })).vectors);
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
