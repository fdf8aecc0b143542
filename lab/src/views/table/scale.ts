/** Scales of plots: from values to positions, and the values to write beside an axis. */

export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A linear scale from [low, high] to [from, to]. */
export function linearScale(low: number, high: number, from: number, to: number, wanted = 4): Scale {
  const span = high - low || 1;
  return { at: (value) => from + ((value - low) / span) * (to - from), ticks: roundTicks(low, high, wanted) };
}

/** A logarithmic scale; the values are positive. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const span = b - a || 1;
  const decades = Array.from({ length: Math.floor(b) - Math.ceil(a) + 1 }, (_, i) => 10 ** (Math.ceil(a) + i));
  const every = Math.max(1, Math.ceil(decades.length / 5));
  return {
    at: (value) => from + ((Math.log10(value) - a) / span) * (to - from),
    ticks:
      decades.length >= 2
        ? decades.filter((_, i) => i % every === 0)
        : roundTicks(low, high, 3).filter((tick) => tick > 0),
  };
}

/** About so many values 1, 2 or 5 times a power of ten apart. */
export function roundTicks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** At most so many of the items, evenly spread, always with the last. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => items[Math.round(i * step)]);
}

/** An SVG path through points; a point that is not finite interrupts it. */
export function pathOf(points: readonly (readonly [x: number, y: number])[]): string {
  let pen = 'M';
  let path = '';
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = 'L';
  }
  return path;
}
