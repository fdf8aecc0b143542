/**
 * Walks on the layered graph of struc2vec. This plain TypeScript is the definition; `../code/layered-walk.ts` generates WebAssembly with
 * the same bits. A walk is a function of the graph, the options, the seed and its number alone.
 *
 * Source: struc2vec (KDD 2017), section 3.3; at layer 0, a move back stays there, as in the authors' program.
 */
import { chooseAlias } from '../alias.ts';
import { placeInPass } from '../walks/order.ts';
import { RandomWords, threshold } from '../words.ts';
import type { LayeredGraph } from './context-graph.ts';

export interface LayeredWalkOptions {
  /** The maximum number of nodes in a walk. */
  readonly walkLength: number;
  /** The probability of a step to another node, rather than to another layer. */
  readonly stayProbability: number;
}

export class LayeredWalker {
  private readonly words: RandomWords;
  private readonly layered: LayeredGraph;
  private readonly seed: number;
  readonly options: LayeredWalkOptions;

  constructor(layered: LayeredGraph, options: LayeredWalkOptions, seed: number) {
    this.layered = layered;
    this.options = options;
    this.seed = seed;
    this.words = new RandomWords(seed, 'walks');
  }

  /**
   * Writes the nodes of a walk into `out`, and returns their number. The walk starts in layer 0, and only its steps to nodes are
   * written. A node that is compared with no other is a walk by itself.
   */
  walk(number: number, out: Uint32Array): number {
    const { words } = this;
    const { nodes, offsets, neighbors, alias, up } = this.layered;
    const stay = threshold(this.options.stayProbability);
    words.start(number);
    let current = placeInPass(nodes, number % nodes, this.seed, Math.floor(number / nodes));
    out[0] = current;
    let length = 1;
    /** The first row of the layer. */
    let layer = 0;
    while (length < this.options.walkLength) {
      const row = layer + current;
      if (words.next() < stay) {
        const degree = offsets[row + 1] - offsets[row];
        if (degree === 0) break;
        current = neighbors[offsets[row] + chooseAlias(alias, offsets[row], degree, words.next())];
        out[length++] = current;
      } else if (words.next() < up[row]) layer += nodes;
      else if (layer > 0) layer -= nodes;
    }
    return length;
  }
}
