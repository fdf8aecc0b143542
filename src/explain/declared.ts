/** The quantities of a network by address, as its layers declare them. */
import type { Layer, LayerQuantity } from '../net/layer.ts';

export interface Declared {
  /** `layers.1.variance` */
  readonly address: string;
  /** The layer's index. */
  readonly layer: number;
  readonly letter: string;
  /** Written after the letter: the layer's number from 1, `4.1` of a layer in a layer. */
  readonly label: string;
  readonly perSample: boolean;
  readonly note?: string;
  /** Of several addresses of one node, the lowest rank names it: an output, then a layer's own quantity, then an input. */
  readonly rank: number;
}

/** The quantities of every layer. Textbooks call the output a; the input is the output of the layer before. */
const output: LayerQuantity = { name: 'output', letter: 'a', perSample: true };
const input: LayerQuantity = { name: 'input', letter: 'x', perSample: true };

/** The quantities of a layer in the order of computation, parameters that it does not declare included. */
function quantitiesOf({ quantities = [], parameterNames }: Layer): readonly LayerQuantity[] {
  const known = new Set(quantities.map(({ name }) => name));
  const undeclared = parameterNames
    .filter((name) => !known.has(name))
    .map((name): LayerQuantity => ({ name, letter: name.split('.').at(-1)!, perSample: false }));
  return [...quantities, ...undeclared];
}

/** Every declared quantity of some layers, inputs and outputs included, by address. */
export function declaredQuantities(layers: readonly Layer[]): ReadonlyMap<string, Declared> {
  const all = layers.flatMap((layer, l) => {
    const declare = ({ name, letter, perSample, note, label, path = [] }: LayerQuantity, rank: number): Declared => ({
      address: `layers.${l}.${name}`,
      layer: l,
      letter,
      label: label ?? [l, ...path].map((index) => index + 1).join('.'),
      perSample,
      note,
      rank,
    });
    return [declare(output, 0), ...quantitiesOf(layer).map((each) => declare(each, 1)), declare(input, 2)];
  });
  return new Map(all.map((each) => [each.address, each]));
}
