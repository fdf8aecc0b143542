/**
 * The schema of an encoding as a model file has it. An encoding decides what is computed and what is written into code of
 * other languages, so every field is checked before anything uses it. Unknown keys are dropped.
 */
import * as z from 'zod/mini';
import { also, listOf } from '../../base/checks.ts';
import { show } from '../../base/show.ts';
import type { Encoding } from './encoding.ts';
import { type FeatureEncoding, featureKinds } from './features/index.ts';
import { type TargetEncoding, targetColumns, targetKindOf, targetKinds } from './targets/index.ts';

/** One of several stored forms, by `kind`. */
function oneOf<T>(entries: readonly { readonly schema: z.ZodMiniType<T> }[]): z.ZodMiniType<T> {
  const schemas = entries.map(({ schema }) => schema);
  return z.discriminatedUnion('kind', schemas as never) as unknown as z.ZodMiniType<T>;
}

/** A column has one role in an encoding. */
function columnFault({ task, features, target }: Encoding) {
  const seen = new Set<string>(targetColumns(target));
  if (seen.size < targetColumns(target).length) return { what: 'a column appears twice', path: ['target', 'columns'] };
  for (const [f, { name }] of features.entries()) {
    if (seen.has(name)) return { what: `${show(name)} appears twice`, path: ['features', f, 'name'] };
    seen.add(name);
  }
  if (targetKindOf(target).task === task) return undefined;
  return { what: `the target does not suit a ${task}`, path: ['task'] };
}

export const encodingSchema: z.ZodMiniType<Encoding> = also(
  z.object({
    task: z.enum(['classification', 'regression']),
    scale: z.enum(['standard', 'minMax', 'none']),
    features: listOf(oneOf<FeatureEncoding>(featureKinds), { min: 1 }),
    target: oneOf<TargetEncoding>(targetKinds),
  }),
  columnFault as never,
);
