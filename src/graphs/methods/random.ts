/** Random vectors: the baseline that every method has to beat. A score that random vectors reach as well says nothing about an embedding. */
import * as z from 'zod/mini';
import { fillNormal } from '../../base/random.ts';
import { describe } from '../../net/form.ts';
import type { EmbeddingMethod } from '../method.ts';

const options = z.object({
  dimensions: describe(z._default(z.int().check(z.gte(1)), 128), 'number of dimensions of each vector'),
});

/** Independent standard normals, divided by √dimensions, so that the expected squared length of a vector is 1. */
export const random: EmbeddingMethod<z.infer<typeof options>> = {
  name: 'random',
  summary: 'random vectors, the baseline that every method has to beat',
  isBaseline: true,
  options,
  memory: ({ ids }, { dimensions }) => 4 * ids.length * dimensions,
  async embed({ ids }, { dimensions }, { seed }) {
    const vectors = new Float32Array(ids.length * dimensions);
    const row = new Float64Array(dimensions);
    for (let node = 0; node < ids.length; node++) {
      fillNormal(row, seed, 'initialization', node);
      for (let d = 0; d < dimensions; d++) vectors[node * dimensions + d] = row[d] / Math.sqrt(dimensions);
    }
    return vectors;
  },
};
