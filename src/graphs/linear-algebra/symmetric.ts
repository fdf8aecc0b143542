/**
 * Functions of small symmetric matrices through their eigendecomposition. The decomposition is that of `ml-matrix` (Householder and
 * QL, from EISPACK through JAMA): it uses +, -, ×, ÷ and square roots only, so its bits are the same on every machine.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvalues ascending; the eigenvector of value j is column j of `vectors`, `[size, size]`, row after row. */
interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** The eigendecomposition of a symmetric matrix `[size, size]`, row after row. */
function symmetricEigen(matrix: ArrayLike<number>, size: number): SymmetricEigen {
  const own = Matrix.from1DArray(size, size, Array.from(matrix));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(own, { assumeSymmetric: true });
  return { values: Float64Array.from(realEigenvalues), vectors: Float64Array.from(eigenvectorMatrix.to1DArray()) };
}

/** Eigenvalues below this part of the largest one are rounding noise of a Gram matrix in float32. */
const noise = 1e-6;

/**
 * V f(λ) for a positive semidefinite matrix V λ Vᵀ: each eigenvector times `f` of its eigenvalue. Eigenvectors whose eigenvalue is
 * noise become columns of zeros. The columns are in descending order of the eigenvalues.
 */
export function scaledEigenvectors(
  matrix: ArrayLike<number>,
  size: number,
  f: (value: number) => number,
): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, size);
  const largest = values[size - 1];
  const scaled = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const from = size - 1 - j;
    const factor = values[from] > noise * largest ? f(values[from]) : 0;
    for (let i = 0; i < size; i++) scaled[i * size + j] = vectors[i * size + from] * factor;
  }
  return scaled;
}
