/** Files that others wrote (test/outside/networks.py), and files for others. */
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import { dense, elu, mse, network, sgd, softmax, tanh, train } from '../index.ts';
import { Model } from '../model/model.ts';
import { fromNpy, toNpy, toNpz } from './npy.ts';
import { fromOnnx } from './onnx/read.ts';
import { decodeModel, encodeModel } from './onnx/schema.ts';
import { toPyTorch } from './pytorch.ts';
import { fromSafetensors } from './safetensors.ts';
import { fromStateDict } from './state-dict.ts';

const file = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../test/outside/networks/${name}`, import.meta.url)));
const outputs = JSON.parse(new TextDecoder().decode(file('outputs.json')));
const complaint = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};
const largest = (found: readonly number[][], wanted: readonly number[][]) =>
  Math.max(...found.flatMap((row, r) => row.map((value, k) => Math.abs(value - wanted[r][k]))));

describe("PyTorch's ONNX files", () => {
  test.each(['relu', 'classes', 'leaky'])("%s: predicts what PyTorch's network computes", (name) => {
    const model = new Model(fromOnnx(file(`${name}.onnx`)));
    // PyTorch computes in float32
    expect(largest(model.predict(outputs.inputs), outputs[name])).toBeLessThan(5e-7);
  });

  test('the model has the activations of the file and the loss that fits, and training continues from it', async () => {
    const { network: net, loss } = new Model(fromOnnx(file('classes.onnx')));
    expect(net.layers.map(({ config }) => config)).toEqual([
      { dense: 5, activation: 'tanh', bias: false },
      { dense: 4, activation: { name: 'elu', alpha: expect.closeTo(0.7, 6) } },
      { dense: 3, activation: 'softmax' },
    ]);
    expect(loss.name).toBe('crossEntropy');
    expect(new Model(fromOnnx(file('leaky.onnx'))).loss.name).toBe('binaryCrossEntropy');
  });

  test('a graph that is not a chain of dense layers is refused, and the error names the node', () => {
    expect(complaint(() => fromOnnx(file('relu.onnx').subarray(0, 200)))).toMatchInlineSnapshot(`
      "model: it is not an ONNX file (premature EOF).
        Use a completely exported file."
    `);
    expect(complaint(() => fromOnnx(file('classes.safetensors')))).toContain('model: ');
    const changed = (change: (model: ReturnType<typeof decodeModel>) => void) => {
      const model = decodeModel(file('relu.onnx'));
      change(model);
      return complaint(() => fromOnnx(encodeModel(model as never)));
    };
    expect(changed(({ graph }) => (graph!.node[1].opType = 'Conv'))).toMatchInlineSnapshot(`
      "model: the node "/1/Relu" (Conv) is not supported.
        Export a feed-forward network of dense layers, or convert the model to that form."
    `);
    expect(changed(({ graph }) => graph!.node.splice(1, 1))).toMatchInlineSnapshot(`
      "model: nothing in the graph computes "/1/Relu_output_0".
        Export a feed-forward network of dense layers, or convert the model to that form."
    `);
    expect(changed(({ graph }) => (graph!.initializer[0].dims = [3n, 3n]))).toMatchInlineSnapshot(`
      "model: "0.weight" [3,3] should have 9 numbers, but has 12.
        Write the file again."
    `);
    expect(changed(({ graph }) => (graph!.initializer[0].dataLocation = 1))).toMatchInlineSnapshot(`
      "model: the numbers of "0.weight" are in "", which is not a file next to the model.
        Save the model with its numbers in one file."
    `);
    expect(changed(({ graph }) => (graph!.input = []))).toMatchInlineSnapshot(`
      "model: nothing in the graph computes "x".
        Export a feed-forward network of dense layers, or convert the model to that form."
    `);
  });
});

describe("PyTorch's state_dict", () => {
  const net = network([
    dense(5, { activation: tanh, bias: false }),
    dense(4, { activation: elu({ alpha: 0.7 }) }),
    dense(3, { activation: softmax }),
  ]);
  const options = { loss: mse, optimizer: sgd({ learningRate: 1 }), stop: { epochs: 0 } };

  test.each([
    ['classes.safetensors', 5e-7],
    // 11 and 8 bits
    ['float16.safetensors', 2e-3],
    ['bfloat16.safetensors', 2e-2],
  ])('%s: the network predicts what PyTorch computes', async (name, tolerance) => {
    const { model } = await train(net, { inputs: outputs.inputs, targets: outputs.classes }, options);
    const parameters = fromStateDict(fromSafetensors(file(name)).tensors, net, 3);
    const { network: of, inputs, loss, optimizer } = model;
    const same = new Model({ network: of, inputs, loss, optimizer, parameters });
    expect(largest(same.predict(outputs.inputs), outputs.classes)).toBeLessThan(tolerance);
  });

  test('weights that do not fit are an error with a fix', () => {
    const { tensors } = fromSafetensors(file('classes.safetensors'));
    const into = (layers: Parameters<typeof network>[0], of = tensors) =>
      complaint(() => fromStateDict(of, network(layers), 3));
    expect(into([dense(5), dense(3)])).toMatchInlineSnapshot(`
      "state_dict: it holds 5 tensors, and the network has 4.
        Give the network the layers that were saved: 0.weight [5,3], 2.weight [4,5], 2.bias [4], 4.weight [3,4], 4.bias [3]."
    `);
    expect(into([dense(5, { bias: false }), dense(7), dense(3)])).toMatchInlineSnapshot(`
      "state_dict: 2.weight is [4,5], but layers.1.weight needs [7,5].
        Give the network the layers that were saved."
    `);
    expect(into([dense(5)], new Map([...tensors, ['1.weight_g', tensor([3])]]))).toMatchInlineSnapshot(`
      "state_dict: "1.weight_g" is not a tensor of a layer that chainrule has.
        Give the state_dict of linear layers, normalizations and embeddings."
    `);
  });

  test('weights written for PyTorch are read back unchanged', async () => {
    const { model } = await train(net, { inputs: outputs.inputs, targets: outputs.classes }, options);
    const { python, safetensors } = toPyTorch(model, 'weights.safetensors');
    expect(fromStateDict(fromSafetensors(safetensors).tensors, net, 3)).toEqual(model.parameters);
    expect(python).toMatchInlineSnapshot(`
      """"A network written by chainrule. Needs: pip install torch safetensors."""
      from pathlib import Path

      import torch
      from safetensors.torch import load_file
      from torch import nn

      dtype = torch.float64
      model = nn.Sequential(
          nn.Linear(3, 5, bias=False),
          nn.Tanh(),
          nn.Linear(5, 4),
          nn.ELU(0.7),
          nn.Linear(4, 3),
          nn.Softmax(dim=-1),
      ).to(dtype)
      model.load_state_dict(load_file(Path(__file__).with_name("weights.safetensors")))
      model.eval()
      "
    `);
  });
});

describe("NumPy's files", () => {
  test('an array of any shape is read back unchanged in both precisions', () => {
    for (const shape of [[], [3], [2, 3], [2, 0]]) {
      const given = tensor(
        shape,
        Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 4),
      );
      for (const precision of ['float64', 'float32'] as const) expect(fromNpy(toNpy(given, precision))).toEqual(given);
    }
  });

  test('the bytes are those that numpy.save writes', () => {
    // numpy.save(f, numpy.array([1.5, -2.0], dtype="<f4")), NumPy 2
    const head = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    const wanted = `${head.padEnd(127)}\n\x00\x00\xc0\x3f\x00\x00\x00\xc0`;
    expect(String.fromCharCode(...toNpy(tensor([2], [1.5, -2]), 'float32'))).toBe(wanted);
  });

  test('npz contains an npy for each name, and the same bytes each time', () => {
    const tensors = new Map([['a.b', tensor([2], [1, 2])]]);
    const bytes = toNpz(tensors);
    expect(Object.keys(unzipSync(bytes))).toEqual(['a.b.npy']);
    expect(fromNpy(unzipSync(bytes)['a.b.npy'])).toEqual(tensors.get('a.b'));
    expect(toNpz(tensors)).toEqual(bytes);
  });

  test('a damaged file, or one of another kind, is refused', () => {
    const good = toNpy(tensor([2, 2], [1, 2, 3, 4]));
    const changed = (from: string, to: string) => {
      const text = String.fromCharCode(...good).replace(from, to);
      return complaint(() => fromNpy(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    };
    expect(complaint(() => fromNpy(good.subarray(0, 8)))).toMatchInlineSnapshot(`
      "array: it ends within its header.
        Save it with numpy.save, as float64 or float32."
    `);
    expect(complaint(() => fromNpy(good.subarray(0, -1)))).toMatchInlineSnapshot(`
      "array: its shape (2, 2) needs 32 bytes, but there are 31.
        Save it with numpy.save, as float64 or float32."
    `);
    expect(changed('NUMPY', 'NUMPI')).toMatchInlineSnapshot(`
      "array: it is not an npy file.
        Save it with numpy.save, as float64 or float32."
    `);
    expect(changed('<f8', '<i8')).toMatchInlineSnapshot(`
      "array: its type is <i8, but only <f8 and <f4 can be read.
        Save it with numpy.save, as float64 or float32."
    `);
    expect(changed('False', 'True ')).toMatchInlineSnapshot(`
      "array: it is stored column by column (fortran_order).
        Save it with numpy.save, as float64 or float32."
    `);
    expect(changed("'shape'", "'shade'")).toMatchInlineSnapshot(`
      "array: its header lacks the type, the order or the shape.
        Save it with numpy.save, as float64 or float32."
    `);
  });
});
