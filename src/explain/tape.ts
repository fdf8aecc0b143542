/**
 * A step's graph as single numbers: each scalar with its computation from others. The explanation prints them, and the
 * audit computes the consequences of changing one. Scalars are created on demand, so a large network costs only as much
 * as is used.
 */
import { ravel, size, unravel } from '../base/shape.ts';
import { argument, evaluate, type Formula } from '../core/formula.ts';
import { type Graph, isRandom, type Node } from '../core/graph.ts';

export type Definition =
  /** An input, a target, a starting weight, the learning rate, a random draw. */
  | { readonly kind: 'given' }
  /** A map: its formula, with `from[i]` as argument i. */
  | { readonly kind: 'formula'; readonly formula: Formula; readonly from: readonly Scalar[] }
  /** A contraction: the sum of products, in this order. */
  | { readonly kind: 'sum'; readonly terms: readonly (readonly Scalar[])[] }
  | { readonly kind: 'maximum'; readonly from: readonly Scalar[] };

export interface Scalar {
  readonly node: Node;
  readonly index: readonly number[];
  /** The number of updates before it was computed. */
  readonly after: number;
  readonly definition: Definition;
  readonly value: number;
}

/** The numbers of a source or random node. */
export type Given = (node: Node) => ArrayLike<number>;

/**
 * The numbers that an engine computed and kept for a node; undefined if they must be computed from their definitions.
 */
export type Computed = (node: Node) => ArrayLike<number> | undefined;

export class Tape {
  readonly graph: Graph;
  readonly after: number;
  private readonly given: Given;
  private readonly previous?: Tape;
  private readonly computed?: Computed;
  private readonly known = new Map<Node, Map<number, Scalar>>();
  private readonly updates: ReadonlyMap<Node, Node>;

  /**
   * A step that starts after `after` updates. With `previous`, the step before it over the same graph, parameters and
   * optimizer state are that step's results, and both share the numbers of inputs and targets. With `computed`, values
   * come from an engine, so that one number of a large network costs only a lookup.
   */
  constructor(graph: Graph, after: number, given: Given, previous?: Tape, computed?: Computed) {
    this.graph = graph;
    this.after = after;
    this.given = given;
    this.previous = previous;
    this.computed = computed;
    this.updates = new Map(graph.updates.map(({ target, value }) => [target, value]));
  }

  /** The number of `node` at an index. */
  at(node: Node, index: readonly number[]): Scalar {
    return this.scalar(node, ravel(index, node.shape));
  }

  /** All numbers of a node, row-major, without a scalar for each if they are known. */
  numbers(node: Node): ArrayLike<number> {
    if (this.previous === undefined) {
      const known = isGiven(node) ? this.given(node) : this.computed?.(node);
      if (known !== undefined) return known;
    }
    return Float64Array.from({ length: size(node.shape) }, (_, offset) => this.scalar(node, offset).value);
  }

  /** The first terms of a contraction's sum, and their number, so that a sum of thousands need not be decomposed. */
  terms(node: Node, index: readonly number[], limit = Number.POSITIVE_INFINITY) {
    const { op, inputs } = node;
    if (op.kind !== 'contract') throw new Error(`node ${node.id} is not a contraction`);
    const lengths = new Map<string, number>();
    op.letters.inputs.forEach((axes, i) => {
      [...axes].forEach((letter, axis) => {
        lengths.set(letter, inputs[i].shape[axis]);
      });
    });
    const summed = [...lengths.keys()].filter((letter) => !op.letters.output.includes(letter));
    const shape = summed.map((letter) => lengths.get(letter)!);
    const count = shape.reduce((a, b) => a * b, 1);
    const position = new Map([...op.letters.output].map((letter, axis) => [letter, index[axis]]));
    const terms: Scalar[][] = [];
    for (let term = 0; term < Math.min(count, limit); term++) {
      const inner = unravel(term, shape);
      summed.forEach((letter, axis) => {
        position.set(letter, inner[axis]);
      });
      terms.push(inputs.map((input, i) => this.at(input, pick(op.letters.inputs[i], position))));
    }
    return { terms, count };
  }

  private scalar(node: Node, offset: number): Scalar {
    let scalars = this.known.get(node);
    if (scalars === undefined) {
      scalars = new Map();
      this.known.set(node, scalars);
    }
    let scalar = scalars.get(offset);
    if (scalar === undefined) {
      scalar = this.make(node, offset);
      scalars.set(offset, scalar);
    }
    return scalar;
  }

  private make(node: Node, offset: number): Scalar {
    const { op } = node;
    if (op.kind === 'source' && this.previous !== undefined) {
      const updated = this.updates.get(node);
      if (updated !== undefined) return this.previous.scalar(updated, offset);
      if (op.role !== 'slot') return this.previous.scalar(node, offset);
    }
    const index = unravel(offset, node.shape);
    return new LazyScalar(node, index, this.after, () => this.define(node, index), this.knownValue(node, offset));
  }

  /** A value that is known without its definition. */
  private knownValue(node: Node, offset: number): number | undefined {
    return isGiven(node) ? this.given(node)[offset] : this.computed?.(node)?.[offset];
  }

  private define(node: Node, index: readonly number[]): Definition {
    if (isGiven(node)) return { kind: 'given' };
    const { op, inputs } = node;
    switch (op.kind) {
      case 'map': {
        const position = new Map([...op.letters.output].map((letter, axis) => [letter, index[axis]]));
        const from = inputs.map((input, i) => this.at(input, pick(op.letters.inputs[i], position)));
        return { kind: 'formula', formula: op.map.formula, from };
      }
      case 'contract':
        return { kind: 'sum', terms: this.terms(node, index).terms };
      case 'kernel':
        return this.defineKernel(node, index);
      case 'source':
        return { kind: 'given' };
    }
  }

  private defineKernel(node: Node, index: readonly number[]): Definition {
    const { op, inputs } = node;
    if (op.kind !== 'kernel' || op.entry.define === undefined) throw new Error(`node ${node.id} has no definition`);
    const found = op.entry.define<Scalar>(
      {
        shapes: inputs.map(({ shape }) => shape),
        at: (input, place) => this.at(inputs[input], place),
        value: (scalar) => scalar.value,
      },
      index,
      op.kernel,
    );
    return found.kind === 'copy' ? { kind: 'formula', formula: argument(0), from: [found.from] } : found;
  }
}

/** Whether a node's numbers are inputs or random, not computed from others. */
function isGiven({ op }: Node): boolean {
  return op.kind === 'source' || isRandom(op);
}

function pick(axes: string, position: ReadonlyMap<string, number>): number[] {
  return [...axes].map((letter) => position.get(letter)!);
}

/** A scalar whose definition and value are computed at first use. */
class LazyScalar implements Scalar {
  readonly node: Node;
  readonly index: readonly number[];
  readonly after: number;
  private readonly define: () => Definition;
  private madeDefinition?: Definition;
  private madeValue?: number;

  constructor(node: Node, index: readonly number[], after: number, define: () => Definition, value?: number) {
    this.node = node;
    this.index = index;
    this.after = after;
    this.define = define;
    this.madeValue = value;
  }

  get definition(): Definition {
    this.madeDefinition ??= this.define();
    return this.madeDefinition;
  }

  get value(): number {
    if (this.madeValue === undefined) {
      const { definition } = this;
      if (definition.kind === 'given') throw new Error(`nothing is given for ${this.node.name ?? this.node.id}`);
      this.madeValue = compute(definition, (scalar) => scalar.value);
    }
    return this.madeValue;
  }
}

/** The value of a definition with the values of its scalars from `read`. */
function compute(definition: Exclude<Definition, { kind: 'given' }>, read: (scalar: Scalar) => number): number {
  switch (definition.kind) {
    case 'formula':
      return evaluate(definition.formula, definition.from.map(read));
    case 'sum': {
      let sum = 0;
      for (const [a, b] of definition.terms) sum += b === undefined ? read(a) : read(a) * read(b);
      return sum;
    }
    case 'maximum':
      return Math.max(...definition.from.map(read));
  }
}

/** The scalars in a definition, in order, repeats included. */
export function operands(definition: Definition): readonly Scalar[] {
  switch (definition.kind) {
    case 'given':
      return [];
    case 'sum':
      return definition.terms.flat();
    default:
      return definition.from;
  }
}
