/** How files write an embedding: `{ "embedding": 8, "of": [{ "input": 3, "size": 12 }] }`. */
import * as z from 'zod/mini';
import { describe, listForm, positiveInteger, recipeForm } from '../../form.ts';
import type { LayerEntry } from '../../layer.ts';
import { resolveRecipe } from '../../recipe-json.ts';
import type { RecipeLists } from '../../recipes.ts';
import { embedding } from '../embedding.ts';

/** The form of `{ "embedding": … }`. */
export const embeddingForm = (recipes: RecipeLists) =>
  z.strictObject({
    embedding: describe(
      z.union([z.literal('auto'), positiveInteger()]),
      'numbers for each index; "auto": half the number of categories, at most 50',
    ),
    of: z.optional(
      describe(
        listForm(
          z.strictObject({
            input: describe(z.number().check(z.int(), z.gte(0)), 'the column, from 0'),
            size: describe(positiveInteger(), 'one more than the largest index'),
            units: z.optional(describe(positiveInteger(), 'numbers for each index of this column')),
          }),
          { min: 1 },
        ),
        'the columns of indices; default: those that the data list under "embed"',
      ),
    ),
    initializer: z.optional(recipeForm('initializer', recipes.initializer)),
    trainable: z.optional(z.boolean()),
  });

export const embeddingEntry: LayerEntry<z.infer<ReturnType<typeof embeddingForm>>> = {
  kind: 'embedding',
  nests: false,
  make: ({ embedding: units, initializer, ...rest }, where, recipes) =>
    embedding(
      units,
      {
        ...rest,
        ...(initializer !== undefined && {
          initializer: resolveRecipe('initializer', recipes.initializer, initializer, `${where}.initializer`),
        }),
      },
      where,
    ),
};
