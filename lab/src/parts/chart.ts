/** A line chart: axes with a few round numbers, lines, and a legend. */
import type { Painter } from './painter.ts';
import type { Palette } from './palette.ts';

export interface Series {
  readonly name: string;
  /** x and y in turn. */
  readonly points: readonly number[];
  readonly color: string;
  readonly dash?: readonly number[];
}

export interface Chart {
  readonly series: readonly Series[];
  readonly isLogarithmic: boolean;
  /** Under the horizontal axis. */
  readonly xName: string;
  /** Changes during the run: lines across the plot, each with a few words. */
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
  /** What to say if there is nothing to draw. */
  readonly empty: string;
}

const sides = { left: 52, right: 10, bottom: 24 };
/** The height of a line of the legend. */
const legendLine = 18;
/** About the width of a letter of the legend, and of a name's sample with the space around it. */
const [letter, sample] = [6.1, 40];

export function drawChart(
  painter: Painter,
  { series, isLogarithmic, xName, marks = [], empty }: Chart,
  colors: Palette,
): void {
  const { width, height } = painter;
  const ys = series.flatMap(({ points }) => points.filter((y, i) => i % 2 === 1 && isShown(y, isLogarithmic)));
  const xs = series.flatMap(({ points }) => points.filter((_, i) => i % 2 === 0));
  if (ys.length === 0) {
    painter.text(width / 2, height / 2, empty, { fill: colors.soft, size: 13, align: 'middle' });
    return;
  }
  const names = legendOf(series, width);
  const margin = { ...sides, top: 4 + legendLine * (1 + (names.at(-1)?.row ?? 0)) };
  const xEnd = Math.max(1, maximum(xs));
  const [low, high] = rangeOf(ys, isLogarithmic);
  const scaled = (y: number) => (isLogarithmic ? Math.log10(y) : y);
  const [bottom, top] = [scaled(low), scaled(high)];
  const x = (value: number) => margin.left + (value / xEnd) * (width - margin.left - margin.right);
  const y = (value: number) => {
    if (!isShown(value, isLogarithmic)) return Number.NaN;
    const share = Math.min(1, (scaled(value) - bottom) / (top - bottom));
    return height - margin.bottom - share * (height - margin.top - margin.bottom);
  };

  for (const tick of isLogarithmic ? powers(low, high) : roundNumbers(low, high, 5)) {
    const at = y(tick);
    painter.line([margin.left, at, width - margin.right, at], { stroke: colors.rule });
    painter.text(margin.left - 6, at + 4, tickText(tick), { fill: colors.soft, size: 11, align: 'end' });
  }
  const named = 6.5 * xName.length + 24;
  for (const tick of roundNumbers(0, xEnd, Math.max(2, Math.floor(width / 110))).filter(Number.isInteger)) {
    if (x(tick) > width - margin.right - named) continue;
    painter.text(x(tick), height - 8, tickText(tick), { fill: colors.soft, size: 11, align: 'middle' });
  }
  painter.text(width - margin.right, height - 8, xName, { fill: colors.soft, size: 11, align: 'end' });
  let free = Number.NEGATIVE_INFINITY;
  for (const mark of marks) {
    const at = x(mark.x);
    painter.line([at, margin.top, at, height - margin.bottom], {
      stroke: colors['strong-rule'],
      width: 1,
      dash: [3, 3],
    });
    const own = letter * mark.text.length;
    const isLeft = at + 4 + own > width - margin.right;
    const left = isLeft ? at - 4 - own : at + 4;
    // words that would be written over others are left out: the line remains
    if (left < free) continue;
    painter.text(isLeft ? at - 4 : left, margin.top + 10, mark.text, {
      fill: colors.soft,
      size: 11,
      align: isLeft ? 'end' : undefined,
    });
    free = left + own + 6;
  }
  for (const { points, color, dash } of series) {
    painter.line(
      points.map((value, i) => (i % 2 === 0 ? x(value) : y(value))),
      { stroke: color, width: 1.75, dash },
    );
  }
  for (const { name, color, dash, left, row } of names) {
    const middle = 9 + legendLine * row;
    painter.line([left, middle, left + 20, middle], { stroke: color, width: 2, dash });
    painter.text(left + 25, middle + 4, name, { fill: colors.text, size: 11.5 });
  }
}

/** Where the legend has each name: in as many lines as the width needs. */
function legendOf(series: readonly Series[], width: number) {
  let [left, row] = [sides.left, 0];
  return series.map((each) => {
    const own = sample + letter * each.name.length;
    if (left > sides.left && left + own > width) [left, row] = [sides.left, row + 1];
    const found = { ...each, left, row };
    left += own;
    return found;
  });
}

const isShown = (y: number, isLogarithmic: boolean) => Number.isFinite(y) && (!isLogarithmic || y > 0);

const maximum = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
const minimum = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

/** A linear axis ends at so many times the median: what diverges leaves the plot at its top. */
const outlying = 20;

/** The ends of the vertical axis. */
function rangeOf(ys: readonly number[], isLogarithmic: boolean): readonly [number, number] {
  const [low, highest] = [minimum(ys), maximum(ys)];
  const median = ys.toSorted((a, b) => a - b)[Math.floor(ys.length / 2)];
  // the start is always in the plot: a loss that falls far has a small median
  const high = isLogarithmic || median <= 0 ? highest : Math.max(ys[0], Math.min(highest, outlying * median));
  if (isLogarithmic) return [low / 1.3, Math.max(high, low * 10) * 1.1];
  const from = Math.min(0, low);
  return [from, high > from ? high + 0.04 * (high - from) : from + 1];
}

/** Powers of ten from low to high, at most seven; if there are fewer than two, round numbers between them too. */
export function powers(low: number, high: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (to - from < 1) {
    // less than two powers: also 2 and 5 times a power
    const all = Array.from({ length: to - from + 3 }, (_, i) =>
      [1, 2, 5].map((factor) => factor * 10 ** (from - 1 + i)),
    );
    return all.flat().filter((value) => value >= low && value <= high);
  }
  const step = Math.max(1, Math.ceil((to - from) / 6));
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, i) => 10 ** (from + i * step));
}

/** About so many multiples of 1, 2 or 5 times a power of ten. */
export function roundNumbers(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.99) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function tickText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 0.9e-3) return value.toExponential(0).replace('e+', 'e').replace('-', '−');
  return (size >= 10_000 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(6)))).replace('-', '−');
}
