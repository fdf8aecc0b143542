/** Nothing in a model becomes code: names and labels leave every export unchanged and run nothing. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromOnnx, toNpz, toOnnx, toPyTorch, toTypeScript } from '../src/formats/index.ts';
import { fromSafetensors, toSafetensors } from '../src/formats/safetensors.ts';
import { adam, dense, InputError, leakyRelu, load, Model, mse, network } from '../src/index.ts';
import { type Hostile, hostileModels, hostileNames } from './hostile-models.ts';

ort.env.logLevel = 'error';
const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models = await hostileModels();
/** Predictions of the exported file for the model's own rows. */
function wanted({ model, table }: Hostile) {
  const { predictions, probabilities } = model.predictTable(table);
  return predictions.map((label, r) =>
    probabilities === undefined ? label : { label, probabilities: probabilities[r] },
  );
}
const close = (value: unknown): unknown =>
  typeof value === 'number'
    ? expect.closeTo(value, 10)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]))
      : value;

describe.each(models)('$name', (hostile) => {
  const { model, rows } = hostile;

  test('the TypeScript file predicts the same as the model, and no name in it is code', async () => {
    const file = join(folder, `${hostile.name.replaceAll(' ', '-')}.ts`);
    const text = toTypeScript(model);
    writeFileSync(file, text);
    expect(text).not.toMatch(/[^\n\x20-\uffff]|[\u2028\u2029\u202e]|<\/script|<!--/);
    const { predict } = (await import(/* @vite-ignore */ file)) as { predict: (row: object) => unknown };
    wanted(hostile).forEach((want, r) => {
      const found = predict(rows[r]);
      expect(found).toEqual(close(want));
      if (typeof want === 'object' && want !== null && 'probabilities' in want)
        expect(Object.keys((found as typeof want).probabilities!)).toEqual(Object.keys(want.probabilities as object));
    });
  });

  test('the Python file is ASCII, and each line has a form that chainrule writes', () => {
    const { python } = toPyTorch(model, 'w"\n.safetensors');
    expect(python).toMatch(/^[\n\x20-\x7e]*$/);
    // Without string literals, the file does not depend on the names.
    const bare = python.replace(/"""[\s\S]*?(?<!\\)"""|"(?:[^"\\\n]|\\.)*"/g, '""');
    expect(bare).not.toMatch(/__import__|system|process|exit|script|Users|proto/);
  });

  test('JSON, safetensors and ONNX keep the encoding; npz has the names of the parameters', () => {
    const { encoding } = model;
    expect(JSON.parse(JSON.stringify(model)).data).toEqual(JSON.parse(JSON.stringify(encoding)));
    expect(load(model.save()).encoding).toEqual(encoding);
    const again = new Model(fromOnnx(toOnnx(model)));
    expect(again.encoding).toEqual(encoding);
    expect(again.save()).toEqual(model.save());
    expect(toNpz(model.parameters).length).toBeGreaterThan(0);
  });

  test('onnxruntime accepts the ONNX file, with a name for each input and output', async () => {
    const session = await ort.InferenceSession.create(toOnnx(model), { executionProviders: ['wasm'] });
    // This runtime ends names at a NUL.
    const columns = model.encoding!.features.map(({ name }) => name.split('\0')[0]);
    expect([...session.inputNames].sort()).toEqual(columns.sort());
    const names = [...session.inputNames, ...session.outputNames];
    expect(new Set(names).size).toBe(names.length);
  });
});

test('the exported TypeScript is valid', () => {
  const files = models.map(({ name }) => `${name.replaceAll(' ', '-')}.ts`);
  models.forEach(({ model }, i) => void writeFileSync(join(folder, files[i]), toTypeScript(model)));
  const call = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--ignoreConfig', '--types', ''];
  execFileSync(join(root, 'node_modules/.bin/tsc'), [...call, ...files], { cwd: folder, stdio: 'pipe' });
});

describe('a description that chainrule did not write is refused, with the position', () => {
  const { model } = models[0];
  const bytes = model.save();
  const { metadata, tensors } = fromSafetensors(bytes);
  type Json = Record<string, unknown> & { features: Record<string, unknown>[]; target: Record<string, unknown> };
  const at = (list: Json['features'], kind: string) => list.find((feature) => feature.kind === kind)!;
  const code = "(console.log('code'),0)";
  const changes: Readonly<Record<string, (data: Json) => void>> = {
    'a fill that is code': ({ features }) => {
      at(features, 'number').fill = code;
    },
    'a mean that is code': ({ features }) => {
      at(features, 'number').scaling = { mean: code, std: 1 };
    },
    'an invalid divisor': ({ features }) => {
      at(features, 'number').scaling = { mean: 0, std: -1 };
    },
    'a category that is code': ({ features }) => void Object.assign(at(features, 'category'), { of: 'number' }),
    'a fill that is not a value': ({ features }) => {
      at(features, 'category').fill = 'none of them';
    },
    'a kind that is not a feature': ({ features }) => {
      features[0].kind = 'constructor';
    },
    'a column twice': ({ features }) => {
      features[1].name = features[2].name;
    },
    'a column of the target': ({ features, target }) => {
      features[0].name = target.name;
    },
    'a class twice': ({ target }) => {
      target.values = hostileNames.map(() => 'a');
    },
    'one class fewer': ({ target }) => {
      target.values = hostileNames.slice(1);
    },
    'a coding of two classes': ({ target }) => {
      target.coding = 'binary';
    },
    'numbers that are not classes': ({ target }) => {
      target.of = 'number';
    },
    'a task of another kind': (data) => {
      data.task = 'regression';
    },
    'no features': (data) => {
      data.features = [];
    },
  };
  const messageOf = (change: (data: Json) => void) => {
    const data = JSON.parse(metadata.data) as Json;
    change(data);
    try {
      load(toSafetensors({ tensors, metadata: { ...metadata, data: JSON.stringify(data) } }, 'float64'), { file: 'm' });
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as InputError).message.split('\n')[0];
    }
    return 'it was accepted';
  };

  test('in every field', () => {
    const messages = Object.entries(changes).map(([name, change]) => `${name}: ${messageOf(change)}`);
    expect(messages.join('\n')).toMatchInlineSnapshot(`
      "a fill that is code: m: data.features[0].fill: "(console.log('code'),0)" is not a number.
      a mean that is code: m: data.features[0].scaling.mean: "(console.log('code'),0)" is not a number.
      an invalid divisor: m: data.features[0].scaling.std: -1 is not at least 0.
      a category that is code: m: data.features[1].values[0]: "\\u001b]0;x\\u0007\\u001b[2J" is not a number.
      a fill that is not a value: m: data.features[1].fill: "none of them" is not one of the values.
      a kind that is not a feature: m: data.features[0].kind: unknown kind "constructor".
      a column twice: m: data.features[2].name: "constructor" appears twice.
      a column of the target: m: data.features[0].name: "target\\"\\"\\"\\n*/ </script> \\\\N{x}" appears twice.
      a class twice: m: data.target.values[1]: the text appears twice.
      one class fewer: m: data: it encodes the target as 35 numbers, but the network has 36 outputs.
      a coding of two classes: m: data.target.coding: 36 classes cannot be coded as binary.
      numbers that are not classes: m: data.target.values[0]: "\\u001b]0;x\\u0007\\u001b[2J" is not a number.
      a task of another kind: m: data.task: the target does not suit a regression.
      no features: m: data.features: the list is empty."
    `);
  });

  test('unknown keys of an encoding are left out', () => {
    const data = { ...JSON.parse(metadata.data), later: 1 };
    const again = load(toSafetensors({ tensors, metadata: { ...metadata, data: JSON.stringify(data) } }));
    expect(again.encoding).toEqual(model.encoding);
  });
});

test('an option that ONNX cannot store is an InputError', () => {
  const slope = dense(1, { activation: leakyRelu({ slope: 1e308 }) });
  const parameters = new Map([
    ['layers.0.weight', { shape: [1, 1], data: Float64Array.of(1) }],
    ['layers.0.bias', { shape: [1], data: Float64Array.of(0) }],
  ]);
  const model = new Model({ network: network([slope]), inputs: 1, parameters, loss: mse, optimizer: adam() });
  expect(() => toOnnx(model)).toThrow('model: the alpha of an activation is 1e+308, which is beyond float32.');
});
