/** chainrule's side of the comparison with the same network: one training for each line, with the same requests as `learners.py serve`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  glorotUniform,
  halfMse,
  linear,
  network,
  relu,
  sigmoid,
  softmax,
  tanh,
  train,
} from 'chainrule';

const activations = { relu, tanh };

/** Uniform numbers in [0, 1) from a seed: mulberry32. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Initial biases as in scikit-learn: uniform, within the bound of the weights of their layer. */
function drawBias(inputs, units, draw) {
  const bound = Math.sqrt(6 / (inputs + units));
  return Array.from({ length: units }, () => (2 * draw() - 1) * bound);
}

/** The same numbers that scikit-learn gets: training rows, their targets, and the same for the test split. */
function decoded(place) {
  const shapes = JSON.parse(readFileSync(join(place, 'encoded.json'), 'utf8'));
  const bytes = readFileSync(join(place, 'encoded.bin'));
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  let at = 0;
  const take = ([rows, width]) => {
    const values = Array.from({ length: rows }, (_, r) => {
      const from = at + r * (width ?? 1);
      return width === undefined ? numbers[from] : Array.from(numbers.subarray(from, from + width));
    });
    at += rows * (width ?? 1);
    return values;
  };
  return shapes.map(take);
}

let held = {};
for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  const { place, task, hidden, epochs, batch, rate, alpha, seed, float32, arithmetic } = ask;
  if (held.place !== place) held = { place, numbers: decoded(place) };
  const [inputs, targets, testInputs, testTargets] = held.numbers;
  const classes = task === 'classification' ? Math.max(...targets) + 1 : undefined;
  // scikit-learn uses one output for two classes.
  const two = classes === 2;
  const loss = classes === undefined ? halfMse : two ? binaryCrossEntropy : crossEntropy;
  const last = classes === undefined ? [1, linear] : two ? [1, sigmoid] : [classes, softmax];
  const layers = [...hidden.map((units) => [units, activations[ask.activation]]), last];
  const wrapped = (values) => (two || classes === undefined ? values.map((value) => [value]) : values);
  const data = { inputs, targets: wrapped(targets) };
  const test = { inputs: testInputs, targets: wrapped(testTargets) };
  const start = performance.now();
  const work = process.cpuUsage();
  const draw = uniform(seed);
  const widths = [inputs[0].length, ...layers.map(([units]) => units)];
  const net = network(
    layers.map(([units, activation], i) =>
      dense(units, { activation, initializer: glorotUniform, bias: drawBias(widths[i], units, draw) }),
    ),
    { seed },
  );
  const run = await train(net, data, {
    loss,
    optimizer: adam({ learningRate: rate, epsilonPlacement: 'beforeCorrection' }),
    batchSize: batch,
    // scikit-learn divides alpha/2·Σw² by the rows of a batch.
    l2: alpha / batch,
    stop: { epochs },
    precision: float32 ? 'float32' : 'float64',
    arithmetic,
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(work);
  const { metrics } = run.model.evaluate(test);
  const score = classes === undefined ? metrics.r2 : metrics.accuracy;
  console.log(
    JSON.stringify({
      seconds,
      cpu: (user + system) / 1e6,
      score,
      epochs: run.stop.epoch,
      engine: run.engine.name,
      threads: run.engine.threads,
    }),
  );
}
