/** The graph of a network in ONNX, from its inputs to its outputs. */
import type { Formula, Primitive } from '../../core/formula.ts';
import { Graph, type Letters, type Node } from '../../core/graph.ts';
import { inputsFirst } from '../../core/walk.ts';
import { stepAddresses } from '../../net/addresses.ts';
import { forward, type Network, type Parameters } from '../../net/network.ts';
import { checkOneInput } from '../one-input.ts';
import { writeKernel } from './kernels.ts';
import type { Attributes, Writer } from './writer.ts';

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

/** An input with an axis of length 1 for each letter of the output that it lacks. ONNX repeats it along these axes. */
function aligned(w: Writer, input: string, axes: string, output: string): string {
  if (output.endsWith(axes)) return input;
  const missing = [...output].flatMap((letter, axis) => (axes.includes(letter) ? [] : [axis]));
  return w.node('Unsqueeze', [input, w.constant('int64', [missing.length], missing)]);
}

const isProduct = ({ inputs: [a, b], output }: Letters) =>
  b !== undefined && a.length === 2 && b.length === 2 && a[1] === b[0] && output === a[0] + b[1];

/** An activation that has an ONNX operator: its weighted sum, and the operator. */
interface Activated {
  readonly sum: Node;
  readonly operator: string;
  readonly attributes: Attributes;
}

export interface NetworkToWrite {
  readonly network: Network;
  readonly inputs: number;
  readonly parameters: Parameters;
  readonly precision: 'float64' | 'float32';
}

/** Adds the network, whose inputs have the name `input`; returns the name of the outputs. */
export function writeNetwork(
  w: Writer,
  { network, inputs, parameters, precision }: NetworkToWrite,
  input: string,
): string {
  checkOneInput(network, 'ONNX');
  const graph = new Graph();
  const count = graph.source('slot', stepAddresses.count, [], 1);
  const { layers, output } = forward(graph, network, { batch: 1, inputs, training: false, count });
  // An activation with an operator of its own becomes that operator, not the nodes that compute it.
  const activated = new Map<Node, Activated>();
  for (const { weighted, output: of } of layers) {
    if (weighted?.activation.onnx === undefined || weighted.sum === of) continue;
    activated.set(of, { sum: weighted.sum, ...weighted.activation.onnx });
  }
  const inputsOf = (node: Node) => {
    const activation = activated.get(node);
    return activation === undefined ? node.inputs : [activation.sum];
  };
  const names = new Map<Node, string>();
  for (const node of inputsFirst([output], inputsOf)) {
    const from = inputsOf(node).map((each) => names.get(each)!);
    const activation = activated.get(node);
    const name =
      activation !== undefined
        ? w.node(activation.operator, from, activation.attributes)
        : node.name === stepAddresses.input
          ? input
          : node.op.kind === 'source'
            ? writeSource(w, node, parameters, precision)
            : writeOp(w, node, from);
    names.set(node, name);
  }
  return names.get(output)!;
}

/** Adds a parameter or a constant. */
function writeSource(w: Writer, node: Node, parameters: Parameters, precision: NetworkToWrite['precision']): string {
  const initial = node.op.kind === 'source' ? node.op.initial : undefined;
  const data = parameters.get(node.name ?? '') ?? (typeof initial === 'object' ? initial : undefined);
  const numbers = data?.data ?? [typeof initial === 'number' ? initial : 0];
  const name = node.name ?? `constant_of_${node.id}`;
  if (node.type === 'int32') return w.tensor(name, 'int64', node.shape, numbers);
  if (precision === 'float32') return w.tensor(name, 'float', node.shape, numbers);
  return w.cast(w.tensor(name, 'double', node.shape, numbers), 'float');
}

function writeOp(w: Writer, node: Node, from: string[]): string {
  const { op } = node;
  switch (op.kind) {
    case 'source':
      throw new Error('a source has no operator');
    case 'kernel':
      return writeKernel(w, op.kernel, from, node);
    case 'contract': {
      const { inputs: axes, output: to } = op.letters;
      if (isProduct(op.letters)) return w.node('MatMul', from);
      return w.node('Einsum', from, { equation: `${axes.join(',')}->${to}` });
    }
    case 'map': {
      const operands = from.map((name, i) => aligned(w, name, op.letters.inputs[i], op.letters.output));
      const { onnx, formula } = op.map;
      return onnx === undefined ? writeFormula(w, formula, operands) : w.node(onnx.operator, operands, onnx.attributes);
    }
  }
}
