/** Residual: adds the output of some layers to their input. */
import { listOf } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { lastOf, sameShape } from '../../base/shape.ts';
import { add } from '../../core/formula.ts';
import type { Node } from '../../core/graph.ts';
import { map } from '../../core/op.ts';
import { aLayer, builtInLayer, childIndex, isTrained, type Layer, type LayerQuantity } from '../layer.ts';

const sum = map('residual', { f: (x, y) => add(x, y) });

/**
 * x + layers(x), [batch, units]. The parameters of its layers are named `layers.K.…`. Source: He, Zhang, Ren and Sun
 * (2016). Throws an InputError if the output of the layers has another shape than their input.
 */
export function residual(layers: readonly Layer[], where = 'residual'): Layer {
  if (layers === undefined || (Array.isArray(layers) && layers.length === 0)) {
    fail({ what: 'there are no layers', where, fix: 'Give at least one: residual([dense(8)]).' });
  }
  listOf(aLayer)(layers, where);
  if (layers.some(({ embeds }) => embeds !== undefined)) {
    fail({
      what: 'an embedding cannot be inside a residual layer',
      where,
      fix: 'Put the embedding before it, as the first layer.',
    });
  }
  const own = layers.flatMap((layer, k) => layer.parameterNames.map((name) => `layers.${k}.${name}`));
  const quantities = layers.flatMap((layer, k) => {
    const inside: LayerQuantity = { name: 'output', letter: 'a', perSample: true };
    return [...(layer.quantities ?? []), inside].map(
      (each): LayerQuantity => ({ ...each, name: `layers.${k}.${each.name}`, path: [k, ...(each.path ?? [])] }),
    );
  });
  return builtInLayer({
    kind: 'residual',
    layers,
    quantities,
    shape(input) {
      const output = layers.reduce((shape, layer) => layer.shape(shape), input);
      if (!sameShape(output, input)) {
        fail({
          what: `its layers output ${output} units, but its input has ${input}`,
          where,
          fix: `Give the last of its layers ${lastOf(input)} units.`,
        });
      }
      return input;
    },
    parameterNames: own,
    trainable: layers.flatMap((layer, k) =>
      layer.parameterNames.filter((name) => isTrained(layer, name)).map((name) => `layers.${k}.${name}`),
    ),
    random: layers.some(({ random }) => random),
    remembers: layers.some(({ remembers }) => remembers),
    feeds: layers.flatMap(({ feeds = [] }) => feeds),
    config: { residual: layers.map(({ config }) => config) },
    parameters(input) {
      let shape = input;
      return layers.flatMap((layer, k) => {
        const specs = layer.parameters(shape);
        shape = layer.shape(shape);
        return specs.map((spec) => ({ ...spec, name: `layers.${k}.${spec.name}`, path: [k, ...(spec.path ?? [])] }));
      });
    },
    forward(context, input, parameters) {
      const { graph, address, index } = context;
      let current: Node = input;
      layers.forEach((layer, k) => {
        const prefix = `layers.${k}.`;
        const mine = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
        const inner = { ...context, address: `${address}.layers.${k}`, index: childIndex(index, k) };
        current = layer.forward(
          inner,
          current,
          Object.fromEntries(mine.map(([name, node]) => [name.slice(prefix.length), node])),
        ).output;
      });
      return { input, output: graph.name(`${address}.output`, graph.map(sum, [input, current])) };
    },
  });
}
