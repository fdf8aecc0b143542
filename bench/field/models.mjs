/**
 * Reads the models that models.py wrote: predictions are compared with those of onnxruntime and PyTorch, then each model is
 * exported and read back. Usage: node models.mjs OUT (after `npm run build`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { fromOnnx, fromSafetensors, fromStateDict, toOnnx, toPyTorch, toTypeScript } from '../../dist/formats/index.js';
import { adam, experiment, load, Model, mse } from '../../dist/index.js';

ort.env.logLevel = 'error';

const folder = process.argv[2];
const cases = JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8'));
const bytesOf = (file) => new Uint8Array(readFileSync(join(folder, 'models', file)));
const beside = (location) => (existsSync(join(folder, 'models', location)) ? bytesOf(location) : undefined);

function read({ file, layers, inputs }) {
  if (layers === undefined) {
    const { notes, ...parts } = fromOnnx(bytesOf(file), { file, externalData: beside });
    return { model: new Model(parts), notes };
  }
  const setup = experiment({
    network: { inputs: inputs[0].length, layers },
    data: { inputs, targets: inputs.map(() => new Array(layers.at(-1).dense).fill(0)) },
    training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 1 } },
  });
  const { tensors } = fromSafetensors(bytesOf(file), file);
  const { network } = setup;
  const parameters = fromStateDict(tensors, network, inputs[0].length, { file });
  return {
    model: new Model({ network, inputs: inputs[0].length, loss: mse, optimizer: adam(), parameters }),
    notes: [],
  };
}

/** The largest difference, relative to the largest value. */
function distance(found, wanted) {
  if (found.length !== wanted.length || found[0].length !== wanted[0].length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1e-3, ...wanted.flat().map(Math.abs));
  return Math.max(...found.flatMap((row, r) => row.map((value, k) => Math.abs(value - wanted[r][k])))) / scale;
}

/** Exports a model in every format and reads it back; the first difference in words. */
async function back(model, inputs) {
  const predictions = model.predict(inputs);
  const same = (other) => JSON.stringify(other.predict(inputs)) === JSON.stringify(predictions);
  if (!same(load(model.save())) && model.precision === 'float64') return 'safetensors differs';
  const bytes = toOnnx(model);
  if (!same(new Model(fromOnnx(bytes)))) return 'ONNX differs';
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const rows = new ort.Tensor('float32', Float32Array.from(inputs.flat()), [inputs.length, inputs[0].length]);
  const { output } = await session.run({ input: rows });
  const width = predictions[0].length;
  const found = inputs.map((_, r) => Array.from(output.data.subarray(r * width, (r + 1) * width)));
  await session.release();
  if (!(distance(found, predictions) < 1e-5)) return `onnxruntime differs by ${distance(found, predictions)}`;
  if (!toTypeScript(model).includes('export function predict')) return 'no TypeScript';
  try {
    toPyTorch(model, 'w.safetensors');
  } catch (error) {
    if (error.name !== 'InputError') throw error;
  }
  return undefined;
}

const results = [];
for (const each of cases) {
  const result = { kind: each.kind, name: each.name };
  results.push(result);
  try {
    const { model, notes } = read(each);
    const error = distance(model.predict(each.inputs), each.outputs);
    // float32 and float16 on the other side
    const tolerance = each.name.includes('half') ? 1e-2 : 2e-5;
    result.outcome = error < tolerance ? (notes.length > 0 ? 'equal, with a note' : 'equal') : 'WRONG';
    result.detail = error < tolerance ? notes.join(' ') : `off by ${error}`;
    const lost = await back(model, each.inputs);
    if (lost !== undefined) Object.assign(result, { outcome: 'WRONG', detail: `exported: ${lost}` });
  } catch (error) {
    const isReason = error.name === 'InputError';
    result.outcome = isReason ? 'refused, with the reason' : 'WRONG';
    result.detail = isReason ? error.message.split('\n')[0] : String(error.stack).slice(0, 300);
  }
}

const outcomes = ['equal', 'equal, with a note', 'refused, with the reason', 'WRONG'];
const kinds = [...new Set(results.map(({ kind }) => kind))];
console.log(`| models | ${outcomes.join(' | ')} |\n| --- | ${outcomes.map(() => '---:').join(' | ')} |`);
for (const kind of [...kinds, undefined]) {
  const own = results.filter((each) => kind === undefined || each.kind === kind);
  const counts = outcomes.map((outcome) => own.filter((each) => each.outcome === outcome).length);
  console.log(`| ${kind ?? 'together'} | ${counts.join(' | ')} |`);
}
if (process.argv.includes('--list'))
  for (const { outcome, name, detail } of results)
    if (outcome !== 'equal') console.log(`${outcome.padEnd(26)} ${name.padEnd(46)} ${detail}`);
process.exitCode = results.some(({ outcome }) => outcome === 'WRONG') ? 1 : 0;
