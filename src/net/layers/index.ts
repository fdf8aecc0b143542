/** The layers that an experiment file may name. To add one, add its entry here. */
import * as z from 'zod/mini';
import { describe } from '../form.ts';
import { type Layer, type LayerEntry, layerEntry } from '../layer.ts';
import { activateEntry } from './activate.ts';
import { denseEntry } from './dense.ts';
import { dropoutEntry } from './dropout.ts';
import { embeddingEntry } from './embedding.ts';
import { batchNormEntry, layerNormEntry } from './norm.ts';
import { residual } from './residual.ts';

const plainEntries = [denseEntry, dropoutEntry, batchNormEntry, layerNormEntry, activateEntry] as const;
type Plain = (typeof plainEntries)[number]['form'];

/** `{ "residual": [ … layers … ] }`, of any but itself. */
const residualEntry = layerEntry({
  kind: 'residual',
  form: z.strictObject({
    residual: describe(
      z.array(z.union(plainEntries.map(({ form }) => form) as [Plain, ...Plain[]])).check(z.minLength(1)),
      'layers; what they make of their input is added to it',
    ),
  }),
  make: (json, where) =>
    residual(
      json.residual.map((layer, k) => makeLayer(plainEntries, layer, `${where}.residual[${k}]`)),
      where,
    ),
});

export const layerEntries = [...plainEntries, residualEntry, embeddingEntry] as const;

/** Makes the layer that an object of one of these kinds describes. */
export function makeLayer(entries: readonly { readonly kind: string }[], json: object, where: string): Layer {
  const entry = entries.find(({ kind }) => Object.hasOwn(json, kind)) as LayerEntry;
  return entry.make(json, where);
}
