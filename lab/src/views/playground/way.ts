/** The way of the weights through training: the weights at some moments, as one list of numbers each. */
import type { Weights } from './experiment.ts';
import type { Shapes } from './mean-loss.ts';

export interface Way {
  add(weights: Weights): void;
  clear(): void;
  /** Oldest first; all of one length. */
  points(): readonly Float64Array[];
  shapes(): Shapes;
}

/** At most so many moments; beyond, every second one is dropped and fewer are added. */
const most = 100;

export function createWay(): Way {
  let points: Float64Array[] = [];
  let newest: Float64Array | undefined;
  let shapes: Shapes = [];
  /** Moments from one that is stored to the next. */
  let stride = 1;
  let seen = 0;
  const clear = () => {
    points = [];
    newest = undefined;
    stride = 1;
    seen = 0;
  };
  return {
    clear,
    add(weights) {
      const own = Object.entries(weights).map(([name, { shape }]) => [name, shape] as const);
      if (JSON.stringify(own) !== JSON.stringify(shapes)) {
        clear();
        shapes = own;
      }
      newest = Float64Array.from(Object.values(weights).flatMap(({ data }) => Array.from(data)));
      if (seen++ % stride === 0) points.push(newest);
      if (points.length <= most) return;
      points = points.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    points: () => (newest === undefined || points.at(-1) === newest ? points : [...points, newest]),
    shapes: () => shapes,
  };
}
