/** How files write an activation as a layer: `{ "activate": "relu" }`. */
import * as z from 'zod/mini';
import { recipeForm } from '../../form.ts';
import type { LayerEntry } from '../../layer.ts';
import { resolveRecipe } from '../../recipe-json.ts';
import type { RecipeLists } from '../../recipes.ts';
import { activate } from '../activate.ts';

/** The form of `{ "activate": … }`. */
export const activateForm = (recipes: RecipeLists) =>
  z.strictObject({ activate: recipeForm('activation', recipes.activation) });

export const activateEntry: LayerEntry<z.infer<ReturnType<typeof activateForm>>> = {
  kind: 'activate',
  make: (json, where, recipes) =>
    activate(resolveRecipe('activation', recipes.activation, json.activate, `${where}.activate`)),
};
