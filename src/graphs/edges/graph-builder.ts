/** Collects nodes and edges, and makes a graph of them. Every reader and every source uses it. */
import { fail } from '../../base/errors.ts';
import type { NodeGraph, NodeId } from '../graph.ts';
import { compressedRows } from './compressed-rows.ts';
import { weightOf } from './edge-weight.ts';
import { GrowingArray } from './growing-array.ts';
import { nodeIdOf } from './node-id.ts';

/** The maximum number of nodes: a `Map` of JavaScript holds no more entries. */
const maxNodes = 2 ** 24;
/** The maximum number of edges, each of which may take two entries of 32-bit offsets. */
const maxEdges = 2 ** 31 - 1;

/** The longest text that V8 copies when it is cut out of another. */
const maxCopied = 12;

/** The same text with memory of its own: a name that was cut out of a file would keep a whole piece of the file in memory. */
const ownText = (text: string): string =>
  text.length <= maxCopied ? text : (JSON.parse(JSON.stringify(text)) as string);

/** Counts of what a builder was given, for messages. */
export interface EdgeCounts {
  /** Edges, each as often as it was given, without those of weight 0. */
  readonly edges: number;
  readonly selfLoops: number;
  /** Edges of weight 0, which are left out. */
  readonly zeroWeights: number;
}

export class GraphBuilder {
  readonly ids: NodeId[] = [];
  private readonly indices = new Map<NodeId, number>();
  private readonly sources = new GrowingArray((length) => new Uint32Array(length));
  private readonly targets = new GrowingArray((length) => new Uint32Array(length));
  private weights: GrowingArray<Float64Array> | undefined;
  private selfLoops = 0;
  private zeroWeights = 0;
  private readonly name: string;

  /** @param name Names the graph in errors. */
  constructor(name = 'edges') {
    this.name = name;
  }

  /** The index of a node, which is added if it is new. `where` is called for an error only. */
  addNode(given: unknown, where: () => string): number {
    // the frequent case first: a text that is known
    const known = typeof given === 'string' ? this.indices.get(given) : undefined;
    if (known !== undefined) return known;
    const id = nodeIdOf(given, where);
    const found = this.indices.get(id);
    if (found !== undefined) return found;
    const index = this.ids.length;
    if (index === maxNodes) {
      fail({
        what: `there are more than ${maxNodes.toLocaleString('en-US')} nodes`,
        where: where(),
        fix: 'Split the graph, or leave nodes out.',
      });
    }
    const own = typeof id === 'string' ? ownText(id) : id;
    this.ids.push(own);
    this.indices.set(own, index);
    return index;
  }

  hasNode(id: unknown): boolean {
    return this.indices.has(id as NodeId);
  }

  /** Adds an edge and its nodes. An edge of weight 0 adds its nodes only. */
  addEdge(source: unknown, target: unknown, weight: unknown, where: () => string): void {
    const from = this.addNode(source, where);
    const to = this.addNode(target, where);
    const value = weight === undefined ? 1 : weightOf(weight, where);
    if (value === 0) {
      this.zeroWeights++;
      return;
    }
    if (this.sources.length === maxEdges) {
      fail({
        what: `there are more than ${maxEdges.toLocaleString('en-US')} edges`,
        where: where(),
        fix: 'Split the graph, or leave edges out.',
      });
    }
    if (from === to) this.selfLoops++;
    if (value !== 1 && this.weights === undefined) {
      this.weights = new GrowingArray((length) => new Float64Array(length));
      this.weights.fillTo(this.sources.length, 1);
    }
    this.sources.push(from);
    this.targets.push(to);
    this.weights?.push(value);
  }

  get counts(): EdgeCounts {
    const { selfLoops, zeroWeights } = this;
    return { edges: this.sources.length, selfLoops, zeroWeights };
  }

  /** The graph. Throws an InputError where it has no node. */
  build(isDirected: boolean): NodeGraph {
    const { ids, sources, targets, weights } = this;
    if (ids.length === 0) {
      fail({ what: 'the graph is empty', where: this.name, fix: 'Pass at least one edge.' });
    }
    return { isDirected, ids, ...compressedRows({ sources, targets, weights }, ids.length, isDirected) };
  }
}
