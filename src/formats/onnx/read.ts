/**
 * Models from ONNX files: a file that chainrule wrote gives back the whole model; any other file must be a chain of dense
 * layers.
 */
import { aList, aText, checkCall, optional, record, someBytes } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { readDescription } from '../../net/description.ts';
import { type Recipe, type RecipeLists, withOwn } from '../../net/recipes.ts';
import { type ReadModel, readChain } from './chain.ts';
import { type Constants, numbersOf } from './constants.ts';
import { decodeModel, elements, type OnnxModel } from './schema.ts';
import { metadataKey } from './write.ts';

export type { ReadModel } from './chain.ts';

export interface FromOnnxOptions {
  /** Your own recipes that the model uses, if chainrule wrote the file. */
  readonly recipes?: readonly Recipe[];
  /** The name of the file in errors. Default: "model". */
  readonly file?: string;
}

const onnxOptions = record({ recipes: optional(aList), file: optional(aText) }, { isOpen: true });

/**
 * The parts of a model in the bytes of an ONNX file: `new Model(fromOnnx(bytes))` predicts, and training can continue from it.
 * A file that chainrule wrote gives back the model that was written. Throws an InputError if the file is damaged, or if it does
 * not contain a network of dense layers (it names the node).
 */
export function fromOnnx(bytes: Uint8Array, options: FromOnnxOptions = {}): ReadModel {
  checkCall('fromOnnx(bytes, { recipes, file })', { bytes: [bytes, someBytes], options: [options, onnxOptions] });
  const { recipes, file: where = 'model' } = options;
  const lists = withOwn(recipes);
  let model: OnnxModel;
  try {
    model = decodeModel(bytes);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0].slice(0, 80);
    return fail({ what: `it is not an ONNX file (${reason})`, where, fix: 'Use a completely exported file.' });
  }
  const { graph } = model;
  if (graph === undefined)
    return fail({ what: 'the file contains no graph', where, fix: 'Use a completely exported file.' });
  const constants = new Map(graph.initializer.map((each) => [each.name, each]));
  const own = model.metadataProps.find(({ key }) => key === metadataKey);
  return own === undefined
    ? readChain(model, { constants, where, size: bytes.length })
    : readOwn(own.value, constants, where, lists);
}

/** A model that chainrule wrote. */
function readOwn(text: string, constants: Constants, where: string, recipes: RecipeLists): ReadModel {
  const fix = 'Export it again.';
  let described: { readonly experiment?: unknown; readonly data?: unknown } | null;
  try {
    described = JSON.parse(text);
  } catch {
    return fail({ what: 'its metadata are not JSON', where, fix });
  }
  const { experiment, data } = described ?? {};
  const shapeOf = (name: string) => constants.get(name)?.dims.map(Number);
  const { names, ...parts } = readDescription(
    { experiment, data },
    { shapeOf, recipes, file: where, fix, call: 'fromOnnx' },
  );
  const parameters = new Map(names.map((name) => [name, numbersOf(constants.get(name)!, where)]));
  const isWide = names.some((name) => constants.get(name)!.dataType === elements.double);
  return { ...parts, parameters, precision: isWide ? 'float64' : 'float32' };
}
