import { expect, test } from 'vitest';
import { dataSetNamed, dataSets, extent, pointsOf, short } from './data-sets.ts';

const options = { count: 60, noise: 0.4, seed: 7 };

test('a set is a function of the seed: the same points again, other points for another seed', () => {
  for (const { name } of dataSets.filter(({ name: each }) => each !== 'empty')) {
    const points = pointsOf(name, options);
    expect(points).toEqual(pointsOf(name, options));
    expect(points).not.toEqual(pointsOf(name, { ...options, seed: 8 }));
    // more points, and the first ones are the same
    expect(pointsOf(name, { ...options, count: 100 }).slice(0, 60)).toEqual(points);
  }
});

test('both classes have the same number of points, and nearly all are in the plot', () => {
  for (const { name, kind } of dataSets.filter(({ name: each }) => each !== 'empty')) {
    const points = pointsOf(name, { ...options, count: 400 });
    const outside = points.filter(({ x, y }) => Math.max(Math.abs(x), Math.abs(y)) > extent);
    expect(outside.length, name).toBeLessThanOrEqual(8);
    if (kind === 'classes') expect(points.filter(({ label }) => label === 1).length, name).toBe(200);
  }
});

test('XOR without noise is its four corners', () => {
  expect(pointsOf('xor', { count: 4, noise: 0, seed: 1 })).toEqual([
    { x: -0.5, y: -0.5, label: 0 },
    { x: 0.5, y: -0.5, label: 1 },
    { x: -0.5, y: 0.5, label: 1 },
    { x: 0.5, y: 0.5, label: 0 },
  ]);
});

test('one’s own set has no points, and an unknown set none either', () => {
  expect(pointsOf('empty', options)).toEqual([]);
  expect(pointsOf('<script>', options)).toEqual([]);
  expect(dataSetNamed('toString')).toBeUndefined();
});

test('coordinates have three decimals and no negative zero', () => {
  expect(short(0.12345)).toBe(0.123);
  expect(Object.is(short(-0.0001), 0)).toBe(true);
});
