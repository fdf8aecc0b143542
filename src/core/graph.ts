/**
 * The graph of one training step: forward, loss, gradients and updates are all nodes. Shapes are checked as it is built.
 * Nodes are listed in the order of computation. A graph contains no numbers except constants, and runs nothing.
 */
import { kind } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { type Shape, sameShape, showShape } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { KernelEntry } from './kernel.ts';
import type { MapOp } from './op.ts';
import type { Kernel } from './ops/kernels.ts';

/**
 * The content of a source: a batch, a trained parameter, a state of the optimizer, or a scalar that the trainer sets.
 */
export type SourceRole = 'input' | 'parameter' | 'state' | 'slot' | 'constant';

export type Op =
  | {
      readonly kind: 'source';
      readonly role: SourceRole;
      readonly initial?: { readonly data: ArrayLike<number> } | number;
    }
  /** Element by element; `letters` name the axes (`bo,o->bo`): an input lacking one is repeated along it. */
  | { readonly kind: 'map'; readonly map: MapOp; readonly letters: Letters }
  /** Sum of products over the letters that the output lacks: `bi,io->bo`, or of one input: `bo->o`. */
  | { readonly kind: 'contract'; readonly letters: Letters }
  | { readonly kind: 'kernel'; readonly entry: KernelEntry; readonly kernel: Kernel };

/** The type of a node's numbers: floating-point numbers of the engine's precision, or integers of 32 bits, which only kernels read. */
export type NumberType = 'float' | 'int32';

export interface Letters {
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface Node {
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly shape: Shape;
  readonly type: NumberType;
  /** For an input of integers: its numbers must be at least 0 and below this limit, the smallest that a kernel declared. */
  indexLimit?: number;
  /** The address for people: `layers.0.sum`, `gradient(layers.0.weight)`. */
  name?: string;
  /** A gradient rule of its own that bypasses the nodes in between (softmax, a joint pair of activation and loss). */
  backward?: Backward;
}

export interface Backward {
  /** The nodes that receive gradients from the rule. */
  readonly to: readonly Node[];
  /** From the gradient of this node (undefined: all ones), one gradient for each of `to`, or undefined if it is not needed. */
  readonly rule: (upstream: Node | undefined, needs: (to: Node) => boolean) => readonly (Node | undefined)[];
}

function parseLetters(text: string): Letters {
  const [left, output] = text.split('->');
  return { inputs: left.split(','), output };
}

/** A letter for each axis of a tensor but the last: `b` for a matrix. They are none of those after h. */
export function leadingLetters(node: { readonly shape: Shape }): string {
  const { shape } = Object(node) as typeof node;
  if (!Array.isArray(shape)) aNode(node, 'leadingLetters');
  return 'bcdefgh'.slice(0, shape.length - 1);
}

export function showLetters({ inputs, output }: Letters): string {
  return `${inputs.join(',')}->${output}`;
}

/** The length of each letter's axis; inputs that disagree are an error naming both. */
function letterSizes(letters: Letters, inputs: readonly Node[], what: string): Map<string, number> {
  const sizes = new Map<string, { length: number; from: Node }>();
  if (letters.inputs.length !== inputs.length) {
    throw new Error(`${what} ${showLetters(letters)}: it has ${inputs.length} inputs`);
  }
  for (const axes of [...letters.inputs, letters.output]) {
    // A diagonal: no rule here has its gradient.
    if (new Set(axes).size !== axes.length)
      throw new Error(`${what} ${showLetters(letters)}: ${axes} repeats a letter`);
  }
  inputs.forEach((input, i) => {
    const axes = letters.inputs[i];
    if (axes.length !== input.shape.length) {
      throw new Error(`${what} ${showLetters(letters)}: input ${i} has shape ${showShape(input.shape)}`);
    }
    [...axes].forEach((letter, axis) => {
      const known = sizes.get(letter);
      const length = input.shape[axis];
      if (known === undefined) sizes.set(letter, { length, from: input });
      else if (known.length !== length) {
        fail({
          what: `${label(input)} ${showShape(input.shape)} has ${length} along ${letter}, but ${label(known.from)} ${showShape(known.from.shape)} has ${known.length}`,
          where: `${what} ${showLetters(letters)}`,
          fix: `Make the two lengths of ${letter} equal.`,
        });
      }
    });
  });
  return new Map([...sizes].map(([letter, { length }]) => [letter, length]));
}

function label(node: Node): string {
  return node.name ?? `node ${node.id}`;
}

/** Whether an op gives new random numbers each time. */
export const isRandom = (op: Op): boolean => op.kind === 'kernel' && op.entry.isRandom === true;

/** The axis of a kernel's output that corresponds to an axis of one of its inputs. `axisOf` gives the axis of each input, if any. */
export function keptAxis({ op, inputs }: Node, axisOf: (input: Node) => number | undefined): number | undefined {
  if (op.kind !== 'kernel') return undefined;
  const shapes = inputs.map(({ shape }) => shape);
  for (const [i, input] of inputs.entries()) {
    const axis = axisOf(input);
    const kept = axis === undefined ? undefined : op.entry.axis(i, axis, shapes, op.kernel);
    if (kept !== undefined) return kept;
  }
  return undefined;
}

function refuseIntegers(what: string, inputs: readonly Node[]): void {
  const found = inputs.find(({ type }) => type !== 'float');
  if (found !== undefined) throw new Error(`${what}: ${label(found)} holds integers, which only kernels read`);
}

/**
 * Checks the indices that a kernel reads: they must be at least 0 and below `size`. Throws an InputError for a constant
 * node with another index; `where` names the op. The numbers of an input arrive later, so its node keeps the limit.
 */
export function checkIndices(where: string, node: Node, size: number): void {
  const { op } = node;
  if (op.kind !== 'source') return;
  if (op.role === 'input') node.indexLimit = Math.min(node.indexLimit ?? size, size);
  if (op.role !== 'constant' || typeof op.initial !== 'object') return;
  const { data } = op.initial;
  for (let i = 0; i < data.length; i++) {
    if (data[i] >= 0 && data[i] < size) continue;
    fail({
      what: `index ${data[i]} (number ${i}) is outside 0 to ${size - 1}`,
      where,
      fix: 'Pass indices of existing rows.',
    });
  }
}

/** A node by its form. */
export const aNode = kind(
  'a node of a graph',
  ({ op, inputs, shape }: Node) => typeof op === 'object' && Array.isArray(inputs) && Array.isArray(shape),
  'Pass a node that a function of the graph returned.',
);

const alphabet = 'abcdefgh';

export class Graph {
  readonly nodes: Node[] = [];
  /** The updates of each step: the target takes the value after all nodes were computed. */
  readonly updates: { readonly target: Node; readonly value: Node }[] = [];
  private readonly byName = new Map<string, Node>();

  private push(op: Op, inputs: readonly Node[], shape: Shape, name?: string, type: NumberType = 'float'): Node {
    const node: Node = { id: this.nodes.length, op, inputs, shape, type };
    this.nodes.push(node);
    if (name !== undefined) this.name(name, node);
    return node;
  }

  /** Gives a node an address. A node may have several; the first one is shown. */
  name(name: string, node: Node): Node {
    if (this.byName.has(name)) throw new Error(`two nodes are named ${name}`);
    this.byName.set(name, node);
    node.name ??= name;
    return node;
  }

  /** The node at an address, or undefined. */
  find(name: string): Node | undefined {
    return this.byName.get(name);
  }

  get(name: string): Node {
    const node = this.find(name);
    if (node === undefined) throw new Error(`no node is named ${name}`);
    return node;
  }

  names(): IterableIterator<[string, Node]> {
    return this.byName.entries();
  }

  source(role: Exclude<SourceRole, 'constant'>, name: string, shape: Shape, initial?: Tensor | number): Node {
    return this.push({ kind: 'source', role, initial }, [], shape, name);
  }

  /** An input of integers: indices for a kernel, which come with each batch. */
  integerInput(name: string, shape: Shape): Node {
    return this.push({ kind: 'source', role: 'input' }, [], shape, name, 'int32');
  }

  constant(value: Tensor): Node {
    return this.push({ kind: 'source', role: 'constant', initial: value }, [], value.shape);
  }

  /** A constant of integers: indices for a kernel. */
  integers(shape: Shape, data: Int32Array): Node {
    return this.push({ kind: 'source', role: 'constant', initial: { data } }, [], shape, undefined, 'int32');
  }

  /** Without letters, inputs have one shape or are scalars. */
  map(op: MapOp, inputs: readonly Node[], letters?: string | Letters): Node {
    if (inputs.length !== op.arity) throw new Error(`${op.name} takes ${op.arity} inputs, not ${inputs.length}`);
    refuseIntegers(op.name, inputs);
    const parsed = typeof letters === 'string' ? parseLetters(letters) : (letters ?? this.sameLetters(op.name, inputs));
    const sizes = letterSizes(parsed, inputs, op.name);
    for (const letter of sizes.keys()) {
      if (!parsed.output.includes(letter))
        throw new Error(
          `${op.name} ${showLetters(parsed)}: a map does not sum, so the output needs every letter of the inputs`,
        );
    }
    return this.push({ kind: 'map', map: op, letters: parsed }, inputs, this.shapeOf(parsed, sizes));
  }

  private sameLetters(name: string, inputs: readonly Node[]): Letters {
    const full = inputs.reduce((a, b) => (b.shape.length > a.shape.length ? b : a));
    for (const input of inputs) {
      if (input.shape.length !== 0 && !sameShape(input.shape, full.shape)) {
        fail({
          what: `${label(input)} is ${showShape(input.shape)}, but ${label(full)} is ${showShape(full.shape)}`,
          where: name,
          fix: 'Give both the same shape, or name their axes with letters.',
        });
      }
    }
    const axes = alphabet.slice(0, full.shape.length);
    return { inputs: inputs.map((input) => (input.shape.length === 0 ? '' : axes)), output: axes };
  }

  contract(letters: string | Letters, inputs: readonly Node[]): Node {
    const parsed = typeof letters === 'string' ? parseLetters(letters) : letters;
    if (inputs.length > 2) throw new Error(`contract ${showLetters(parsed)}: more than two inputs`);
    refuseIntegers('contract', inputs);
    const sizes = letterSizes(parsed, inputs, 'contract');
    return this.push({ kind: 'contract', letters: parsed }, inputs, this.shapeOf(parsed, sizes));
  }

  private shapeOf(letters: Letters, sizes: Map<string, number>): Shape {
    return [...letters.output].map((letter) => {
      const length = sizes.get(letter);
      if (length === undefined) throw new Error(`${showLetters(letters)}: no input has ${letter}`);
      return length;
    });
  }

  /** A node of a kernel; its shape and its gradient are the entry's. */
  kernel<Options extends object>(
    entry: KernelEntry<Kernel['name'], Options>,
    inputs: readonly Node[],
    options: Options,
  ): Node {
    inputs.forEach((input, i) => {
      const type = entry.isIndex?.(i, options) ? 'int32' : 'float';
      if (input.type !== type) throw new Error(`${entry.name}: input ${i} is ${input.type}, not ${type}`);
    });
    const shape = entry.shape(inputs, options);
    const kernel = { name: entry.name, ...options } as Kernel;
    const node = this.push({ kind: 'kernel', entry: entry as KernelEntry, kernel }, inputs, shape);
    node.backward = entry.backward?.(this, node, options);
    return node;
  }

  /** After each step, `target` (a parameter or state) takes the value of `value`. */
  update(target: Node, value: Node): void {
    if (!sameShape(target.shape, value.shape)) throw new Error(`update of ${label(target)}: shapes differ`);
    // Updates are written one after the other, so a value must not be overwritten by another update.
    if (value.op.kind === 'source') throw new Error(`update of ${label(target)}: the value is a source`);
    this.updates.push({ target, value });
  }
}

export const aGraph = kind(
  'a graph',
  (value: object) => value instanceof Graph,
  'Pass new Graph(), or the graph of the context.',
);

/** Checks the graph and the nodes that a function of `name` adds a node from. */
export function checkNodes(name: string, graph: Graph, nodes: Readonly<Record<string, Node>>): void {
  aGraph(graph, `${name}: graph`);
  for (const [argument, node] of Object.entries(nodes)) aNode(node, `${name}: ${argument}`);
}
