/** Opens models, and the weights that training starts from. */
import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { fail } from '../../base/errors.ts';
import { fromStateDict } from '../../formats/pytorch.ts';
import { fromSafetensors } from '../../formats/safetensors.ts';
import { load } from '../../model/load.ts';
import { Model } from '../../model/model.ts';
import { describeNetwork } from '../../net/describe-model.ts';
import type { Parameters } from '../../net/network.ts';
import type { TableChoices } from '../../net/table-experiment.ts';
import { startFrom } from '../../train/warm-start.ts';
import { inRun } from '../run-folder/staging.ts';
import { readBinary } from './files.ts';
import type { Opened } from './open.ts';

/** The model in a file or in the folder of a run. */
export async function openModel(path: string): Promise<Model> {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const readFrom = (file: string) => ({ file, bytes: readBinary(file) });
  const { file, bytes } = isFolder ? inRun(path, 'model.safetensors', readFrom) : readFrom(path);
  if (!['.onnx', '.safetensors', ''].includes(extname(file))) {
    fail({
      what: 'it is not a model that chainrule can read',
      where: file,
      fix: "Pass a run's folder, a model.safetensors or an ONNX file. The model comes first, then the data.",
    });
  }
  if (extname(file) !== '.onnx') return load(bytes, { file });
  const { fromOnnx } = await import('../../formats/onnx/read.ts');
  return new Model(fromOnnx(bytes, { file }));
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
    return fromStateDict(tensors, network, inputs.shape[1], `--from ${path}`);
  }
  return (await openModel(path)).parameters;
}

/** The encoding and the layers of the model in a file; nothing if the file contains weights only. */
export async function modelToStartFrom(path: string): Promise<NonNullable<TableChoices['from']>> {
  if (isStateDict(path)) return {};
  const { network, inputs, encoding } = await openModel(path);
  return { encoding, layers: describeNetwork(network, inputs).layers };
}

/** The setup with the weights of a model instead of random ones. Throws an InputError if they do not fit. */
export const withWeightsOf = async (setup: Opened['setup'], path: string): Promise<Opened['setup']> =>
  startFrom(setup, await openWeights(path, setup), `--from ${path}`);
