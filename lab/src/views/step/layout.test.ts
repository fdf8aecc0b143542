import { expect, test } from 'vitest';
import { layoutOf, maxUnits } from './layout.ts';

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
  // its text has room
  expect(spots[33].y - spots[31].y).toBeGreaterThan(24);
});

test('numbers are written into the circles of small networks', () => {
  expect(layoutOf([3, 2, 1]).columns.every(({ hasNumbers }) => hasNumbers)).toBe(true);
  expect(layoutOf([3, 40, 1]).columns.map(({ hasNumbers }) => hasNumbers)).toEqual([true, false, true]);
});
