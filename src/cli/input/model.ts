/** Opens models, and the weights that training starts from. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { fail } from '../../base/errors.ts';
import { fromSafetensors } from '../../formats/safetensors.ts';
import { fromStateDict } from '../../formats/state-dict.ts';
import { load } from '../../model/load.ts';
import { Model } from '../../model/model.ts';
import { describeNetwork } from '../../net/describe-model.ts';
import type { Parameters } from '../../net/network.ts';
import type { TableChoices } from '../../net/table-experiment.ts';
import { startFrom } from '../../train/warm-start.ts';
import { inRun } from '../run-folder/staging.ts';
import { readBinary } from './files.ts';
import type { Opened } from './open.ts';

/** Prints warnings, such as a terminal. */
interface Alerts {
  alert(warnings: readonly string[]): void;
}

/** The model in a file or in the folder of a run. What the file has and the model does not is a warning. */
export async function openModel(path: string, terminal?: Alerts): Promise<Model> {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const readFrom = (file: string) => ({ file, bytes: readBinary(file) });
  const { file, bytes } = isFolder ? inRun(path, 'model.safetensors', readFrom) : readFrom(path);
  if (!['.onnx', '.safetensors', ''].includes(extname(file))) {
    fail({ what: 'it is not a model that chainrule can read', where: file, fix: fixFor(extname(file)) });
  }
  if (extname(file) !== '.onnx') return load(bytes, { file });
  const { fromOnnx } = await import('../../formats/onnx/read.ts');
  const { notes, ...parts } = fromOnnx(bytes, { file, externalData: (location) => fileBeside(file, location) });
  terminal?.alert(notes.map((note) => `${file}: ${note}`));
  return new Model(parts);
}

/** How to save a model of another program in a format that chainrule reads. */
const fixes: Readonly<Record<string, string>> = {
  '.pt': 'In PyTorch, save the whole model with torch.onnx.export(model, (rows,), "model.onnx").',
  '.keras': 'In Keras, save it with model.export("model.onnx", format="onnx").',
  '.joblib': 'With skl2onnx, write to_onnx(model, rows).SerializeToString() to model.onnx.',
};
const sameFix: Readonly<Record<string, string>> = {
  '.pth': '.pt',
  '.ckpt': '.pt',
  '.bin': '.pt',
  '.h5': '.keras',
  '.hdf5': '.keras',
  '.pkl': '.joblib',
  '.pickle': '.joblib',
};
const fixFor = (extension: string): string =>
  fixes[sameFix[extension] ?? extension] ??
  "Pass a run's folder, a model.safetensors or an ONNX file. The model comes first, then the data.";

/** The bytes of a file that an ONNX model names, in its own folder; undefined if it is missing or elsewhere. */
function fileBeside(model: string, location: string): Uint8Array | undefined {
  const path = join(dirname(model), location);
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  // A link must not lead out of the folder.
  if (!realpathSync(path).startsWith(realpathSync(dirname(model)) + sep)) return undefined;
  return readBinary(path);
}

/** Whether a file contains a `state_dict`, whose tensors another program named. */
function isStateDict(path: string): boolean {
  if (!(existsSync(path) && statSync(path).isFile() && extname(path) === '.safetensors')) return false;
  return fromSafetensors(readBinary(path), path).metadata.format !== 'chainrule';
}

/** The weights in a file: those of a model, or a `state_dict` that fits the network. */
async function openWeights(path: string, { network, inputs }: Opened['setup']): Promise<Parameters> {
  if (isStateDict(path)) {
    const { tensors } = fromSafetensors(readBinary(path), path);
    return fromStateDict(tensors, network, inputs.shape[1], { file: `--from ${path}` });
  }
  return (await openModel(path)).parameters;
}

/** The encoding and the layers of the model in a file; nothing if the file contains weights only. */
export async function modelToStartFrom(path: string, terminal: Alerts): Promise<NonNullable<TableChoices['from']>> {
  if (isStateDict(path)) return {};
  const { network, inputs, encoding } = await openModel(path, terminal);
  return { encoding, layers: describeNetwork(network, inputs).layers };
}

/** The setup with the weights of a model instead of random ones. Throws an InputError if they do not fit. */
export const withWeightsOf = async (setup: Opened['setup'], path: string): Promise<Opened['setup']> =>
  startFrom(setup, await openWeights(path, setup), `--from ${path}`);
