/**
 * A network that reads two feeds in addition to its inputs trains like any other: in batches, shuffled, on threads,
 * resumed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { sampled } from '../../test/runs.ts';
import { tanh } from '../core/ops/activations.ts';
import { gather } from '../core/ops/gather.ts';
import { concat } from '../core/ops/pieces.ts';
import type { InlineData } from '../data/inline/inline.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { check } from '../explain/check.ts';
import { toOnnx, toPyTorch, toTypeScript } from '../formats/index.ts';
import { normal } from '../net/initializers.ts';
import type { Layer } from '../net/layer.ts';
import { dense } from '../net/layers/dense.ts';
import { mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { adam } from '../net/optimizers.ts';
import { setUp } from '../net/table-setup.ts';
import { assemble } from '../net/training.ts';
import { identify, writeCheckpoint } from './checkpoint.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import { train } from './train.ts';
import { type Snapshot, trainingLoop } from './trainer.ts';

const nodes = 7;
const neighbours = 3;

/** inputs [batch, i] -> [batch, i + 2 units]: with the node's own vector, and the sum of its neighbours' vectors. */
function nodeVectors(units: number): Layer {
  return {
    kind: 'nodeVectors',
    shape: ([inputs]) => [inputs + 2 * units],
    parameterNames: ['vectors'],
    trainable: true,
    feeds: [
      { name: 'ids', rowShape: [], type: 'int32' },
      { name: 'neighbours', rowShape: [neighbours], type: 'int32' },
    ],
    config: { nodeVectors: units },
    parameters: () => [{ name: 'vectors', shape: [nodes, units], start: normal({ std: 1 }), penalized: true }],
    forward({ graph, address, feeds }, input, { vectors }) {
      const own = gather(graph, vectors, feeds.ids);
      const others = graph.contract('bku->bu', [gather(graph, vectors, feeds.neighbours)]);
      return { input, output: graph.name(`${address}.output`, concat(graph, [input, own, others], 1)) };
    },
  };
}

function dataOf(rows: number, change: { readonly ids?: (id: number, row: number) => number } = {}): InlineData {
  const all = Array.from({ length: rows }, (_, row) => row);
  const ids = all.map((row) => (row * 5 + (row % 3)) % nodes);
  const { ids: changed = (id: number) => id } = change;
  return {
    inputs: all.map((row) => [0, 1, 2].map((c) => Math.fround(Math.sin(5 * row + c)))),
    targets: all.map((row) => Math.fround(Math.sin(ids[row]) + Math.sin(5 * row) / 2)),
    feeds: {
      ids: { rowShape: [], type: 'int32', data: Int32Array.from(ids, changed) },
      neighbours: {
        rowShape: [neighbours],
        type: 'int32',
        data: Int32Array.from({ length: rows * neighbours }, (_, i) => (i * i) % nodes),
      },
    },
  };
}

const makeSetup = (rows: number, training: object = {}, units = 2) =>
  setUp(
    network([nodeVectors(units), dense(4, { activation: tanh }), dense(1)], { seed: 3 }),
    { ...dataOf(rows), validation: dataOf(9) },
    assemble({ loss: mse, optimizer: adam({ learningRate: 0.05 }), batchSize: 5, stop: { epochs: 6 }, ...training }),
  );

function run(
  engine: Engine,
  setup: ReturnType<typeof makeSetup>,
  resume?: Snapshot,
  slices = Number.POSITIVE_INFINITY,
) {
  let take: (() => Snapshot) | undefined;
  const loop = trainingLoop(engine, setup, {
    resume,
    onStart: (snapshot) => {
      take = snapshot;
    },
  });
  for (let s = 0; s < slices; s++) {
    const { value, done } = loop.next();
    if (!done) continue;
    const { loss, history, parameters } = value;
    return { loss, losses: history.map((row) => [row.loss, row.validationLoss]), parameters };
  }
  const snapshot = take!();
  loop.return(undefined as never);
  return { snapshot };
}

describe('named feeds: features, node ids and neighbours', () => {
  const trainings = {
    'shuffled batches and a smaller last batch': {},
    'batches in order': { shuffle: false },
    'the full batch': { batchSize: 'full' },
    'the full batch, shuffled': { batchSize: 'full', shuffle: true },
    'an average of the weights is kept': { ema: 0.9 },
  };

  test.each(Object.entries(trainings))('%s: both engines give the same bits in float64', (_name, training) => {
    const wanted = run(reference, makeSetup(23, training));
    expect(wanted.loss!.final).toBeLessThan(wanted.loss!.first);
    for (const options of [{}, { unrollUpTo: 0 }]) {
      expect(run(wasmEngine({ threads: 1, ...options }), makeSetup(23, training))).toEqual(wanted);
    }
  });

  test('float32: the same training within its precision', () => {
    const [wide, narrow] = ([undefined, 'float32'] as const).map((precision) =>
      run(wasmEngine({ threads: 1, precision }), makeSetup(23)),
    );
    // 6 epochs of Adam on losses near 1: a few hundred roundings of 6e-8
    expect(Math.abs(narrow.loss!.final - wide.loss!.final)).toBeLessThan(1e-4);
  });

  test.each([reference, wasmEngine({ threads: 1 }), wasmEngine({ threads: 1, precision: 'float32' })])(
    'engine %#: a checkpoint after any slice resumes to the same bits',
    (engine) => {
      const setup = makeSetup(23);
      const identity = identify(setup, { name: engine.name, precision: 'float64', arithmetic: 'strict' });
      const wanted = run(engine, setup);
      for (const slices of sampled([1, 4, 5, 6, 13], 2)) {
        const { snapshot } = run(engine, setup, undefined, slices);
        const bytes = writeCheckpoint(snapshot!, identity);
        expect(run(engine, setup, readCheckpoint(bytes, identity))).toEqual(wanted);
      }
    },
  );

  test('a checkpoint belongs to its feeds: other ids are other data', () => {
    const engine = { name: 'reference', precision: 'float64', arithmetic: 'strict' } as const;
    const setup = makeSetup(23);
    const bytes = writeCheckpoint(run(reference, setup, undefined, 3).snapshot!, identify(setup, engine));
    const ids = { ...setup.feeds!.get('ids')!, data: new Int32Array(23) };
    const other = { ...setup, feeds: new Map([...setup.feeds!, ['ids', ids]]) };
    expect(() => readCheckpoint(bytes, identify(other, engine))).toThrow('it belongs to a training with other data');
  });

  test('one to three threads give the same bits, also where they share the copying of a batch', async () => {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const engine = wasmEngine({ threads });
      let serving = () => 0;
      const watched: Engine = {
        ...engine,
        compileLoop(plans, spec) {
          const made = engine.compileLoop(plans, spec);
          serving = made.loop.serving;
          return made;
        },
      };
      // 4 * 4500 rows * 7 numbers are enough work to share the copying; 4500 * 35 * 4 to share the products
      const setup = makeSetup(5000, { batchSize: 4500, stop: { epochs: 30 } }, 16);
      const loop = trainingLoop(watched, setup, { slice: 0.01 });
      let step = loop.next();
      // so that most epochs are shared
      while (serving() < threads) await sleep(5);
      while (!step.done) {
        await new Promise(setImmediate);
        step = loop.next();
      }
      expect(serving()).toBe(threads);
      results.push({ losses: step.value.history.map(({ loss }) => loss), parameters: step.value.parameters });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});

describe('a trained model with named feeds', () => {
  test('trains through the public call, evaluates and predicts with feeds', async () => {
    const { model, loss } = await train(
      network([nodeVectors(2), dense(4, { activation: tanh }), dense(1)]),
      dataOf(30),
      { loss: mse, optimizer: adam({ learningRate: 0.05 }), batchSize: 7, stop: { epochs: 60 } },
    );
    expect(loss.final).toBeLessThan(loss.first / 4);
    expect(model.evaluate(dataOf(30)).loss).toBeCloseTo(loss.final, 12);
    const { inputs, feeds } = dataOf(30);
    const squares = model.predict(inputs, feeds).map(([y], row) => (y - (dataOf(30).targets[row] as number)) ** 2);
    expect(squares.reduce((a, b) => a + b, 0) / 30).toBeCloseTo(loss.final, 12);
    expect(() => model.predict([[0, 0, 0]])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: feeds.ids: a layer reads this feed, and the data do not have it.
        Pass { rowShape: [], type: 'int32', data: Int32Array } with the numbers of 1 row.]
    `);
  });

  test('formats with a single input refuse it, and name the layer and the feed', async () => {
    const { model } = await train(makeSetup(9, { stop: { epochs: 0 } }));
    expect(() => toOnnx(model)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[0]: it reads the feed "ids", and a model in ONNX has the rows as its only input.
        Save the model as a safetensors file instead.]
    `);
    expect(() => toTypeScript(model)).toThrow('a model in TypeScript has the rows as its only input');
    expect(() => toPyTorch(model, 'weights.safetensors')).toThrow('a model in PyTorch has the rows as its only input');
  });

  test('check compares the gradient of the table, row by row of the ids that the data have', () => {
    const setup = makeSetup(11);
    const found = check(setup);
    expect(found.agrees).toBe(true);
    const rows = new Set(
      found.rows
        .filter(({ gradient }) => gradient !== 0)
        .flatMap(({ quantity }) => /^layers\.0\.vectors\[(\d)\]/.exec(quantity)?.[1] ?? []),
    );
    const used = [...setup.feeds!.values()].flatMap(({ data }) => Array.from(data, String));
    expect(rows).toEqual(new Set(used));
  });
});

describe('feeds that do not fit are refused before training', () => {
  const train23 = (data: Partial<InlineData>, layers: Layer[] = [nodeVectors(2), dense(1)]) =>
    setUp(network(layers), { ...dataOf(23), ...data }, assemble({ loss: mse, optimizer: adam(), stop: { epochs: 1 } }));

  test('an id outside the table, with its row and its value', () => {
    const data = dataOf(23, { ids: (id, row) => (row === 4 ? 7 : id) });
    expect(() => train23(data)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: data.feeds.ids: row 4 has the index 7, which is outside 0 to 6.
        Pass indices from 0 to 6, or give the layer a larger table.]
    `);
    const validation = dataOf(9, { ids: (id, row) => (row === 8 ? -1 : id) });
    expect(() => train23({ validation })).toThrow(
      'data.validation.feeds.ids: row 8 has the index -1, which is outside 0 to 6',
    );
  });

  test('a missing feed, and one that no layer reads', () => {
    expect(() => train23({ feeds: {} })).toThrow(
      'data.feeds.ids: a layer reads this feed, and the data do not have it',
    );
    expect(() => train23({}, [dense(1)])).toThrow('data.feeds.ids: no layer reads this feed');
  });

  test('two layers that read one name as different things', () => {
    const other: Layer = { ...nodeVectors(2), feeds: [{ name: 'ids', rowShape: [2], type: 'int32' }] };
    expect(() => train23({}, [nodeVectors(2), other, dense(1)])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1]: it reads the feed "ids" as int32 [2], but a layer before it as int32 [].
        Give one of the two feeds another name.]
    `);
  });
});
