/** Columns with mean 0 and variance 1. */

/**
 * Learns the scale of all columns but the last from rows `[rows, columns]`, or from the chosen ones, and returns a function that applies
 * it to rows in place. A constant column becomes 0.
 */
export function columnScale(
  features: Float64Array,
  columns: number,
  chosen: Iterable<number> = Array.from({ length: features.length / columns }, (_, row) => row),
): (rows: Float64Array) => void {
  const rows = Uint32Array.from(chosen);
  const means = new Float64Array(columns);
  const factors = new Float64Array(columns).fill(1);
  for (let d = 0; d < columns - 1; d++) {
    let sum = 0;
    for (const row of rows) sum += features[row * columns + d];
    means[d] = sum / rows.length;
    let squares = 0;
    for (const row of rows) {
      const difference = features[row * columns + d] - means[d];
      squares += difference * difference;
    }
    factors[d] = squares > 0 ? 1 / Math.sqrt(squares / rows.length) : 0;
  }
  return (into) => {
    for (let i = 0; i < into.length; i++) into[i] = (into[i] - means[i % columns]) * factors[i % columns];
  };
}
