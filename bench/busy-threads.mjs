/**
 * Training with one and two threads while other programs keep all processors busy, as on a server under load.
 *
 *     node bench/busy-threads.mjs [rounds]
 *
 * Each round trains with one thread and with two, one after the other, for the same number of epochs; the last line is the median of
 * the rounds' ratios. Two threads should never take more than 1.1 times the time of one.
 */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { adam, crossEntropy, dense, network, relu, softmax, train } from 'chainrule';

const rounds = Number(process.argv[2] ?? 7);
const rows = 512;
const inputs = Array.from({ length: rows }, (_, r) =>
  Array.from({ length: 256 }, (_, c) => Math.fround(((r * 37 + c * 101) % 256) / 128 - 1)),
);
const targets = inputs.map((_, r) => r % 10);

async function seconds(threads, epochs) {
  const net = network([dense(256, { activation: relu }), dense(10, { activation: softmax })], { seed: 1 });
  const options = {
    loss: crossEntropy,
    optimizer: adam(),
    batchSize: 64,
    engine: 'wasm',
    precision: 'float32',
    threads,
  };
  const { stop, model } = await train(net, { inputs, targets }, { ...options, stop: { epochs } });
  return { seconds: stop.seconds, weight: model.parameters.get('layers.1.weight').data[0] };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function compare(title) {
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const [one, two] = [await seconds(1, 150), await seconds(2, 150)];
    if (one.weight !== two.weight) throw new Error('the bits differ');
    ratios.push(two.seconds / one.seconds);
  }
  const shown = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
  console.log(
    `${title} (load ${loadavg()[0].toFixed(1)}): two threads take ${median(ratios).toFixed(2)} of one; rounds ${shown}`,
  );
}

await compare('nothing else');
const busy = Array.from({ length: availableParallelism() }, () =>
  spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random());'], { stdio: 'ignore' }),
);
try {
  await compare(`${busy.length} busy processes`);
} finally {
  for (const each of busy) each.kill();
}
