/** Vectors that know nothing of the graph: the baseline beside every score. */
import * as z from 'zod/mini';
import type { EmbeddingMethod } from '../method.ts';
import { fillHashed } from './initial.ts';
import { counted } from './options.ts';

const options = z.object({ dimensions: counted(128, 'numbers in each vector') });

/** Numbers uniform in [-1, 1), hashed from a node's id and the seed. */
export const random: EmbeddingMethod<z.infer<typeof options>> = {
  name: 'random',
  summary: 'a baseline: random vectors, without a look at the edges',
  options,
  memory: (graph, { dimensions }) => 4 * graph.ids.length * dimensions,
  async embed({ ids }, { dimensions }, { seed }) {
    const vectors = new Float32Array(ids.length * dimensions);
    fillHashed(vectors, dimensions, ids, seed, (word) => 2 ** -31 * word - 1);
    return vectors;
  },
};
