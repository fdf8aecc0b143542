/**
 * Reads an encoding as a model file has it. An encoding decides what is computed and what is written into code of other
 * languages, so every field is checked before anything uses it. Unknown keys are dropped.
 */
import { choice, fields, list, oneOfKinds, type Reader, refuse } from '../../base/readers.ts';
import { show } from '../../base/show.ts';
import type { Encoding } from './encoding.ts';
import { type FeatureEncoding, featureKinds } from './features/index.ts';
import { targetKindOf, targetKinds } from './targets/index.ts';
import { type TargetEncoding, targetColumns } from './targets/stored-target.ts';

const readFields = fields({
  task: choice(['classification', 'regression']),
  scale: choice(['standard', 'minMax', 'none']),
  features: list(oneOfKinds<FeatureEncoding>(featureKinds), 1),
  target: oneOfKinds<TargetEncoding>(targetKinds),
});

/** The encoding at a path. Throws an InputError if a field is wrong, or if a column has two roles. */
export const readEncoding: Reader<Encoding> = (value, path) => {
  const encoding = readFields(value, path);
  const { task, features, target } = encoding;
  const seen = new Set<string>(targetColumns(target));
  if (seen.size < targetColumns(target).length) refuse('a column appears twice', [...path, 'target', 'columns']);
  features.forEach(({ name }, f) => {
    if (seen.has(name)) refuse(`${show(name)} appears twice`, [...path, 'features', f, 'name']);
    seen.add(name);
  });
  if (targetKindOf(target).task !== task) refuse(`the target does not suit a ${task}`, [...path, 'task']);
  return encoding;
};
