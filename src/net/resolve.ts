/** From names and options, as files and messages have them, to a network, a loss and an optimizer. */
import { makeLayer } from './layers/index.ts';
import { type Network, network } from './network.ts';
import { type RecipeJson, resolveRecipe } from './recipe-json.ts';
import { ownSchedules, type RecipeLists } from './recipes.ts';
import type { StepRecipe } from './step.ts';

/** The network that the `network` of a file describes. */
export function resolveNetwork(
  { inputs, layers }: { readonly inputs?: number; readonly layers: readonly object[] },
  seed: number,
  recipes: RecipeLists,
): Network {
  const made = layers.map((layer, index) => makeLayer(layer, `network.layers[${index}]`, recipes));
  return network(made, { inputs, seed });
}

/** The loss and the optimizer that the `training` of a file names. */
export function resolveRecipes(
  training: { readonly loss: RecipeJson; readonly optimizer: RecipeJson },
  recipes: RecipeLists,
): Pick<StepRecipe, 'loss' | 'optimizer'> {
  return {
    loss: resolveRecipe('loss', recipes.loss, training.loss, ['training', 'loss']),
    optimizer: resolveRecipe(
      'optimizer',
      recipes.optimizer,
      training.optimizer,
      ['training', 'optimizer'],
      ownSchedules(recipes),
    ),
  };
}
