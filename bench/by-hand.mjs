/** The worked example's training step in JavaScript written for it alone: the reference for the engines' speed. */

/** The worked example: 3-2-1, linear hidden units, a sigmoid, no biases, three samples. */
export const example = {
  inputs: [2, 3, 1, 1, 0, 2, 3, 1, 1],
  targets: [0.64, 0.52, 0.36],
  v: [
    [0.15, 0.2],
    [0.6, 0.3],
    [0.3, 0.5],
  ],
  w: [[0.8], [0.2]],
  rate: 0.5,
};

/** Weights and loss stay in locals between steps, and every sum has the plan's order. `exp` is the exponential to use. */
export function byHand(exp) {
  const x = Float64Array.from(example.inputs);
  const t = Float64Array.from(example.targets);
  const weights = Float64Array.from([...example.v, ...example.w].flat());
  let loss = 0;
  return {
    run(times) {
      const { rate } = example;
      let [v11, v12, v21, v22, v31, v32, w1, w2] = weights;
      for (let step = 0; step < times; step++) {
        let [g11, g12, g21, g22, g31, g32, g1, g2] = [0, 0, 0, 0, 0, 0, 0, 0];
        loss = 0;
        for (let s = 0; s < 3; s++) {
          const x1 = x[3 * s];
          const x2 = x[3 * s + 1];
          const x3 = x[3 * s + 2];
          const h1 = x1 * v11 + x2 * v21 + x3 * v31;
          const h2 = x1 * v12 + x2 * v22 + x3 * v32;
          const y = 1 / (1 + exp(-(h1 * w1 + h2 * w2)));
          const e = t[s] - y;
          loss += (e * e) / (2 * 3);
          const delta = ((y - t[s]) / 3) * (y * (1 - y));
          g1 += h1 * delta;
          g2 += h2 * delta;
          const delta1 = delta * w1;
          const delta2 = delta * w2;
          g11 += x1 * delta1;
          g12 += x1 * delta2;
          g21 += x2 * delta1;
          g22 += x2 * delta2;
          g31 += x3 * delta1;
          g32 += x3 * delta2;
        }
        v11 -= rate * g11;
        v12 -= rate * g12;
        v21 -= rate * g21;
        v22 -= rate * g22;
        v31 -= rate * g31;
        v32 -= rate * g32;
        w1 -= rate * g1;
        w2 -= rate * g2;
      }
      weights.set([v11, v12, v21, v22, v31, v32, w1, w2]);
    },
    result: () => [...weights, loss],
  };
}
