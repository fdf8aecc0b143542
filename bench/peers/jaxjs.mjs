/** jax-js on WebAssembly: the whole step under `jit`, plain gradient descent or Adam written out, as the workload needs. */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { data, serve, workload } from './serve.mjs';

// It looks for a GPU before it uses WebAssembly; Node 20 has no navigator.
globalThis.navigator ??= {};
await init();
defaultDevice('wasm');
const { sizes, activations, bias, loss, optimizer, rate, rows, batch } = workload;
const { inputs, targets, width, outputs } = data();
const array = (numbers, shape) => np.array(numbers).reshape(shape);
let seed = 1;
const drawn = (n) =>
  new Float32Array(n).map(() => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 0.2;
  });
const layers = sizes.slice(1).map((units, i) => ({
  w: array(drawn(sizes[i] * units), [sizes[i], units]),
  ...(bias && { b: np.zeros([units]) }),
}));
const activate = { linear: (x) => x, sigmoid: nn.sigmoid, tanh: np.tanh, relu: nn.relu, softmax: nn.logSoftmax };

const lossOf = (parameters, x, t) => {
  let h = x;
  for (const [i, { w, b }] of parameters.entries()) {
    h = np.matmul(h, w);
    if (b !== undefined) h = h.add(b);
    h = activate[activations[i]](h);
  }
  if (loss === 'crossEntropy')
    return h
      .mul(t)
      .sum()
      .mul(-1 / batch);
  const e = h.sub(t);
  return e.ref
    .mul(e)
    .sum()
    .mul(loss === 'halfMse' ? 1 / (2 * batch) : 1 / (batch * outputs));
};
const descend = jit((parameters, x, t) => {
  const [value, gradients] = valueAndGrad(lossOf)(tree.ref(parameters), x, t);
  return [value, tree.map((w, g) => w.sub(g.mul(rate)), parameters, gradients)];
});
const adam = jit((parameters, m, v, x, t) => {
  const [value, gradients] = valueAndGrad(lossOf)(tree.ref(parameters), x, t);
  const mean = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), m, tree.ref(gradients));
  const square = tree.map((v, g) => v.mul(0.999).add(g.ref.mul(g).mul(0.001)), v, gradients);
  const next = tree.map(
    (w, m, v) => w.sub(m.mul(rate).div(np.sqrt(v).add(1e-8))),
    parameters,
    tree.ref(mean),
    tree.ref(square),
  );
  return [value, next, mean, square];
});
const batches = Array.from({ length: rows / batch }, (_, b) => [
  array(inputs.slice(b * batch * width, (b + 1) * batch * width), [batch, width]),
  array(targets.slice(b * batch * outputs, (b + 1) * batch * outputs), [batch, outputs]),
]);
let parameters = layers;
const zeros = () => tree.map((w) => np.zeros(w.shape), layers);
let [m, v] = [zeros(), zeros()];
await serve(async (count) => {
  let last;
  for (let s = 0; s < count; s++) {
    const [x, t] = batches[s % batches.length];
    last?.dispose();
    if (optimizer === 'adam') [last, parameters, m, v] = adam(parameters, m, v, x.ref, t.ref);
    else [last, parameters] = descend(parameters, x.ref, t.ref);
  }
  return Number(await last.jsAsync());
});
