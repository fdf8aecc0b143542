/** Loads a model to predict with. */
import { fail } from '../base/errors.ts';
import { object, text } from '../base/readers.ts';
import type { OutputKind } from '../data/encode/decode.ts';
import { type Encoding, inputWidth, targetWidth } from '../data/encode/encoding.ts';
import { readEncoding } from '../data/encode/read-encoding.ts';
import { modelFix, readModelFile } from '../formats/model-file.ts';
import { inFile } from '../net/in-file.ts';
import { SmallModel } from './model.ts';
import { type ReadNetwork, readNetwork } from './network.ts';

/**
 * A model from the bytes of its file, to predict with. Throws an InputError if the file is not a whole chainrule model, is of a
 * newer version, or uses a layer or an activation of your own (which `load` of 'chainrule' takes).
 *
 * @param bytes the content of `model.safetensors`
 * @param file the name of the file in errors
 */
export function load(bytes: Uint8Array, { file = 'model' }: { readonly file?: string } = {}): SmallModel {
  const read = readModelFile(bytes, file);
  return inFile({ file, fix: modelFix }, () => {
    const network = readNetwork(read);
    const kind = outputKindOf(read.experiment, network);
    if (read.data === null) return new SmallModel(network, kind);
    const encoding = readEncoding(read.data, ['data']);
    checkWidths(encoding, network);
    return new SmallModel(network, kind, encoding);
  });
}

/** The losses that make outputs probabilities. */
export const lossesOfProbabilities: readonly string[] = ['binaryCrossEntropy', 'crossEntropy'];

/** The meaning of the outputs, which the loss decides. */
function outputKindOf(experiment: unknown, { logarithmic }: ReadNetwork): OutputKind {
  if (logarithmic) return 'logProbabilities';
  const path = ['experiment', 'training', 'loss'];
  const { loss } = object(object(experiment, ['experiment']).training, path.slice(0, 2));
  const name = typeof loss === 'string' ? loss : text(object(loss, path).name, [...path, 'name']);
  return lossesOfProbabilities.includes(name) ? 'probabilities' : 'scores';
}

function checkWidths(encoding: Encoding, { inputs, outputs }: ReadNetwork): void {
  const widths = [
    ['rows', inputWidth(encoding), `${inputs} inputs`, inputs],
    ['the target', targetWidth(encoding), `${outputs} outputs`, outputs],
  ] as const;
  for (const [what, width, has, wanted] of widths) {
    if (width === wanted) continue;
    fail({
      what: `it encodes ${what} as ${width} numbers, but the network has ${has}`,
      where: ['data'],
      fix: modelFix,
    });
  }
}
