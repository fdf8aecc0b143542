/**
 * Models from ONNX files: a file that chainrule wrote gives back the whole model; any other file must compute what layers of
 * chainrule can express.
 */
import { aList, aText, optional, record } from '../../base/arguments.ts';
import { allBytesOf, type ByteStream, type Bytes, bytesOf, isByteStream } from '../../base/byte-source.ts';
import { fail } from '../../base/errors.ts';
import { readDescription } from '../../net/description.ts';
import { type Recipe, type RecipeLists, withOwn } from '../../net/recipes.ts';
import { readChain } from './chain.ts';
import { type ConstantSource, type Constants, type ExternalData, numbersOf } from './constants.ts';
import type { ReadModel } from './layers.ts';
import { decodeModel, elements, type OnnxModel } from './schema.ts';
import { metadataKey } from './write.ts';

export type { ExternalData } from './constants.ts';
export type { ReadModel } from './layers.ts';

export interface FromOnnxOptions {
  /** Your own recipes that the model uses, if chainrule wrote the file. */
  readonly recipes?: readonly Recipe[];
  /** The name of the file in errors. Default: "model". */
  readonly file?: string;
  /**
   * The files that hold the numbers of a model that was saved in several: their bytes by name, or a function that reads one.
   * PyTorch writes `model.onnx.data` next to `model.onnx` for tensors of 1 kB and more.
   */
  readonly externalData?: ExternalData;
}

/** Numbers that the layers of any file may have, in addition to one for each of its bytes. */
const extraNumbers = 2 ** 20;

/** The constants of a file: what they may cost follows from the bytes that were read. */
function sourceOf(bytes: Uint8Array, where: string, externalData: ExternalData | undefined): ConstantSource {
  let allowed = extraNumbers + bytes.length;
  let made = 0;
  const files = new Map<string, Uint8Array | undefined>();
  const read = (location: string) =>
    typeof externalData === 'function'
      ? externalData(location)
      : externalData !== undefined && Object.hasOwn(externalData, location)
        ? externalData[location]
        : undefined;
  return {
    where,
    externalFile(location) {
      if (!files.has(location)) {
        const found = read(location);
        files.set(location, found);
        allowed += found?.length ?? 0;
      }
      return files.get(location);
    },
    charge(count) {
      made += count;
      if (made <= allowed) return;
      fail({
        what: 'the graph makes more numbers of its constants than the file has bytes',
        where,
        fix: 'Export a feed-forward network whose layers have their own weights.',
      });
    },
  };
}

const onnxOptions = record({ recipes: optional(aList), file: optional(aText) }, { isOpen: true });

/**
 * The parts of a model in the bytes of an ONNX file: `new Model(fromOnnx(bytes))` predicts, and training can continue from it.
 * A file that chainrule wrote gives back the model that was written. Of another program, a feed-forward network is read: products
 * with constant matrices, scalings (folded into the products), normalization, residuals, and activations however they are spelled.
 * `notes` of the result name what the file has and the model does not, such as labels of classes.
 * Throws an InputError if the file is damaged, or if its graph has another form (it names the node).
 */
export function fromOnnx(bytes: Bytes, options?: FromOnnxOptions): ReadModel;
/** The same for bytes that are read first: a Blob, a File, a Response or a stream. */
export function fromOnnx(source: ByteStream, options?: FromOnnxOptions): Promise<ReadModel>;
export function fromOnnx(source: Bytes | ByteStream, options: FromOnnxOptions = {}): ReadModel | Promise<ReadModel> {
  onnxOptions(options, 'fromOnnx: options');
  const { recipes, file: where = 'model', externalData } = options;
  if (isByteStream(source)) return allBytesOf(source, where).then((bytes) => fromOnnx(bytes, options));
  const bytes = bytesOf(source, where);
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
  const numbers = sourceOf(bytes, where, externalData);
  return own === undefined
    ? readChain(model, { ...numbers, constants })
    : readOwn(own.value, constants, numbers, lists);
}

/** A model that chainrule wrote. */
function readOwn(text: string, constants: Constants, source: ConstantSource, recipes: RecipeLists): ReadModel {
  const { where } = source;
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
  const parameters = new Map(names.map((name) => [name, numbersOf(constants.get(name)!, source)]));
  const isWide = names.some((name) => constants.get(name)!.dataType === elements.double);
  return { ...parts, parameters, precision: isWide ? 'float64' : 'float32', notes: [] };
}
