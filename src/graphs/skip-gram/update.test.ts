import { describe, expect, test } from 'vitest';
import * as math from '../../base/math.ts';
import { float32, float64 } from './arithmetic.ts';
import { slicesOf } from './slices.ts';
import { updateWindow } from './update.ts';

/** Numbers that look random, in ±1. */
const numbers = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => math.sin(12.9898 * i + 78.233 * seed));

const dimensions = 6;
const nodes = 5;
const slices = slicesOf(dimensions);
const tables = () => ({ input: numbers(nodes * dimensions, 1), output: numbers(nodes * dimensions, 2) });
/** Node 2 is in the window twice, negative 3 was drawn twice, and one negative is the center itself. */
const window = { inputs: [1, 2, 2], outputs: [0, 3, 3, 0, 4] };

/** −Σ ln σ(±u·v), written down independently. */
function lossOf({ input, output }: ReturnType<typeof tables>) {
  let loss = 0;
  for (const i of window.inputs) {
    for (const [k, node] of window.outputs.entries()) {
      if (k > 0 && node === window.outputs[0]) continue;
      let z = 0;
      for (let d = 0; d < dimensions; d++) z += input[i * dimensions + d] * output[node * dimensions + d];
      loss += Math.log(1 + Math.exp(k === 0 ? -z : z));
    }
  }
  return loss;
}

describe('an update of skip-gram', () => {
  test('is minus the rate times the gradient, by central differences', () => {
    const updated = tables();
    const rate = 0.01;
    const { loss } = updateWindow(updated, slices, window, rate, float64);
    expect(loss).toBeCloseTo(lossOf(tables()), 12);
    const step = 1e-5;
    for (const name of ['input', 'output'] as const) {
      for (let i = 0; i < nodes * dimensions; i++) {
        const shifted = [step, -step].map((by) => {
          const moved = tables();
          moved[name][i] += by;
          return lossOf(moved);
        });
        const gradient = (shifted[0] - shifted[1]) / (2 * step);
        const change = (tables()[name][i] - updated[name][i]) / rate;
        // The error of a central difference: about step² times the third derivative, and 1e-16/step for rounding.
        expect(Math.abs(change - gradient), `${name} ${i}`).toBeLessThan(1e-8);
      }
    }
  });

  test('has the printed numbers of a worked example with two dimensions', () => {
    // center vector, then the context and three negatives
    const example = {
      input: Float64Array.of(0.65, 0.87),
      output: Float64Array.of(0.79, 0.05, 0.05, 0.79, 0.77, 0.09, 0.83, 0.26),
    };
    const before = Float64Array.from(example.input);
    const made = updateWindow(example, slicesOf(2), { inputs: [0], outputs: [0, 1, 2, 3] }, 1, float64);
    expect(made.dots[0].map((each) => each.toFixed(3))).toEqual(['0.557', '0.720', '0.579', '0.766']);
    expect(made.probabilities[0].map((each) => each.toFixed(3))).toEqual(['0.636', '0.673', '0.641', '0.683']);
    expect(made.loss).toBeCloseTo(3.740809, 6);
    expect([...before].map((each, d) => (each - example.input[d]).toFixed(6))).toEqual(['0.805836', '0.748257']);
  });

  test('in float32 is the update in float64 to 1e-6', () => {
    const wide = tables();
    const narrow = { input: Float32Array.from(wide.input), output: Float32Array.from(wide.output) };
    updateWindow(wide, slices, window, 0.025, float64);
    updateWindow(narrow, slices, window, Math.fround(0.025), float32);
    for (const name of ['input', 'output'] as const) {
      narrow[name].forEach((each, i) => {
        expect(Math.abs(each - wide[name][i])).toBeLessThan(1e-6);
      });
    }
  });

  test('the sigmoid in float32 is right to three units in the last place, and 0 or 1 far out', () => {
    for (let z = -20; z <= 20; z += 0.0371) {
      const x = Math.fround(z);
      const want = 1 / (1 + Math.exp(-x));
      expect(Math.abs(float32.sigmoid(x) - want) / want).toBeLessThan(3 * 2 ** -23);
    }
    expect(float32.sigmoid(1e30)).toBe(1);
    expect(float32.sigmoid(-1e30)).toBeLessThan(1e-34);
  });
});
