/** The samples of LINE: edges by weight, and negatives by degree to the power ¾. A sample is a function of seed, order and number. */
import { multiplyHigh } from '../../base/random.ts';
import { type AliasTable, chooseAlias, fillAlias } from '../alias.ts';
import type { NodeGraph } from '../graph.ts';
import { noiseWeights } from '../skip-gram/windows.ts';
import { RandomWords } from '../words.ts';
import type { LineSample } from './update.ts';

/** First order: neighbors become similar. Second order: nodes with the same neighbors do. */
export type LineOrder = 1 | 2;

export interface LineTables {
  /** The row of each entry, `[entries]`. */
  readonly sources: Uint32Array;
  /** Choices of an entry by weight; undefined where every weight is 1. */
  readonly edges?: AliasTable;
  readonly noise: AliasTable;
}

/** The weight of the entries at each node, at both ends, as in line.cpp, so that targets of directed edges are negatives too. */
export function lineDegrees({ offsets, neighbors, weights }: NodeGraph): Float64Array {
  const degrees = new Float64Array(offsets.length - 1);
  for (let u = 0; u < degrees.length; u++) {
    for (let i = offsets[u]; i < offsets[u + 1]; i++) {
      degrees[u] += weights?.[i] ?? 1;
      degrees[neighbors[i]] += weights?.[i] ?? 1;
    }
  }
  return degrees;
}

export function lineTables(graph: NodeGraph): LineTables {
  const { offsets, neighbors, weights } = graph;
  const sources = new Uint32Array(neighbors.length);
  for (let u = 0; u + 1 < offsets.length; u++) sources.fill(u, offsets[u], offsets[u + 1]);
  const table = (weightsOf: Float64Array): AliasTable => {
    const made = { thresholds: new Uint32Array(weightsOf.length), aliases: new Uint32Array(weightsOf.length) };
    fillAlias(made, 0, weightsOf);
    return made;
  };
  return { sources, ...(weights && { edges: table(weights) }), noise: table(noiseWeights(lineDegrees(graph))) };
}

/** The upper bit of the counter's third word tells the orders apart. */
export const sampleHigh = (number: number, order: LineOrder) =>
  (Math.floor(number / 2 ** 32) + (order === 1 ? 2 ** 31 : 0)) >>> 0;

export class LineSampler {
  private readonly words: RandomWords;
  private readonly neighbors: Uint32Array;
  private readonly tables: LineTables;
  private readonly negativeSamples: number;
  private readonly order: LineOrder;

  constructor(graph: NodeGraph, tables: LineTables, negativeSamples: number, order: LineOrder, seed: number) {
    this.words = new RandomWords(seed, 'lineSamples');
    this.neighbors = graph.neighbors;
    this.tables = tables;
    this.negativeSamples = negativeSamples;
    this.order = order;
  }

  sample(number: number): LineSample {
    const { words, neighbors } = this;
    const { sources, edges, noise } = this.tables;
    words.start(number >>> 0, sampleHigh(number, this.order));
    let entry = multiplyHigh(words.next(), neighbors.length);
    const fraction = words.next();
    if (edges !== undefined && fraction >= edges.thresholds[entry]) entry = edges.aliases[entry];
    const targets = [neighbors[entry]];
    for (let k = 0; k < this.negativeSamples; k++) {
      targets.push(chooseAlias(noise, 0, noise.thresholds.length, words.next()));
    }
    return { source: sources[entry], targets };
  }
}
