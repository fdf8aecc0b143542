/** A model as files describe it, without its numbers. `description.ts` reads it back. */

import { aCount, type Kind, kind, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { OptionValues } from '../base/options.ts';
import { inside } from '../base/reference.ts';
import { sameShape, showShape } from '../base/shape.ts';
import { aPrecision } from '../base/tensor.ts';
import { anEncoding } from '../data/encode/an-encoding.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import { aLoss, type Loss } from './losses.ts';
import { aNetwork, type Network, type Parameters, parameterShapes } from './network.ts';
import { anOptimizer, type Optimizer } from './optimizers.ts';
import type { DescriptionJson, LayerJson } from './schema.ts';

/** The version of the description in a model file. */
export const formatVersion = 1;

/** The parts of a model, by their form. A model has more fields. */
export const modelParts: Kind = (value, where) => {
  record(
    {
      network: aNetwork,
      inputs: aCount,
      parameters: someParameters,
      precision: optional(aPrecision),
      loss: aLoss,
      optimizer: optional(anOptimizer),
      encoding: optional(anEncoding),
    },
    { isOpen: true },
  )(value, where);
  const { network, inputs, parameters } = value as Description & { readonly parameters: Parameters };
  for (const [name, shape] of parameterShapes(network, inputs)) {
    const found = parameters.get(name);
    if (found !== undefined && sameShape(found.shape, shape)) continue;
    fail({
      what: found === undefined ? `${name} is missing` : `${name} is ${showShape(found.shape)}`,
      where: inside(where, 'parameters'),
      fix: `Give it the shape ${showShape(shape)}.`,
    });
  }
};

const someParameters = kind(
  'a map of tensors',
  (value: Parameters) => typeof value.get === 'function' && typeof value[Symbol.iterator] === 'function',
);

/** A model, apart from the numbers of its parameters. */
export interface Description {
  readonly network: Network;
  /** Numbers in a row. */
  readonly inputs: number;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** How a table's columns become numbers. */
  readonly encoding?: Encoding;
}

/** A network as files write it, without the numbers of its parameters. */
export function describeNetwork(net: Network, inputs: number): DescriptionJson['network'] {
  return { inputs, layers: net.layers.map((layer) => layer.config) as unknown as LayerJson[] };
}

/** A model as files write it. */
export function describeModel({ network, inputs, loss, optimizer, encoding }: Description) {
  const recipe = ({ name, options }: { readonly name: string; readonly options: OptionValues }) => ({
    name,
    ...options,
  });
  const training = { loss: recipe(loss), optimizer: recipe(optimizer) };
  return {
    experiment: { network: describeNetwork(network, inputs), training, seed: network.seed },
    data: encoding ?? null,
  };
}
