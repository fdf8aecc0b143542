/** Embedded columns, held against PyTorch (test/outside/embedding.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { tensor, toRows } from '../../base/tensor.ts';
import { gradient } from '../../core/gradient.ts';
import { readTable } from '../../data/read/read.ts';
import type { Engine } from '../../engines/engine.ts';
import { reference } from '../../engines/reference/index.ts';
import { wasmEngine } from '../../engines/wasm/index.ts';
import { check } from '../../explain/check.ts';
import { explain } from '../../explain/explanation.ts';
import { renderHtml } from '../../explain/render/html.ts';
import { explanation } from '../../explain.ts';
import { fromOnnx } from '../../formats/onnx/read.ts';
import { toOnnx } from '../../formats/onnx/write.ts';
import { toPyTorch } from '../../formats/pytorch.ts';
import { toTypeScript } from '../../formats/typescript/write.ts';
import { load } from '../../model/load.ts';
import { Model } from '../../model/model.ts';
import { compile } from '../../plan/plan.ts';
import { train } from '../../train/train.ts';
import { trainingLoop } from '../../train/trainer.ts';
import { network } from '../network.ts';
import { eachFed, stepSizeOf } from '../problem.ts';
import { experiment, type Setup } from '../setup.ts';
import { lossGraph } from '../step.ts';
import { dense } from './dense.ts';
import { embedding } from './embedding.ts';
import { residual } from './residual.ts';

type Json = Readonly<Record<string, unknown>>;
type State = Readonly<Record<string, number[] | number[][]>>;
interface Case {
  readonly before: State;
  readonly batches: readonly number[];
  readonly after: State;
  readonly outputs: readonly number[][];
}
const { data, ...cases } = JSON.parse(
  readFileSync(new URL('../../../test/outside/embedding.json', import.meta.url), 'utf8'),
) as { data: { inputs: number[][]; targets: number[][] } } & Record<string, Case>;

const optimizers: Record<string, Json> = {
  sgd: { name: 'sgd', learningRate: 0.1 },
  'sgd, momentum and weight decay': { name: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 },
  adam: { name: 'adam', learningRate: 0.05 },
};
const of = [
  { input: 1, size: 5 },
  { input: 3, size: 3, units: 2 },
];
const layers = [{ embedding: 3, of }, { dense: 4, activation: 'tanh' }, { dense: 2 }];
const names: Record<string, string> = {
  'embedding1.weight': 'layers.0.embedding1',
  'embedding3.weight': 'layers.0.embedding3',
  'hidden.weight': 'layers.1.weight',
  'hidden.bias': 'layers.1.bias',
  'out.weight': 'layers.2.weight',
  'out.bias': 'layers.2.bias',
};
/** Weights of dense layers are [in, out] here; tables are alike. */
const ours = (name: string, values: number[] | number[][]) => {
  if (!Array.isArray(values[0])) return values as number[];
  const rows = values as number[][];
  return name.startsWith('embedding') ? rows.flat() : rows[0].flatMap((_, i) => rows.map((row) => row[i]));
};
const named = (state: State) =>
  new Map(Object.entries(state).map(([theirs, values]) => [names[theirs], ours(theirs, values)]));

function setupOf(name: string, training: Json = {}, inputs = data.inputs): Setup {
  const setup = experiment({
    network: { layers },
    data: { inputs, targets: data.targets },
    training: {
      loss: 'halfMse',
      optimizer: optimizers[name],
      batchSize: 3,
      shuffle: false,
      stop: { epochs: 2 },
      ...training,
    },
  });
  const given = named(cases[name].before);
  return {
    ...setup,
    parameters: new Map(
      [...setup.parameters].map(([key, { shape }]) => [key, tensor(shape, Float64Array.from(given.get(key)!))]),
    ),
  };
}

function run(engine: Engine, setup: Setup) {
  const loop = trainingLoop(engine, setup);
  for (;;) {
    const { value, done } = loop.next();
    if (done) return value;
  }
}

describe.each(Object.keys(optimizers))('%s', (name) => {
  test("six steps give PyTorch's tables and weights; the gradients of repeated rows add up", () => {
    const { parameters, history } = run(reference, setupOf(name));
    for (const [key, wanted] of named(cases[name].after)) {
      wanted.forEach((value, i) => {
        expect(Math.abs(parameters.get(key)!.data[i] - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
      });
    }
    const [a, b, c] = cases[name].batches;
    expect(history[0].loss).toBeCloseTo((3 * a + 3 * b + 2 * c) / 8, 12);
  });

  test('the same bits in generated loops, in batches and whole', () => {
    for (const training of [{}, { shuffle: true, l1: 0.01, l2: 0.1 }, { batchSize: 'full' }]) {
      const setup = setupOf(name, training);
      const wanted = run(reference, setup);
      const found = run(wasmEngine({ unrollUpTo: 0, threads: 1 }), setup);
      expect(found.parameters).toEqual(wanted.parameters);
      expect(found.loss).toEqual(wanted.loss);
    }
  });
});

test('any number of threads gives the same bits, for tables of any width', () => {
  // 16 and 70 numbers a row: written out, and in turns
  const rows = 600;
  const draws = Array.from({ length: rows }, (_, r) => Math.sin(r * r));
  const setup = experiment({
    network: {
      layers: [
        {
          embedding: 70,
          of: [
            { input: 0, size: 400 },
            { input: 2, size: 90, units: 16 },
          ],
        },
        { dense: 1 },
      ],
    },
    data: {
      inputs: draws.map((x, r) => [(r * 7) % 400, x, Math.floor(45 + 44 * x)]),
      targets: draws.map((x, r) => [Math.cos(r) + x]),
    },
    training: { loss: 'mse', optimizer: 'adam', batchSize: 500, stop: { epochs: 2 } },
  });
  const wanted = run(reference, setup);
  for (const threads of [1, 2, 3]) {
    const found = run(wasmEngine({ threads }), setup);
    expect(found.threads, 'threads').toBe(threads);
    expect(found.parameters).toEqual(wanted.parameters);
  }
  const single = run(wasmEngine({ precision: 'float32', threads: 2 }), setup);
  for (const [key, { data: numbers }] of wanted.parameters) {
    // two steps of adam of 0.001 each, in float32
    single.parameters.get(key)!.data.forEach((value, i) => {
      expect(Math.abs(value - numbers[i])).toBeLessThan(2e-3);
    });
  }
});

test('columns that pass through have a gradient, and indices have none', () => {
  const setup = setupOf('sgd');
  const graph = lossGraph(setup.network, setup.recipe, stepSizeOf(setup));
  const loss = graph.get('loss');
  const [g] = gradient(graph, loss, [graph.get('layers.0.input')]);
  const [program] = reference.compile([compile(graph, [loss, g])]);
  for (const [name, { data: numbers }] of setup.parameters) program.view(name).set(numbers);
  eachFed(setup, (name, { data: numbers }) => program.view(name).set(numbers));
  program.run();
  const found = program.view('gradient(layers.0.input)').slice();
  const x = program.view('layers.0.input');
  const lossAt = (i: number, value: number) => {
    const before = x[i];
    x[i] = value;
    program.run();
    x[i] = before;
    return program.view('loss')[0];
  };
  found.forEach((value, i) => {
    if (i % 2 === 1) expect(value).toBe(0);
    // h² of the difference, and ε·loss/h
    else expect(value).toBeCloseTo((lossAt(i, x[i] + 1e-5) - lossAt(i, x[i] - 1e-5)) / 2e-5, 8);
  });
});

test('its gradients agree with central differences', () => {
  expect(check(setupOf('sgd', { batchSize: 'full', l2: 0.1 })).agrees).toBe(true);
  // an index that no row has
  const unused = setupOf(
    'sgd',
    { batchSize: 'full' },
    data.inputs.map(([a, , c, d]) => [a, 1, c, d]),
  );
  expect(check(unused).agrees).toBe(true);
});

test('explain writes each number: which row of which table, and the sum that goes back to it', () => {
  const lines = explain(setupOf('sgd', { batchSize: 'full' }));
  const of = (quantity: string) => {
    const { name, formula, numbers, value } = lines.find((line) => line.quantity === quantity)!;
    return [name, formula, numbers, value].join(' | ');
  };
  expect(
    [
      'layers.0.output[0][0]',
      'layers.0.output[0][1]',
      'layers.0.output[1][2]',
      'gradient(layers.0.embedding1[2][0])',
      'gradient(layers.0.embedding3[0][1])',
      'layers.0.embedding3[0][1]',
    ].map(of),
  ).toMatchInlineSnapshot(`
    [
      "a1_1 | x1 | 0.27838 | 0.278379845929499",
      "a1_2 | e2_11 | −0.327152 | -0.327151747560091",
      "a1_3 | e2_32 | −1.57692 | -1.57692163985094",
      "∂E/∂e2_31 | ∂E/∂a1_2⁽²⁾ + ∂E/∂a1_2⁽³⁾ | 0.0348271 + (−0.0192814) | 0.0155456663219785",
      "∂E/∂e4_12 | ∂E/∂a1_7⁽⁴⁾ + ∂E/∂a1_7⁽⁶⁾ | 0.00400473 + 0.00332091 | 0.00732564208465929",
      "e4_12′ | e4_12 − η·∂E/∂e4_12 | 0.875303 − 0.1·0.00732564 | 0.874570828553664",
    ]
  `);
  expect(renderHtml(explanation(setupOf('sgd')))).toContain('embedding');
});

test('a model with tables is saved, loaded, exported and read back', async () => {
  const { model } = await train(setupOf('adam'));
  const rows = data.inputs;
  const wanted = model.predict(rows);
  expect(load(model.save()).predict(rows)).toEqual(wanted);
  expect(new Model(fromOnnx(toOnnx(model))).predict(rows)).toEqual(wanted);
  const { python, safetensors } = toPyTorch(model, 'weights.safetensors');
  expect(python).toContain('Embed(4, {1: (5, 3), 3: (3, 2)}),');
  expect(python).toContain('class Embed(nn.Module)');
  expect(safetensors.length).toBeGreaterThan(0);
  const text = toTypeScript(model);
  expect(text.match(/const v1.*/g)!.join('\n')).toMatchInlineSnapshot(`
    "const v1_1 = Math.trunc(Math.min(Math.max(x[1]! || 0, 0), 4)) * 3;
    const v1_3 = Math.trunc(Math.min(Math.max(x[3]! || 0, 0), 2)) * 2;
    const v1 = Float64Array.of(x[0]!, ...layers_0_embedding1.subarray(v1_1, v1_1 + 3), x[2]!, ...layers_0_embedding3.subarray(v1_3, v1_3 + 2));"
  `);
});

describe('initial tables', () => {
  test('are normal with standard deviation 1, have a first row of 0, and differ between columns', () => {
    const { parameters } = experiment({
      network: {
        layers: [
          {
            embedding: 'auto',
            of: [
              { input: 0, size: 101 },
              { input: 1, size: 400 },
            ],
          },
          { dense: 1 },
        ],
      },
      data: { inputs: [[1, 2]], targets: [[1]] },
      training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 0 } },
    });
    const [first, second] = ['embedding0', 'embedding1'].map((name) => parameters.get(`layers.0.${name}`)!);
    expect([first.shape, second.shape]).toEqual([
      [101, 50],
      [400, 50],
    ]);
    expect([...first.data.subarray(0, 50)]).toEqual(new Array(50).fill(0));
    expect(first.data[60]).not.toBe(second.data[60]);
    const { length } = second.data;
    const mean = second.data.reduce((a, b) => a + b, 0) / length;
    const variance = second.data.reduce((a, b) => a + b * b, 0) / length;
    // 20,000 draws: four standard errors
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(length));
    expect(Math.abs(variance - 399 / 400)).toBeLessThan((4 * Math.sqrt(2)) / Math.sqrt(length));
  });

  test('are not trained if they are frozen', async () => {
    const setup = experiment({
      network: { layers: [{ embedding: 2, of: [{ input: 0, size: 3 }], trainable: false }, { dense: 1 }] },
      data: { inputs: [[1], [2]], targets: [[1], [2]] },
      training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 3 } },
    });
    const { model } = await train(setup);
    expect(model.parameters.get('layers.0.embedding0')).toEqual(setup.parameters.get('layers.0.embedding0'));
    expect(model.parameters.get('layers.1.weight')).not.toEqual(setup.parameters.get('layers.1.weight'));
  });
});

describe('a table', () => {
  const csv = 'city,month,rent\nUlm,3,1\nBonn,12,2\nUlm,1,3\nKiel,3,4\nBonn,,5\n';
  const setup = (
    data: Json = { embed: ['city', 'month'] },
    layers: readonly Json[] = [{ embedding: 'auto' }, { dense: 1 }],
  ) =>
    experiment(
      {
        network: { layers },
        data: { file: 't.csv', target: 'rent', ...data },
        training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 3 } },
      },
      { read: () => readTable(csv, { name: 't.csv' }) },
    );

  test('each embedded column is one input: an index from 1 for each sorted category, the most frequent one for missing values', () => {
    const made = setup();
    expect(made.inputNames).toEqual(['city', 'month']);
    expect(toRows(made.inputs)).toEqual([
      [3, 2],
      [1, 3],
      [3, 1],
      [2, 2],
      [1, 2],
    ]);
    // three categories and the unknown one
    expect([...made.parameters].map(([name, { shape }]) => [name, shape])).toEqual([
      ['layers.0.embedding0', [4, 2]],
      ['layers.0.embedding1', [4, 2]],
      ['layers.1.weight', [4, 1]],
      ['layers.1.bias', [1]],
    ]);
  });

  test('an unknown category has index 0, with a warning, also in a saved model', async () => {
    const { model } = await train(setup());
    const other = readTable('city,month\nRom,3\n', { name: 'other.csv' });
    const { predictions, warnings } = load(model.save()).predictTable(other);
    expect(predictions).toEqual(model.predictTable(other).predictions);
    expect(warnings).toEqual(['"city": 1 row has a category not seen in training ("Rom"); its index is 0.']);
  });

  test('a table can also have numeric and one-hot columns', () => {
    const made = setup({ embed: ['month'] }, [{ embedding: 3 }, { dense: 1 }]);
    expect(made.inputNames).toEqual(['city=Bonn', 'city=Kiel', 'city=Ulm', 'month']);
    expect(made.network.layers[0].config).toEqual({ embedding: 3, of: [{ input: 3, size: 4 }] });
  });

  test('options that do not fit the table are an error', () => {
    const attempts = [
      () => setup({ embed: ['city'] }, [{ dense: 1 }]),
      () => setup({}),
      () => setup({ embed: ['town'] }),
      () => setup({ embed: ['city'] }, [{ embedding: 2, of: [{ input: 0, size: 9 }] }, { dense: 1 }]),
    ];
    expect(attempts.map(said).join('\n')).toMatchInlineSnapshot(`
      "data.embed: the data contain indices, but the network does not start with an embedding.
        Put { "embedding": "auto" } before the other layers, or leave embed out.
      network.layers[0]: it does not know which inputs are indices.
        Add "of": [{ "input": 0, "size": 12 }], or list columns of a table under "embed" in the data.
      data.embed[0]: "town" is not a feature.
        Choose one of: city, month.
      network.layers[0].of: the columns 0 of size 9, but the data's indices are 0 of size 4.
        Leave "of" out: the data say which inputs are indices."
    `);
  });
});

function said(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

test('an invalid embedding is an error with a fix', async () => {
  const inRows = (inputs: number[][], of: Json[] | undefined = [{ input: 0, size: 3 }], first: Json[] = []) =>
    experiment({
      network: { layers: [...first, { embedding: 2, ...(of && { of }) }, { dense: 1 }] },
      data: { inputs, targets: inputs.map(() => [1]) },
      training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 0 } },
    });
  const { model } = await train(inRows([[0], [2]]));
  const attempts = [
    () => inRows([[0], [3]]),
    () => inRows([[0], [1.5]]),
    () => inRows([[0], [-1]]),
    () => inRows([[0]], [{ input: 1, size: 3 }]),
    () =>
      inRows(
        [[0]],
        [
          { input: 0, size: 3 },
          { input: 0, size: 3 },
        ],
      ),
    () => inRows([[0]], [{ input: 0, size: 2 ** 25 }]),
    () => inRows([[0]], [{ input: 0, size: 3, width: 2 }]),
    () => experimentWithout(),
    () => inRows([[0]], undefined, [{ dense: 1 }]),
    () => network([residual([embedding(1, { of: [{ input: 0, size: 3 }] })]), dense(1)]),
    () => embedding(0),
    () => model.predict([[3]]),
    () => model.evaluate({ inputs: [[3]], targets: [[1]] }),
  ];
  expect(attempts.map(said).join('\n')).toMatchInlineSnapshot(`
    "data.inputs[1][0]: 3 is not an index from 0 to 2.
      Number the categories from 0, or give the embedding a larger size.
    data.inputs[1][0]: 1.5 is not an index from 0 to 2.
      Number the categories from 0, or give the embedding a larger size.
    data.inputs[1][0]: -1 is not an index from 0 to 2.
      Number the categories from 0, or give the embedding a larger size.
    network.layers[0].of[0].input: there is no column 1: rows have 1 numbers.
      Count columns from 0 to 0.
    network.layers[0].of[1].input: column 0 is listed twice.
      List each column once.
    network.layers[0].of[0].size: 33554432 is not a number of indices.
      Give one more than the largest index, at most 16777216.
    network.layers[0].of[0].width: unknown key "width".
      Choose one of: input, size, units.
    network.layers[0]: it does not know which inputs are indices.
      Add "of": [{ "input": 0, "size": 12 }], or list columns of a table under "embed" in the data.
    network.layers[1]: an embedding reads indices, but the layer before it does not output indices.
      Make it the first layer. The other columns pass through unchanged.
    residual: an embedding cannot be inside a residual layer.
      Put the embedding before it, as the first layer.
    embedding: 0 is not a number of units.
      Give a positive integer, or "auto".
    rows[0][0]: 3 is not an index from 0 to 2.
      Number the categories from 0, or give the embedding a larger size.
    rows[0][0]: 3 is not an index from 0 to 2.
      Number the categories from 0, or give the embedding a larger size."
  `);

  function experimentWithout() {
    return experiment({
      network: { layers: [{ embedding: 2 }, { dense: 1 }] },
      data: { inputs: [[1]], targets: [[1]] },
      training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 0 } },
    });
  }
});
