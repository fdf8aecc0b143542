/** The windows of a walk: what an update is about. The definition of what the generated code draws. */
import { multiplyHigh } from '../../base/random.ts';
import { type AliasTable, chooseAlias } from '../alias.ts';
import { RandomWords } from '../words.ts';
import type { Window } from './update.ts';

export interface WindowOptions {
  /** The maximum distance between a center and an input. Each center draws its own, from 1 to this (word2vec). */
  readonly windowSize: number;
  /** The number of negatives of a center. */
  readonly negativeSamples: number;
}

/** The random parts of training that do not depend on vectors. */
export interface Sampling {
  /** Negatives are drawn from it. */
  readonly noise: AliasTable;
  /** A node is kept where a random word is below its threshold; undefined if all are kept. */
  readonly keep?: Uint32Array;
}

export class WindowSampler {
  private readonly negatives: RandomWords;
  private readonly subsampling: RandomWords;
  private readonly options: WindowOptions;
  private readonly sampling: Sampling;

  constructor(options: WindowOptions, sampling: Sampling, seed: number) {
    this.options = options;
    this.sampling = sampling;
    this.negatives = new RandomWords(seed, 'negatives');
    this.subsampling = new RandomWords(seed, 'subsampling');
  }

  /** The nodes of a walk that subsampling keeps. */
  kept(nodes: Uint32Array, number: number): Uint32Array {
    const { keep } = this.sampling;
    if (keep === undefined) return nodes;
    this.subsampling.start(number);
    return nodes.filter((node) => this.subsampling.next() < keep[node]);
  }

  /** The window of the node at a place of a walk. */
  window(nodes: Uint32Array, place: number, number: number): Window {
    const { windowSize, negativeSamples } = this.options;
    const { noise } = this.sampling;
    this.negatives.start(number, place);
    const reach = 1 + multiplyHigh(this.negatives.next(), windowSize);
    const inputs: number[] = [];
    const last = Math.min(place + reach, nodes.length - 1);
    for (let i = Math.max(0, place - reach); i <= last; i++) if (i !== place) inputs.push(nodes[i]);
    const outputs = [nodes[place]];
    for (let k = 0; k < negativeSamples; k++) {
      outputs.push(chooseAlias(noise, 0, noise.thresholds.length, this.negatives.next()));
    }
    return { inputs, outputs };
  }
}

/** The noise distribution of word2vec: counts to the power ¾, as square roots, which are exact everywhere. */
export const noiseWeights = (counts: Float64Array): Float64Array =>
  counts.map((n) => Math.sqrt(n) * Math.sqrt(Math.sqrt(n)));

/**
 * The probability that word2vec keeps a node that makes up this share of all tokens: (√(share/sample) + 1)·sample/share, at most 1.
 * Source: the code of word2vec (Mikolov et al., 2013), which differs from the paper's formula.
 */
export const keepProbability = (share: number, sample: number): number =>
  share === 0 ? 1 : Math.min(1, (Math.sqrt(share / sample) + 1) * (sample / share));
