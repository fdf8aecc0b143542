import { type Activation, activations, dense, dropout, Model, mse, network, sgd } from 'chainrule';
import { expect, test } from 'vitest';
import { forwardOf } from './forward.ts';

const elementwise = activations
  .map((each) => (typeof each === 'function' ? (each as unknown as () => Activation)() : each))
  .filter(({ map }) => map !== undefined);

test('the outputs of each layer are those of model.outputs, to the bit, for every activation that acts on one unit', () => {
  expect(elementwise.length).toBe(activations.length - 2);
  for (const activation of elementwise) {
    const net = network([dense(5, { activation }), dropout(0.5), dense(3), dense(2, { activation })], {
      inputs: 2,
      seed: 4,
    });
    const model = new Model({
      network: net,
      inputs: 2,
      parameters: initial(2, [5, undefined, 3, 2]),
      loss: mse,
      optimizer: sgd({ learningRate: 1 }),
    });
    const rows = [
      [0.3, -1.2],
      [2, 0.5],
      [0, -0],
    ];
    const found = forwardOf(net)!(model.parameters, Float64Array.from(rows.flat()), rows.length);
    expect(Array.from(found.at(-1)!), activation.name).toEqual(model.predict(rows).flat());
    const [first, , second, last] = model.outputs(rows[1]);
    expect(found.map((layer) => Array.from(layer.slice(layer.length / 3, (2 * layer.length) / 3)))).toEqual([
      first,
      second,
      last,
    ]);
  }
});

test('layers that it does not know give undefined, not a wrong picture', () => {
  const softmax = activations.find(({ name }) => name === 'softmax');
  expect(forwardOf(network([dense(2, { activation: softmax as never })], { inputs: 2 }))).toBeUndefined();
});

/** Weights of the given layers; `undefined` is a layer without weights. */
function initial(inputs: number, units: readonly (number | undefined)[]) {
  const found = new Map<string, { readonly shape: number[]; readonly data: Float64Array }>();
  let width = inputs;
  for (const [index, count] of units.entries()) {
    if (count === undefined) continue;
    const data = Float64Array.from({ length: width * count }, (_, i) => Math.sin(7 * i + index));
    found.set(`layers.${index}.weight`, { shape: [width, count], data });
    found.set(`layers.${index}.bias`, { shape: [count], data: data.map((x) => x / 3).slice(0, count) });
    width = count;
  }
  return found;
}
