/** How files write a dense layer: `{ "dense": 2, "activation": "sigmoid" }`. */
import * as z from 'zod/mini';
import { describe, listForm, positiveInteger, recipeForm, rows } from '../../form.ts';
import type { LayerEntry } from '../../layer.ts';
import { resolveRecipe } from '../../recipe-json.ts';
import type { RecipeLists } from '../../recipes.ts';
import { dense } from '../dense.ts';

/** The form of `{ "dense": … }`. */
export const denseForm = (recipes: RecipeLists) =>
  z.strictObject({
    dense: describe(positiveInteger(), 'units'),
    activation: z.optional(recipeForm('activation', recipes.activation)),
    bias: z.optional(
      z.union([
        z.boolean(),
        z.array(z.unknown()).check(z.meta({ items: { type: 'number' } })),
      ]) as unknown as z.ZodMiniType<boolean | number[]>,
    ),
    weight: z.optional(describe(rows(), '[inputs, units]')),
    initializer: z.optional(recipeForm('initializer', recipes.initializer)),
    trainable: z.optional(z.union([z.boolean(), listForm(z.string())])),
  });

export const denseEntry: LayerEntry<z.infer<ReturnType<typeof denseForm>>> = {
  kind: 'dense',
  make: ({ dense: units, activation, initializer, ...rest }, where, recipes) =>
    dense(
      units,
      {
        ...rest,
        activation:
          activation === undefined
            ? undefined
            : resolveRecipe('activation', recipes.activation, activation, `${where}.activation`),
        initializer:
          initializer === undefined
            ? undefined
            : resolveRecipe('initializer', recipes.initializer, initializer, `${where}.initializer`),
      },
      where,
    ),
};
