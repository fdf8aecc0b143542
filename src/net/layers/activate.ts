/** An activation as a layer of its own, such as after a normalization. */
import * as z from 'zod/mini';
import { type Activation, type ActivationFamily, resolveActivation } from '../../core/ops/activations.ts';
import { recipeForm, resolveRecipe, written } from '../form.ts';
import { builtInLayer, type Layer, layerEntry } from '../layer.ts';

/** [batch, …, units], unchanged. It cannot be the last layer of a network. */
export function activate(given: Activation | ActivationFamily): Layer {
  const activation = resolveActivation(given);
  return builtInLayer({
    kind: 'activate',
    shape: (input) => input,
    parameterNames: [],
    parameters: () => [],
    trainable: true,
    config: { activate: written(activation) },
    torch: () => (activation.torch === undefined ? undefined : [{ module: activation.torch }]),
    forward({ graph, address }, input) {
      return { input, output: graph.name(`${address}.output`, activation.apply(graph, input)) };
    },
  });
}

/** `{ "activate": "relu" }`. */
export const activateEntry = layerEntry({
  kind: 'activate',
  form: (recipes) => z.strictObject({ activate: recipeForm('activation', recipes.activation) }),
  make: (json, where, recipes) =>
    activate(resolveRecipe('activation', recipes.activation, json.activate, `${where}.activate`)),
});
