/** Places of nodes in two dimensions, from their vectors. */
import { aFunction, aSeed, aSignal, checkCall, oneOf, options } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { type NodeVectors, someNodeVectors } from '../node-vectors.ts';
import { pca } from './pca.ts';

/** Kinds of maps by name. */
export type MapKind = 'pca' | 'umap';

export interface MapOptions {
  /** `pca`: the two directions of the largest variance. `umap`: near nodes stay near, which shows clusters. Default `pca`. */
  readonly kind?: MapKind | undefined;
  /** Of UMAP's layout. Default 1. */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the share that is done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

const mapOptions = options({ kind: oneOf('pca', 'umap'), seed: aSeed, signal: aSignal, onProgress: aFunction });

/** Rows beyond which UMAP's library does not fit in memory. */
const maxUmapRows = 15_000;

/**
 * Places for the nodes, `[nodes]` each. UMAP compares all pairs of vectors: 10,000 nodes of 128 dimensions take about a minute.
 * Rejects with an InputError for more than 15,000 nodes under UMAP, and with the signal's reason if it is aborted.
 *
 * @example Array.from((await mapNodes({ ids: ['a', 'b'], vectors: Float32Array.of(0, 1, 0, 3), dimensions: 2 })).x)  // [-1, 1]
 */
export async function mapNodes(
  nodes: NodeVectors,
  given: MapOptions = {},
): Promise<{ readonly x: Float64Array; readonly y: Float64Array }> {
  checkCall('mapNodes(vectors, options)', { vectors: [nodes, someNodeVectors], options: [given, mapOptions] });
  const { ids, vectors, dimensions } = nodes;
  const { kind = 'pca', seed = 1, signal, onProgress } = given;
  if (kind === 'pca') return pca(vectors, ids.length, dimensions);
  if (ids.length > maxUmapRows) {
    fail({
      what: `${ids.length} nodes are too many for UMAP, which takes at most ${maxUmapRows}`,
      where: 'mapNodes',
      fix: 'Use the kind "pca".',
    });
  }
  // UMAP's library, with the one that it needs, is larger than most methods
  const { umap } = await import('./umap.ts');
  return umap(vectors, ids.length, dimensions, { seed, signal, onProgress });
}
