/**
 * Compares gradients with central differences, for the tests. It is deliberately independent of the product's own check
 * (src/explain/check.ts), so that each can detect a mistake of the other.
 */
import { gradient } from '../src/core/gradient.ts';
import type { Graph, Node } from '../src/core/graph.ts';
import type { Program } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { compile } from '../src/plan/plan.ts';

/** The tolerance: |a - n| <= 1e-7·max(|a|, |n|, a hundredth of the largest gradient). */
export const tolerance = 1e-7;

/**
 * The step of the stencil, relative to numbers above 1. For losses and fifth derivatives of about 1 the truncation,
 * h⁴/30, is 1e-16 and the rounding, 1.5 ε/h, is 1.4e-12: both well below the tolerance.
 */
export const stepSize = 2 ** -12;

/**
 * The derivative of `value` in numbers[at]. Source: Abramowitz and Stegun (1964), 25.3.6:
 * (f(-2h) - 8f(-h) + 8f(h) - f(2h)) / 12h, error h⁴ f⁽⁵⁾/30.
 */
export function centralDifference(numbers: Float64Array, at: number, value: () => number): number {
  const held = numbers[at];
  const h = stepSize * Math.max(1, Math.abs(held));
  const [far, near, nextNear, nextFar] = [-2, -1, 1, 2].map((k) => {
    numbers[at] = held + k * h;
    return value();
  });
  numbers[at] = held;
  return (8 * (nextNear - near) - (nextFar - far)) / (12 * h);
}

export interface Compared {
  readonly quantity: string;
  readonly gradient: number;
  readonly difference: number;
}

/** One line, with both numbers, for each that disagrees; a gradient that is not finite disagrees. */
export function disagreements(rows: readonly Compared[]): string[] {
  const largest = rows.reduce((maxCount, { gradient }) => Math.max(maxCount, Math.abs(gradient)), 0);
  return rows
    .map(({ quantity, gradient, difference }) => {
      const scale = Math.max(Math.abs(gradient), Math.abs(difference), largest / 100);
      const error = gradient === difference ? 0 : Math.abs(gradient - difference) / scale;
      return { quantity, gradient, difference, error };
    })
    .filter(({ error }) => !(error <= tolerance))
    .map(
      ({ quantity, gradient, difference, error }) =>
        `${quantity}: gradient ${gradient}, central difference ${difference}, relative error ${error.toExponential(1)}`,
    );
}

/** The name of a node, added if it has none, because programs are read by name. */
function nameOf(graph: Graph, node: Node): string {
  return node.name ?? graph.name(`node ${node.id}`, node).name!;
}

/** A program of the reference engine that computes `wanted`, with its sources set. */
export function program(
  graph: Graph,
  wanted: readonly Node[],
  numbers: Readonly<Record<string, Numbers>>,
): Program<Float64Array> {
  for (const node of wanted) nameOf(graph, node);
  const [made] = reference.compile([compile(graph, wanted)]);
  for (const [name, values] of Object.entries(numbers)) if (made.has(name)) made.view(name).set(values);
  return made;
}

export type Numbers = ArrayLike<number>;

/** The values of nodes, by the reference engine, after one run. */
export function evaluate(
  graph: Graph,
  wanted: readonly Node[],
  numbers: Readonly<Record<string, Numbers>>,
): Float64Array[] {
  const made = program(graph, wanted, numbers);
  made.run();
  return wanted.map((node) => made.view(node.name!).slice());
}

/** Compares the gradient of `of` in each source, as `gradient` computes it, with central differences. */
export function checkGraph(
  graph: Graph,
  of: Node,
  sources: readonly Node[],
  numbers: Readonly<Record<string, Numbers>>,
): string[] {
  const gradients = gradient(graph, of, sources);
  const values = evaluate(graph, gradients, numbers);
  const forward = program(graph, [of], numbers);
  const value = () => {
    forward.run();
    return forward.view(of.name!)[0];
  };
  return disagreements(
    sources.flatMap((source, s) =>
      Array.from(values[s], (gradient, i) => ({
        quantity: `${source.name}[${i}]`,
        gradient,
        difference: centralDifference(forward.view(source.name!), i, value),
      })),
    ),
  );
}

/** Numbers for a tensor: both signs, from 0.1 to 1.1 in size, no two alike. */
export function spreadOut(count: number, phase = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const x = Math.sin(2.3 * i + 1.1 + phase);
    return x + 0.1 * Math.sign(x);
  });
}
