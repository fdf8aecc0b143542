/** Kernels whose work threads share: reshape, slice, concat, gather and the sparse product, forward and backward. */
import { expect, test } from 'vitest';
import { add } from '../src/core/formula.ts';
import { map } from '../src/core/op.ts';
import { gather } from '../src/core/ops/gather.ts';
import { concat, reshape, slice } from '../src/core/ops/pieces.ts';
import { sparsePattern, spmm } from '../src/core/ops/sparse.ts';
import type { Engine } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { wasmEngine } from '../src/engines/wasm/index.ts';
import { dense, mse, network, sgd } from '../src/index.ts';
import type { Layer } from '../src/net/layer.ts';
import { setUp } from '../src/net/table-setup.ts';
import { assemble } from '../src/net/training.ts';
import { trainingLoop } from '../src/train/trainer.ts';

const [batch, inputs, columns, width, perRow] = [400, 320, 300, 16, 40];
const sum = map('sum', { f: (a, b) => add(a, b) });
const spread = (shape: readonly number[], scale: number) => {
  const count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float64Array.from({ length: count }, (_, i) => scale * Math.sin(i + 1)) };
};

/**
 * [batch, inputs] -> [batch, width]: the inputs in another order, shifted, then multiplied by a sparse matrix and by a
 * dense one.
 */
const layer: Layer = {
  kind: 'sparseLayer',
  shape: () => [width],
  parameterNames: ['shift', 'entries', 'weight'],
  parameters: () => [
    { name: 'shift', shape: [50], start: spread([50], 0.1), penalized: false },
    { name: 'entries', shape: [inputs * perRow], start: spread([inputs * perRow], 0.05), penalized: true },
    { name: 'weight', shape: [columns, width], start: spread([columns, width], 0.05), penalized: true },
  ],
  trainable: true,
  config: { sparseLayer: width },
  forward({ graph, address }, input, { shift, entries, weight }) {
    const [rows] = input.shape;
    const cube = reshape(graph, input, [rows, inputs / 4, 4]);
    const halves = [slice(graph, cube, 1, inputs / 8, inputs / 4), slice(graph, cube, 1, 0, inputs / 8)];
    const turned = reshape(graph, concat(graph, halves, 1), [rows, inputs]);
    const places = Int32Array.from({ length: inputs }, (_, i) => (i * i) % 50);
    const shifts = gather(graph, shift, graph.integers([inputs], places));
    const pattern = sparsePattern(graph, {
      columns,
      starts: Array.from({ length: inputs + 1 }, (_, row) => row * perRow),
      indices: Array.from({ length: inputs * perRow }, (_, k) => (7 * (k % perRow) + Math.floor(k / perRow)) % columns),
    });
    const matrix = spmm(graph, pattern, entries, weight);
    const output = graph.contract('bi,io->bo', [graph.map(sum, [turned, shifts], 'bi,i->bi'), matrix]);
    return { input, output: graph.name(`${address}.output`, output) };
  },
};

const data = {
  inputs: Array.from({ length: batch }, (_, r) => Array.from({ length: inputs }, (_, c) => Math.sin(3 * r + 7 * c))),
  targets: Array.from({ length: batch }, (_, r) => Array.from({ length: width }, (_, k) => Math.cos(r + k))),
};

/** Trains until `serving` threads shared the last of at least five epochs. */
async function weightsOn(engine: Engine, serving: number): Promise<readonly unknown[]> {
  let served = () => 1;
  const watched: Engine = {
    ...engine,
    compileLoop(plans, spec) {
      const made = engine.compileLoop(plans, spec);
      served = made.loop.serving ?? served;
      return made;
    },
  };
  const setup = setUp(
    network([layer, dense(width)], { inputs }),
    data,
    assemble({ loss: mse, optimizer: sgd({ learningRate: 0.01 }), batchSize: 'full', stop: { epochs: 5 } }),
  );
  const loop = trainingLoop(watched, setup, { slice: 0 });
  let step = loop.next();
  while (!step.done) {
    // Threads start while the loop runs: the second epoch waits for them.
    for (let waited = 0; waited < 100 && served() < serving; waited++)
      await new Promise((ready) => setTimeout(ready, 10));
    step = loop.next();
  }
  expect(served()).toBe(serving);
  return [step.value.loss.final, ...step.value.parameters.values()];
}

test('the reference and one, two and three threads of the WebAssembly engine end with the same bits in float64', async () => {
  const wanted = await weightsOn(reference, 1);
  for (const threads of [1, 2, 3]) {
    expect(await weightsOn(wasmEngine({ precision: 'float64', threads }), threads)).toEqual(wanted);
  }
});
