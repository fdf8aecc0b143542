/**
 * Random walks of node2vec and DeepWalk. This plain TypeScript is the definition; `walk-code.ts` generates WebAssembly with the same
 * bits. A walk is a function of the graph, the options, the seed and its number alone, so that walks need not be stored.
 *
 * Sources: Perozzi, Al-Rfou, Skiena, "DeepWalk" (KDD 2014); Grover, Leskovec, "node2vec" (KDD 2016); rejection sampling with the
 * return edge apart: Yang et al., "KnightKing" (SOSP 2019); Liu, Hirn, Krishnan, "Accurately modeling biased random walks on
 * weighted networks using node2vec+" (Bioinformatics 2023).
 */
import { multiplyHigh } from '../../base/random.ts';
import { type AliasTable, aliasScratch, chooseAlias, fillAlias } from '../alias.ts';
import type { NodeGraph } from '../graph.ts';
import { RandomWords, threshold } from '../words.ts';
import { placeInPass } from './order.ts';

export interface WalkOptions {
  /** The maximum number of nodes in a walk. */
  readonly walkLength: number;
  /** The return parameter: a step back to the previous node has the weight 1/p. */
  readonly p: number;
  /** The in-out parameter: a step to a node that is not a neighbor of the previous one has the weight 1/q. */
  readonly q: number;
  /** Whether an edge counts as an edge in proportion to its weight (node2vec+). */
  readonly extended?: boolean;
}

/** The tables that a walker reads besides the graph, computed once. */
export interface WalkTables {
  /** Choices of a neighbor by weight, `[entries]`; undefined where every weight is 1. */
  readonly alias?: AliasTable;
  /** The sums of the weights of each row, `[nodes]`; only where the return edge is apart and there are weights. */
  readonly strengths?: Float64Array;
  /** The mean weight of each row, `[nodes]`; for node2vec+. */
  readonly typicalWeights?: Float64Array;
}

/** How a step chooses, as numbers: derived from p and q. */
export interface StepRule {
  /** Whether p = q = 1: a step does not depend on the previous node. */
  readonly isFirstOrder: boolean;
  /** The maximum weight of a step, other than back. */
  readonly bound: number;
  /** The weight of the return edge above the bound; 0 if it is below. */
  readonly excess: number;
  /** A random word at most this accepts: back, to a common neighbor, to another node, and always. */
  readonly accept: { readonly back: number; readonly common: number; readonly far: number; readonly always: number };
}

/** The weights 1/p, 1 and 1/q relative to their bound. */
export function stepRule({ p, q }: WalkOptions): StepRule {
  const bound = Math.max(1, 1 / q);
  const excess = Math.max(0, 1 / p - bound);
  const back = threshold(Math.min(1 / p, bound) / bound);
  const common = threshold(1 / bound);
  const far = threshold(1 / q / bound);
  return {
    isFirstOrder: p === 1 && q === 1,
    bound,
    excess,
    accept: { back, common, far, always: Math.min(back, common, far) },
  };
}

export function walkTables(graph: NodeGraph, options: WalkOptions): WalkTables {
  const { offsets, weights } = graph;
  if (weights === undefined) return {};
  const nodes = offsets.length - 1;
  const alias = { thresholds: new Uint32Array(weights.length), aliases: new Uint32Array(weights.length) };
  const strengths = new Float64Array(nodes);
  const typicalWeights = new Float64Array(nodes);
  let maxDegree = 0;
  for (let u = 0; u < nodes; u++) maxDegree = Math.max(maxDegree, offsets[u + 1] - offsets[u]);
  const scratch = aliasScratch(maxDegree);
  for (let u = 0; u < nodes; u++) {
    const row = weights.subarray(offsets[u], offsets[u + 1]);
    for (const weight of row) strengths[u] += weight;
    if (row.length > 0) {
      typicalWeights[u] = strengths[u] / row.length;
      fillAlias(alias, offsets[u], row, scratch);
    }
  }
  return {
    alias,
    ...(stepRule(options).excess > 0 && { strengths }),
    ...(options.extended && { typicalWeights }),
  };
}

/** The entry of an edge in the row of `from`, or -1: binary search. */
export function findEdge({ offsets, neighbors }: NodeGraph, from: number, to: number): number {
  let low = offsets[from];
  let high = offsets[from + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (neighbors[middle] < to) low = middle + 1;
    else high = middle;
  }
  return low < offsets[from + 1] && neighbors[low] === to ? low : -1;
}

/** Generates walks one at a time. */
export class Walker {
  private readonly words: RandomWords;
  private readonly rule: StepRule;
  private readonly nodes: number;
  readonly graph: NodeGraph;
  readonly options: WalkOptions;
  readonly tables: WalkTables;
  readonly seed: number;

  constructor(graph: NodeGraph, options: WalkOptions, seed: number, tables = walkTables(graph, options)) {
    this.graph = graph;
    this.options = options;
    this.seed = seed;
    this.tables = tables;
    this.rule = stepRule(options);
    this.words = new RandomWords(seed, 'walks');
    this.nodes = graph.offsets.length - 1;
  }

  /**
   * Writes the nodes of a walk into `out`, and returns their number: the walk's length, or fewer where a node has no edges. The
   * numbers from 0 to nodes − 1 are the first pass, in which every node starts one walk, and so on.
   */
  walk(number: number, out: Uint32Array): number {
    const { graph, nodes, words, options } = this;
    words.start(number);
    let current = placeInPass(nodes, number % nodes, this.seed, Math.floor(number / nodes));
    let previous = -1;
    out[0] = current;
    let length = 1;
    while (length < options.walkLength && graph.offsets[current] < graph.offsets[current + 1]) {
      const next =
        this.rule.isFirstOrder || previous === -1 ? this.proposed(current) : this.secondOrder(current, previous);
      previous = current;
      current = next;
      out[length++] = current;
    }
    return length;
  }

  /** A neighbor by weight. */
  private proposed(current: number): number {
    const { offsets, neighbors } = this.graph;
    const start = offsets[current];
    const degree = offsets[current + 1] - start;
    const word = this.words.next();
    const { alias } = this.tables;
    const place = alias === undefined ? multiplyHigh(word, degree) : chooseAlias(alias, start, degree, word);
    return neighbors[start + place];
  }

  private secondOrder(current: number, previous: number): number {
    const apart = this.rule.excess > 0 ? this.returnThreshold(current, previous) : undefined;
    for (;;) {
      if (apart !== undefined && this.words.next() < apart) return previous;
      const next = this.proposed(current);
      const word = this.words.next();
      if (word <= this.rule.accept.always || word <= this.acceptance(current, previous, next)) return next;
    }
  }

  /** The threshold of the words that return at once: the share of the return edge above the bound in the whole area. */
  private returnThreshold(current: number, previous: number): number {
    const { offsets, weights } = this.graph;
    const edge = findEdge(this.graph, current, previous);
    if (edge === -1) return 0;
    const weight = weights === undefined ? 1 : weights[edge];
    const strength = weights === undefined ? offsets[current + 1] - offsets[current] : this.tables.strengths![current];
    const area = this.rule.excess * weight;
    return threshold(area / (area + this.rule.bound * strength));
  }

  /** The largest word that accepts a step from `current` to `next`. */
  private acceptance(current: number, previous: number, next: number): number {
    const { accept, bound } = this.rule;
    if (next === previous) return accept.back;
    const edge = findEdge(this.graph, previous, next);
    const { typicalWeights } = this.tables;
    if (typicalWeights === undefined) return edge === -1 ? accept.far : accept.common;
    // node2vec+: an edge below the mean weight of the node that it leads to counts in proportion
    const weights = this.graph.weights!;
    const closeness = edge === -1 ? 0 : weights[edge] / typicalWeights[next];
    if (closeness >= 1) return accept.common;
    const own = weights[findEdge(this.graph, current, next)];
    const far = 1 / this.options.q;
    if (own < typicalWeights[current]) return threshold(Math.min(1, far) / bound);
    return threshold((far + (1 - far) * closeness) / bound);
  }
}
