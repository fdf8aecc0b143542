/** The loss of skip-gram on walks that were not trained on yet: what progress reports. */
import { exp, log } from '../../base/math.ts';
import type { Window } from './update.ts';

/** -ln σ(z). */
const logistic = (z: number) => (z > 0 ? log(1 + exp(-z)) : log(1 + exp(z)) - z);

/**
 * The mean over inputs of −ln σ(u·v₀) − Σₖ ln σ(−u·vₖ), in nats: (1 + negatives)·ln 2 = 4.16 before training with five negatives. NaN
 * without an input.
 */
export function windowLoss(
  { input, output }: { readonly input: Float32Array; readonly output: Float32Array },
  stride: number,
  windows: readonly Window[],
): number {
  let total = 0;
  let count = 0;
  for (const { inputs, outputs } of windows) {
    for (const i of inputs) {
      count += 1;
      for (const [k, node] of outputs.entries()) {
        if (k > 0 && node === outputs[0]) continue;
        let z = 0;
        for (let d = 0; d < stride; d++) z += input[i * stride + d] * output[node * stride + d];
        total += logistic(k === 0 ? z : -z);
      }
    }
  }
  return total / count;
}
