/**
 * Four measurements of chainrule alone: its products compared with the system's BLAS, the growth of a step's cost with the network,
 * the time of predictions, and the start of the command line. `npm run bench:details` in the project's root.
 * `test/bundles.test.ts` measures what a page loads.
 *
 *     node details.mjs [--write]
 *
 * Growth is printed and, with `--write`, drawn into docs/growth.svg; the rest goes into docs/benchmarks.md.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as chainrule from 'chainrule';
import { blasEngine } from 'chainrule/engines/blas';
import { wasmEngine } from 'chainrule/engines/wasm';
import { dataOf } from './peers/data.mjs';
import { training } from './peers/training.mjs';
import { growthPicture } from './picture.mjs';
import { shown, writeBetween } from './table.mjs';

// Some machines restrict OpenBLAS to an older kernel by this variable, which the library reads when it is loaded.
delete process.env.OPENBLAS_CORETYPE;
const { values: flags } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));

/** The shortest time of some repetitions, in seconds. */
function shortest(run, times) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

/** A plan of one product of two n × n matrices. */
function productPlan(n) {
  const slot = (id, role) => ({ id, offset: id * n * n, shape: [n, n], size: n * n, name: `m${id}`, role });
  const [a, b, c] = [slot(0, 'input'), slot(1, 'input'), slot(2)];
  const letters = { inputs: ['bi', 'io'], output: 'bo' };
  return {
    steps: [{ kind: 'contract', letters, inputs: [a, b], outputs: [c] }],
    sources: [a, b],
    updates: [],
    kept: [c],
    arenaSize: 3 * n * n,
    slots: new Map(),
    names: new Map([a, b, c].map((each) => [each.name, each])),
  };
}

/** GFLOP/s of products of two n × n matrices on one thread; below 20 the engine blas leaves them to the module. */
function products() {
  const sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
  const engines = [
    ['wasm float32', wasmEngine({ precision: 'float32', unrollUpTo: 0 })],
    ['wasm float32, fast', wasmEngine({ precision: 'float32', unrollUpTo: 0, arithmetic: 'fast' })],
    ['blas float32', blasEngine({ precision: 'float32' })],
    ['wasm float64', wasmEngine({ unrollUpTo: 0 })],
    ['blas float64', blasEngine({ precision: 'float64' })],
  ];
  const rows = engines.map(([name, engine]) => {
    const cells = sizes.map((n) => {
      if (engine.name === 'blas' && n < 20) return '';
      const [program] = engine.compile([productPlan(n)]);
      for (const at of ['m0', 'm1']) program.view(at).fill(0.5);
      const times = Math.max(1, Math.round(2e7 / n ** 3));
      const seconds = shortest(() => program.run(times), 12) / times;
      return Math.round((2 * n ** 3) / seconds / 1e9);
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    `| GFLOP/s, n × n, one thread | ${sizes.join(' | ')} |`,
    `| --- | ${sizes.map(() => '---:').join(' | ')} |`,
    ...rows,
  ].join('\n');
}

const base = { width: 32, depth: 1, batch: 32, rows: 128 };
const sweeps = {
  width: [4, 8, 16, 32, 64, 128, 256, 512, 1024],
  depth: [1, 2, 4, 8, 16],
  batch: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  rows: [32, 128, 512, 2048, 8192, 32768],
};

/** Changes width, depth, batch size or rows, starting with 32-32-1 in batches of 32 of 128 rows. */
async function growth() {
  const points = [];
  for (const [what, values] of Object.entries(sweeps)) {
    for (const value of values) {
      const { width, depth, batch, rows } = { ...base, [what]: value };
      const workload = {
        sizes: [32, ...new Array(depth).fill(width), 1],
        activations: [...new Array(depth).fill('relu'), 'linear'],
        bias: true,
        loss: 'mse',
        optimizer: 'sgd',
        rate: 1e-3,
        rows: Math.max(rows, batch),
        batch,
      };
      for (const precision of ['float64', 'float32']) {
        const take = training(chainrule, workload, dataOf(workload), { engine: 'wasm', precision, threads: 1 });
        const epoch = workload.rows / batch;
        let steps = 4 * epoch;
        let taken = await take(steps);
        while (taken.seconds < 0.05) {
          steps *= 4;
          taken = await take(steps);
        }
        const again = await take(steps);
        const microseconds = (1e6 * Math.min(taken.seconds, again.seconds)) / steps;
        points.push({ what, value, name: `wasm ${precision}`, microseconds });
        console.log(
          `${what.padEnd(6)} ${String(value).padStart(6)} ${precision} ${shown(microseconds).padStart(8)} µs`,
        );
      }
    }
  }
  return points;
}

/** A model of one hidden layer, trained briefly, and rows that all differ. */
async function predictor([inputs, hidden, outputs], activation, rows) {
  const { adam, crossEntropy, dense, network, softmax, train } = chainrule;
  const net = network([dense(hidden, { activation }), dense(outputs, { activation: softmax })]);
  const number = (r, c) => Math.sin(r * 12.9898 + c * 78.233);
  const data = Array.from({ length: rows }, (_, r) => Array.from({ length: inputs }, (_, c) => number(r, c)));
  const few = { inputs: data.slice(0, 30), targets: data.slice(0, 30).map((_, r) => r % outputs) };
  const { model } = await train(net, few, { loss: crossEntropy, optimizer: adam(), stop: { epochs: 1 } });
  return { model, data };
}

/** The time of `model.predict` for one row, for a million rows, and for 10,000 wide rows with the speed of their products. */
async function predictions() {
  const { relu, tanh } = chainrule;
  const small = await predictor([4, 16, 3], tanh, 1_000_000);
  let total = 0;
  const calls = 1_000_000;
  const each = () => {
    for (let r = 0; r < calls; r++) total += small.model.predict([small.data[r]])[0][1];
  };
  const one = shortest(each, 5) / calls;
  const million = shortest(() => {
    total += small.model.predict(small.data)[999_999][1];
  }, 5);
  const [rows, inputs, hidden] = [10_000, 784, 128];
  const wide = await predictor([inputs, hidden, 10], relu, rows);
  const many = shortest(() => {
    total += wide.model.predict(wide.data)[9_999][1];
  }, 5);
  // The results are used, so that the work is not optimized away.
  if (!Number.isFinite(total)) throw new Error('a prediction is not a number');
  return `\`model.predict\` takes ${shown(1e6 * one)} µs for one row of 4-16-3, ${shown(million)} s for a million of them, and ${shown(1e3 * many)} ms for 10,000 of 784-128-10, ${shown((2 * rows * hidden * (inputs + 10)) / many / 1e9)} GFLOP/s.`;
}

/** Milliseconds until the command line has printed its version, and until Node alone has ended. */
function startUp() {
  const main = join(root, 'dist/cli/main.js');
  const milliseconds = (args) => Math.round(1000 * shortest(() => execFileSync(process.execPath, args), 9));
  return `\`chainrule --version\` takes ${milliseconds([main, '--version'])} ms, of which Node itself ${milliseconds(['-e', '0'])}.`;
}

const table = products();
console.log(table);
const sentences = [await predictions(), startUp()].join(' ');
console.log(sentences);
const points = await growth();
if (flags.write) {
  writeFileSync(new URL('../docs/growth.svg', import.meta.url), growthPicture(points));
  writeBetween('details', `${table}\n\nNode ${process.versions.node.split('.')[0]}. ${sentences}`);
}
