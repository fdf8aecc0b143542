/** A model as files describe it, without its numbers. `description.ts` reads it back. */
import type { OptionValues } from '../base/options.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import type { Loss } from './losses.ts';
import type { Network } from './network.ts';
import type { Optimizer } from './optimizers.ts';
import type { DescriptionJson, LayerJson } from './schema.ts';

/** The version of the description in a model file. */
export const formatVersion = 1;

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
