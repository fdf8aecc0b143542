/** The model in a file, and the weights that a training starts from. */
import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { fail } from '../../base/errors.ts';
import { fromStateDict } from '../../formats/pytorch.ts';
import { fromSafetensors } from '../../formats/safetensors.ts';
import { load, Model } from '../../model/model.ts';
import { describeNetwork } from '../../net/description.ts';
import type { Parameters } from '../../net/network.ts';
import { startFrom } from '../../train/warm-start.ts';
import { inRun } from '../run-folder/staging.ts';
import { readBinary } from './files.ts';
import type { Opened, Start } from './open.ts';

/** The model in a file, or in a run's folder. */
export async function openModel(path: string): Promise<Model> {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const readFrom = (file: string) => ({ file, bytes: readBinary(file) });
  const { file, bytes } = isFolder ? inRun(path, 'model.safetensors', readFrom) : readFrom(path);
  if (!['.onnx', '.safetensors', ''].includes(extname(file))) {
    fail({
      what: 'it is not a model that chainrule reads',
      where: file,
      fix: "Give a run's folder, a model.safetensors or an ONNX file; the model comes first, then the data.",
    });
  }
  if (extname(file) !== '.onnx') return load(bytes, { file });
  const { fromOnnx } = await import('../../formats/onnx/read.ts');
  return new Model(fromOnnx(bytes, { file }));
}

/** Whether a file holds tensors that another program named. */
function isStateDict(path: string): boolean {
  if (!(existsSync(path) && statSync(path).isFile() && extname(path) === '.safetensors')) return false;
  return fromSafetensors(readBinary(path), path).metadata.format !== 'chainrule';
}

/** The weights in a file: those of a model, or a `state_dict` that fits the network. */
async function openWeights(path: string, { network, inputs }: Opened['setup']): Promise<Parameters> {
  if (isStateDict(path)) {
    const { tensors } = fromSafetensors(readBinary(path), path);
    return fromStateDict(tensors, network, inputs.shape[1], `--from ${path}`);
  }
  return (await openModel(path)).parameters;
}

/** What a model brings besides its weights; nothing where the file holds weights alone. */
export async function startOf(path: string): Promise<Start> {
  if (isStateDict(path)) return {};
  const { network, inputs, encoding } = await openModel(path);
  return { encoding, layers: describeNetwork(network, inputs).layers };
}

/** Starts from a model's weights instead of drawn ones. Throws an InputError where they do not fit. */
export const warmly = async (setup: Opened['setup'], path: string): Promise<Opened['setup']> =>
  startFrom(setup, await openWeights(path, setup), `--from ${path}`);
