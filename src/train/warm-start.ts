/** Starts training from the weights of a model. */
import { fail } from '../base/errors.ts';
import type { Parameters } from '../net/network.ts';
import type { Setup } from '../net/setup.ts';

/** The setup with those weights. Throws an InputError at `where` if a tensor is missing or has another shape. */
export function startFrom<S extends Setup>(setup: S, parameters: Parameters, where: string): S {
  for (const [name, { shape }] of setup.parameters) {
    const found = parameters.get(name)?.shape;
    if (String(found) === String(shape)) continue;
    fail({
      what: `${name} of the model is ${found === undefined ? 'missing' : `[${found}]`}, but the network needs [${shape}]`,
      where,
      fix: 'Start from a model of the same layers and inputs.',
    });
  }
  return { ...setup, parameters: new Map([...setup.parameters.keys()].map((name) => [name, parameters.get(name)!])) };
}
