/**
 * Scores and times of the methods that train nothing, beside random vectors: `node bench/propagation.mjs DATA [--shuffles 10]
 * [--standardized 3] [--seeds 1,2,3] [--graphs ppi,cora] [--methods prone]` after a build. DATA holds NAME.edges.tsv and
 * NAME.labels.tsv for blogcatalog, ppi, wiki-pages and cora.
 *
 * Protocol: `node-scores.mjs`, with 128 dimensions; the mean over the seeds of the vectors and the shuffles of the nodes.
 * Seconds are processor time of one thread, the smallest of the seeds' runs. Writes Markdown and propagation.json, in which finished
 * cells are kept: a stopped run continues.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scoresOf, shown } from './node-scores.mjs';

const from = (file) => import(new URL(`../dist/graphs/${file}`, import.meta.url));
const { readEdges } = await from('read/read-edges.js');
const { labelsOf, parseLabels } = await from('evaluation/labels.js');
const methods = {
  random: (await from('methods/random.js')).random,
  fastrp: (await from('methods/fastrp.js')).fastrp,
  cleora: (await from('methods/cleora.js')).cleora,
  prone: (await from('methods/prone.js')).prone,
};

const rows = [
  { name: 'random', method: 'random', options: {} },
  { name: 'FastRP', method: 'fastrp', options: {} },
  {
    name: 'FastRP, as graph databases have it',
    method: 'fastrp',
    options: { neighborWeights: 'mean', iterationWeights: [0, 1, 1] },
  },
  { name: 'Cleora', method: 'cleora', options: {} },
  { name: 'Cleora, 40 iterations', method: 'cleora', options: { iterations: 40 } },
  { name: 'ProNE', method: 'prone', options: {} },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shuffles: { type: 'string', default: '10' },
    standardized: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '1,2,3' },
    graphs: { type: 'string', default: 'cora,wiki-pages,ppi,blogcatalog' },
    methods: { type: 'string', default: Object.keys(methods).join() },
  },
});
const [data] = positionals;
if (data === undefined) throw new Error('Pass the folder of the graphs.');
const seeds = values.seeds.split(',').map(Number);
const out = new URL('propagation.json', import.meta.url);
const results = existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : { data: {}, cells: {} };

/** Half of the labeled nodes, for each seed of the vectors. */
async function measure({ method, options }, graph, labels) {
  const own = methods[method].options.parse(options);
  const seconds = [];
  const scores = await scoresOf({
    seeds,
    labels,
    dimensions: own.dimensions,
    shuffles: Number(values.shuffles),
    standardized: Number(values.standardized),
    async vectorsOf(seed) {
      const before = process.cpuUsage();
      const vectors = await methods[method].embed(graph, own, { seed, threads: 1 });
      const { user, system } = process.cpuUsage(before);
      seconds.push((user + system) / 1e6);
      return vectors;
    },
  });
  return { seconds: Math.min(...seconds), ...scores };
}

for (const name of values.graphs.split(',')) {
  const files = ['edges', 'labels'].map((kind) => readFileSync(join(data, `${name}.${kind}.tsv`)));
  const [edges, labelBytes] = files;
  results.data[name] = Object.fromEntries(
    files.map((bytes, i) => [['edges', 'labels'][i], createHash('sha256').update(bytes).digest('hex')]),
  );
  const { graph } = await readEdges(edges);
  const labels = labelsOf(graph, parseLabels(labelBytes.toString()));
  for (const row of rows) {
    if (!values.methods.split(',').includes(row.method)) continue;
    const key = `${row.name} | ${name}`;
    results.cells[key] ??= await measure(row, graph, labels);
    results.machine = `${cpus()[0].model}, Node ${process.versions.node}, load ${loadavg()[0].toFixed(0)}`;
    writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
    console.error(key, JSON.stringify(results.cells[key]));
  }
}

const names = Object.keys(results.data);
for (const kind of ['raw', 'standardized']) {
  console.log(`\n${kind}\n\n| method | ${names.join(' | ')} |\n| --- |${names.map(() => ' --- |').join('')}`);
  for (const { name } of rows) {
    const cells = names.map((graph) => results.cells[`${name} | ${graph}`]?.[kind]);
    console.log(
      `| ${name} | ${cells.map((cell) => (cell ? `${shown(cell.micro)} / ${shown(cell.macro)}` : '')).join(' | ')} |`,
    );
  }
}
console.log(`\nseconds\n\n| method | ${names.join(' | ')} |\n| --- |${names.map(() => ' --- |').join('')}`);
for (const { name } of rows) {
  console.log(
    `| ${name} | ${names.map((graph) => results.cells[`${name} | ${graph}`]?.seconds.toFixed(2)).join(' | ')} |`,
  );
}
console.log(`\n${results.machine}`);
for (const [name, hashes] of Object.entries(results.data))
  console.log(`${name}: edges ${hashes.edges}, labels ${hashes.labels}`);
