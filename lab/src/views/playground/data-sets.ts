/** The built-in sets of points. Each point is a function of the seed and its number, so a set with more points has the same first ones. */
import { fillNormal, fillUniform } from 'chainrule/core';

/** Classes: two inputs, and a target of 0 or 1. Curve: one input, and any number as the target. */
export type Kind = 'classes' | 'curve';

/** A point of the plane: for classes both coordinates are inputs; for a curve, y is the target. */
export interface Point {
  readonly x: number;
  readonly y: number;
  /** 0 or 1; for a curve always 0. */
  readonly label: number;
}

export interface SetOptions {
  readonly count: number;
  /** From 0 to 1. */
  readonly noise: number;
  readonly seed: number;
}

interface SetEntry {
  readonly name: string;
  readonly title: string;
  readonly kind: Kind;
  /** The point number i; `u` is uniform in [0, 1), the noise is standard normal. */
  readonly at: (i: number, u: number, noise: readonly [number, number]) => Point;
}

/** The plane that the plot shows. */
export const extent = 1.25;

const turn = 2 * Math.PI;

export const dataSets: readonly SetEntry[] = [
  {
    name: 'xor',
    title: 'XOR',
    kind: 'classes',
    at: (i, _u, [a, b]) => {
      const [right, up] = [i & 1, (i >> 1) & 1];
      return { x: right - 0.5 + 0.3 * a, y: up - 0.5 + 0.3 * b, label: right ^ up };
    },
  },
  {
    name: 'circles',
    title: 'Circles',
    kind: 'classes',
    at: (i, u, [a, b]) => {
      const radius = i & 1 ? 0.3 : 0.85;
      return { x: radius * Math.cos(turn * u) + 0.2 * a, y: radius * Math.sin(turn * u) + 0.2 * b, label: i & 1 };
    },
  },
  {
    name: 'moons',
    title: 'Moons',
    kind: 'classes',
    at: (i, u, [a, b]) => {
      const [x, y] = [Math.cos(Math.PI * u), Math.sin(Math.PI * u)];
      const [mx, my] = i & 1 ? [1 - x, 0.5 - y] : [x, y];
      return { x: (mx - 0.5) / 1.5 + 0.25 * a, y: (my - 0.25) / 1.2 + 0.25 * b, label: i & 1 };
    },
  },
  {
    name: 'spirals',
    title: 'Spirals',
    kind: 'classes',
    at: (i, u, [a, b]) => {
      const angle = turn * (1.4 * u + (i & 1) / 2);
      const radius = 0.08 + 0.95 * u;
      return { x: radius * Math.sin(angle) + 0.1 * a, y: radius * Math.cos(angle) + 0.1 * b, label: i & 1 };
    },
  },
  {
    name: 'line',
    title: 'Noisy line',
    kind: 'curve',
    at: (_i, u, [a]) => ({ x: 2 * u - 1, y: 0.7 * (2 * u - 1) + 0.1 + 0.5 * a, label: 0 }),
  },
  {
    name: 'sine',
    title: 'Sine',
    kind: 'curve',
    at: (_i, u, [a]) => ({ x: 2 * u - 1, y: 0.8 * Math.sin(Math.PI * (2 * u - 1)) + 0.5 * a, label: 0 }),
  },
  // for points of one's own alone
  { name: 'empty', title: 'My own points', kind: 'classes', at: () => ({ x: 0, y: 0, label: 0 }) },
];

export const dataSetNamed = (name: string): SetEntry | undefined => dataSets.find((set) => set.name === name);

/** Of the random numbers: uniforms and normals have their own. */
const [ofUniforms, ofNormals] = [101, 102];

/** The points of a set; for the set of one's own points, none. */
export function pointsOf(name: string, { count, noise, seed }: SetOptions): Point[] {
  const set = dataSetNamed(name);
  if (set === undefined || name === 'empty') return [];
  const [uniforms, normals] = [new Float64Array(count), new Float64Array(2 * count)];
  fillUniform(uniforms, seed, 'sample', ofUniforms);
  fillNormal(normals, seed, 'sample', ofNormals);
  return Array.from({ length: count }, (_, i) => {
    const { x, y, label } = set.at(i, uniforms[i], [noise * normals[2 * i], noise * normals[2 * i + 1]]);
    return { x: short(x), y: short(y), label };
  });
}

/** Three decimals: a link and an experiment file stay short, and no picture shows more. */
export const short = (value: number): number => Math.round(1000 * value) / 1000 + 0;

/** Every fifth point is for validation. */
export const isHeldOut = (i: number): boolean => i % 5 === 4;
