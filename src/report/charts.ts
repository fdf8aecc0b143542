/** Charts as inline SVG in the colours of the page: scatter plots, histograms, ROC and calibration curves. */
import * as PlotLibrary from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { printable } from '../base/printable.ts';
import { numberText } from '../explain/numbers.ts';
import { attribute, html, type Markup, madeBy, withAttributes } from '../explain/render/markup.ts';
import type { CalibrationBin, Histogram, RocCurve } from './figures.ts';
import { dashOf, nameText, strokeOf } from './html.ts';

/** The size in SVG units. The text remains readable on a phone. */
export const chartSize = { width: 440, height: 260 };

/** Draws marks with the fonts of the page. The label describes the chart to screen readers. */
export function draw(label: string, options: PlotLibrary.PlotOptions): Markup {
  const { document } = parseHTML('<html><body></body></html>');
  const svg = PlotLibrary.plot({
    // linkedom's document works like a browser's, whose types are not available here.
    document: document as never,
    ...chartSize,
    marginLeft: 62,
    marginRight: 24,
    marginTop: 24,
    marginBottom: 40,
    style: { background: 'transparent', color: 'inherit', fontSize: '13px', overflow: 'visible' },
    ...options,
  });
  return withAttributes(
    madeBy('linkedom', svg.outerHTML),
    html`${attribute('role', 'img')}${attribute('aria-label', label)}`,
  );
}

/** A number of a record; 0 for any other value, because a chart needs numbers. */
const numeric = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

const tick = (value: number) => numberText(value, 4);
const axis = (label: string | null, domain: readonly [number, number]) => ({
  label: label === null ? null : printable(nameText(label)),
  labelArrow: false as const,
  labelAnchor: 'center' as const,
  domain: [...domain],
  tickFormat: tick,
  ticks: 5,
});
const grid = { strokeOpacity: 0.12 };
const unit = [0, 1] as const;
const diagonal = (from: number, to: number) =>
  PlotLibrary.line(
    [
      [from, from],
      [to, to],
    ],
    { stroke: 'var(--soft)', strokeDasharray: '2 4' },
  );

/** The true positive rate against the false positive rate; the dotted line is chance. */
export function rocChart(title: string, curves: readonly RocCurve[]): Markup {
  return draw(`${title}: ${curves.map(({ label }) => nameText(label)).join(', ')}`, {
    height: 360,
    marginBottom: 46,
    x: axis('false positive rate', unit),
    y: { ...axis('true positive rate', unit), labelAnchor: 'top' },
    marks: [
      PlotLibrary.gridX(grid),
      PlotLibrary.gridY(grid),
      diagonal(0, 1),
      ...curves.map(({ points }, i) =>
        PlotLibrary.line(
          points.map(([x, y]): [number, number] => [numeric(x), numeric(y)]),
          {
            stroke: strokeOf(i),
            strokeWidth: 2,
            strokeDasharray: dashOf(i),
          },
        ),
      ),
    ],
  });
}

/** The observed frequency against the predicted probability; larger dots have more rows. */
export function calibrationChart(title: string, bins: readonly CalibrationBin[]): Markup {
  const maxRows = bins.reduce((sum, { rows }) => Math.max(sum, numeric(rows)), 1);
  const points = bins.map(({ predicted, found }): [number, number] => [numeric(predicted), numeric(found)]);
  return draw(title, {
    height: 360,
    marginBottom: 46,
    x: axis('predicted probability', unit),
    y: { ...axis('observed frequency', unit), labelAnchor: 'top' },
    r: { type: 'identity' },
    marks: [
      PlotLibrary.gridX(grid),
      PlotLibrary.gridY(grid),
      diagonal(0, 1),
      PlotLibrary.dot(points, {
        fill: strokeOf(0),
        fillOpacity: 0.8,
        r: bins.map(({ rows }) => 3 + 6 * Math.sqrt(numeric(rows) / maxRows)),
      }),
    ],
  });
}

/** Predicted against actual values, in the units of the target; on the dotted line, both are equal. */
export function predictionChart(
  title: string,
  trueValues: readonly number[],
  predictedValues: readonly number[],
  name: string,
): Markup {
  const [truth, predicted] = [trueValues.map(numeric), predictedValues.map(numeric)];
  const all = [...truth, ...predicted];
  const domain = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))] as const;
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 1, domain[1] + 1] : domain;
  return draw(title, {
    height: 360,
    marginBottom: 46,
    x: axis(name, [low, high]),
    y: { ...axis('predicted', [low, high]), labelAnchor: 'top' },
    marks: [
      PlotLibrary.gridX(grid),
      PlotLibrary.gridY(grid),
      diagonal(low, high),
      PlotLibrary.dot(
        truth.map((t, i): [number, number] => [t, predicted[i]]),
        { fill: strokeOf(0), fillOpacity: 0.55, r: truth.length > 300 ? 2 : 3 },
      ),
    ],
  });
}

export interface HistogramOptions {
  readonly xLabel?: string;
  readonly small?: boolean;
  /** The index of the colour. */
  readonly color?: number;
}

/** The number of rows, or of weights, in each bin. */
export function histogramChart(
  title: string,
  histogram: Histogram,
  { xLabel, small = false, color = 0 }: HistogramOptions = {},
): Markup {
  const { from, to } = { from: numeric(histogram.from), to: numeric(histogram.to) };
  const counts = histogram.counts.map(numeric);
  const step = (to - from) / counts.length;
  return draw(title, {
    ...(small ? { width: 300, height: 170, marginLeft: 46, marginRight: 20, marginTop: 10 } : { height: 360 }),
    marginBottom: xLabel === undefined ? 26 : 46,
    x: { ...axis(xLabel ?? null, [from, to]), ticks: small ? 3 : 5 },
    y: { label: null, domain: [0, Math.max(1, ...counts)], nice: true, ticks: small ? 3 : 5, tickFormat: tick },
    marks: [
      PlotLibrary.gridY({ ...grid, ticks: small ? 3 : 5 }),
      PlotLibrary.rect(counts, {
        x1: (_: number, i: number) => from + i * step,
        x2: (_: number, i: number) => from + (i + 1) * step,
        y1: 0,
        y2: (count: number) => count,
        fill: strokeOf(color),
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      ...(from < 0 && to > 0 ? [PlotLibrary.ruleX([0], { stroke: 'var(--text)', strokeOpacity: 0.5 })] : []),
    ],
  });
}
