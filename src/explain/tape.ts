/**
 * A step's graph taken apart into single numbers: each scalar with how it was computed from others. The explanation
 * prints them, and the audit asks what would follow if one of them had been another. Scalars are made as they are asked
 * for, so a large network costs only what is looked at.
 */
import { ravel, unravel } from '../base/shape.ts';
import { evaluate, type Formula } from '../core/formula.ts';
import type { Graph, Node } from '../core/graph.ts';

export type Definition =
  /** An input, a target, a starting weight, the learning rate, a random draw. */
  | { readonly kind: 'given' }
  /** A map: its formula, argument i being `from[i]`. */
  | { readonly kind: 'formula'; readonly formula: Formula; readonly from: readonly Scalar[] }
  /** A contraction: the sum of products, in this order. */
  | { readonly kind: 'sum'; readonly terms: readonly (readonly Scalar[])[] }
  | { readonly kind: 'maximum'; readonly from: readonly Scalar[] };

export interface Scalar {
  readonly node: Node;
  readonly index: readonly number[];
  /** How many updates were made before it was computed. */
  readonly after: number;
  readonly definition: Definition;
  readonly value: number;
}

/** The numbers that a graph is given: those of a source or random node. */
export type Given = (node: Node) => ArrayLike<number>;

export class Tape {
  readonly graph: Graph;
  readonly after: number;
  private readonly given: Given;
  private readonly previous?: Tape;
  private readonly known = new Map<Node, Map<number, Scalar>>();
  private readonly updates: ReadonlyMap<Node, Node>;

  /**
   * A step that starts when `after` updates were made. With `previous`, the step before over the same graph, parameters
   * and optimizer state are the numbers that it ended with, and inputs and targets are one and the same number in both.
   */
  constructor(graph: Graph, after: number, given: Given, previous?: Tape) {
    this.graph = graph;
    this.after = after;
    this.given = given;
    this.previous = previous;
    this.updates = new Map(graph.updates.map(({ target, value }) => [target, value]));
  }

  /** The number of `node` at an index. */
  at(node: Node, index: readonly number[]): Scalar {
    return this.scalar(node, ravel(index, node.shape));
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
    const definition = this.define(node, index);
    const value = definition.kind === 'given' ? this.given(node)[offset] : compute(definition, (scalar) => scalar.value);
    return { node, index, after: this.after, definition, value };
  }

  private define(node: Node, index: readonly number[]): Definition {
    const { op, inputs } = node;
    switch (op.kind) {
      case 'source':
        return { kind: 'given' };
      case 'map': {
        const position = new Map([...op.letters.output].map((letter, axis) => [letter, index[axis]]));
        const from = inputs.map((input, i) =>
          this.at(
            input,
            [...op.letters.inputs[i]].map((letter) => position.get(letter)!),
          ),
        );
        return { kind: 'formula', formula: op.map.formula, from };
      }
      case 'contract': {
        const lengths = new Map<string, number>();
        op.letters.inputs.forEach((axes, i) => {
          [...axes].forEach((letter, axis) => {
            lengths.set(letter, inputs[i].shape[axis]);
          });
        });
        const summed = [...lengths.keys()].filter((letter) => !op.letters.output.includes(letter));
        const terms: Scalar[][] = [];
        const shape = summed.map((letter) => lengths.get(letter)!);
        const count = shape.reduce((a, b) => a * b, 1);
        for (let term = 0; term < count; term++) {
          const inner = unravel(term, shape);
          const position = new Map<string, number>();
          [...op.letters.output].forEach((letter, axis) => {
            position.set(letter, index[axis]);
          });
          summed.forEach((letter, axis) => {
            position.set(letter, inner[axis]);
          });
          terms.push(
            inputs.map((input, i) =>
              this.at(
                input,
                [...op.letters.inputs[i]].map((letter) => position.get(letter)!),
              ),
            ),
          );
        }
        return { kind: 'sum', terms };
      }
      case 'kernel': {
        if (op.kernel.name === 'uniform') return { kind: 'given' };
        const [rows] = inputs;
        const width = rows.shape[rows.shape.length - 1];
        return { kind: 'maximum', from: Array.from({ length: width }, (_, k) => this.at(rows, [...index, k])) };
      }
    }
  }
}

/** What a definition comes to when each scalar it reads has the value that `read` gives. */
export function compute(definition: Exclude<Definition, { kind: 'given' }>, read: (scalar: Scalar) => number): number {
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

/** The scalars that a definition reads, in order, repeats included. */
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
