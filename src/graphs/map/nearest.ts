/** The nearest rows of every row of a matrix by cosine, exactly: products of blocks of rows with all rows, on an engine. */

import { Graph } from '../../core/graph.ts';
import * as wasm from '../../engines/wasm/index.ts';
import { compileQuickly, provideWasm } from '../../model/quick-engine.ts';
import { compile } from '../../plan/plan.ts';

/** The nearest rows of each row, the nearest first; a row is not its own neighbor. */
export interface Nearest {
  /** `[rows, count]` */
  readonly indices: Uint32Array;
  /** `[rows, count]` */
  readonly cosines: Float32Array;
  /** At most what was asked for, and at most one less than there are rows. */
  readonly count: number;
}

/** Rows of a block: large enough for the product's speed, small enough that the products of a block fit in a few megabytes. */
const blockRows = 128;

/** Rows divided by their L2 norm; a row of zeros stays one. */
function unitRows(vectors: ArrayLike<number>, rows: number, dimensions: number, out: { [i: number]: number }): void {
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = r * dimensions; k < (r + 1) * dimensions; k++) sum += vectors[k]! * vectors[k]!;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let k = r * dimensions; k < (r + 1) * dimensions; k++) out[k] = vectors[k]! * scale;
  }
}

/** Inserts row `candidate` into the sorted list that begins at `first`, if it is near enough. Equal cosines keep the lower index first. */
function insert({ indices, cosines, count }: Nearest, first: number, candidate: number, cosine: number): void {
  let at = first + count - 1;
  if (cosine <= cosines[at]!) return;
  for (; at > first && cosine > cosines[at - 1]!; at--) {
    cosines[at] = cosines[at - 1]!;
    indices[at] = indices[at - 1]!;
  }
  cosines[at] = cosine;
  indices[at] = candidate;
}

/**
 * The `wanted` nearest rows of each of `rows` rows, `vectors` `[rows, dimensions]`. It takes rows² × dimensions multiplications:
 * 10,000 rows of 128 numbers take about a second.
 *
 * Example: `nearestRows(Float32Array.of(1, 0, 1, 0.1, 0, 1), 3, 2, 1).indices` is 1, 0, 1.
 */
export function nearestRows(vectors: ArrayLike<number>, rows: number, dimensions: number, wanted: number): Nearest {
  const count = Math.max(0, Math.min(wanted, rows - 1));
  const nearest: Nearest = {
    indices: new Uint32Array(rows * count),
    cosines: new Float32Array(rows * count).fill(Number.NEGATIVE_INFINITY),
    count,
  };
  if (count === 0) return nearest;
  const graph = new Graph();
  const block = graph.source('input', 'block', [blockRows, dimensions]);
  const all = graph.source('input', 'all', [rows, dimensions]);
  const products = graph.name('products', graph.contract('id,jd->ij', [block, all]));
  provideWasm(wasm);
  const [program] = compileQuickly([compile(graph, [products])]);
  const [blockView, allView] = [program!.view('block'), program!.view('all')];
  unitRows(vectors, rows, dimensions, allView);
  for (let start = 0; start < rows; start += blockRows) {
    const size = Math.min(blockRows, rows - start);
    blockView.set(allView.subarray(start * dimensions, (start + size) * dimensions));
    program!.run();
    const cosines = program!.view('products');
    for (let i = 0; i < size; i++) {
      const row = start + i;
      for (let j = 0; j < rows; j++) if (j !== row) insert(nearest, row * count, j, cosines[i * rows + j]!);
    }
  }
  return nearest;
}
