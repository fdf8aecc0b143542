/** Which printed numbers of a network are read or written in one way: groups of rows that share a convention. */
import type { Place } from '../explain/quantity.ts';
import type { Request } from './run.ts';

/** Parameters are all places but those of the forward pass; a layer may name others of its own. */
export const isParameter = (name: string) => !/^target$|\.(input|sum|output)$/.test(name);

/** Numbers that are read after the same number of updates: those of one kind. */
export function readAlike({ quantity }: Request): string {
  if (quantity.kind !== 'place') return quantity.kind;
  const { name } = quantity.place;
  return name === 'loss' ? name : isParameter(name) ? 'parameter' : 'forward';
}

/**
 * Numbers whose sign may be defined the other way round together: derivatives with respect to numbers of one kind, as
 * δ = -∂E/∂z. The sign of every other number is fixed by what it is.
 */
export function signedAlike({ quantity }: Request): string | undefined {
  switch (quantity.kind) {
    case 'place':
      return undefined;
    case 'gradient':
      return `gradient ${kindOf(quantity.place)}`;
    case 'factor':
      return `factor ${kindOf(quantity.of)} ${kindOf(quantity.in)}`;
  }
}

/** The kind of a place: `sum` of `layers.0.sum`; all parameters are of one kind. */
function kindOf({ name }: Place): string {
  if (name === 'loss') return name;
  return isParameter(name) ? 'parameter' : name.slice(name.lastIndexOf('.') + 1);
}
