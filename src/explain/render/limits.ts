/** A curve is drawn up to this multiple of the spread of its middle, because a pole would flatten the rest. */
const poleFactor = 1.5;

/** The minimum and the maximum value of a plot. */
export function curveLimits(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (finite.length === 0) return [0, 1];
  const [first, last] = [finite[0], finite[finite.length - 1]];
  const at = (share: number) => finite[Math.floor(share * (finite.length - 1))];
  const reach = Math.max(at(0.9) - at(0.1), 1e-9) * poleFactor;
  const low = Math.max(first, at(0.1) - reach);
  const high = Math.min(last, at(0.9) + reach);
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** Round numbers within a range, about five of them. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
