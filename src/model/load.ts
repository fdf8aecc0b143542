/** Reads a model from the bytes of its file. */
import { aList, aText, optional, record } from '../base/arguments.ts';
import { allBytesOf, type ByteStream, type Bytes, bytesOf, isByteStream } from '../base/byte-source.ts';
import * as wasm from '../engines/wasm/index.ts';
import { modelFix, readModelFile } from '../formats/model-file.ts';
import { readDescription } from '../net/description.ts';
import { type Recipe, withOwn } from '../net/recipes.ts';
import { Model } from './model.ts';
import { provideWasm } from './quick-engine.ts';
import type { AnyTarget } from './row.ts';

export interface LoadOptions {
  /** The user's own activations, initializers, layers, losses and optimizers that the model uses. */
  readonly recipes?: readonly Recipe[] | undefined;
  /** The name of the file in errors; default "model". */
  readonly file?: string | undefined;
}

const loadOptions = record({ recipes: optional(aList), file: optional(aText) });

/**
 * A model from the bytes of its file. A model that uses your own recipes needs them again, because its file has only
 * their names: `load(bytes, { recipes: [myLoss, myActivation] })`. `load<Penguin, Species>(bytes)` declares the rows and the
 * target of a table's model. Throws an InputError if the file is not a chainrule
 * model, is of a newer version, or is incomplete, and if it names a recipe that is neither built in nor passed.
 */
export function load<Features extends object = object, Target = AnyTarget>(
  bytes: Bytes,
  options?: LoadOptions,
): Model<Features, Target>;
/** The same for bytes that are read first, such as `await load(await fetch('model.safetensors'))`. */
export function load<Features extends object = object, Target = AnyTarget>(
  source: ByteStream,
  options?: LoadOptions,
): Promise<Model<Features, Target>>;
export function load(source: Bytes | ByteStream, options: LoadOptions = {}): Model | Promise<Model> {
  loadOptions(options, 'load: options');
  const { recipes, file: where = 'model' } = options;
  if (isByteStream(source)) return allBytesOf(source, where).then((bytes) => load(bytes, options));
  const bytes = bytesOf(source, where);
  const lists = withOwn(recipes);
  const { tensors, precision, ...described } = readModelFile(bytes, where);
  const { names, ...parts } = readDescription(described, {
    shapeOf: (name) => tensors.get(name)?.shape,
    recipes: lists,
    file: where,
    fix: modelFix,
    call: 'load',
  });
  provideWasm(wasm);
  return new Model({
    ...parts,
    parameters: new Map(names.map((name) => [name, tensors.get(name)!])),
    precision,
  });
}
