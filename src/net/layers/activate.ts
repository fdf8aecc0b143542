/** An activation as a layer of its own, such as after a normalization. */
import { type Activation, type ActivationFamily, resolveActivation } from '../../core/ops/activations.ts';
import { builtInLayer, type Layer } from '../layer.ts';
import { written } from '../recipe-json.ts';

/** [batch, …, units], unchanged. It cannot be the last layer of a network. */
export function activate(given: Activation | ActivationFamily): Layer {
  const activation = resolveActivation(given);
  return builtInLayer({
    kind: 'activate',
    shape: (input) => input,
    parameterNames: [],
    parameters: () => [],
    trainable: true,
    config: { activate: written(activation) },
    torch: () => (activation.torch === undefined ? undefined : [{ module: activation.torch }]),
    forward({ graph, address }, input) {
      return { input, output: graph.name(`${address}.output`, activation.apply(graph, input)) };
    },
  });
}
