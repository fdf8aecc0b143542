import { expect, test } from 'vitest';
import { labelSpots, layoutOf, maxUnits } from './layout.ts';

test('layers of 1 to 64 units are drawn whole, inside the picture, without overlap', () => {
  for (let units = 1; units <= maxUnits; units++) {
    const { width, height, columns } = layoutOf([units, 3, 1]);
    const [{ spots, radius }] = columns;
    expect(spots).toHaveLength(units);
    for (const [i, { x, y }] of spots.entries()) {
      expect(x - radius).toBeGreaterThan(0);
      expect(x + radius).toBeLessThan(width);
      expect(y - radius).toBeGreaterThan(0);
      expect(y + radius).toBeLessThan(height);
      if (i > 0) expect(y - spots[i - 1].y).toBeGreaterThan(2 * radius);
    }
  }
});

test('a larger layer is folded: its first and last units, and the number of the others', () => {
  const [{ spots }] = layoutOf([784, 10]).columns;
  expect(spots).toHaveLength(65);
  expect(spots[31].unit).toBe(31);
  expect(spots[32]).toMatchObject({ folded: 720 });
  expect(spots[33].unit).toBe(752);
  expect(spots[64].unit).toBe(783);
});

test('numbers are written into the circles of small networks', () => {
  expect(layoutOf([3, 2, 1]).columns.every(({ hasNumbers }) => hasNumbers)).toBe(true);
  expect(layoutOf([3, 40, 1]).columns.map(({ hasNumbers }) => hasNumbers)).toEqual([true, false, true]);
});

test('the numbers of the weights of small networks do not cover each other', () => {
  for (const units of [
    [3, 2, 1],
    [2, 2, 2],
    [2, 3, 1],
    [2, 3, 3],
  ]) {
    const { columns } = layoutOf(units);
    for (const [c, to] of columns.slice(1).entries()) {
      const lines = columns[c].spots.flatMap((from) => to.spots.map((spot) => ({ from, to: spot })));
      const spots = labelSpots(lines, to.radius);
      for (const [i, a] of spots.entries()) {
        for (const b of spots.slice(0, i)) {
          expect(Math.abs(a.x - b.x) >= 50 || Math.abs(a.y - b.y) >= 17, `${units} ${c}`).toBe(true);
        }
      }
    }
  }
});
