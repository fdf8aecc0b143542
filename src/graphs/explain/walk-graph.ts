/**
 * The probabilities of walks under p and q, as a graph of core ops, a number a node: from node v, after t, the walk goes to a
 * neighbor x with a probability in proportion to w(v, x)·α, where α is 1/p for x = t, 1 for a neighbor of t, and 1/q
 * otherwise. The first step is in proportion to w(v, x) alone.
 * Source: Grover and Leskovec, node2vec: Scalable Feature Learning for Networks (2016), section 3.2.2.
 */
import { tensor } from '../../base/tensor.ts';
import { add, argument, div, type Formula, log, mul } from '../../core/formula.ts';
import { Graph, type Node } from '../../core/graph.ts';
import { map, mapOf } from '../../core/op.ts';
import { concat, reshape } from '../../core/ops/pieces.ts';
import type { NodeGraph } from '../graph.ts';

/** How a step is related to the one before it. */
export type StepKind = 'first' | 'return' | 'near' | 'far';

/** Why a walk is impossible. */
export type Impossibility =
  /** There is no such edge. */
  | 'edge'
  /** The edge is there, but p or q is infinite, so that its weight is 0. */
  | 'weight';

/** One step of a walk. */
export interface WalkStep {
  /** The position of the node that it leads to; position 0 is the start. */
  readonly position: number;
  readonly from: number;
  readonly to: number;
  /** The node before `from`; undefined for the first step. */
  readonly previous: number | undefined;
  /** The kind of the edge taken; undefined where there is none. */
  readonly kind: StepKind | undefined;
  readonly impossible: Impossibility | undefined;
}

export interface WalkModel {
  readonly graph: NodeGraph;
  /** Positive, and perhaps infinite. */
  readonly p: number;
  readonly q: number;
  /** Indices of nodes. */
  readonly walks: readonly (readonly number[])[];
  /** Only the steps to these positions, the first and the last; likelihoods are then left out. Default: all. */
  readonly positions?: readonly [number, number];
}

export interface WalkGraph {
  readonly graph: Graph;
  readonly steps: readonly (readonly WalkStep[])[];
  /** The numbers of the sources, by name. */
  readonly given: ReadonlyMap<string, Float64Array>;
}

/** Whether there is an edge: binary search in the row of `from`. */
function hasEdge({ offsets, neighbors }: NodeGraph, from: number, to: number): boolean {
  let [low, high] = [offsets[from], offsets[from + 1]];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (neighbors[middle] < to) low = middle + 1;
    else high = middle;
  }
  return low < offsets[from + 1] && neighbors[low] === to;
}

const scores: Readonly<Record<Exclude<StepKind, 'first' | 'near'>, ReturnType<typeof map>>> = {
  return: map('return', { f: (w, p) => mul(div(1, p), w) }),
  far: map('far', { f: (w, q) => mul(div(1, q), w) }),
};
const quotient = map('share', { f: (a, b) => div(a, b) });
const logarithm = map('ln', { f: (a) => log(a) });

/** Combines any number of scalars. */
function combine(graph: Graph, name: string, nodes: readonly Node[], join: (a: Formula, b: Formula) => Formula): Node {
  if (nodes.length === 1) return nodes[0];
  const formula = nodes.map((_, i): Formula => argument(i)).reduce(join);
  return graph.map(mapOf(name, formula, nodes.length), nodes);
}

/** The graph of some walks, whose numbers have the addresses `probability[walk][position]`, `likelihood[walk]` and so on. */
export function walkGraph(model: WalkModel): WalkGraph {
  return new WalkGraphBuilder(model).build();
}

class WalkGraphBuilder {
  private readonly model: WalkModel;
  private readonly made = new Graph();
  private readonly given = new Map<string, Float64Array>();
  private readonly p: Node;
  private readonly q: Node;
  private readonly zero: Node;

  constructor(model: WalkModel) {
    this.model = model;
    this.p = this.source('p', model.p);
    this.q = this.source('q', model.q);
    this.zero = this.made.constant(tensor([], [0]));
  }

  build(): WalkGraph {
    const { made: graph, model } = this;
    const [first, last] = model.positions ?? [1, Number.POSITIVE_INFINITY];
    const steps = model.walks.map((walk, w) =>
      [...walk.keys()].filter((at) => at >= Math.max(1, first) && at <= last).map((at) => this.step(w, at)),
    );
    if (model.positions !== undefined) return { graph, steps, given: this.given };
    const likelihoods = steps.map((list, w) => {
      const each = list.map(({ position }) => graph.get(`probability[${w}][${position}]`));
      return this.named(`likelihood[${w}]`, combine(graph, 'product', each, mul));
    });
    const logarithms = steps.map((list, w) => {
      const each = list.map(({ position }) => graph.map(logarithm, [graph.get(`probability[${w}][${position}]`)]));
      return this.named(`logLikelihood[${w}]`, combine(graph, 'sum', each, add));
    });
    this.named('likelihood', combine(graph, 'product', likelihoods, mul));
    this.named('logLikelihood', combine(graph, 'sum', logarithms, add));
    return { graph, steps, given: this.given };
  }

  private source(name: string, value: number): Node {
    const known = this.made.find(name);
    if (known !== undefined) return known;
    this.given.set(name, Float64Array.of(value));
    return this.made.source('parameter', name, []);
  }

  /** One node may have several addresses: of one step, the walk's likelihood is the step's probability. */
  private named(name: string, node: Node): Node {
    return this.made.name(name, node);
  }

  private step(w: number, position: number): WalkStep {
    const { made, model } = this;
    const walk = model.walks[w];
    const [previous, from, to] = [walk[position - 2], walk[position - 1], walk[position]];
    const entries = this.scored(from, previous);
    const taken = entries.find((entry) => entry.to === to);
    const at = `[${w}][${position}]`;
    const step = { position, from, to, previous, kind: taken?.kind };
    const impossible = taken === undefined ? 'edge' : this.hasNoWeight(taken.kind) ? 'weight' : undefined;
    if (taken === undefined || impossible !== undefined) {
      this.named(`probability${at}`, made.map(map('none', { f: (zero) => zero }), [this.zero]));
      return { ...step, impossible };
    }
    const total = this.total(entries.map(({ score }) => score));
    if (entries.length > 1) this.named(`total${at}`, total);
    this.named(`probability${at}`, made.map(quotient, [taken.score, total]));
    return { ...step, impossible };
  }

  /** A contraction, so that a sum of very many terms can be written in part. */
  private total(list: readonly Node[]): Node {
    if (list.length === 1) return list[0];
    const column = concat(
      this.made,
      list.map((score) => reshape(this.made, score, [1])),
      0,
    );
    return this.made.contract('k->', [column]);
  }

  private hasNoWeight(kind: StepKind): boolean {
    const { p, q } = this.model;
    return (kind === 'return' && p === Number.POSITIVE_INFINITY) || (kind === 'far' && q === Number.POSITIVE_INFINITY);
  }

  /** The neighbors of a node with their kinds and unnormalized probabilities. */
  private scored(from: number, previous: number | undefined): { to: number; kind: StepKind; score: Node }[] {
    const { graph } = this.model;
    const out: { to: number; kind: StepKind; score: Node }[] = [];
    for (let entry = graph.offsets[from]; entry < graph.offsets[from + 1]; entry++) {
      const to = graph.neighbors[entry];
      const weight = this.source(`weight(${from}, ${to})`, graph.weights?.[entry] ?? 1);
      const kind = this.kindOf(previous, to);
      out.push({ to, kind, score: this.scoreOf(weight, kind) });
    }
    return out;
  }

  private scoreOf(weight: Node, kind: StepKind): Node {
    if (kind === 'first' || kind === 'near') return weight;
    return this.made.map(scores[kind], [weight, kind === 'return' ? this.p : this.q]);
  }

  private kindOf(previous: number | undefined, to: number): StepKind {
    if (previous === undefined) return 'first';
    if (to === previous) return 'return';
    return hasEdge(this.model.graph, previous, to) ? 'near' : 'far';
  }
}
