/**
 * The gradient check: compares each trained parameter's gradient, as training computes it, with a central difference of
 * the loss. Source of the stencil: Abramowitz and Stegun (1964), 25.3.6: (f(-2h) - 8f(-h) + 8f(h) - f(2h)) / 12h, error
 * h⁴.
 */
import { aCount, options } from '../base/arguments.ts';
import { permutation } from '../base/random.ts';
import { unravel } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import { type Formula, mul, sin, sub } from '../core/formula.ts';
import type { Graph, Node } from '../core/graph.ts';
import { mapOf } from '../core/op.ts';
import { sliceRows } from '../data/feeds.ts';
import type { Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import {
  type Dataset,
  eachFed,
  type Problem,
  type ProblemSource,
  problemOf,
  rowsIn,
  stepSizeOf,
} from '../net/problem.ts';
import { buildStep } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { numberText } from './numbers.ts';
import { writeQuantity } from './quantity.ts';

export interface CheckRow {
  /** `layers.0.weight[0][1]`: the parameter, whose gradient is compared. */
  readonly quantity: string;
  readonly gradient: number;
  readonly centralDifference: number;
  /**
   * The relative error, |a - n| / max(|a|, |n|, a hundredth of the largest gradient): at most `tolerance` where the two
   * agree. It is 0 where both numbers are smaller than the rounding error of the difference.
   */
  readonly error: number;
  /**
   * The address of a corner within the stencil. A central difference across a corner does not estimate the derivative.
   */
  readonly kink: string | null;
}

export interface Check {
  /** The largest error, without corners. */
  readonly worst: number;
  readonly tolerance: number;
  /** Every row agrees, or has a corner. */
  readonly agrees: boolean;
  /** Worst first; those with a corner come last. */
  readonly rows: readonly CheckRow[];
  /** Notes: limits of the check, and reasons why training deliberately does not use the gradient. */
  readonly notes: readonly string[];
}

export interface CheckOptions {
  /** The maximum number of parameters to compare; default 2,000, fewer if one loss takes long. */
  readonly limit?: number;
}

const tolerance = 1e-7;
/** The maximum number of products: about ten seconds on the reference engine. */
const budget = 5e9;
/**
 * Step sizes: first the best one for smooth functions of numbers near 1, then those for sharper bends and jumps of
 * curvature.
 */
const steps = [-10, -4, -6, -8, -12, -14, -16, -18, -20, -22, -24].map((power) => 2 ** power);
const stencil = [-2, -1, 1, 2] as const;

/** Compares over the full batch, with the first update's random numbers if there is dropout. */
export function check(source: ProblemSource, given: CheckOptions = {}): Check {
  options({ limit: aCount })(given, 'check: options');
  const { limit = 2000 } = given;
  const problem = problemOf(source);
  const { notes, ...data } = chooseRows(problem);
  const { graph, nodes } = buildStep(problem.network, problem.recipe, stepSizeOf(data));
  const found = checkGraph({
    graph,
    trained: nodes.parameters.filter(({ trained }) => trained).map(({ node }) => node),
    fill: (set) => {
      for (const [name, numbers] of problem.parameters) set(name, numbers);
      eachFed(data, set);
    },
    limit: Math.max(20, Math.min(limit, Math.floor(budget / costOf(problem, data.inputs) / stencil.length))),
    seed: problem.network.seed,
  });
  return { ...found, notes: [...notes, ...found.notes, ...differences(problem)] };
}

/** A step's graph with the numbers that it is given, for a check of its gradients. */
export interface CheckedGraph {
  /** Has a node `loss`, and `gradient(name)` of each trained parameter. Its updates are removed. */
  readonly graph: Graph;
  readonly trained: readonly Node[];
  /** Calls `set` with the numbers of each source, by name. */
  readonly fill: (set: (name: string, numbers: { readonly data: ArrayLike<number> }) => void) => void;
  /** The maximum number of parameters to compare. */
  readonly limit: number;
  /** Chooses which, where there are more. */
  readonly seed: number;
  /** The address of an element of a parameter; default: the parameter's name and the index. */
  readonly quantity?: (node: Node, index: readonly number[]) => string;
}

/** Compares the gradients of any step with central differences of its loss. */
export function checkGraph({ graph, trained, fill, limit, seed, quantity }: CheckedGraph): Check {
  const address = quantity ?? ((node: Node, index: readonly number[]) => writeQuantity(node.name!, index));
  // the loss alone, and its gradients: nothing is updated
  graph.updates.length = 0;
  const gradients = trained.map((node) => graph.get(`gradient(${node.name})`));
  const watched = corners(graph);
  const [loss, backward] = reference.compile([
    compile(graph, [graph.get('loss'), ...watched.map(({ node }) => node)]),
    compile(graph, gradients),
  ]);
  for (const program of [loss, backward]) {
    // a plan contains only the sources that it needs
    fill((name, { data }) => program.has(name) && program.view(name).set(data));
  }
  backward.run();

  const elements = trained.flatMap((node, i) =>
    Array.from(backward.view(gradients[i].name!), (gradient, offset) => ({ node, offset, gradient })),
  );
  const chosen = sample(elements, limit, seed);
  const notes =
    chosen.length < elements.length
      ? [`${chosen.length} of the ${elements.length} trained parameters were compared, chosen at random.`]
      : [];
  const largest = elements.reduce((a, { gradient }) => Math.max(a, Math.abs(gradient)), 0);
  const stencilOf = new Stencil(loss, watched);
  loss.run();
  const nothing = (2 * Number.EPSILON * Math.abs(loss.view('loss')[0])) / steps[0];
  const rows = chosen.map(({ node, offset, gradient }): CheckRow => {
    const error = ({ difference, rounding }: Estimate) => {
      const size = Math.max(Math.abs(gradient), Math.abs(difference));
      // both are 0 up to the rounding of the loss; at a minimum, every gradient is
      if (size <= Math.max(nothing, 2 * rounding)) return 0;
      return Math.abs(gradient - difference) / Math.max(size, largest / 100);
    };
    const found = stencilOf.difference(node.name!, offset, (value) => error(value) <= tolerance);
    return {
      quantity: address(node, unravel(offset, node.shape)),
      gradient,
      centralDifference: found.difference,
      error: error(found),
      kink: found.kink ?? null,
    };
  });
  // an error that is not a number is the worst of all
  const rank = ({ error }: CheckRow) => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  rows.sort((a, b) => Number(a.kink !== null) - Number(b.kink !== null) || rank(b) - rank(a));
  const counted = rows.filter(({ kink }) => kink === null);
  return {
    worst: counted[0]?.error ?? 0,
    tolerance,
    agrees: counted.every(({ error }) => error <= tolerance),
    rows,
    notes,
  };
}

/** The reasons why training deliberately uses something other than the gradient of the loss. */
function differences({ recipe, inputs }: Problem): string[] {
  const notes: string[] = [];
  if (recipe.gradient === 'averagedFactors' && inputs.shape[0] > 1) {
    notes.push('averagedFactors does not compute the gradient of the loss, so the two differ.');
  }
  if (recipe.update === 'sequential') {
    notes.push(
      'Under sequential updates, the gradients below the last layer are computed with weights that were already updated, so they differ from the gradients of the loss.',
    );
  }
  return notes;
}

/** The approximate number of products for one loss. */
function costOf({ parameters }: Problem, inputs: Tensor): number {
  let count = 0;
  for (const { data } of parameters.values()) count += data.length;
  return Math.max(1, count * inputs.shape[0]);
}

/**
 * The full batch, or only its first rows if comparing twenty parameters over checking all of them would take too long.
 */
function chooseRows(problem: Problem): Dataset & { notes: string[] } {
  const { inputs, targets, weights, feeds } = problem;
  const [rows] = inputs.shape;
  const all = rowsIn(problem);
  const maxCount = Math.max(1, Math.floor((budget / stencil.length / 20 / costOf(problem, inputs)) * rows));
  const note = (first: number, why: string) => `The check uses the first ${first} of ${all} rows because ${why}.`;
  if (maxCount >= rows) {
    return {
      inputs,
      targets,
      weights,
      feeds,
      notes: rows < all ? [note(rows, 'the others are not in memory')] : [],
    };
  }
  const first = ({ shape: [, width], data }: Tensor): Tensor => ({
    shape: [maxCount, width],
    data: data.subarray(0, maxCount * width),
  });
  return {
    inputs: first(inputs),
    targets: first(targets),
    ...(weights && { weights: first(weights) }),
    ...(feeds && { feeds: new Map(Array.from(feeds, ([name, feed]) => [name, sliceRows(feed, 0, maxCount)])) }),
    notes: [note(maxCount, 'checking all of them would take too long')],
  };
}

function sample<T>(elements: readonly T[], count: number, seed: number): readonly T[] {
  if (elements.length <= count) return elements;
  const order = permutation(elements.length, seed, 'check', 0).slice(0, count).sort();
  return Array.from(order, (i) => elements[i]);
}

/** Numbers to compare with the values at which a derivative may jump. */
interface Watched {
  readonly node: Node;
  readonly at: readonly number[];
  /** The displayed address of an element. */
  readonly name: string;
}

/** Maps declare their corners; losses and penalties have one at each switch of |…|, max, min or a choice. */
function corners(graph: Graph): Watched[] {
  const to = graph.get('loss').id;
  // the nodes of the loss come after the target, those of the layers before; without layers, all belong to the loss
  const from = graph.find('target')?.id ?? -1;
  const declared = graph.nodes.flatMap(({ id, op, name, inputs: [input] }): Watched[] => {
    if (id >= from || op.kind !== 'map' || op.map.kinks.length === 0) return [];
    const at = op.map.kinks.map((kink) => kink.at);
    const address = input.name ?? name;
    const watched = input.name === undefined ? graph.name(`corner.${id}`, input) : input;
    return [{ node: watched, at, name: address ?? watched.name! }];
  });
  const switched = graph.nodes
    .filter(({ id, op }) => id > from && id <= to && op.kind === 'map')
    .flatMap((node): Watched[] => {
      if (node.op.kind !== 'map') return [];
      const { op, inputs } = node;
      const name = node.name ?? inputs.find((input) => input.name !== undefined)?.name ?? 'loss';
      return switches(node.op.map.formula).map((formula, i) => {
        const made = graph.map(mapOf('switch', formula, op.map.arity), inputs, op.letters);
        return { node: graph.name(`switch.${node.id}.${i}`, made), at: [0], name };
      });
    });
  return [...declared, ...switched];
}

/** The formulas whose sign selects a branch: one for each switching primitive of a formula. */
function switches(formula: Formula): Formula[] {
  if (formula.kind !== 'apply') return [];
  const inner = formula.operands.flatMap(switches);
  const [a, b] = formula.operands;
  switch (formula.primitive) {
    case 'abs':
    case 'step':
    case 'where':
      return [...inner, a];
    case 'max':
    case 'min':
      return [...inner, sub(a, b)];
    // 0 at every integer
    case 'floor':
      return [...inner, sin(mul(Math.PI, a))];
    default:
      return inner;
  }
}

/** A central difference, and the rounding error that the last bit of the losses causes in it. */
interface Estimate {
  readonly difference: number;
  readonly rounding: number;
}

interface Difference extends Estimate {
  readonly kink?: string;
}

/**
 * Of sequences with decreasing steps, the estimate that differs least from the one before it, rounding error included.
 */
function steadiest(sequences: readonly (readonly Estimate[])[]): Estimate {
  let best = sequences[0][0];
  let smallest = Number.POSITIVE_INFINITY;
  for (const sequence of sequences) {
    for (let i = 1; i < sequence.length; i++) {
      const { difference, rounding } = sequence[i];
      const doubt = Math.abs(difference - sequence[i - 1].difference) + rounding;
      if (doubt < smallest) {
        smallest = doubt;
        best = sequence[i];
      }
    }
  }
  return best;
}

class Stencil {
  private readonly loss: Program<Float64Array>;
  private readonly watched: readonly {
    readonly numbers: Float64Array;
    readonly low: Float64Array;
    readonly high: Float64Array;
    readonly of: Watched;
  }[];

  constructor(loss: Program<Float64Array>, watched: readonly Watched[]) {
    this.loss = loss;
    this.watched = watched.map((of) => {
      const numbers = loss.view(of.node.name!);
      return { numbers, low: numbers.slice(), high: numbers.slice(), of };
    });
  }

  /**
   * The central difference with respect to one number. If the first step size is not accepted, it tries others and
   * takes the one that agrees best with its neighbour, never the one that agrees with the gradient.
   */
  difference(name: string, offset: number, accepts: (found: Estimate) => boolean): Difference {
    const first = this.at(name, offset, steps[0]);
    if (accepts(first)) return { difference: first.difference, rounding: first.rounding };
    const tried = [...steps].sort((a, b) => b - a).map((h) => this.at(name, offset, h));
    const smooth = tried.filter(({ kink }) => kink === undefined);
    const from = smooth.length > 0 ? smooth : tried;
    // each step is a quarter of the one before: an error that shrinks with h, as where the curvature jumps, cancels so
    const extrapolated = from.slice(1).map(
      (finer, i): Estimate => ({
        difference: (4 * finer.difference - from[i].difference) / 3,
        rounding: (4 * finer.rounding) / 3,
      }),
    );
    return { ...steadiest([from, extrapolated]), kink: from[from.length - 1].kink };
  }

  private at(name: string, offset: number, relative: number): Difference {
    const parameter = this.loss.view(name);
    const value = parameter[offset];
    const h = relative * 2 ** Math.max(0, Math.ceil(Math.log2(Math.abs(value))));
    for (const { low, high } of this.watched) {
      low.fill(Number.POSITIVE_INFINITY);
      high.fill(Number.NEGATIVE_INFINITY);
    }
    const [far, near, nextNear, nextFar] = stencil.map((k) => {
      parameter[offset] = value + k * h;
      this.loss.run();
      for (const { numbers, low, high } of this.watched) {
        for (let i = 0; i < numbers.length; i++) {
          if (numbers[i] < low[i]) low[i] = numbers[i];
          if (numbers[i] > high[i]) high[i] = numbers[i];
        }
      }
      return this.loss.view('loss')[0];
    });
    parameter[offset] = value;
    // differences first: equal losses give exactly 0, without rounding error
    const difference = (8 * (nextNear - near) - (nextFar - far)) / (12 * h);
    return { difference, rounding: (Number.EPSILON * Math.abs(near)) / h, kink: this.crossed() };
  }

  /** The first corner between the points of the last four losses. */
  private crossed(): string | undefined {
    for (const { low, high, of } of this.watched) {
      for (const at of of.at) {
        for (let i = 0; i < low.length; i++) {
          if (low[i] < high[i] && low[i] <= at && at <= high[i]) {
            return `${writeQuantity(of.name, unravel(i, of.node.shape))} = ${numberText(at)}`;
          }
        }
      }
    }
    return undefined;
  }
}
