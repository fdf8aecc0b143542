/** Starting from the weights of a model in place of drawn ones. */
import { fail } from '../base/errors.ts';
import type { Parameters } from '../net/network.ts';
import type { Setup } from '../net/setup.ts';

/** The setup with those weights. Throws an InputError, at `where`, for a tensor that is missing or of another shape. */
export function startFrom<S extends Setup>(setup: S, parameters: Parameters, where: string): S {
  for (const [name, { shape }] of setup.parameters) {
    const found = parameters.get(name)?.shape;
    if (String(found) === String(shape)) continue;
    fail({
      what: `its ${name} is ${found === undefined ? 'missing' : `[${found}]`}, and the network's is [${shape}]`,
      where,
      fix: 'Start from a model of the same layers and inputs.',
    });
  }
  return { ...setup, parameters: new Map([...setup.parameters.keys()].map((name) => [name, parameters.get(name)!])) };
}
