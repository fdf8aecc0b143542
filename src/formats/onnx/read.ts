/**
 * Networks of dense layers from ONNX files: those that were written here, whole; of others, chains of MatMul, Gemm, Add
 * and activations, from one input of numbers to one output.
 */
import { fail, InputError } from '../../base/errors.ts';
import { clip } from '../../base/printable.ts';
import { show } from '../../base/show.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { type Activation, activations, linear } from '../../core/ops/activations.ts';
import { type Description, readDescription } from '../../net/description.ts';
import type { Layer } from '../../net/layer.ts';
import { dense } from '../../net/layers/dense.ts';
import { binaryCrossEntropy, crossEntropy, mse } from '../../net/losses.ts';
import { maxLayers, network, type Parameters } from '../../net/network.ts';
import { adam } from '../../net/optimizers.ts';
import { type Recipe, type RecipeLists, withOwn } from '../../net/recipes.ts';
import { decodeModel, elements, type OnnxModel, type OnnxNode, type OnnxTensor } from './schema.ts';
import { metadataKey } from './write.ts';

/** The parts of a model. */
export interface ReadModel extends Description {
  readonly parameters: Parameters;
  readonly precision: 'float64' | 'float32';
}

export interface FromOnnxOptions {
  /** The recipes of one's own that the model uses, where chainrule wrote the file. */
  readonly recipes?: readonly Recipe[];
  /** What errors call the file; default "model". */
  readonly file?: string;
}

const fix = 'Export a feed-forward network of dense layers, or convert the model to that form.';

/** The numbers of a constant. */
function numbersOf(given: OnnxTensor, where: string): Tensor {
  const name = clip(given.name);
  const { dims, dataType, rawData, floatData, doubleData, dataLocation } = given;
  if (dataLocation === 1)
    fail({ what: `the numbers of "${name}" stand in another file`, where, fix: 'Save it as one file.' });
  const shape = dims.map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const width = dataType === elements.float ? 4 : dataType === elements.double ? 8 : undefined;
  if (width === undefined)
    return fail({ what: `"${name}" is of element type ${dataType}; float and double are read`, where, fix });
  const typed = dataType === elements.float ? floatData : doubleData;
  const there = rawData.length > 0 ? rawData.length / width : typed.length;
  if (!Number.isSafeInteger(count) || shape.some((length) => length < 0) || there !== count) {
    fail({
      what: `"${name}" [${shape.slice(0, 8)}] does not have ${count} numbers, but ${there}`,
      where,
      fix: 'Write the file again.',
    });
  }
  if (rawData.length === 0) return tensor(shape, Float64Array.from(typed));
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return tensor(
    shape,
    Float64Array.from({ length: count }, (_, i) =>
      width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
    ),
  );
}

/**
 * The parts of a model in the bytes of an ONNX file: `new Model(fromOnnx(bytes))` predicts and trains on.
 * A file that chainrule wrote gives back the model that was written. Throws an InputError where it is torn, or holds what
 * is no network of dense layers; the node is named.
 */
export function fromOnnx(bytes: Uint8Array, { recipes, file: where = 'model' }: FromOnnxOptions = {}): ReadModel {
  const lists = withOwn(recipes);
  let model: OnnxModel;
  try {
    model = decodeModel(bytes);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0].slice(0, 80);
    return fail({ what: `it is no ONNX file (${reason})`, where, fix: 'Use a file that was exported whole.' });
  }
  const { graph } = model;
  if (graph === undefined)
    return fail({ what: 'the file holds no graph', where, fix: 'Use a file that was exported whole.' });
  const constants = new Map(graph.initializer.map((each) => [each.name, each]));
  const own = model.metadataProps.find(({ key }) => key === metadataKey);
  return own === undefined
    ? readChain(model, constants, where, bytes.length)
    : readOwn(own.value, constants, where, lists);
}

type Constants = ReadonlyMap<string, OnnxTensor>;

/** A model that was written here. */
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

/** What an activation of a node would have to be. */
function activationOf(node: OnnxNode): Activation | undefined {
  const given = new Map(
    node.attribute.map(({ name, type, f, i, s }) => [
      name,
      type === 1 ? f : type === 2 ? Number(i) : new TextDecoder().decode(s),
    ]),
  );
  const fits = ({ onnx }: Activation) =>
    onnx?.operator === node.opType &&
    Object.entries(onnx.attributes).every(([name, value]) => {
      const other = given.get(name) ?? defaultOf(node.opType, name);
      // the last axis of a matrix has two names
      if (name === 'axis') return other === value || other === 1;
      return typeof value === 'number' ? Math.abs(Number(other) - value) < 1e-6 : other === value;
    });
  for (const entry of activations) {
    if (typeof entry !== 'function') {
      if (fits(entry)) return entry;
      continue;
    }
    // a family's one option is the operator's one attribute
    const [option] = Object.keys(entry.specs);
    const member = (entry as (options?: object) => Activation)();
    const [attribute] = Object.keys(member.onnx?.attributes ?? {});
    if (member.onnx?.operator !== node.opType) continue;
    const value = given.get(attribute) ?? defaultOf(node.opType, attribute);
    const made = (entry as (options?: object) => Activation)({ [option]: value });
    if (fits(made)) return made;
  }
  return undefined;
}

/** The same; undefined also where its attributes are out of their range. */
function readActivation(node: OnnxNode): Activation | undefined {
  try {
    return activationOf(node);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What an attribute is where it is left out. Source: the operators' reference. */
const defaults: Readonly<Record<string, number | string>> = {
  'LeakyRelu.alpha': 0.01,
  'Elu.alpha': 1,
  'Celu.alpha': 1,
  'Selu.alpha': 1.6732632423543772,
  'Selu.gamma': 1.0507009873554805,
  'HardSigmoid.alpha': 0.2,
  'HardSigmoid.beta': 0.5,
  'Gelu.approximate': 'none',
  'Softmax.axis': -1,
  'LogSoftmax.axis': -1,
};

const defaultOf = (operator: string, attribute: string) => {
  const key = `${operator}.${attribute}`;
  return Object.hasOwn(defaults, key) ? defaults[key] : undefined;
};

/** What is passed through as it is. */
const passing = new Set(['Identity', 'Dropout', 'Flatten', 'Cast']);

/** Numbers that the layers of any file may have, beside one for each of its bytes. */
const numbersBeside = 2 ** 20;

interface Part {
  readonly weight: Tensor;
  bias?: Tensor;
  activation?: Activation;
}

/** A chain of nodes from the one input of numbers to the one output. */
function readChain({ graph }: OnnxModel, constants: Constants, where: string, size: number): ReadModel {
  const { node: nodes, input: inputs, output: outputs } = graph!;
  const refuse = (node: OnnxNode, what: string): never =>
    fail({ what: `the node ${show(node.name || node.output[0] || '')} (${clip(node.opType)}) ${what}`, where, fix });
  const given = inputs.filter(({ name }) => !constants.has(name));
  if (given.length !== 1 || outputs.length !== 1) {
    fail({ what: `the graph has ${given.length} inputs and ${outputs.length} outputs, not one of each`, where, fix });
  }
  let current = given[0].name;
  const parts: Part[] = [];
  // a constant is read once, however many nodes use it
  const read = new Map<OnnxTensor, Tensor>();
  const constant = (name: string) => {
    const found = constants.get(name);
    if (found === undefined) return undefined;
    const numbers = read.get(found) ?? numbersOf(found, where);
    read.set(found, numbers);
    return numbers;
  };
  /** Numbers of all layers so far: more than the file has bytes are one constant in many layers. */
  let count = 0;
  const push = (part: Part, node: OnnxNode) => {
    count += part.weight.data.length;
    if (count > numbersBeside + size) refuse(node, 'repeats constants that the file holds once');
    if (parts.length === maxLayers) refuse(node, `is one of more than ${maxLayers} products`);
    parts.push(part);
  };
  for (const node of nodes) {
    if (node.opType === 'Constant') {
      const held = node.attribute.find(({ name }) => name === 'value')?.t;
      if (held !== undefined)
        (constants as Map<string, OnnxTensor>).set(node.output[0], { ...held, name: node.output[0] });
      continue;
    }
    if (!node.input.includes(current)) {
      // a constant that is cast is a constant
      if (passing.has(node.opType) && constants.has(node.input[0])) {
        (constants as Map<string, OnnxTensor>).set(node.output[0], constants.get(node.input[0])!);
        continue;
      }
      refuse(node, 'does not continue the chain');
    }
    const last = parts[parts.length - 1];
    const attribute = (name: string) => node.attribute.find((each) => each.name === name);
    switch (node.opType) {
      case 'MatMul': {
        const weight = constant(node.input[1]);
        if (weight?.shape.length !== 2 || node.input[0] !== current)
          refuse(node, 'is no product with a constant matrix');
        push({ weight: weight! }, node);
        break;
      }
      case 'Gemm': {
        let weight = constant(node.input[1]);
        const [alpha, beta] = ['alpha', 'beta'].map((name) => attribute(name)?.f ?? 1);
        if (weight?.shape.length !== 2 || attribute('transA')?.i || alpha !== 1 || beta !== 1) {
          refuse(node, 'is no product of the rows with a constant matrix');
        }
        if (attribute('transB')?.i) weight = transposed(weight!);
        const bias = node.input[2] ? constant(node.input[2]) : undefined;
        if (node.input[2] && bias === undefined) refuse(node, 'adds what is no constant');
        push({ weight: weight!, bias }, node);
        break;
      }
      case 'Add': {
        const bias = constant(node.input[0] === current ? node.input[1] : node.input[0]);
        if (bias === undefined || last === undefined || last.bias !== undefined || last.activation !== undefined) {
          refuse(node, 'is no bias of a product');
        }
        last.bias = bias;
        break;
      }
      default: {
        if (passing.has(node.opType)) break;
        const activation = readActivation(node);
        if (activation === undefined) return refuse(node, 'is not read');
        if (last === undefined || last.activation !== undefined) refuse(node, 'follows no product');
        last.activation = activation;
      }
    }
    current = node.output[0];
  }
  if (current !== outputs[0].name) fail({ what: 'the chain does not end in the output', where, fix });
  if (parts.length === 0) fail({ what: 'there is no product with a matrix', where, fix });
  const empty = parts.findIndex(({ weight }) => weight.data.length === 0);
  if (empty !== -1) fail({ what: `the matrix of layer ${empty} is empty`, where, fix });
  const parameters = new Map<string, Tensor>();
  const layers = parts.map(({ weight, bias, activation = linear }, index): Layer => {
    const units = weight.shape[1];
    parameters.set(`layers.${index}.weight`, weight);
    if (bias !== undefined) {
      if (bias.data.length !== units)
        fail({ what: `layer ${index} has ${units} units and ${bias.data.length} biases`, where, fix });
      parameters.set(`layers.${index}.bias`, tensor([units], bias.data));
    }
    return dense(units, { activation, bias: bias !== undefined });
  });
  const [width] = parts[0].weight.shape;
  parts.forEach(({ weight }, index) => {
    const before = index === 0 ? width : parts[index - 1].weight.shape[1];
    if (weight.shape[0] !== before)
      fail({ what: `layer ${index} takes ${weight.shape[0]} numbers, but gets ${before}`, where, fix });
  });
  const last = parts[parts.length - 1].activation;
  const loss =
    [crossEntropy, binaryCrossEntropy].find(({ takes }) => last !== undefined && takes?.includes(last.name)) ?? mse;
  return {
    network: network(layers, { inputs: width }),
    inputs: width,
    parameters,
    precision: 'float32',
    loss,
    optimizer: adam(),
  };
}

function transposed({ shape: [rows, columns], data }: Tensor): Tensor {
  return tensor(
    [columns, rows],
    Float64Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
  );
}
