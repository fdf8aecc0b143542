/** Reads a network from a model's file, as stages that compute its outputs. */
import { didYouMean, fail } from '../base/errors.ts';
import { list, object, positiveWhole } from '../base/readers.ts';
import type { OptionPath } from '../base/reference.ts';
import { type ModelFile, modelFix } from '../formats/model-file.ts';
import { maxLayers } from '../net/network.ts';
import { type LayerSource, layers, type ReadLayer, type Stage } from './layers.ts';

/** A network whose weights were read. */
export interface ReadNetwork {
  readonly inputs: number;
  readonly outputs: number;
  readonly stages: readonly Stage[];
  /** Whether the outputs are logarithms of probabilities. */
  readonly logarithmic: boolean;
}

/** The network in a model's file. Throws an InputError if its description or a tensor does not fit. */
export function readNetwork({ experiment, tensors }: Pick<ModelFile, 'experiment' | 'tensors'>): ReadNetwork {
  const net = object(object(experiment, ['experiment']).network, ['experiment', 'network']);
  const path: OptionPath = ['experiment', 'network', 'layers'];
  const inputs = positiveWhole(net.inputs, ['experiment', 'network', 'inputs']);

  const read = (json: unknown, place: OptionPath, address: string, width: number): ReadLayer => {
    const layer = object(json, place);
    const kind = Object.keys(layers).find((name) => Object.hasOwn(layer, name));
    if (kind === undefined) {
      const given = Object.keys(layer)[0] ?? '';
      fail({
        what: `unknown layer "${given}"`,
        where: place,
        fix: `If it is your own layer, load the model with 'chainrule' instead. ${didYouMean(given, Object.keys(layers))}`,
      });
    }
    const tensor: LayerSource['tensor'] = (name, shape) => {
      const found = tensors.get(`${address}.${name}`);
      // −1: any length
      const fits = found?.shape.length === shape?.length && shape?.every((n, i) => n === -1 || n === found?.shape[i]);
      if (found !== undefined && fits) return found;
      const is = found === undefined ? 'missing' : `[${found.shape.slice(0, 8)}]`;
      return fail({ what: `the tensor ${address}.${name} is ${is}, not [${shape}]`, where: place, fix: modelFix });
    };
    return layers[kind]({
      json: layer,
      path: place,
      width,
      tensor,
      inside: (k, inner, from) => read(inner, [...place, 'residual', k], `${address}.layers.${k}`, from),
    });
  };

  const stages: Stage[] = [];
  let width = inputs;
  let last: ReadLayer | undefined;
  list(
    object,
    1,
    maxLayers,
  )(net.layers, path).forEach((layer, l) => {
    last = read(layer, [...path, l], `layers.${l}`, width);
    stages.push(...last.stages);
    width = last.width;
  });
  return { inputs, outputs: width, stages, logarithmic: last?.activation?.logarithmic === true };
}
