/**
 * The cost of a training step: the worked example on each engine, compared with JavaScript written by hand for it alone; and a
 * training with the size of a textbook's data set. Exits with 1 if a limit is exceeded.
 *
 *     npm run bench                        on the build in dist/
 *     node bench/slice.mjs FOLDER --json   on another build, as JSON
 *
 * Method: contenders take turns in rounds, so that other work on the machine affects all of them; the median of the rounds
 * counts. A timing covers thousands of steps, because the clock is too coarse for one. Before, all contenders must end at the
 * same weights to the last bit, so that they do the same work and its results are used.
 */
import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { byHand, example } from './by-hand.mjs';

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

/** The maximum nanoseconds for a step of the worked example on the reference engine. */
const stepLimit = 2000;
/** The maximum seconds for 1,000 epochs over 150 rows there. */
const epochsLimit = 5;

// The worked example with halfMse and plain gradient descent.
const { inputs, targets, v, w } = example;
const options = { bias: false };
const net = network(
  [dense(2, { ...options, activation: linear, weight: v }), dense(1, { ...options, activation: sigmoid, weight: w })],
  { inputs: 3 },
);
const recipe = {
  loss: halfMse,
  optimizer: sgd({ learningRate: example.rate }),
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

const seconds = (work) => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Nanoseconds for a step, the median of `rounds`, by contender. */
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
  'JavaScript by hand': byHand(exp),
  'reference engine': onEngine(reference),
  'wasm engine': onEngine(wasm),
};
// This is also the warm-up.
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
