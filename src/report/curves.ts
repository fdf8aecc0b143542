/** Curves over epochs or updates as inline SVG in the colours of the page, or as an SVG file with its own colours. */
import * as PlotLibrary from '@observablehq/plot';
import { numberText } from '../explain/numbers.ts';
import { html, type Markup, withAttributes } from '../explain/render/markup.ts';
import { chartSize, draw } from './charts.ts';
import { countText, dashOf, strokeOf } from './html.ts';

export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface CurveOptions {
  readonly xLabel?: string;
  /** Whether to draw a dot at each point. */
  readonly dots?: boolean;
  /** Whether the axis is logarithmic. Default: if all values are positive and span more than two decades. */
  readonly logY?: boolean;
  /** A vertical line with a label. */
  readonly mark?: { readonly x: number; readonly label: string };
  /** Whether the SVG is a file of its own, with colours, a background, a title and a legend. */
  readonly alone?: boolean;
}

/** The maximum number of points of a curve. More cannot be distinguished on a page. */
const maxPoints = 400;

/** Keeps the first, lowest and highest point of each group of neighbours, so that spikes remain. */
function thin(points: Series['points']): Series['points'] {
  if (points.length <= maxPoints) return points;
  const size = Math.ceil((3 * points.length) / maxPoints);
  const kept: (readonly [number, number])[] = [];
  for (let start = 0; start < points.length; start += size) {
    const run = points.slice(start, start + size);
    const lowest = run.reduce((a, b) => (b[1] < a[1] ? b : a));
    const highest = run.reduce((a, b) => (b[1] > a[1] ? b : a));
    kept.push(...run.filter((point) => point === run[0] || point === lowest || point === highest));
  }
  return [...kept, points[points.length - 1]];
}

/** At most seven powers of ten that enclose a range. */
function decades(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const step = Math.ceil((last - first + 1) / 7);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
}

/** An SVG of one or more curves, or a sentence if no value is finite. */
export function renderCurves(title: string, series: readonly Series[], options: CurveOptions = {}): Markup {
  const { xLabel = 'epoch', mark, alone = false, dots = false } = options;
  const finite = series.map(({ label, points }) => ({
    label,
    points: points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
  }));
  const values = finite.flatMap(({ points }) => points.map(([, y]) => y));
  if (values.length === 0) {
    return alone ? html`<svg xmlns="http://www.w3.org/2000/svg"/>` : html`<p>No value is finite.</p>`;
  }
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const isLog = options.logY ?? (low > 0 && high / low > 100);
  const shown = finite
    .map(({ label, points }) => ({ label, points: thin(isLog ? points.filter(([, y]) => y > 0) : points) }))
    .filter(({ points }) => points.length > 0);

  const ticks = isLog ? decades(low > 0 ? low : Math.min(...values.filter((y) => y > 0)), high) : 5;

  const xs = shown.flatMap(({ points }) => points.map(([x]) => x));
  const [first, last] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))];
  const svg = draw(`${title}: ${shown.map(({ label }) => label).join(', ')}`, {
    width: alone ? 640 : chartSize.width,
    height: alone ? 300 : chartSize.height,
    x: {
      label: xLabel,
      labelArrow: false,
      domain: first === last ? [first - 1, last + 1] : [first, last],
      tickFormat: (x: number) => (Number.isInteger(x) ? countText(x) : ''),
    },
    y: {
      label: null,
      type: isLog ? 'log' : 'linear',
      nice: true,
      ...(low === high && !isLog && { domain: [low - 1, high + 1] }),
      ticks,
      tickFormat: (y: number) => numberText(y, 3),
    },
    marks: [
      PlotLibrary.gridY({ strokeOpacity: 0.12, ticks }),
      ...(mark === undefined
        ? []
        : [
            PlotLibrary.ruleX([mark.x], { stroke: 'var(--soft)', strokeDasharray: '3 3' }),
            PlotLibrary.text([mark], {
              x: 'x',
              text: 'label',
              frameAnchor: 'top',
              dy: -14,
              fill: 'var(--soft)',
              textAnchor: mark.x > (first + last) / 2 ? 'end' : 'start',
            }),
          ]),
      ...shown.map(({ points }, i) =>
        PlotLibrary.line(points as [number, number][], {
          stroke: strokeOf(i),
          strokeWidth: 2,
          strokeDasharray: dashOf(i),
        }),
      ),
      // A curve of one point is drawn as a dot.
      ...shown.flatMap(({ points }, i) =>
        points.length > 1 && !dots
          ? []
          : [PlotLibrary.dot(points as [number, number][], { fill: strokeOf(i), r: 2.5 })],
      ),
    ],
  });
  return alone ? standalone(svg, title, shown) : svg;
}

/** The curves as a file with colours, a title and a legend. */
function standalone(svg: Markup, title: string, series: readonly Series[]): Markup {
  const legend = series.map(
    ({ label }, i) =>
      html`<g transform="translate(${70 + 190 * i},38)"><line x2="28" y1="-4" y2="-4" stroke="${strokeOf(i)}" stroke-width="2" stroke-dasharray="${dashOf(i) ?? ''}"/><text x="34">${label}</text></g>`,
  );
  const inner = withAttributes(svg, html` y="44"`);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 350" font-family="system-ui, sans-serif" font-size="13" fill="currentColor">
<style>svg { --s0: #1d5fbf; --s1: #b4470f; --s2: #1f7a4d; --soft: #5d616b; color: #1c1d21; background: #fdfdfc }
@media (prefers-color-scheme: dark) { svg { --s0: #7fb2ff; --s1: #ffa26b; --s2: #6fd39b; --soft: #a2a7b3; color: #e7e8ea; background: #16181c } }</style>
<text x="16" y="18" font-weight="600">${title}</text>${legend}
${inner}
</svg>
`;
}
