/** The layers that files may name. To add one, add its entry here. */
import * as z from 'zod/mini';
import { describe, UnknownRecipe } from '../form.ts';
import { type Layer, type LayerEntry, layerEntry } from '../layer.ts';
import type { RecipeLists } from '../recipes.ts';
import { activateEntry } from './activate.ts';
import { denseEntry } from './dense.ts';
import { dropoutEntry } from './dropout.ts';
import { embeddingEntry } from './embedding.ts';
import { batchNormEntry, layerNormEntry } from './norm.ts';
import { residual } from './residual.ts';

const plainEntries = [denseEntry, dropoutEntry, batchNormEntry, layerNormEntry, activateEntry] as const;
type JsonOf<Entry extends { form(recipes: RecipeLists): z.ZodMiniType }> = z.infer<ReturnType<Entry['form']>>;

/** A layer of one of these kinds. */
function anyOf<Json>(entries: readonly LayerEntry[], recipes: RecipeLists): z.ZodMiniType<Json> {
  const forms = entries.map((entry) => entry.form(recipes)) as [z.ZodMiniType, ...z.ZodMiniType[]];
  return z.union(forms) as unknown as z.ZodMiniType<Json>;
}

/** `{ "residual": [ … layers … ] }`, of any kind but itself. */
const residualEntry = layerEntry({
  kind: 'residual',
  nests: false,
  form: (recipes) =>
    z.strictObject({
      residual: describe(
        z
          .array(anyOf<JsonOf<(typeof plainEntries)[number]>>(recipes.layer.filter(mayNest), recipes))
          .check(z.minLength(1)),
        'layers whose output is added to their input',
      ),
    }),
  make: (json, where, recipes) =>
    residual(
      json.residual.map((layer, k) => makeLayer(layer, `${where}.residual[${k}]`, recipes)),
      where,
    ),
});

const mayNest = ({ nests = true }: LayerEntry) => nests;

export const layerEntries = [...plainEntries, residualEntry, embeddingEntry] as const;

/** A layer as files write it. */
export type LayerJson = JsonOf<(typeof layerEntries)[number]>;

/** The form of a layer of any kind in `recipes`. */
export const layerForm = (recipes: RecipeLists) => anyOf<LayerJson>(recipes.layer, recipes);

/** Makes the layer that an object of the form describes. Throws an InputError for a kind that is not in `recipes`. */
export function makeLayer(json: object, where: string, recipes: RecipeLists): Layer {
  const entry = recipes.layer.find(({ kind }) => Object.hasOwn(json, kind));
  if (entry !== undefined) return entry.make(json, where, recipes);
  const known = recipes.layer.map(({ kind }) => kind);
  throw new UnknownRecipe('layer', Object.keys(json)[0], { where, known });
}
