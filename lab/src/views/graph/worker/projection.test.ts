import { expect, test } from 'vitest';
import { alignedWith, LiveProjection, scaled } from './projection.ts';

const count = 40;
/** Two clusters along the first dimension, spread along the second. */
const vectors = (turn = 0) =>
  Float32Array.from({ length: count * 5 }, (_, i) => {
    const [node, k] = [Math.floor(i / 5), i % 5];
    const wide = node < 20 ? 4 : -4;
    const high = 2 * Math.sin(node * 7);
    const [a, b] = [wide * Math.cos(turn) - high * Math.sin(turn), wide * Math.sin(turn) + high * Math.cos(turn)];
    return k === 0 ? a : k === 1 ? b : 0.1 * Math.sin(i * i);
  });

test('the plane of the largest variance keeps distances: two clusters are apart', () => {
  const { x, y } = new LiveProjection(count).next(vectors(), 5);
  const centre = (from: number) => {
    const nodes = Array.from({ length: 20 }, (_, i) => from + i);
    return [x, y].map((axis) => nodes.reduce((sum, node) => sum + axis[node], 0) / 20);
  };
  const [left, right] = [centre(0), centre(20)];
  expect(Math.hypot(left[0] - right[0], left[1] - right[1])).toBeGreaterThan(2);
});

test('vectors that turn leave the map where it is', () => {
  const projection = new LiveProjection(count);
  const first = projection.next(vectors(), 5);
  for (const turn of [0.4, 0.8, 1.2, 2, 3]) {
    const { x, y } = projection.next(vectors(turn), 5);
    const farthest = Math.max(...Array.from(x, (value, i) => Math.hypot(value - first.x[i], y[i] - first.y[i])));
    expect(farthest).toBeLessThan(0.1);
  }
});

test('a turned and mirrored map is turned back', () => {
  const places = scaled({ x: Float32Array.of(1, 0, -3), y: Float32Array.of(0, 2, -2) });
  const moved = { x: places.y.map((value) => -value), y: places.x.map((value) => -value) };
  const back = alignedWith(places, moved);
  for (let i = 0; i < 3; i++) {
    expect(back.x[i]).toBeCloseTo(places.x[i], 5);
    expect(back.y[i]).toBeCloseTo(places.y[i], 5);
  }
});

test('vectors of zeros, and vectors of one dimension, have finite places', () => {
  for (const [rows, dimensions] of [
    [new Float32Array(count * 5), 5],
    [Float32Array.from({ length: count }, (_, i) => i), 1],
  ] as const) {
    const { x, y } = new LiveProjection(count).next(rows, dimensions);
    expect([...x, ...y].every(Number.isFinite)).toBe(true);
  }
});
