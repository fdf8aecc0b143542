import { describe, expect, test } from 'vitest';
import { type Camera, fitted, nodeAt, panned, toScreen, zoomed } from './camera.ts';
import { isInside, markOf, shapes } from './palette.ts';
import { makeStamp, press } from './stamps.ts';

const size = { width: 200, height: 100 };
const points = { x: Float32Array.of(-2, 2, 0), y: Float32Array.of(-1, 1, 0) };

describe('camera', () => {
  const camera = fitted(points, size, 10);

  test('a fitted camera shows every point, with the margin', () => {
    expect(toScreen(camera, size, -2, -1)).toEqual([20, 90]);
    expect(toScreen(camera, size, 2, 1)).toEqual([180, 10]);
    expect(fitted({ x: new Float32Array(3), y: new Float32Array(3) }, size).scale).toBeGreaterThan(0);
  });

  test('zooming keeps the place under the pointer; panning moves it by the pointer', () => {
    const place = (c: Camera) => toScreen(c, size, 2, 1);
    const [px, py] = place(camera);
    const near = place(zoomed(camera, 3, px, py, size));
    expect(near[0]).toBeCloseTo(px, 9);
    expect(near[1]).toBeCloseTo(py, 9);
    const moved = place(panned(camera, 7, -5));
    expect([moved[0] - px, moved[1] - py].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([7, -5]);
  });

  test('the nearest node is found, and none where none is near', () => {
    expect(nodeAt(points, camera, size, 178, 12, 8)).toBe(1);
    expect(nodeAt(points, camera, size, 101, 50, 8)).toBe(2);
    expect(nodeAt(points, camera, size, 60, 20, 8)).toBe(-1);
  });
});

describe('marks', () => {
  test('sixteen groups have sixteen marks, in light and in dark', () => {
    for (const isDark of [false, true]) {
      const marks = Array.from({ length: 16 }, (_, group) => JSON.stringify(markOf(group, isDark)));
      expect(new Set(marks).size).toBe(16);
    }
  });

  test('the shapes have about the area of a circle of radius 1', () => {
    for (const shape of shapes) {
      let inside = 0;
      for (let i = 0; i < 10_000; i++)
        if (isInside(shape, -1.5 + (3 * (i % 100)) / 100, -1.5 + (3 * Math.floor(i / 100)) / 100)) inside++;
      const area = (inside / 10_000) * 9;
      expect(Math.abs(area - Math.PI), shape).toBeLessThan(0.95);
    }
  });
});

describe('stamps', () => {
  const stamp = makeStamp({ color: '#102030', shape: 'circle' }, 3, 1, '#ffffff');

  test('the middle has the color of the mark, its rim that of the page', () => {
    const picture = { width: 20, height: 20, pixels: new Uint32Array(400) };
    press(picture, stamp, 10, 10);
    expect(picture.pixels[10 * 20 + 10].toString(16)).toBe('ff302010');
    expect(picture.pixels[10 * 20 + 13] & 255).toBeGreaterThan(0x10);
    expect(picture.pixels[0]).toBe(0);
  });

  test('at and beyond the border, a stamp is cut off', () => {
    const picture = { width: 10, height: 10, pixels: new Uint32Array(100) };
    for (const [x, y] of [
      [0, 0],
      [9, 9],
      [-3, 5],
      [5, 13],
      [1e6, 0],
      [-1e6, -1e6],
    ])
      press(picture, stamp, x, y);
    expect(picture.pixels.length).toBe(100);
    expect(picture.pixels[0] >>> 24).toBe(255);
  });

  test('stamps over each other stay opaque', () => {
    const picture = { width: 20, height: 20, pixels: new Uint32Array(400) };
    press(picture, stamp, 10, 10);
    press(picture, makeStamp({ color: '#ff0000', shape: 'square' }, 3, 1, '#ffffff', 0.5), 10, 10);
    expect(picture.pixels[10 * 20 + 10] >>> 24).toBe(255);
    expect(picture.pixels[10 * 20 + 10] & 255).toBeGreaterThan(0x80);
  });
});
