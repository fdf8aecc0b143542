/**
 * Graphs as other programs write them: the model predicts what onnxruntime computes from the same bytes, or the error names the
 * node that chainrule does not understand.
 */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { fromOnnx, toOnnx } from '../src/formats/index.ts';
import {
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type Partly,
} from '../src/formats/onnx/schema.ts';
import { Model } from '../src/index.ts';

ort.env.logLevel = 'error';

const float = 1;
const int64 = 7;

/** A constant of the graph. */
const constant = (name: string, dims: number[], data: readonly number[], dataType = float): Partly<OnnxTensor> => ({
  name,
  dims: dims.map(BigInt),
  dataType,
  ...(dataType === float ? { floatData: [...data] } : { int64Data: data.map(BigInt) }),
});

/** A node; attributes are whole numbers, lists of them, or texts, and fractions as `{ f: 0.5 }`. */
function node(
  opType: string,
  input: string[],
  output: string,
  given: Readonly<Record<string, number | readonly number[] | string | { f: number }>> = {},
  domain = '',
): Partly<OnnxNode> {
  const attribute = Object.entries(given).map(([name, value]): Partly<OnnxAttribute> => {
    if (typeof value === 'number') return { name, type: 2, i: BigInt(value) };
    if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
    if ('f' in value) return { name, type: 1, f: value.f };
    return opType === 'Scaler' ? { name, type: 6, floats: [...value] } : { name, type: 7, ints: value.map(BigInt) };
  });
  return { opType, name: output, input, output: [output], attribute, domain };
}

interface Graph {
  readonly nodes: readonly Partly<OnnxNode>[];
  readonly constants?: readonly Partly<OnnxTensor>[];
  readonly outputs?: readonly [string, number][];
  readonly element?: number;
}

/** The bytes of a graph from `x` [rows, 3] to `y`, with a product by `w` [3, 2] at hand. */
function bytesOf({ nodes, constants = [], outputs = [['y', float]], element = float }: Graph): Uint8Array {
  const value = (name: string, elemType: number, width?: number) => ({
    name,
    type: {
      tensorType: {
        elemType,
        shape: { dim: [{ dimParam: 'rows' }, ...(width === undefined ? [{}] : [{ dimValue: BigInt(width) }])] },
      },
    },
  });
  return encodeModel({
    irVersion: 8n,
    opsetImport: [
      { domain: '', version: 20n },
      { domain: 'ai.onnx.ml', version: 3n },
    ],
    graph: {
      name: 'g',
      node: [...nodes],
      initializer: [...constants],
      input: [value('x', element, 3)],
      output: outputs.map(([name, type]) => value(name, type)),
    },
  });
}

const rows = Array.from({ length: 6 }, (_, r) =>
  Array.from({ length: 3 }, (_, c) => Math.fround(3 * Math.sin(5 * r + 2 * c))),
);
const w = constant('w', [3, 2], [0.5, -1, 0.25, 2, -0.75, 1.5]);
const v = constant('v', [2, 2], [1, -0.5, 0.25, 2]);
const product = node('MatMul', ['x', 'w'], 'z');

/** What onnxruntime computes. */
async function runtime(bytes: Uint8Array): Promise<number[][]> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, 3]) });
  const found = Array.from(y.data as Float32Array);
  const width = found.length / rows.length;
  return rows.map((_, r) => found.slice(r * width, (r + 1) * width));
}

async function expectSame(graph: Graph): Promise<Model> {
  const bytes = bytesOf(graph);
  const model = new Model(fromOnnx(bytes));
  const wanted = await runtime(bytes);
  const found = model.predict(rows);
  expect(found.length).toBe(wanted.length);
  // onnxruntime computes in float32: a few units in the last place of sums of up to five terms
  expect(found).toEqual(
    wanted.map((row) =>
      row.map((value) =>
        expect.toSatisfy((own: number) => Math.abs(own - value) < 3e-6 * Math.max(1, Math.abs(value))),
      ),
    ),
  );
  expect(new Model(fromOnnx(toOnnx(model))).predict(rows)).toEqual(found);
  return model;
}

const layers = ({ network }: Model) => network.layers.map(({ config }) => config);

function complaint(graph: Graph): string {
  try {
    fromOnnx(bytesOf(graph));
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
  return 'no complaint';
}

describe('conversions', () => {
  test('a Cast to whole numbers or to truth values drops fractions: it is refused', () => {
    const casting = (to: number) => ({
      nodes: [
        node('Cast', ['x'], 'i', { to }),
        node('Cast', ['i'], 'f', { to: float }),
        node('MatMul', ['f', 'w'], 'y'),
      ],
      constants: [w],
    });
    expect(complaint(casting(6))).toMatchInlineSnapshot(
      `"model: the node "i" (Cast) converts numbers to int32, which drops their fractions."`,
    );
    expect(complaint(casting(int64))).toContain('converts numbers to int64, which drops their fractions');
    expect(complaint(casting(9))).toContain('converts numbers to bool, which drops their fractions');
    expect(complaint(casting(float))).toBe('no complaint');
    expect(complaint(casting(11))).toBe('no complaint');
  });

  test('whole numbers as inputs are converted without loss, and noted', () => {
    const graph = {
      nodes: [node('Cast', ['x'], 'f', { to: float }), node('MatMul', ['f', 'w'], 'y')],
      constants: [w],
      element: int64,
    };
    expect(fromOnnx(bytesOf(graph)).notes).toEqual(['The input "x" is of type int64: give whole numbers.']);
    const unconverted = {
      nodes: [node('Add', ['x', 'x'], 's'), node('Cast', ['s'], 'y', { to: float })],
      element: int64,
    };
    expect(complaint(unconverted)).toContain('the node "s" (Add) computes with whole numbers');
  });
});

describe('constants', () => {
  test('a transposed, reshaped or scaled constant is a constant', async () => {
    const t = constant('t', [2, 3], [0.5, 0.25, -0.75, -1, 2, 1.5]);
    await expectSame({
      nodes: [node('Transpose', ['t'], 'w', { perm: [1, 0] }), node('MatMul', ['x', 'w'], 'y')],
      constants: [t],
    });
    await expectSame({
      nodes: [node('Transpose', ['t'], 'w'), node('Identity', ['w'], 'u'), node('MatMul', ['x', 'u'], 'y')],
      constants: [t],
    });
    await expectSame({
      nodes: [node('Reshape', ['flat', 'shape'], 'm'), node('Gemm', ['x', 'm'], 'y', { transB: 1, alpha: { f: 0.5 } })],
      constants: [constant('flat', [6], [0.5, 0.25, -0.75, -1, 2, 1.5]), constant('shape', [2], [-1, 3], int64)],
    });
    await expectSame({
      nodes: [node('Mul', ['w', 's'], 'u'), node('MatMul', ['x', 'u'], 'y')],
      constants: [w, constant('s', [2], [2, -0.5])],
    });
  });
});

describe('scalings become a part of the product next to them', () => {
  const [m, s] = [constant('m', [3], [1, -2, 0.5]), constant('s', [3], [2, 4, 0.25])];
  test.each<[string, Graph]>([
    [
      'Sub and Div',
      {
        nodes: [node('Sub', ['x', 'm'], 'a'), node('Div', ['a', 's'], 'b'), node('MatMul', ['b', 'w'], 'y')],
        constants: [m, s, w],
      },
    ],
    [
      'Mul and Add',
      {
        nodes: [node('Mul', ['x', 's'], 'a'), node('Add', ['m', 'a'], 'b'), node('MatMul', ['b', 'w'], 'y')],
        constants: [m, s, w],
      },
    ],
    [
      'one number, and 2·x - 1',
      {
        nodes: [node('Mul', ['x', 'two'], 'a'), node('Sub', ['a', 'one'], 'b'), node('MatMul', ['b', 'w'], 'y')],
        constants: [w, constant('two', [], [2]), constant('one', [1], [1])],
      },
    ],
    [
      'the outputs',
      {
        nodes: [product, node('Mul', ['z', 'g'], 'a'), node('Add', ['a', 'h'], 'y')],
        constants: [w, constant('g', [2], [10, 20]), constant('h', [1, 2], [1, -1])],
      },
    ],
    [
      'BatchNormalization',
      {
        nodes: [node('BatchNormalization', ['x', 's', 'm', 'm', 's'], 'a'), node('MatMul', ['a', 'w'], 'y')],
        constants: [m, s, w],
      },
    ],
    [
      "scikit-learn's Scaler",
      {
        nodes: [
          node('Scaler', ['x'], 'a', { offset: [1, 2, 3], scale: [2, 0.5, 1] }, 'ai.onnx.ml'),
          node('MatMul', ['a', 'w'], 'y'),
        ],
        constants: [w],
      },
    ],
  ])('%s', async (_name, graph) => {
    const model = await expectSame(graph);
    expect(layers(model)).toHaveLength(1);
  });

  test('without a product next to it, a scaling becomes a layer', async () => {
    const model = await expectSame({
      nodes: [
        product,
        node('Tanh', ['z'], 't'),
        node('Mul', ['t', 'k'], 'a'),
        node('Relu', ['a'], 'b'),
        node('MatMul', ['b', 'v'], 'y'),
      ],
      constants: [w, v, constant('k', [2], [3, -2])],
    });
    expect(layers(model)).toEqual([
      { dense: 2, activation: 'tanh', bias: false },
      { dense: 2, activation: 'relu', bias: false },
      { dense: 2, activation: 'linear', bias: false },
    ]);
  });
});

describe('activations that are spelled out', () => {
  const one = constant('one', [], [1]);
  const spelled = (nodes: readonly Partly<OnnxNode>[], constants: readonly Partly<OnnxTensor>[] = []): Graph => ({
    nodes: [product, ...nodes, node('MatMul', ['a', 'v'], 'y')],
    constants: [w, v, ...constants],
  });
  test.each<[string, string, Graph]>([
    ['silu', 'x·Sigmoid(x)', spelled([node('Sigmoid', ['z'], 's'), node('Mul', ['z', 's'], 'a')])],
    [
      'sigmoid',
      '1/(1 + e^-x)',
      spelled(
        [
          node('Neg', ['z'], 'n'),
          node('Exp', ['n'], 'e'),
          node('Add', ['e', 'one'], 'd'),
          node('Reciprocal', ['d'], 'a'),
        ],
        [one],
      ),
    ],
    [
      'gelu',
      'x·(1 + Erf(x/√2))·½',
      spelled(
        [
          node('Div', ['z', 'r'], 'd'),
          node('Erf', ['d'], 'e'),
          node('Add', ['e', 'one'], 'f'),
          node('Mul', ['z', 'f'], 'g'),
          node('Mul', ['g', 'half'], 'a'),
        ],
        [one, constant('r', [], [Math.SQRT2]), constant('half', [], [0.5])],
      ),
    ],
    [
      'relu6',
      'Clip from 0 to 6',
      spelled([node('Clip', ['z', 'zero', 'six'], 'a')], [constant('zero', [], [0]), constant('six', [], [6])]),
    ],
    [
      'mish',
      'x·Tanh(Softplus(x))',
      spelled([node('Softplus', ['z'], 's'), node('Tanh', ['s'], 't'), node('Mul', ['z', 't'], 'a')]),
    ],
    [
      'softsign',
      'x/(1 + |x|)',
      spelled([node('Abs', ['z'], 'b'), node('Add', ['one', 'b'], 'c'), node('Div', ['z', 'c'], 'a')], [one]),
    ],
    [
      'softplus',
      'ln(1 + e^x)',
      spelled([node('Exp', ['z'], 'e'), node('Add', ['e', 'one'], 'f'), node('Log', ['f'], 'a')], [one]),
    ],
  ])('%s as %s', async (name, _how, graph) => {
    expect(layers(await expectSame(graph))[0]).toMatchObject({ activation: name });
  });

  const last = constant('last', [1], [-1], int64);
  const maximum = [node('ReduceMax', ['z', 'last'], 'm'), node('Sub', ['z', 'm'], 's')];
  const total = (of: string) => [node('Exp', [of], 'e'), node('ReduceSum', ['e', 'last'], 't')];
  test.each<[string, string, readonly Partly<OnnxNode>[]]>([
    ['softmax', 'e^x/Σ e^x', [...total('z'), node('Div', ['e', 't'], 'y')]],
    ['softmax', 'e^(x - max)/Σ e^(x - max)', [...maximum, ...total('s'), node('Div', ['e', 't'], 'y')]],
    ['logSoftmax', 'x - ln Σ e^x', [...total('z'), node('Log', ['t'], 'l'), node('Sub', ['z', 'l'], 'y')]],
    [
      'logSoftmax',
      'x - max - ln Σ e^(x - max)',
      [...maximum, ...total('s'), node('Log', ['t'], 'l'), node('Sub', ['s', 'l'], 'y')],
    ],
  ])('%s as %s', async (name, _how, nodes) => {
    // The reductions of this version take their axes as an input.
    const model = await expectSame({ nodes: [product, ...nodes], constants: [w, last] });
    expect(layers(model)).toEqual([{ dense: 2, activation: name, bias: false }]);
  });

  test('parts of softmax that do not belong together are refused', () => {
    const mixed = [...maximum, ...total('s'), node('Log', ['t'], 'l'), node('Sub', ['z', 'l'], 'y')];
    expect(complaint({ nodes: [product, ...mixed], constants: [w, last] })).toContain('the node "y" (Sub) ');
    const alone = { nodes: [product, ...total('z'), node('Mul', ['e', 't'], 'y')], constants: [w, last] };
    expect(complaint(alone)).toContain('the node "y" (Mul) ');
    const first = constant('last', [1], [0], int64);
    const overRows = { nodes: [product, ...total('z'), node('Div', ['e', 't'], 'y')], constants: [w, first] };
    expect(complaint(overRows)).toContain('the node "t" (ReduceSum) is not supported');
  });

  test('the slope of a spelled-out leakyRelu is found', async () => {
    const graph = spelled(
      [node('Greater', ['z', 'zero'], 'p'), node('Mul', ['z', 'k'], 's'), node('Where', ['p', 'z', 's'], 'a')],
      [constant('zero', [], [0]), constant('k', [], [0.125])],
    );
    expect(layers(await expectSame(graph))[0]).toMatchObject({ activation: { name: 'leakyRelu', slope: 0.125 } });
  });

  test('a function that chainrule does not have is refused: a square, a Clip to another range, ln(sigmoid), a kink far away', () => {
    const refused = 'the node "y" (MatMul) follows elementwise operators that are not an activation that chainrule has';
    const low = constant('low', [], [-1]);
    const far = constant('far', [], [5000]);
    expect(complaint(spelled([node('Mul', ['z', 'z'], 'a')]))).toContain(refused);
    expect(complaint(spelled([node('Clip', ['z', 'low', 'one'], 'a')], [low, one]))).toContain(refused);
    expect(complaint(spelled([node('Sigmoid', ['z'], 's'), node('Log', ['s'], 'a')]))).toContain(refused);
    expect(complaint(spelled([node('Relu', ['z'], 'r'), node('Min', ['r', 'far'], 'a')], [far]))).toContain(refused);
  });
});

describe('other structures', () => {
  test('x + layers(x) is a residual', async () => {
    const u = constant('u', [3, 3], [1, 0.5, 0, -1, 0.25, 2, 0, 0, 1]);
    const model = await expectSame({
      nodes: [
        node('MatMul', ['x', 'u'], 'a'),
        node('Tanh', ['a'], 't'),
        node('Add', ['x', 't'], 'r'),
        node('MatMul', ['r', 'w'], 'y'),
      ],
      constants: [u, w],
    });
    expect(layers(model)[0]).toEqual({ residual: [{ dense: 3, activation: 'tanh', bias: false }] });
  });

  test('LayerNormalization is layerNorm with its weights', async () => {
    const model = await expectSame({
      nodes: [
        product,
        node('LayerNormalization', ['z', 'g', 'h'], 'n', { epsilon: { f: 0.125 } }),
        node('MatMul', ['n', 'v'], 'y'),
      ],
      constants: [w, v, constant('g', [2], [2, 3]), constant('h', [2], [-1, 0.5])],
    });
    expect(layers(model)[1]).toEqual({ layerNorm: true, epsilon: 0.125 });
  });

  test('rows that are flattened by their own number, as x.view(x.size(0), -1) is exported, are rows', async () => {
    await expectSame({
      nodes: [
        node('Shape', ['x'], 'lengths'),
        node('Gather', ['lengths', 'zero'], 'n'),
        node('Unsqueeze', ['n', 'axis'], 'u'),
        node('Concat', ['u', 'rest'], 'to', { axis: 0 }),
        node('Reshape', ['x', 'to'], 'r'),
        node('MatMul', ['r', 'w'], 'y'),
      ],
      constants: [
        w,
        constant('zero', [], [0], int64),
        constant('axis', [1], [0], int64),
        constant('rest', [1], [-1], int64),
      ],
    });
    const widths = [
      node('Shape', ['x'], 's'),
      node('Gather', ['s', 'one'], 'n'),
      node('Cast', ['n'], 'f', { to: 1 }),
      node('Mul', ['z', 'f'], 'y'),
    ];
    expect(complaint({ nodes: [product, ...widths], constants: [w, constant('one', [], [1], int64)] })).toContain(
      'the node "n" (Gather) selects by position',
    );
  });

  test('the label beside the probabilities is left out, with a note of the classes', () => {
    const texts = {
      name: 'labels',
      dims: [2n],
      dataType: 8,
      stringData: ['no', 'yes'].map((text) => new TextEncoder().encode(text)),
    };
    const { notes, loss } = fromOnnx(
      bytesOf({
        nodes: [
          product,
          node('Softmax', ['z'], 'y'),
          node('ArgMax', ['y'], 'k', { axis: 1 }),
          node('ArrayFeatureExtractor', ['labels', 'k'], 'label', {}, 'ai.onnx.ml'),
        ],
        constants: [w, texts],
        outputs: [
          ['label', 8],
          ['y', float],
        ],
      }),
    );
    expect(loss.name).toBe('crossEntropy');
    expect(notes).toEqual([
      'The outputs are of the classes no, yes, in this order.',
      'The output "label" is not read.',
    ]);
  });

  test('sigmoid with 1 - p beside p keeps both columns', async () => {
    await expectSame({
      nodes: [
        node('MatMul', ['x', 'k'], 'z'),
        node('Sigmoid', ['z'], 'p'),
        node('Sub', ['one', 'p'], 'q'),
        node('Concat', ['q', 'p'], 'y', { axis: 1 }),
      ],
      constants: [constant('k', [3, 1], [1, -0.5, 0.25]), constant('one', [1], [1])],
    });
  });
});

describe('nothing is passed over', () => {
  const chained = (...nodes: Partly<OnnxNode>[]): Graph => ({ nodes: [product, ...nodes], constants: [w] });
  test('an operator of another domain, an unknown attribute, and dropout in training', () => {
    expect(complaint(chained(node('Relu', ['z'], 'y', {}, 'my.domain')))).toMatchInlineSnapshot(
      `"model: the node "y" (Relu) belongs to the domain "my.domain"."`,
    );
    expect(complaint(chained(node('Relu', ['z'], 'y', { ceiling: 6 })))).toMatchInlineSnapshot(
      `"model: the node "y" (Relu) has the attribute "ceiling", which chainrule does not know."`,
    );
    const yes = { name: 'yes', dims: [], dataType: 9, int32Data: [1] };
    const dropped: Graph = { nodes: [product, node('Dropout', ['z', '', 'yes'], 'y')], constants: [w, yes] };
    expect(complaint(dropped)).toContain('the node "y" (Dropout) drops units in predictions, too');
    expect(complaint(chained(node('Conv', ['z'], 'y')))).toContain('the node "y" (Conv) is not supported');
  });

  test('two outputs of numbers are refused; a value that no output needs may be anything', () => {
    const two: Graph = {
      ...chained(node('Relu', ['z'], 'y')),
      outputs: [
        ['y', float],
        ['z', float],
      ],
    };
    expect(complaint(two)).toContain('the graph has 2 outputs of numbers: "y", "z"');
    expect(complaint(chained(node('Relu', ['z'], 'y'), node('Conv', ['z'], 'unused')))).toBe('no complaint');
  });
});

describe('numbers in another file', () => {
  const file = (name: string) => new Uint8Array(readFileSync(new URL(`./outside/networks/${name}`, import.meta.url)));
  const { wide } = JSON.parse(new TextDecoder().decode(file('state-dicts.json')));
  const data = file('wide.onnx.data');

  test("PyTorch's default for tensors of 1 kB and more: the model predicts what PyTorch computes", () => {
    for (const externalData of [{ 'wide.onnx.data': data }, () => data]) {
      const found = new Model(fromOnnx(file('wide.onnx'), { externalData })).predict(wide.inputs);
      // PyTorch computes in float32
      expect(found).toEqual(wide.outputs.map((row: number[]) => row.map((value) => expect.closeTo(value, 6))));
    }
  });

  test('a missing or short file, and a place outside of the folder, are refused', () => {
    const read = (bytes: Uint8Array, externalData?: Record<string, Uint8Array>) => () =>
      fromOnnx(bytes, { externalData });
    expect(read(file('wide.onnx'))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model: the numbers of "0.weight" are in another file, "wide.onnx.data".
        Pass its bytes: fromOnnx(bytes, { externalData: { "wide.onnx.data": … } }). Or save one file, in PyTorch with torch.onnx.export(…, external_data=False).]
    `);
    expect(read(file('wide.onnx'), { 'wide.onnx.data': data.subarray(0, 100) })).toThrow(
      'the numbers of "0.weight" are outside of "wide.onnx.data", which has 100 bytes',
    );
    for (const location of ['../secret', '/etc/passwd', 'a/../../b', 'C:\\x', '']) {
      const outside = {
        name: 'w',
        dims: [3n, 2n],
        dataType: float,
        dataLocation: 1,
        externalData: [{ key: 'location', value: location }],
      };
      const bytes = bytesOf({ nodes: [node('MatMul', ['x', 'w'], 'y')], constants: [outside] });
      expect(read(bytes, { [location]: data })).toThrow('which is not a file next to the model');
    }
  });
});
