/** The two directions in which vectors vary most, by orthogonal iteration on their covariance. */

/** Rounds of the iteration. Each multiplies the error by the ratio of the third variance to the second. */
const rounds = 200;

/** The mean of each column, `[dimensions]`. */
function columnMeans(vectors: ArrayLike<number>, rows: number, dimensions: number): Float64Array {
  const means = new Float64Array(dimensions);
  for (let i = 0; i < rows * dimensions; i++) means[i % dimensions]! += vectors[i]!;
  return means.map((sum) => sum / Math.max(1, rows));
}

/** The covariance times the number of rows, `[dimensions, dimensions]`. */
function scatter(vectors: ArrayLike<number>, means: Float64Array, rows: number): Float64Array {
  const d = means.length;
  const sums = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < d; k++) row[k] = vectors[r * d + k]! - means[k]!;
    for (let i = 0; i < d; i++) {
      const value = row[i]!;
      for (let j = i; j < d; j++) sums[i * d + j]! += value * row[j]!;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) sums[i * d + j] = sums[j * d + i]!;
  return sums;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Divides by the L2 norm, and makes the component with the largest absolute value positive, so that the sign is defined. */
function normalize(direction: Float64Array): void {
  const norm = Math.sqrt(dot(direction, direction));
  const largest = direction.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  const scale = norm > 0 ? Math.sign(largest) / norm : 0;
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
}

/** The two eigenvectors of a symmetric matrix with the largest eigenvalues. */
function principal(matrix: Float64Array, d: number): [Float64Array, Float64Array] {
  const directions = [0, 1].map((k) => Float64Array.from({ length: d }, (_, i) => 1 + ((i * (k + 2)) % 7)));
  for (let round = 0; round < rounds; round++) {
    directions.forEach((direction, k) => {
      const product = Float64Array.from({ length: d }, (_, i) => dot(matrix.subarray(i * d, (i + 1) * d), direction));
      const first = directions[0]!;
      if (k === 1) {
        const along = dot(product, first);
        for (let i = 0; i < d; i++) product[i]! -= along * first[i]!;
      }
      normalize(product);
      direction.set(product);
    });
  }
  return [directions[0]!, directions[1]!];
}

/**
 * Places of `rows` rows in two dimensions, `vectors` `[rows, dimensions]`: their two principal components. The same vectors give
 * the same places; the sign of each direction is that of its largest component.
 */
export function pca(
  vectors: ArrayLike<number>,
  rows: number,
  dimensions: number,
): { x: Float64Array; y: Float64Array } {
  const means = columnMeans(vectors, rows, dimensions);
  const directions = principal(scatter(vectors, means, rows), dimensions);
  const [x, y] = directions.map((direction) =>
    Float64Array.from({ length: rows }, (_, r) => {
      let sum = 0;
      for (let k = 0; k < dimensions; k++) sum += (vectors[r * dimensions + k]! - means[k]!) * direction[k]!;
      return sum;
    }),
  );
  return { x: x!, y: y! };
}
