/**
 * The truncated singular value decomposition of a sparse matrix by random projection and power iterations.
 *
 * Source: Halko, Martinsson and Tropp, "Finding structure with randomness" (SIAM Review 53, 2011), algorithms 4.4 and 5.1. The
 * basis is made orthonormal by the eigenvectors of its Gram matrix, after each product, so that float32 suffices.
 */
import type { Products } from './products.ts';
import { scaledEigenvectors } from './symmetric.ts';

/** The values of a matrix M and those of its transpose, in one symmetric pattern. */
export interface MatrixValues {
  readonly matrix: Float64Array;
  readonly transpose: Float64Array;
}

/**
 * Replaces `before`, which contains random numbers, by U √Σ, where U Σ Vᵀ is the decomposition of M with the largest singular values,
 * descending. Columns beyond the rank of M are 0.
 */
export function factorize(
  products: Products,
  width: number,
  { matrix, transpose }: MatrixValues,
  iterations: number,
): void {
  const { before, after, values } = products;
  const multiply = (by: Float64Array) => {
    values.set(by);
    products.spread();
    // V λ^(-1/2) of the Gram matrix V λ Vᵀ makes the columns orthonormal
    products.mix(scaledEigenvectors(products.gram(), width, (value) => 1 / Math.sqrt(value)));
  };
  multiply(matrix);
  for (let i = 0; i < iterations; i++) {
    multiply(transpose);
    multiply(matrix);
  }
  // With the basis Q: QᵀM = W Σ Vᵀ, so (MᵀQ)ᵀ(MᵀQ) = W Σ² Wᵀ and U = Q W.
  values.set(transpose);
  products.spread();
  const scaled = scaledEigenvectors(products.gram(), width, (value) => Math.sqrt(Math.sqrt(value)));
  after.set(before);
  products.mix(scaled);
}

/** Replaces `before` by U √Σ of the decomposition of `after` itself. */
export function orthogonalize(products: Products, width: number): void {
  // after = U Σ Vᵀ: its Gram matrix is V Σ² Vᵀ, and U √Σ = after V Σ^(-1/2)
  products.mix(scaledEigenvectors(products.gram(), width, (value) => 1 / Math.sqrt(Math.sqrt(value))));
}
