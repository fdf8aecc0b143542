/** A step of a 2-2-2 sigmoid network by hand, as in Mazur's example: written out, without the library. */

/** The numbers of the example. */
const input = [0.05, 0.1];
const target = [0.01, 0.99];
const rate = 0.5;
const first = {
  weight: [
    [0.15, 0.25],
    [0.2, 0.3],
  ],
  bias: [0.35, 0.35],
};
const second = {
  weight: [
    [0.4, 0.5],
    [0.45, 0.55],
  ],
  bias: [0.6, 0.6],
};

/**
 * Calculates every line of the sheet. `write` gets the address of each result, `quantity@after`, and returns what the learner
 * writes down; later lines use that.
 */
export function calculateByHand(write: (line: string, value: number) => number): void {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const forward = (v: readonly number[][], w: readonly number[][], after: number) => {
    const put = (quantity: string, value: number) => write(`${quantity}@${after}`, value);
    const z = [0, 1].map((j) => put(`layers.0.sum[0][${j}]`, input[0] * v[0][j] + input[1] * v[1][j] + first.bias[j]));
    const h = z.map((each, j) => put(`layers.0.output[0][${j}]`, sigmoid(each)));
    const s = [0, 1].map((k) => put(`layers.1.sum[0][${k}]`, h[0] * w[0][k] + h[1] * w[1][k] + second.bias[k]));
    const o = s.map((each, k) => put(`layers.1.output[0][${k}]`, sigmoid(each)));
    const terms = o.map((each, k) => put(`loss[0][${k}]`, (target[k] - each) ** 2 / 2));
    put('loss', terms[0] + terms[1]);
    return { h, o };
  };
  const { h, o } = forward(first.weight, second.weight, 0);
  const put = (quantity: string, value: number) => write(`${quantity}@0`, value);
  const gradient = (of: string, value: number) => put(`gradient(${of})`, value);
  const slope = (layer: number, k: number, y: number) =>
    put(`factor(layers.${layer}.output[0][${k}], layers.${layer}.sum[0][${k}])`, y * (1 - y));
  const toOutput = o.map((each, k) => gradient(`layers.1.output[0][${k}]`, each - target[k]));
  const slopes = o.map((each, k) => slope(1, k, each));
  const toSum = toOutput.map((each, k) => gradient(`layers.1.sum[0][${k}]`, each * slopes[k]));
  const toW = h.map((each, j) => toSum.map((d, k) => gradient(`layers.1.weight[${j}][${k}]`, d * each)));
  const toH = h.map((_, j) =>
    gradient(`layers.0.output[0][${j}]`, toSum[0] * second.weight[j][0] + toSum[1] * second.weight[j][1]),
  );
  const hidden = h.map((each, j) => slope(0, j, each));
  const toZ = toH.map((each, j) => gradient(`layers.0.sum[0][${j}]`, each * hidden[j]));
  const toV = input.map((x, i) => toZ.map((d, j) => gradient(`layers.0.weight[${i}][${j}]`, d * x)));
  const update = (layer: number, weight: readonly number[][], of: readonly number[][]) =>
    weight.map((row, i) => row.map((each, j) => write(`layers.${layer}.weight[${i}][${j}]@1`, each - rate * of[i][j])));
  const w = update(1, second.weight, toW);
  const v = update(0, first.weight, toV);
  forward(v, w, 1);
}
