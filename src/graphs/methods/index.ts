/** The methods, the default first. A new method is its own file and a line here. */
import type { EmbeddingMethod } from '../method.ts';
import { cleora } from './cleora.ts';
import { fastrp } from './fastrp.ts';
import { line } from './line.ts';
import { deepwalk, node2vec, node2vecPlus } from './node2vec.ts';
import { prone } from './prone.ts';
import { random } from './random.ts';
import { struc2vec } from './struc2vec.ts';

export const embeddingMethods: readonly EmbeddingMethod[] = [
  node2vec,
  deepwalk,
  node2vecPlus,
  line,
  struc2vec,
  prone,
  cleora,
  fastrp,
  random,
];
