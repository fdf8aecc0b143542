/** Dropout: in training, each input is dropped with probability p and the rest are scaled by 1/(1-p). */

import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { div, mul, step, sub } from '../../core/formula.ts';
import { map } from '../../core/op.ts';
import { uniform } from '../../core/ops/uniform.ts';
import { builtInLayer, type Layer } from '../layer.ts';

/**
 * Any shape, unchanged. Source: Srivastava et al. (2014), in the inverted form that needs nothing when evaluating.
 * Throws an InputError where p is not in [0, 1).
 */
export function dropout(p: number, where = 'dropout'): Layer {
  if (typeof p !== 'number' || !(p >= 0 && p < 1)) {
    fail({
      what: `${show(p)} is not a probability`,
      where,
      fix: 'Give a number from 0 up to, but not including, 1.',
    });
  }
  // kept where u >= p: step is 0 at 0, so the comparison is turned round
  const drop = map('dropout', { f: (x, u) => mul(x, div(sub(1, step(sub(p, u))), 1 - p)) });
  return builtInLayer({
    kind: 'dropout',
    shape: (input) => input,
    parameterNames: [],
    parameters: () => [],
    trainable: true,
    random: p > 0,
    quantities: [{ name: 'draw', letter: 'u', perSample: true, note: 'drawn uniformly at random from 0 to 1' }],
    config: { dropout: p },
    torch: () => [{ module: `Dropout(${p})` }],
    forward({ graph, address, training, drawing = true, seed, count, index }, input) {
      if (!training || !drawing || p === 0) return { input, output: graph.name(`${address}.output`, input) };
      const draws = graph.name(`${address}.draw`, uniform(graph, input, count, seed, index));
      return { input, output: graph.name(`${address}.output`, graph.map(drop, [input, draws])) };
    },
  });
}
