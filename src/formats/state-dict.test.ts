/** state_dicts that PyTorch wrote (test/outside/state_dicts.py), and the order of their modules. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import {
  activate,
  adam,
  batchNorm,
  dense,
  embedding,
  layerNorm,
  mse,
  network,
  relu,
  residual,
  train,
} from '../index.ts';
import { Model } from '../model/model.ts';
import type { Layer } from '../net/layer.ts';
import { moduleOrders } from './module-order.ts';
import { toPyTorch } from './pytorch.ts';
import { fromSafetensors } from './safetensors.ts';
import { fromStateDict } from './state-dict.ts';

const file = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../test/outside/networks/${name}`, import.meta.url)));
const written = JSON.parse(new TextDecoder().decode(file('state-dicts.json')));
const held = (name: string) => fromSafetensors(file(`${name}.safetensors`)).tensors;

function predictions(layers: readonly Layer[], parameters: ReturnType<typeof fromStateDict>) {
  const net = network(layers, { inputs: 3 });
  return new Model({ network: net, inputs: 3, parameters, loss: mse, optimizer: adam() }).predict(written.inputs);
}
/** PyTorch computes in float32. */
const close = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map((value) => expect.closeTo(value, 5)));
const complaint = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

describe('BatchNorm1d', () => {
  test.each([
    ['batchNorm', [dense(4), batchNorm(), activate(relu), dense(2)]],
    ['batchNormFirst', [batchNorm(), dense(4, { activation: relu }), dense(2)]],
    ['batchNormPlain', [dense(4), batchNorm({ affine: false }), activate(relu), dense(2)]],
  ])('%s: the network predicts what PyTorch computes', (name, layers) => {
    expect([...held(name).keys()].some((key) => key.endsWith('num_batches_tracked'))).toBe(true);
    expect(predictions(layers, fromStateDict(held(name), network(layers), 3))).toEqual(close(written[name]));
  });

  test('weights and statistics that chainrule wrote for PyTorch are read back unchanged', async () => {
    const net = network([
      embedding(2, { of: [{ input: 1, size: 4 }] }),
      dense(4),
      batchNorm(),
      activate(relu),
      layerNorm(),
      dense(2),
    ]);
    const inputs = Array.from({ length: 8 }, (_, r) => [Math.sin(r), r % 4, Math.cos(r)]);
    const { model } = await train(
      net,
      { inputs, targets: inputs.map(([a, , c]) => [a, c]) },
      { loss: mse, optimizer: adam(), stop: { epochs: 3 } },
    );
    const { safetensors } = toPyTorch(model, 'w.safetensors');
    expect(fromStateDict(fromSafetensors(safetensors).tensors, net, 3)).toEqual(model.parameters);
  });
});

describe('the order of modules', () => {
  const hidden = (units: number) => dense(units, { activation: relu });

  test('neither names nor shapes decide: refused, with the two modules and how to save them in order', () => {
    const layers = [hidden(3), hidden(3), dense(1)];
    const net = network(layers);
    expect(complaint(() => fromStateDict(held('sameShapes'), net, 3))).toMatchInlineSnapshot(`
      "state_dict: neither names nor shapes tell whether "hidden" or "inp" comes first.
        List the modules in the order of the layers and save them, in PyTorch: save_file({f"{i}.{name}": tensor for i, module in enumerate([model.hidden, model.inp, model.out]) for name, tensor in module.state_dict().items()}, "ordered.safetensors"). In your own program, pass modules: [ … ] with their names in order."
    `);
    const modules = ['inp', 'hidden', 'out'];
    expect(predictions(layers, fromStateDict(held('sameShapes'), net, 3, { modules }))).toEqual(
      close(written.sameShapes),
    );
    expect(
      complaint(() => fromStateDict(held('sameShapes'), net, 3, { modules: ['inp', 'out'] })),
    ).toMatchInlineSnapshot(`
      "state_dict: modules should list each module once; "hidden" is missing or extra.
        Its modules are hidden, inp, out."
    `);
    expect(complaint(() => fromStateDict(held('sameShapes'), net, 3, { modules: ['out', 'inp', 'hidden'] }))).toContain(
      'out.weight is [1,3], but layers.0.weight needs [3,3]',
    );
  });

  test('shapes decide: inp, hidden and out of three shapes', () => {
    const layers = [hidden(4), hidden(5), dense(2)];
    expect(predictions(layers, fromStateDict(held('oneOrder'), network(layers), 3))).toEqual(close(written.oneOrder));
  });

  test('numbers in names decide where shapes are equal: fc2 before fc10; the shape of head is its own', () => {
    const layers = [hidden(3), hidden(3), dense(1)];
    expect(predictions(layers, fromStateDict(held('numbered'), network(layers), 3))).toEqual(close(written.numbered));
  });

  test('modules inside of modules: 0, 1.layers.0, 2', () => {
    const net = network([dense(3), residual([dense(3)]), dense(3)], { inputs: 3 });
    const tensors = new Map(
      ['2', '0', '1.layers.0'].flatMap((module, k) => [
        [`${module}.weight`, tensor([3, 3], new Float64Array(9).fill(k))],
        [`${module}.bias`, tensor([3])],
      ]),
    );
    const found = fromStateDict(tensors, net, 3);
    expect(
      ['layers.0.weight', 'layers.1.layers.0.weight', 'layers.2.weight'].map((name) => found.get(name)?.data[0]),
    ).toEqual([1, 2, 0]);
  });

  test.each<[string, readonly string[], string, string, readonly (readonly number[])[]]>([
    ['numbers', ['net.0', 'net.2', 'net.10'], 'aaa', 'aaa', [[0, 1, 2]]],
    ['places that need different modules', ['c', 'a', 'b'], 'xyz', 'zxy', [[2, 0, 1]]],
    ['two groups of numbers, whose places differ', ['bn1', 'bn2', 'fc1', 'fc2'], 'bbff', 'fbfb', [[2, 0, 3, 1]]],
    [
      'two groups of numbers in equal places',
      ['a1', 'b1'],
      'xx',
      'xx',
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'no numbers in equal places',
      ['encoder', 'decoder', 'out'],
      'xxy',
      'xxy',
      [
        [0, 1, 2],
        [1, 0, 2],
      ],
    ],
    ['numbers that contradict the places', ['f1', 'f2', 'f3'], 'xyx', 'yxx', []],
    ['blocks with inner names that differ', ['block1.out', 'block2.inp'], 'xx', 'xx', [[0, 1]]],
  ])('moduleOrders: %s', (_name, names, have, need, orders) => {
    expect(moduleOrders(names, [...have], [...need])).toEqual(orders);
  });

  test('300 modules of one shape are ordered by their numbers; without numbers the search ends', () => {
    const many = Array.from({ length: 300 }, (_, i) => i);
    const same = many.map(() => 'x');
    expect(
      moduleOrders(
        many.map((i) => `layers.${i}`),
        same,
        same,
      ),
    ).toEqual([many]);
    expect(
      moduleOrders(
        many
          .map((i) => `m${'abcdefghij'[i % 10]}.${i}`)
          .map((name) => name.replace(/\d/g, (d) => 'klmnopqrst'[Number(d)])),
        same,
        same,
      ),
    ).toHaveLength(2);
  });
});
