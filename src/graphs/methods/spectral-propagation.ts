/**
 * Spectral propagation: vectors pass a filter of the graph's Laplacian, written as a Chebyshev expansion. It adds what is near in the
 * graph, at several distances, to each vector.
 *
 * Source: Zhang and others, "ProNE: fast and scalable network representation learning" (IJCAI 2019), section 3.3; the expansion
 * of a Gaussian is Hammond, Vandergheynst and Gribonval (2011).
 */
import type { Numbers } from '../../engines/engine.ts';
import type { NodeGraph } from '../graph.ts';
import type { Products } from '../linear-algebra/products.ts';
import { weightedDegrees } from './weights.ts';

export interface FilterOptions {
  /** The center of the band of eigenvalues that pass. */
  readonly mu: number;
  /** The argument of the Bessel functions: the band's width. */
  readonly theta: number;
  /** Terms of the expansion. */
  readonly order: number;
}

/** The modified Bessel function of the first kind of whole order n: Σ (x/2)^(2k+n)/(k! (k+n)!). */
export function bessel(n: number, x: number): number {
  let term = 1;
  for (let i = 1; i <= n; i++) term *= x / 2 / i;
  let sum = 0;
  for (let k = 1; term !== 0 && sum + term !== sum; k++) {
    sum += term;
    term *= ((x / 2) * (x / 2)) / (k * (k + n));
  }
  return sum;
}

/**
 * Leaves (A + I)(x - y) in `after`, where x are the vectors in `before` and y the filtered ones. `pass` is called before each term, with the
 * share done.
 *
 * With the walk's Laplacian L = I - D⁻¹(A + I) and M = L - μI, y is the sum over i below `order` of (-1)^i 2 Iᵢ(θ) Tᵢ x (the
 * first term without the 2), where Tᵢ is the Chebyshev polynomial of M²/2 - I up to a factor: T₁ = M²/2 - I, and then Tᵢ₊₁ = (M² - 2I) Tᵢ - Tᵢ₋₁.
 */
export async function spectralPropagation(
  graph: NodeGraph,
  products: Products,
  { mu, theta, order }: FilterOptions,
  pass: (done: number) => Promise<void>,
): Promise<void> {
  const { before, after, values } = products;
  const degrees = weightedDegrees(graph);
  const width = before.length / degrees.length;
  values.set(graph.weights ?? new Float64Array(values.length).fill(1));
  /** after = M before */
  const apply = () => {
    products.spread();
    for (let u = 0; u < degrees.length; u++) {
      const inverse = 1 / (degrees[u] + 1);
      for (let i = u * width; i < (u + 1) * width; i++)
        after[i] = (1 - mu) * before[i] - (after[i] + before[i]) * inverse;
    }
  };
  const applyTwice = (x: Numbers) => {
    before.set(x);
    apply();
    before.set(after);
    apply();
  };
  let last = Float32Array.from(before);
  const rest = last.map((x) => x - bessel(0, theta) * x);
  applyTwice(last);
  let term = last.map((x, i) => 0.5 * after[i] - x);
  for (let n = 1; n < order; n++) {
    await pass(n / order);
    if (n > 1) {
      applyTwice(term);
      for (let i = 0; i < last.length; i++) last[i] = after[i] - 2 * term[i] - last[i];
      [last, term] = [term, last];
    }
    const factor = (n % 2 === 0 ? 2 : -2) * bessel(n, theta);
    for (let i = 0; i < rest.length; i++) rest[i] -= factor * term[i];
  }
  before.set(rest);
  products.spread();
  for (let i = 0; i < rest.length; i++) after[i] += rest[i];
}
