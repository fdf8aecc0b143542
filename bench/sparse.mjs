/**
 * A sparse product with the size of a graph, compared with a plain copy of as many bytes: 10,312 nodes, 668,000 entries with the long
 * tail of a social network, 128 columns of float32. Exits with 1 if the product reaches less than half the copy's
 * bandwidth, or if threads change a bit.
 *
 *     npm run build && node bench/sparse.mjs
 *
 * Method: product and copy take turns; the median of nine rounds counts. The bytes of a product are those that it must
 * read and write: for each entry a row of the dense matrix, a value and an index, and once the output.
 */
import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';

const from = (file) => import(new URL(`../dist/${file}`, import.meta.url));
const { fillUniform } = await from('base/random.js');
const { Graph } = await from('core/graph.js');
const { map } = await from('core/op.js');
const { add } = await from('core/formula.js');
const { spmm, sparsePattern } = await from('core/ops/sparse.js');
const { wasmEngine } = await from('engines/wasm/index.js');
const { compile } = await from('plan/plan.js');

const [rows, entries, width] = [10_312, 668_000, 128];
const limit = 0.5;

/** Entries of each row: a few rows have very many. */
function degrees() {
  const draws = new Float64Array(rows);
  fillUniform(draws, 1, 'check', 1);
  const raw = draws.map((u) => 1 / Math.sqrt(1e-5 + u));
  const total = raw.reduce((a, b) => a + b, 0);
  const counts = raw.map((x) => Math.floor((x / total) * entries));
  counts[0] += entries - counts.reduce((a, b) => a + b, 0);
  return counts;
}

function build() {
  const graph = new Graph();
  const starts = new Int32Array(rows + 1);
  degrees().forEach((count, row) => {
    starts[row + 1] = starts[row] + count;
  });
  const draws = new Float64Array(entries);
  fillUniform(draws, 1, 'check', 2);
  const pattern = sparsePattern(graph, {
    columns: rows,
    starts,
    indices: Int32Array.from(draws, (u) => Math.floor(u * rows)),
  });
  const data = (count, lane) => {
    const numbers = new Float64Array(count);
    fillUniform(numbers, 1, 'check', lane);
    return numbers;
  };
  const values = graph.source('parameter', 'values', [entries], { data: data(entries, 3) });
  const dense = graph.source('parameter', 'dense', [rows, width], { data: data(rows * width, 4) });
  const product = graph.name('product', spmm(graph, pattern, values, dense));
  // Slots that the loop over a data set reads.
  const input = graph.source('input', 'layers.0.input', [1, 1]);
  const target = graph.source('input', 'target', [1, 1]);
  const sum = map('sum', { f: (a, b) => add(a, b) });
  const loss = graph.name('loss', graph.contract('ab->', [graph.map(sum, [input, target])]));
  graph.name('gradientNorm', graph.map(map('copy', { f: (x) => add(x, 0) }), [loss]));
  return compile(graph, [product, loss, graph.get('gradientNorm')]);
}

const plan = build();
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const bytes = entries * (width * 4 + 8) + rows * (width * 4 + 4);
const runs = [1, 2].map((threads) => {
  const engine = wasmEngine({ precision: 'float32', threads });
  const { programs, loop } = engine.compileLoop([plan], {
    batches: [1],
    rows: 1,
    feeds: ['layers.0.input', 'target'],
    loss: 'loss',
    norm: 'gradientNorm',
  });
  return {
    name: `chainrule, ${threads} thread${threads > 1 ? 's' : ''}`,
    threads,
    loop,
    program: programs[0],
    times: [],
  };
});
const source = new Float32Array(bytes / 8).fill(1);
const target = new Float32Array(bytes / 8);
const copy = { name: 'copy', times: [] };
for (const run of runs) {
  for (let i = 0; i < 50 && (i < 3 || run.loop.serving() < run.threads); i++) {
    run.loop.run(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(run.loop.serving(), run.threads);
}
for (let round = 0; round < 9; round++) {
  for (const run of runs) {
    const began = performance.now();
    for (let i = 0; i < 5; i++) run.loop.run(1);
    run.times.push((performance.now() - began) / 5);
  }
  const began = performance.now();
  // The copy reads and writes as many bytes as the product.
  for (let i = 0; i < 5; i++) target.set(source);
  copy.times.push((performance.now() - began) / 5);
}
const [one, two] = runs.map(({ program }) => Buffer.from(program.view('product').slice().buffer));
assert.ok(one.equals(two), 'threads change bits');
const copied = bytes / median(copy.times) / 1e6;
console.log(`${cpus()[0].model}, Node ${process.versions.node}, load ${loadavg()[0].toFixed(2)}`);
console.log(`copy: ${copied.toFixed(1)} GB/s read and written`);
let failed = false;
for (const { name, times } of runs) {
  const reached = bytes / median(times) / 1e6;
  console.log(
    `${name}: ${median(times).toFixed(1)} ms, ${reached.toFixed(1)} GB/s, ${(reached / copied).toFixed(2)} of the copy`,
  );
  failed ||= reached / copied < limit;
}
for (const { loop } of runs) loop.close();
process.exitCode = failed ? 1 : 0;
