import { expect, test } from 'vitest';
import { mapNodes } from './map-nodes.ts';

const ids = Array.from({ length: 24 }, (_, i) => i);
/** Two clusters, far apart in the first dimension. */
const vectors = Float32Array.from({ length: 24 * 3 }, (_, i) =>
  i % 3 === 0 ? (i < 36 ? 10 : -10) : Math.sin(1 + i * i),
);

test.each(['pca', 'umap'] as const)(
  '%s keeps two clusters apart, and the same vectors give the same places',
  async (kind) => {
    const { x, y } = await mapNodes({ ids, vectors, dimensions: 3 }, { kind });
    const apart = (a: number, b: number) => Math.hypot(x[a] - x[b], y[a] - y[b]);
    for (let a = 0; a < 12; a++) {
      const own = ids.filter((b) => b < 12 && b !== a).map((b) => apart(a, b));
      const other = ids.filter((b) => b >= 12).map((b) => apart(a, b));
      expect(Math.min(...own)).toBeLessThan(Math.min(...other));
    }
    expect((await mapNodes({ ids, vectors, dimensions: 3 }, { kind })).x).toEqual(x);
  },
);

test('too many nodes for UMAP are an error', async () => {
  const many = { ids: Array.from({ length: 15_001 }, (_, i) => i), vectors: new Float32Array(15_001), dimensions: 1 };
  await expect(mapNodes(many, { kind: 'umap' })).rejects.toThrow('15001 nodes are too many for UMAP');
});
