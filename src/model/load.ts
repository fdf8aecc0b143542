/** Reads a model from the bytes of its file. */

import { aList, aText, checkCall, optional, record, someBytes } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import * as wasm from '../engines/wasm/index.ts';
import { fromSafetensors } from '../formats/safetensors.ts';
import { formatVersion } from '../net/describe-model.ts';
import { readDescription } from '../net/description.ts';
import { type Recipe, withOwn } from '../net/recipes.ts';
import { Model } from './model.ts';
import { provideWasm } from './quick-engine.ts';
import type { AnyTarget } from './row.ts';

export interface LoadOptions {
  /** The user's own activations, initializers, layers, losses and optimizers that the model uses. */
  readonly recipes?: readonly Recipe[];
  /** The name of the file in errors; default "model". */
  readonly file?: string;
}

const loadOptions = record({ recipes: optional(aList), file: optional(aText) });

/**
 * A model from the bytes of its file. A model that uses your own recipes needs them again, because its file has only
 * their names: `load(bytes, { recipes: [myLoss, myActivation] })`. `load<Penguin, Species>(bytes)` declares the rows and the
 * target of a table's model. Throws an InputError if the file is not a chainrule
 * model, is of a newer version, or is incomplete, and if it names a recipe that is neither built in nor passed.
 */
export function load<Features extends object = object, Target = AnyTarget>(
  bytes: Uint8Array,
  options: LoadOptions = {},
): Model<Features, Target> {
  checkCall('load(bytes, { recipes, file })', { bytes: [bytes, someBytes], options: [options, loadOptions] });
  const { recipes, file: where = 'model' } = options;
  const lists = withOwn(recipes);
  const { tensors, metadata, precision } = fromSafetensors(bytes, where);
  const fix = 'Use a model.safetensors that a run wrote.';
  if (metadata.format !== 'chainrule')
    fail({ what: 'this safetensors file does not contain a chainrule model', where, fix });
  if (!/^[1-9]\d*$/.test(metadata.formatVersion ?? '')) fail({ what: 'the format version is missing', where, fix });
  if (Number(metadata.formatVersion) > formatVersion) {
    fail({
      what: `its format version ${metadata.formatVersion} is newer than ${formatVersion}`,
      where,
      fix: 'Use a newer chainrule.',
    });
  }
  let described: { readonly experiment: unknown; readonly data: unknown };
  try {
    described = { experiment: JSON.parse(metadata.experiment), data: JSON.parse(metadata.data ?? 'null') };
  } catch {
    return fail({ what: 'its metadata are not JSON', where, fix });
  }
  const { names, ...parts } = readDescription(described, {
    shapeOf: (name) => tensors.get(name)?.shape,
    recipes: lists,
    file: where,
    fix,
    call: 'load',
  });
  provideWasm(wasm);
  return new Model<Features, Target>({
    ...parts,
    parameters: new Map(names.map((name) => [name, tensors.get(name)!])),
    precision,
  });
}
