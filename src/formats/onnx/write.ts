/**
 * A model as an ONNX file: raw columns in, labels, probabilities or numbers in the column's units out; of a model that
 * knows no table, rows of numbers in and outputs out. The number of rows is open.
 *
 * The network computes in float32, as runtimes do; columns of numbers are float64, and are scaled so. Parameters of a
 * float64 model are stored so, and cast where they are used: what is read back has lost nothing.
 */

import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import type { Formula, Primitive } from '../../core/formula.ts';
import { Graph, type Letters, type Node } from '../../core/graph.ts';
import type { Kernel, KernelName } from '../../core/ops/kernels.ts';
import { inputsFirst } from '../../core/walk.ts';
import type { OutputKind } from '../../data/encode/decode.ts';
import { type Encoding, transformOf } from '../../data/encode/encoding.ts';
import { affine } from '../../data/encode/scaling.ts';
import { classesOf, numbersOf } from '../../data/encode/targets/index.ts';
import type { CategoryTransform, CellTransform, NumericTransform } from '../../data/encode/transform.ts';
import { stepAddresses } from '../../net/addresses.ts';
import { describeModel } from '../../net/description.ts';
import type { Loss } from '../../net/losses.ts';
import { forward, type Network, outputWidth, type Parameters } from '../../net/network.ts';
import type { Optimizer } from '../../net/optimizers.ts';
import { outputKind } from '../../net/setup.ts';
import { checkOneInput } from '../one-input.ts';
import {
  attributes,
  elements,
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxTensor,
  type Partly,
} from './schema.ts';

/** What of a model is written. */
export interface ModelToWrite {
  readonly network: Network;
  readonly inputs: number;
  readonly parameters: Parameters;
  readonly precision: 'float64' | 'float32';
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly encoding?: Encoding;
}

/** IR 10 and opset 21 are of ONNX 1.16: what they have suffices, and runtimes of the last years take them. */
const versions = { ir: 10n, opset: 21n, ml: 4n };
/** Under which a model is found again, whole. */
export const metadataKey = 'chainrule';

type Attributes = Readonly<Record<string, number | string | bigint | readonly string[] | readonly bigint[]>>;
type Element = keyof typeof elements;

/** A text in UTF-8. Throws an InputError where it is none: JSON may hold half of a surrogate pair. */
const bytesOf = (text: string) => new TextEncoder().encode(wellFormed(text));

function wellFormed(text: string): string {
  if (!/\p{Surrogate}/u.test(text)) return text;
  return fail({
    what: `the text ${show(text)} holds half of a surrogate pair, which UTF-8 cannot write`,
    where: 'model',
    fix: 'Correct the text in the data and train again, or export as json.',
  });
}

function attributeOf(name: string, value: Attributes[string]): Partly<OnnxAttribute> {
  if (typeof value === 'number') {
    if (!Number.isFinite(Math.fround(value))) {
      fail({
        what: `the ${name} of an activation is ${value}, which is beyond float32`,
        where: 'model',
        fix: 'Export as ts or json instead.',
      });
    }
    // an axis is a whole number, a slope is not
    return name === 'axis' || name === 'to' || name === 'keepdims'
      ? { name, type: attributes.int, i: BigInt(value) }
      : { name, type: attributes.float, f: value };
  }
  if (typeof value === 'bigint') return { name, type: attributes.int, i: value };
  if (typeof value === 'string') return { name, type: attributes.string, s: bytesOf(value) };
  if (typeof value[0] === 'string') {
    return { name, type: attributes.strings, strings: (value as readonly string[]).map(bytesOf) };
  }
  return { name, type: attributes.ints, ints: [...(value as readonly bigint[])] };
}

/** Nodes and initializers as they are added. */
class Writer {
  readonly nodes: NonNullable<NonNullable<Partly<OnnxModel>['graph']>['node']> = [];
  readonly initializers: Partly<OnnxTensor>[] = [];
  private readonly scalars = new Map<number, string>();
  /** Names in the graph: each stands for one value. */
  private readonly taken: Set<string>;
  private count = 0;

  /** `columns` are the names of the graph's inputs. */
  constructor(columns: readonly string[]) {
    this.taken = new Set(columns.map(wellFormed));
  }

  private fresh(of: string): string {
    let name: string;
    do {
      this.count += 1;
      name = `${of.toLowerCase()}_${this.count}`;
    } while (this.taken.has(name));
    return name;
  }

  /** The name, or where a column has it the name with a number. */
  private unique(name: string): string {
    return this.taken.has(name) ? this.fresh(name) : name;
  }

  node(opType: string, input: readonly string[], given: Attributes = {}, wanted = this.fresh(opType)): string {
    const output = this.unique(wanted);
    this.taken.add(output);
    this.nodes.push({
      opType,
      input: [...input],
      output: [output],
      name: output,
      attribute: Object.entries(given).map(([name, value]) => attributeOf(name, value)),
      ...(opType === 'LabelEncoder' && { domain: 'ai.onnx.ml' }),
    });
    return output;
  }

  /** A constant tensor. */
  tensor(name: string, type: Element, dims: readonly number[], data: ArrayLike<number> | readonly string[]): string {
    // a parameter is found again by its name
    if (this.taken.has(name)) {
      fail({
        what: `a column has the name of a parameter, ${show(name)}`,
        where: 'model',
        fix: 'Rename the column and train again, or export as json.',
      });
    }
    this.taken.add(name);
    const shared = { name, dims: dims.map(BigInt), dataType: elements[type] };
    if (type === 'string') {
      this.initializers.push({ ...shared, stringData: (data as readonly string[]).map(bytesOf) });
      return name;
    }
    const numbers = Array.from(data as ArrayLike<number>);
    const width = { float: 4, double: 8, int64: 8, bool: 1 }[type];
    const raw = new Uint8Array(numbers.length * width);
    const view = new DataView(raw.buffer);
    numbers.forEach((value, i) => {
      if (type === 'float') view.setFloat32(4 * i, value, true);
      else if (type === 'double') view.setFloat64(8 * i, value, true);
      else if (type === 'int64') view.setBigInt64(8 * i, BigInt(value), true);
      else raw[i] = value;
    });
    this.initializers.push({ ...shared, rawData: raw });
    return name;
  }

  constant(type: Element, dims: readonly number[], data: ArrayLike<number> | readonly string[]): string {
    return this.tensor(this.fresh('constant'), type, dims, data);
  }

  scalar(value: number): string {
    const known = this.scalars.get(value) ?? this.constant('float', [], [value]);
    this.scalars.set(value, known);
    return known;
  }

  cast(input: string, to: Element): string {
    return this.node('Cast', [input], { to: BigInt(elements[to]) });
  }
}

type Write = (w: Writer, a: string, b: string, c: string) => string;
const simply =
  (operator: string): Write =>
  (w, a, b) =>
    w.node(operator, b === undefined ? [a] : [a, b]);
const above0 = (w: Writer, a: string) => w.node('Greater', [a, w.scalar(0)]);

/** Each scalar primitive in ONNX. */
const written: Readonly<Record<Primitive, Write>> = {
  add: simply('Add'),
  sub: simply('Sub'),
  mul: simply('Mul'),
  div: simply('Div'),
  neg: simply('Neg'),
  exp: simply('Exp'),
  expm1: (w, a) => w.node('Sub', [w.node('Exp', [a]), w.scalar(1)]),
  log: simply('Log'),
  log1p: (w, a) => w.node('Log', [w.node('Add', [a, w.scalar(1)])]),
  sqrt: simply('Sqrt'),
  sin: simply('Sin'),
  cos: simply('Cos'),
  tanh: simply('Tanh'),
  max: simply('Max'),
  min: simply('Min'),
  abs: simply('Abs'),
  floor: simply('Floor'),
  erf: simply('Erf'),
  pow: simply('Pow'),
  step: (w, a) => w.cast(above0(w, a), 'float'),
  where: (w, a, b, c) => w.node('Where', [above0(w, a), b, c]),
};

function writeFormula(w: Writer, formula: Formula, inputs: readonly string[]): string {
  const known = new Map<Formula, string>();
  const visit = (f: Formula): string => {
    if (f.kind === 'constant') return w.scalar(f.value);
    if (f.kind === 'argument') return inputs[f.index];
    const [a, b, c] = f.operands.map((operand) => known.get(operand) ?? visit(operand));
    const name = written[f.primitive](w, a, b, c);
    known.set(f, name);
    return name;
  };
  return visit(formula);
}

/** An input with axes of length 1 where it lacks a letter of the output, so that it is repeated along them. */
function aligned(w: Writer, input: string, axes: string, output: string): string {
  if (output.endsWith(axes)) return input;
  const missing = [...output].flatMap((letter, axis) => (axes.includes(letter) ? [] : [axis]));
  return w.node('Unsqueeze', [input, w.constant('int64', [missing.length], missing)]);
}

const isProduct = ({ inputs: [a, b], output }: Letters) =>
  b !== undefined && a.length === 2 && b.length === 2 && a[1] === b[0] && output === a[0] + b[1];

/** The network from its inputs to its outputs; returns the name of the outputs. */
function writeNetwork(w: Writer, { network, inputs, parameters, precision }: ModelToWrite, input: string): string {
  checkOneInput(network, 'ONNX');
  const graph = new Graph();
  const count = graph.source('slot', 'count', [], 1);
  const { layers, output } = forward(graph, network, { batch: 1, inputs, training: false, count });
  // an activation that has an operator is written as it, not as what it is made of
  const activated = new Map<Node, { readonly sum: Node; readonly operator: string; readonly attributes: Attributes }>();
  for (const { weighted, output: of } of layers) {
    if (weighted?.activation.onnx === undefined || weighted.sum === of) continue;
    activated.set(of, { sum: weighted.sum, ...weighted.activation.onnx });
  }
  const names = new Map<Node, string>();
  const nameOf = (node: Node) => names.get(node)!;
  const write = (node: Node): string => {
    const activation = activated.get(node);
    if (activation !== undefined) return w.node(activation.operator, [nameOf(activation.sum)], activation.attributes);
    const { op } = node;
    if (op.kind === 'source') {
      if (node.name === stepAddresses.input) return input;
      const data = parameters.get(node.name ?? '') ?? (typeof op.initial === 'object' ? op.initial : undefined);
      const numbers = data?.data ?? [typeof op.initial === 'number' ? op.initial : 0];
      const name = node.name ?? `constant_of_${node.id}`;
      if (node.type === 'int32') return w.tensor(name, 'int64', node.shape, numbers);
      if (precision === 'float32') return w.tensor(name, 'float', node.shape, numbers);
      return w.cast(w.tensor(name, 'double', node.shape, numbers), 'float');
    }
    const from = node.inputs.map(nameOf);
    if (op.kind === 'kernel') {
      const write = kernels[op.kernel.name];
      if (typeof write === 'string') throw new Error(`${op.kernel.name}: ${write}`);
      return (write as WriteKernel)(w, op.kernel, from, node);
    }
    if (op.kind === 'contract') {
      const { inputs: axes, output: to } = op.letters;
      if (isProduct(op.letters)) return w.node('MatMul', from);
      return w.node('Einsum', from, { equation: `${axes.join(',')}->${to}` });
    }
    const operands = from.map((name, i) => aligned(w, name, op.letters.inputs[i], op.letters.output));
    const { onnx, formula } = op.map;
    return onnx === undefined ? writeFormula(w, formula, operands) : w.node(onnx.operator, operands, onnx.attributes);
  };
  const inputsOf = (node: Node) => {
    const activation = activated.get(node);
    return activation === undefined ? node.inputs : [activation.sum];
  };
  for (const node of inputsFirst([output], inputsOf)) names.set(node, write(node));
  return nameOf(output);
}

type WriteKernel<K = Kernel> = (w: Writer, kernel: K, from: string[], node: Node) => string;

/** How each kernel is written, or why it is not. The first axis is the batch, whose length ONNX does not know. */
const kernels: { [N in KernelName]: string | WriteKernel<Extract<Kernel, { name: N }>> } = {
  rowMaximum: (w, _kernel, [rows]) => w.node('ReduceMax', [rows, w.constant('int64', [1], [-1])], { keepdims: 0 }),
  uniform: 'it is for training',
  columnGather: writeColumnGather,
  columnScatterAdd: 'it is for training',
  gather: (w, _kernel, from) => w.node('Gather', from, { axis: 0 }),
  scatterAdd: 'it is for training',
  reshape(w, { shape }, [input], { inputs: [{ shape: from }] }) {
    // 0 keeps an axis as it is
    const lengths = shape.map((length, axis) => (from.slice(0, axis + 1).every((l, i) => l === shape[i]) ? 0 : length));
    return w.node('Reshape', [input, w.constant('int64', [shape.length], lengths)]);
  },
  slice: (w, { axis, start, end }, [input]) =>
    w.node('Slice', [input, ...[start, end, axis].map((value) => w.constant('int64', [1], [value]))]),
  pad: 'it is for training',
  concat: (w, { axis }, from) => w.node('Concat', from, { axis }),
  spmm: 'ONNX has no product with a sparse matrix',
  sampledProduct: 'it is for training',
};

/** Columns as they are, and rows of tables in the place of their numbers. */
function writeColumnGather(
  w: Writer,
  { parts }: Extract<Kernel, { name: 'columnGather' }>,
  [rows, ...tables]: string[],
): string {
  const columns = parts.map(({ column, table }) => {
    if (table === undefined) return w.node('Gather', [rows, w.constant('int64', [1], [column])], { axis: 1 });
    const numbers = w.node('Gather', [rows, w.constant('int64', [], [column])], { axis: 1 });
    return w.node('Gather', [tables[table], w.cast(numbers, 'int64')], { axis: 0 });
  });
  return columns.length === 1 ? columns[0] : w.node('Concat', columns, { axis: 1 });
}

/** Whether a column is read as float64; other columns are text. */
const isNumeric = (transform: CellTransform) => transform.cell !== 'category' || transform.of === 'number';

/** A numeric column with its missing values (NaN) filled. */
const filled = (w: Writer, column: string, fill: number) =>
  w.node('Where', [w.node('IsNaN', [column]), w.constant('double', [], [fill]), column]);

/** A column of a table, raw, as the network's inputs [rows, width]. */
const writeFeature = (w: Writer, transform: CellTransform, column: string): string =>
  transform.cell === 'category' ? writeCategories(w, transform, column) : writeNumeric(w, transform, column);

function writeNumeric(w: Writer, { fill, scaling, periods }: NumericTransform, column: string): string {
  const value = filled(w, column, fill);
  const scaled = () => {
    if (scaling === 'none') return value;
    const [offset, divisor] = affine(scaling!);
    const less = w.node('Sub', [value, w.constant('double', [], [offset])]);
    return w.node('Div', [less, w.constant('double', [], [divisor])]);
  };
  const inputs = scaling === undefined ? [] : [scaled()];
  for (const period of periods) {
    // a cosine is the sine of a quarter turn more
    for (const turn of [0, Math.PI / 2]) {
      const angle = w.node('Mul', [value, w.constant('double', [], [(2 * Math.PI) / period])]);
      inputs.push(w.node('Sin', [turn === 0 ? angle : w.node('Add', [angle, w.constant('double', [], [turn])])]));
    }
  }
  return w.cast(inputs.length === 1 ? inputs[0] : w.node('Concat', inputs, { axis: 1 }), 'float');
}

function writeCategories(w: Writer, { values, fill, of, code }: CategoryTransform, column: string): string {
  const isIndex = code === 'index';
  if (of === 'number') {
    const each = w.constant('double', [1, values.length], values.map(Number));
    const hot = w.cast(w.node('Equal', [filled(w, column, Number(fill)), each]), 'float');
    if (!isIndex) return hot;
    const indices = Array.from(values, (_, i) => i + 1);
    return w.node('MatMul', [hot, w.constant('float', [values.length, 1], indices)]);
  }
  // an empty text is a missing value; a category that training did not see is none of them
  const spelled = (value: string, index: number): [string, bigint][] =>
    (of === 'boolean' ? [value, value.toUpperCase(), value[0].toUpperCase() + value.slice(1)] : [value]).map((text) => [
      text,
      BigInt(index),
    ]);
  // an index counts from 1, and an unknown category has 0
  const first = isIndex ? 1n : 0n;
  const missing: [string, bigint][] = values.includes('') ? [] : [['', BigInt(values.indexOf(fill))]];
  const keys = [...values.flatMap(spelled), ...missing];
  const index = w.node('LabelEncoder', [column], {
    keys_strings: keys.map(([key]) => key),
    values_int64s: keys.map(([, value]) => value + first),
    default_int64: first - 1n,
  });
  if (isIndex) return w.cast(index, 'float');
  const each = w.constant(
    'int64',
    [1, values.length],
    values.map((_, i) => i),
  );
  return w.cast(w.node('Equal', [index, each]), 'float');
}

interface Output {
  readonly name: string;
  readonly type: Element;
  readonly width?: number;
}

/** From the network's outputs to the words and units of the target's column. */
function writeTarget(w: Writer, { target }: Encoding, outputs: string, kind: OutputKind): Output[] {
  const found = classesOf(target);
  if (found === undefined) {
    const scalings = numbersOf(target).map(({ scaling }) => affine(scaling));
    const width = scalings.length;
    const each = (i: 0 | 1) =>
      w.constant(
        'double',
        width === 1 ? [] : [width],
        scalings.map((scaling) => scaling[i]),
      );
    const wide = w.cast(outputs, 'double');
    const scaled = w.node('Mul', [wide, each(1)]);
    return [{ name: w.node('Add', [scaled, each(0)], {}, 'prediction'), type: 'double', width }];
  }
  const { of, values, coding } = found;
  const classes = values.length;
  const numbers = values.map(Number);
  const type: Element =
    of === 'text' ? 'string' : of === 'boolean' ? 'bool' : numbers.every(Number.isSafeInteger) ? 'int64' : 'double';
  const labels = w.constant(
    type,
    [classes],
    of === 'text' ? values : of === 'boolean' ? values.map((v) => Number(v === 'true')) : numbers,
  );
  const several = coding === 'oneHot';
  const probabilities = kind === 'logProbabilities' ? w.node('Exp', [outputs]) : outputs;
  const index = several
    ? w.node('ArgMax', [outputs], { axis: 1, keepdims: 0 })
    : w.node('Reshape', [
        w.cast(w.node('GreaterOrEqual', [outputs, w.scalar(coding === 'sign' ? 0 : 0.5)]), 'int64'),
        w.constant('int64', [1], [-1]),
      ]);
  const label: Output = { name: w.node('Gather', [labels, index], { axis: 0 }, 'label'), type };
  if (kind === 'scores' || coding === 'sign') return [label];
  const name = several
    ? w.node('Identity', [probabilities], {}, 'probabilities')
    : w.node('Concat', [w.node('Sub', [w.scalar(1), probabilities]), probabilities], { axis: 1 }, 'probabilities');
  return [label, { name, type: 'float', width: classes }];
}

/**
 * The bytes of an ONNX file.
 *
 * Of a table: an input [rows, 1] for each column, by its name, numbers as float64 with NaN for a gap (dates as days since
 * 1970-01-01), other columns as text with "" for one; `label` [rows] and `probabilities` [rows, classes] out, or `prediction`
 * [rows, columns]. Else `input`
 * [rows, inputs] and `output` [rows, outputs], float32.
 */
export function toOnnx(model: ModelToWrite): Uint8Array {
  const { network, inputs, loss, optimizer, encoding } = model;
  const w = new Writer((encoding?.features ?? []).map(({ name }) => name));
  const rows = { dimParam: 'rows' };
  const value = (name: string, type: Element, width?: number) => ({
    name,
    type: {
      tensorType: {
        elemType: elements[type],
        shape: { dim: [rows, ...(width === undefined ? [] : [{ dimValue: BigInt(width) }])] },
      },
    },
  });
  const given = (encoding?.features ?? []).map((feature) =>
    value(feature.name, isNumeric(transformOf(feature)) ? 'double' : 'string', 1),
  );
  let outputs: Output[];
  if (encoding === undefined) {
    const of = writeNetwork(w, model, 'input');
    const width = outputWidth(network, inputs);
    outputs = [{ name: w.node('Identity', [of], {}, 'output'), type: 'float', width }];
  } else {
    const columns = encoding.features.map((feature) => writeFeature(w, transformOf(feature), feature.name));
    const all = columns.length === 1 ? columns[0] : w.node('Concat', columns, { axis: 1 });
    outputs = writeTarget(w, encoding, writeNetwork(w, model, all), outputKind(network, loss));
  }
  return encodeModel({
    irVersion: versions.ir,
    producerName: 'chainrule',
    opsetImport: [
      { domain: '', version: versions.opset },
      ...(w.nodes.some(({ domain }) => domain === 'ai.onnx.ml')
        ? [{ domain: 'ai.onnx.ml', version: versions.ml }]
        : []),
    ],
    graph: {
      name: 'network',
      node: w.nodes,
      initializer: w.initializers,
      input: encoding === undefined ? [value('input', 'float', inputs)] : given,
      output: outputs.map(({ name, type, width }) => value(name, type, width)),
    },
    metadataProps: [
      { key: metadataKey, value: JSON.stringify(describeModel({ network, inputs, loss, optimizer, encoding })) },
    ],
  });
}
