/** The methods, the default first. A new method is its own file and a line here. */
import type { EmbeddingMethod } from '../method.ts';
import { deepwalk, node2vec, node2vecPlus } from './node2vec.ts';
import { random } from './random.ts';

export const embeddingMethods: readonly EmbeddingMethod[] = [random, node2vec, deepwalk, node2vecPlus];
