/**
 * What a training step costs: the worked example on each engine, beside JavaScript written by hand for it alone; and a
 * training of the size of a textbook's data set. Exits with 1 where a limit is missed.
 *
 *     npm run bench                        on the build in dist/
 *     node bench/slice.mjs FOLDER --json   on another build, as JSON
 *
 * Method: contenders take turns in rounds, so that what else the machine does meets them alike; of the rounds the median
 * counts. A timing is of thousands of steps, since the clock is too coarse for one. Beforehand all contenders end at the
 * same weights to the last bit, so that they do the same work and its results are used.
 */
import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const dist = positionals[0] ? pathToFileURL(`${positionals[0]}/`) : new URL('../dist/', import.meta.url);
const from = (file) => import(new URL(file, dist));

const { exp } = await from('base/math.js');
const { fillNormal } = await from('base/random.js');
const { linear, relu, sigmoid, softmax } = await from('core/ops/activations.js');
const { reference } = await from('engines/reference/index.js');
const { wasm } = await from('engines/wasm/index.js');
const { dense } = await from('net/layers/dense.js');
const { crossEntropy, halfMse } = await from('net/losses.js');
const { initialize, network } = await from('net/network.js');
const { adam, sgd } = await from('net/optimizers.js');
const { trainingStep } = await from('net/step.js');
const { compile } = await from('plan/plan.js');
const { train } = await from('train/train.js');

/** Most nanoseconds that a step of the worked example may take on the reference engine. */
const stepLimit = 2000;
/** Most seconds that 1,000 epochs over 150 rows may take there. */
const epochsLimit = 5;

// The worked example: 3-2-1, linear hidden units, a sigmoid, no biases, three samples, halfMse, plain descent by 0.5.
const inputs = [2, 3, 1, 1, 0, 2, 3, 1, 1];
const targets = [0.64, 0.52, 0.36];
const v = [
  [0.15, 0.2],
  [0.6, 0.3],
  [0.3, 0.5],
];
const w = [[0.8], [0.2]];
const options = { bias: false };
const net = network(
  [dense(2, { ...options, activation: linear, weight: v }), dense(1, { ...options, activation: sigmoid, weight: w })],
  { inputs: 3 },
);
const recipe = {
  loss: halfMse,
  optimizer: sgd({ learningRate: 0.5 }),
  gradient: 'exact',
  update: 'simultaneous',
  l1: 0,
  l2: 0,
};

/** A contender: `run(times)` steps, then its weights and the loss of the last step. */
function onEngine(engine) {
  const graph = trainingStep(net, recipe, { batch: 3, inputs: 3, outputs: 1 });
  const [program] = engine.compile([compile(graph, [graph.get('loss')])]);
  for (const [name, { data }] of initialize(net, 3)) program.view(name).set(data);
  program.view('layers.0.input').set(inputs);
  program.view('target').set(targets);
  return {
    run: program.run,
    result: () => ['layers.0.weight', 'layers.1.weight', 'loss'].flatMap((name) => [...program.view(name)]),
  };
}

/** Weights and loss in locals over the steps, every sum in the order of the plan's. */
function byHand() {
  const x = Float64Array.from(inputs);
  const t = Float64Array.from(targets);
  const weights = Float64Array.from([...v, ...w].flat());
  let loss = 0;
  return {
    run(times) {
      const rate = 0.5;
      let [v11, v12, v21, v22, v31, v32, w1, w2] = weights;
      for (let step = 0; step < times; step++) {
        let [g11, g12, g21, g22, g31, g32, g1, g2] = [0, 0, 0, 0, 0, 0, 0, 0];
        loss = 0;
        for (let s = 0; s < 3; s++) {
          const x1 = x[3 * s];
          const x2 = x[3 * s + 1];
          const x3 = x[3 * s + 2];
          const h1 = x1 * v11 + x2 * v21 + x3 * v31;
          const h2 = x1 * v12 + x2 * v22 + x3 * v32;
          const y = 1 / (1 + exp(-(h1 * w1 + h2 * w2)));
          const e = t[s] - y;
          loss += (e * e) / (2 * 3);
          const delta = ((y - t[s]) / 3) * (y * (1 - y));
          g1 += h1 * delta;
          g2 += h2 * delta;
          const delta1 = delta * w1;
          const delta2 = delta * w2;
          g11 += x1 * delta1;
          g12 += x1 * delta2;
          g21 += x2 * delta1;
          g22 += x2 * delta2;
          g31 += x3 * delta1;
          g32 += x3 * delta2;
        }
        v11 -= rate * g11;
        v12 -= rate * g12;
        v21 -= rate * g21;
        v22 -= rate * g22;
        v31 -= rate * g31;
        v32 -= rate * g32;
        w1 -= rate * g1;
        w2 -= rate * g2;
      }
      weights.set([v11, v12, v21, v22, v31, v32, w1, w2]);
    },
    result: () => [...weights, loss],
  };
}

const seconds = (work) => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Nanoseconds a step, the median of `rounds`, by contender. */
function timeSteps(contenders, { rounds, times }) {
  const taken = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { run }] of Object.entries(contenders)) {
      taken[name].push((seconds(() => run(times)) / times) * 1e9);
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([name, all]) => [name, median(all)]));
}

/** Seconds for 1,000 epochs of 4-16-3, batches of 32, over 150 rows of three kinds. */
async function timeEpochs() {
  const rows = 150;
  const noise = new Float64Array(rows * 4);
  fillNormal(noise, 1, 'check', 0);
  const kinds = Array.from({ length: rows }, (_, row) => row % 3);
  const points = kinds.map((kind, row) => [0, 1, 2, 3].map((i) => Number(i === kind) + noise[4 * row + i] / 2));
  const net = network([dense(16, { activation: relu }), dense(3, { activation: softmax })]);
  const start = performance.now();
  const { loss } = await train(
    net,
    { inputs: points, targets: kinds },
    { loss: crossEntropy, optimizer: adam, batchSize: 32, stop: { epochs: 1000 }, engine: 'reference' },
  );
  const taken = (performance.now() - start) / 1000;
  assert.ok(loss.final < loss.first / 2, `1,000 epochs took the loss from ${loss.first} to ${loss.final} only`);
  return taken;
}

const load = loadavg()[0];
const contenders = {
  'JavaScript by hand': byHand(),
  'reference engine': onEngine(reference),
  'wasm engine': onEngine(wasm),
};
// also the warm-up
for (const { run } of Object.values(contenders)) for (let i = 0; i < 20; i++) run(2000);
const [wanted, ...others] = Object.values(contenders).map(({ result }) => result());
for (const other of others) assert.deepEqual(other, wanted, 'all contenders end at the same weights');

const steps = timeSteps(contenders, { rounds: 51, times: 4000 });
const epochs = [];
for (let round = 0; round < 3; round++) epochs.push(await timeEpochs());

const report = {
  node: process.version,
  cpu: cpus()[0].model,
  cores: cpus().length,
  load: Number(load.toFixed(2)),
  nanosecondsPerStep: Object.fromEntries(Object.entries(steps).map(([name, ns]) => [name, Math.round(ns)])),
  secondsPer1000Epochs: Number(median(epochs).toFixed(2)),
  limits: { nanosecondsPerStepOfReference: stepLimit, secondsPer1000Epochs: epochsLimit },
};

if (flags.json) console.log(JSON.stringify(report, null, 2));
else {
  console.log(`Node ${report.node}, ${report.cpu}, ${report.cores} cores, load ${report.load}; medians\n`);
  const row = (what, value, limit = '') => console.log(`${what.padEnd(52)}${value.padStart(10)}  ${limit}`);
  for (const [name, ns] of Object.entries(report.nanosecondsPerStep)) {
    row(`3-2-1, one step: ${name}`, `${ns} ns`, name === 'reference engine' ? `below ${stepLimit} ns` : '');
  }
  const taken = `${report.secondsPer1000Epochs} s`;
  row('4-16-3, 150 rows, 1,000 epochs: reference engine', taken, `below ${epochsLimit} s`);
}

const missed = [
  ...(steps['reference engine'] < stepLimit ? [] : [`a step on the reference engine took ${stepLimit} ns or more`]),
  ...(median(epochs) < epochsLimit ? [] : [`1,000 epochs took ${epochsLimit} s or more`]),
];
for (const each of missed) console.error(`Missed: ${each}.`);
process.exitCode = missed.length === 0 ? 0 : 1;
