/** The layers that files may name. To add one, add its entry here, and its form below. */
import * as z from 'zod/mini';
import { describe, optionsForm } from '../form.ts';
import type { Layer, LayerEntry } from '../layer.ts';
import { UnknownRecipe } from '../recipe-json.ts';
import type { RecipeLists } from '../recipes.ts';
import { activateEntry, activateForm } from './entries/activate.ts';
import { denseEntry, denseForm } from './entries/dense.ts';
import { dropoutEntry, dropoutForm } from './entries/dropout.ts';
import { embeddingEntry, embeddingForm } from './entries/embedding.ts';
import { batchNormEntry, batchNormForm, layerNormEntry, layerNormForm } from './entries/norm.ts';
import { residual } from './residual.ts';

const residualEntry: LayerEntry<{ readonly residual: readonly object[] }> = {
  kind: 'residual',
  nests: false,
  make: (json, where, recipes) =>
    residual(
      json.residual.map((layer, k) => makeLayer(layer, `${where}.residual[${k}]`, recipes)),
      where,
    ),
};

export const layerEntries = [
  denseEntry,
  dropoutEntry,
  batchNormEntry,
  layerNormEntry,
  activateEntry,
  residualEntry,
  embeddingEntry,
] as const;

/** Makes the layer that an object of the form describes. Throws an InputError for a kind that is not in `recipes`. */
export function makeLayer(json: object, where: string, recipes: RecipeLists): Layer {
  const entry = recipes.layer.find(({ kind }) => Object.hasOwn(json, kind));
  if (entry !== undefined) return entry.make(json as never, where, recipes);
  const known = recipes.layer.map(({ kind }) => kind);
  throw new UnknownRecipe('layer', Object.keys(json)[0], { where, known });
}

/** The forms of layers that may be inside a residual layer. */
const plainForms = () => ({
  dense: denseForm,
  dropout: dropoutForm,
  batchNorm: batchNormForm,
  layerNorm: layerNormForm,
  activate: activateForm,
});

type PlainForms = ReturnType<typeof plainForms>;
type PlainJson = z.infer<ReturnType<PlainForms[keyof PlainForms]>>;

/** `{ "residual": [ … layers … ] }`, of any kind but itself. */
const residualForm = (recipes: RecipeLists) =>
  z.strictObject({
    residual: describe(
      z.array(anyOf<PlainJson>(recipes.layer.filter(mayNest), recipes)).check(z.minLength(1)),
      'layers whose output is added to their input',
    ),
  });

const mayNest = ({ nests = true }: LayerEntry) => nests;

/** A layer as files write it. */
export type LayerJson =
  | PlainJson
  | z.infer<ReturnType<typeof residualForm>>
  | z.infer<ReturnType<typeof embeddingForm>>;

/** A layer of one of these kinds. */
function anyOf<Json>(entries: readonly LayerEntry[], recipes: RecipeLists): z.ZodMiniType<Json> {
  const builtIn: Readonly<Record<string, (recipes: RecipeLists) => z.ZodMiniType>> = {
    ...plainForms(),
    residual: residualForm,
    embedding: embeddingForm,
  };
  const forms = entries.map(({ kind, specs }) => (specs === undefined ? builtIn[kind](recipes) : ownForm(kind, specs)));
  return z.union(forms as [z.ZodMiniType, ...z.ZodMiniType[]]) as unknown as z.ZodMiniType<Json>;
}

/** An own layer: `{ "gain": true }`, or an object of options if it has any. */
const ownForm = (kind: string, specs: NonNullable<LayerEntry['specs']>): z.ZodMiniType =>
  z.strictObject({
    [kind]: Object.keys(specs).length === 0 ? z.literal(true) : z.strictObject(optionsForm(specs)),
  });

/** The form of a layer of any kind in `recipes`. */
export const layerForm = (recipes: RecipeLists) => anyOf<LayerJson>(recipes.layer, recipes);
