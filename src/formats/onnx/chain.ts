/**
 * A network from an ONNX file of another program: a chain of MatMul, Gemm, Add and activations, from one input of numbers to
 * one output.
 */
import { fail } from '../../base/errors.ts';
import { clip } from '../../base/printable.ts';
import { show } from '../../base/show.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { type Activation, linear } from '../../core/ops/activations.ts';
import type { Description } from '../../net/describe-model.ts';
import type { Layer } from '../../net/layer.ts';
import { dense } from '../../net/layers/dense.ts';
import { binaryCrossEntropy, crossEntropy, mse } from '../../net/losses.ts';
import { maxLayers, network, type Parameters } from '../../net/network.ts';
import { adam } from '../../net/optimizers.ts';
import { readActivation } from './activations.ts';
import { type Constants, chainFix as fix, numbersOf } from './constants.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from './schema.ts';

/** The parts of a model. */
export interface ReadModel extends Description {
  readonly parameters: Parameters;
  readonly precision: 'float64' | 'float32';
}

/** Operators that leave their input unchanged in a prediction. */
const passing = new Set(['Identity', 'Dropout', 'Flatten', 'Cast']);

/** Numbers that the layers of any file may have, in addition to one for each of its bytes. */
const extraNumbers = 2 ** 20;

/** A layer of the chain: a product, then its bias and its activation if the chain has them. */
interface Part {
  readonly weight: Tensor;
  bias?: Tensor;
  activation?: Activation;
}

/** A file: its constants, its name in errors, and its size in bytes. */
export interface OnnxSource {
  readonly constants: Constants;
  readonly where: string;
  readonly size: number;
}

/** Reads the network. Throws an InputError that names the node if the graph is not such a chain. */
export function readChain({ graph }: OnnxModel, source: OnnxSource): ReadModel {
  const { node: nodes, input: inputs, output: outputs } = graph!;
  const { constants, where } = source;
  const given = inputs.filter(({ name }) => !constants.has(name));
  if (given.length !== 1 || outputs.length !== 1) {
    fail({ what: `the graph has ${given.length} inputs and ${outputs.length} outputs, not one of each`, where, fix });
  }
  const chain = new Chain(given[0].name, source);
  for (const node of nodes) chain.add(node);
  if (chain.current !== outputs[0].name) fail({ what: 'the chain does not end in the output', where, fix });
  return modelOf(chain.parts, where);
}

/** The part of the graph that was read: the layers so far, and the name of the newest value. */
class Chain {
  readonly parts: Part[] = [];
  current: string;
  private readonly constants: Map<string, OnnxTensor>;
  private readonly source: OnnxSource;
  /** A constant is read once, even if several nodes use it. */
  private readonly read = new Map<OnnxTensor, Tensor>();
  /** Numbers of all layers so far. They exceed the bytes of the file only if layers share a constant. */
  private count = 0;

  constructor(input: string, source: OnnxSource) {
    this.current = input;
    this.source = source;
    this.constants = new Map(source.constants);
  }

  add(node: OnnxNode): void {
    if (this.addConstant(node)) return;
    if (!node.input.includes(this.current)) this.refuse(node, 'does not continue the chain');
    if (node.opType === 'MatMul') this.addProduct(node);
    else if (node.opType === 'Gemm') this.addProductWithBias(node);
    else if (node.opType === 'Add') this.addBias(node);
    else if (!passing.has(node.opType)) this.addActivation(node);
    this.current = node.output[0];
  }

  /** Whether the node is a constant, or a constant that another node passes on. */
  private addConstant(node: OnnxNode): boolean {
    const [output] = node.output;
    if (node.opType === 'Constant') {
      const held = node.attribute.find(({ name }) => name === 'value')?.t;
      if (held !== undefined) this.constants.set(output, { ...held, name: output });
      return true;
    }
    const passed = this.constants.get(node.input[0]);
    if (node.input.includes(this.current) || !passing.has(node.opType) || passed === undefined) return false;
    this.constants.set(output, passed);
    return true;
  }

  private addProduct(node: OnnxNode): void {
    const weight = this.constant(node.input[1]);
    if (weight?.shape.length !== 2 || node.input[0] !== this.current) {
      this.refuse(node, 'is not a product with a constant matrix');
    }
    this.push({ weight: weight! }, node);
  }

  private addProductWithBias(node: OnnxNode): void {
    const attribute = (name: string) => node.attribute.find((each) => each.name === name);
    const weight = this.constant(node.input[1]);
    const [alpha, beta] = ['alpha', 'beta'].map((name) => attribute(name)?.f ?? 1);
    if (weight?.shape.length !== 2 || attribute('transA')?.i || alpha !== 1 || beta !== 1) {
      this.refuse(node, 'is not a product of the rows with a constant matrix');
    }
    const bias = node.input[2] ? this.constant(node.input[2]) : undefined;
    if (node.input[2] && bias === undefined) this.refuse(node, 'adds a value that is not a constant');
    this.push({ weight: attribute('transB')?.i ? transposed(weight) : weight, bias }, node);
  }

  private addBias(node: OnnxNode): void {
    const last = this.parts[this.parts.length - 1];
    const bias = this.constant(node.input[0] === this.current ? node.input[1] : node.input[0]);
    if (bias === undefined || last === undefined || last.bias !== undefined || last.activation !== undefined) {
      this.refuse(node, 'is not the bias of a product');
    }
    last.bias = bias;
  }

  private addActivation(node: OnnxNode): void {
    const last = this.parts[this.parts.length - 1];
    const activation = readActivation(node);
    if (activation === undefined) this.refuse(node, 'is not supported');
    if (last === undefined || last.activation !== undefined) this.refuse(node, 'does not follow a product');
    last.activation = activation;
  }

  private constant(name: string): Tensor | undefined {
    const found = this.constants.get(name);
    if (found === undefined) return undefined;
    const numbers = this.read.get(found) ?? numbersOf(found, this.source.where);
    this.read.set(found, numbers);
    return numbers;
  }

  private push(part: Part, node: OnnxNode): void {
    this.count += part.weight.data.length;
    if (this.count > extraNumbers + this.source.size)
      this.refuse(node, 'repeats constants that the file contains once');
    if (this.parts.length === maxLayers) this.refuse(node, `is one of more than ${maxLayers} products`);
    this.parts.push(part);
  }

  private refuse(node: OnnxNode, what: string): never {
    const name = show(node.name || node.output[0] || '');
    return fail({ what: `the node ${name} (${clip(node.opType)}) ${what}`, where: this.source.where, fix });
  }
}

/** The model of a chain. Its last activation decides the loss. */
function modelOf(parts: readonly Part[], where: string): ReadModel {
  if (parts.length === 0) fail({ what: 'there is no product with a matrix', where, fix });
  checkShapes(parts, where);
  const parameters = new Map<string, Tensor>();
  const layers = parts.map(({ weight, bias, activation = linear }, index): Layer => {
    const units = weight.shape[1];
    parameters.set(`layers.${index}.weight`, weight);
    if (bias !== undefined) parameters.set(`layers.${index}.bias`, tensor([units], bias.data));
    return dense(units, { activation, bias: bias !== undefined });
  });
  const [inputs] = parts[0].weight.shape;
  const last = parts[parts.length - 1].activation;
  const loss =
    [crossEntropy, binaryCrossEntropy].find(({ takes }) => last !== undefined && takes?.includes(last.name)) ?? mse;
  return { network: network(layers, { inputs }), inputs, parameters, precision: 'float32', loss, optimizer: adam() };
}

/** Throws an InputError if a matrix is empty, or does not fit its bias or the matrix before it. */
function checkShapes(parts: readonly Part[], where: string): void {
  const empty = parts.findIndex(({ weight }) => weight.data.length === 0);
  if (empty !== -1) fail({ what: `the matrix of layer ${empty} is empty`, where, fix });
  parts.forEach(({ weight, bias }, index) => {
    const [rows, units] = weight.shape;
    if (bias !== undefined && bias.data.length !== units) {
      fail({ what: `layer ${index} has ${units} units and ${bias.data.length} biases`, where, fix });
    }
    const before = index === 0 ? rows : parts[index - 1].weight.shape[1];
    if (rows !== before) fail({ what: `layer ${index} needs ${rows} inputs, but gets ${before}`, where, fix });
  });
}

function transposed({ shape: [rows, columns], data }: Tensor): Tensor {
  return tensor(
    [columns, rows],
    Float64Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
  );
}
