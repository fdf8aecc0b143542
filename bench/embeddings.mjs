/**
 * Compares node2vec and LINE with gensim's skip-gram: tokens a second, and the F1 of node classification.
 *
 *     python3 -m venv /tmp/gensim && /tmp/gensim/bin/pip install gensim scikit-learn
 *     node bench/embeddings.mjs --data FOLDER --python /tmp/gensim/bin/python [--graphs blogcatalog,ppi] [--rounds 3] [--seeds 3] [--write]
 *
 * The folder has NAME.edges.tsv (two nodes a line) and NAME.labels.tsv (a node and a label). Speed: both train on one walk of 80
 * nodes from each node, in turns, on one thread; gensim's time is without its walks, ours is the whole run. The median of the rounds counts, in
 * processor time, because a busy machine affects it less. F1: ten walks from each node, 128 dimensions, window 10, 5 negatives,
 * half of the nodes labelled, ten shuffles. A random embedding shows what the labels alone give. `--write` writes embeddings.json.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { embed, fromEdges } from '../dist/graphs/index.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    graphs: { type: 'string', default: 'blogcatalog,ppi' },
    rounds: { type: 'string', default: '3' },
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
const results = [];
for (const name of flags.graphs.split(',')) {
  const files = { edges: join(flags.data, `${name}.edges.tsv`), labels: join(flags.data, `${name}.labels.tsv`) };
  const pairs = readFileSync(files.edges, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t').slice(0, 2).map(Number));
  const graph = fromEdges(pairs);
  const speeds = new Map([['gensim', []], ...settings.map((each) => [each.name, []])]);
  for (let round = 0; round < Number(flags.rounds); round++) {
    const { tokens, processor } = await ask({ do: 'train', edges: files.edges, seed: 1, walksPerNode: 1 });
    speeds.get('gensim').push(tokens / processor);
    for (const { name: setting, ...options } of settings) {
      const { seconds } = await take(graph, { ...options, walksPerNode: 1 });
      speeds.get(setting).push((graph.ids.length * 80) / seconds);
    }
  }
  const table = [];
  const contender = async (label, dimensions, vectorsOf) => {
    const scores = [];
    for (let seed = 1; seed <= Number(flags.seeds); seed++) {
      const file = join(scratch, 'vectors.f32');
      await vectorsOf(seed, file);
      scores.push(
        await ask({ do: 'score', labels: files.labels, vectors: file, dimensions, shuffles: Number(flags.shuffles) }),
      );
    }
    const mean = (kind) =>
      [0, 1, 2, 3].map((i) => scores.reduce((sum, each) => sum + each[kind][i], 0) / scores.length);
    const row = { name: label, raw: mean('raw'), standardized: mean('standardized') };
    if (speeds.has(label)) row.tokensPerSecond = Math.round(median(speeds.get(label)));
    table.push(row);
    console.log(
      name,
      label,
      row.tokensPerSecond ?? '',
      row.raw.map((x) => x.toFixed(2)).join(' '),
      '|',
      row.standardized.map((x) => x.toFixed(2)).join(' '),
    );
  };
  await contender('gensim', 128, (seed, out) => ask({ do: 'train', edges: files.edges, seed, walksPerNode: 10, out }));
  for (const { name: label, ...options } of [
    ...settings,
    { name: 'line', method: 'line' },
    { name: 'random', method: 'random' },
  ]) {
    await contender(label, 128, async (seed, out) => {
      const { vectors } = await take(graph, { ...options, seed, dimensions: 128 });
      writeFileSync(out, inOrder(graph, vectors));
    });
  }
  results.push({ graph: name, sha256: { edges: hash(files.edges), labels: hash(files.labels) }, table });
}
child.stdin.end();
rmSync(scratch, { recursive: true });
if (flags.write) {
  const about = {
    node: process.version,
    processor: cpus()[0].model,
    threads: 1,
    load: loadavg()[0],
    seeds: Number(flags.seeds),
    shuffles: Number(flags.shuffles),
  };
  writeFileSync(new URL('embeddings.json', import.meta.url), `${JSON.stringify({ about, results }, undefined, 2)}\n`);
}
