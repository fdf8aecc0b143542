/** A function and its derivative with the batch's samples marked, as inline SVG in the page's own colours. */
import * as PlotLibrary from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { printable } from '../../base/printable.ts';
import type { Plot } from '../functions/page.ts';
import { numberText } from '../numbers.ts';
import { curveLimits } from './limits.ts';
import { attribute, html, type Markup, madeBy, withAttributes } from './markup.ts';

export function drawPlot({ xLabel, curves, points }: Plot, marks: boolean): Markup {
  const { document } = parseHTML('<html><body></body></html>');
  const [low, high] = curveLimits(curves.flatMap(({ y }) => y));
  const inside = (y: number) => Number.isFinite(y) && y >= low && y <= high;
  const lines = curves.map(({ x, y, derivative }) =>
    PlotLibrary.line(
      x.map((at, i) => ({ x: at, y: inside(y[i]) ? y[i] : Number.NaN })),
      {
        x: 'x',
        y: 'y',
        stroke: derivative ? 'var(--derivative)' : 'var(--curve)',
        strokeWidth: 2,
        strokeDasharray: derivative ? '6 4' : undefined,
      },
    ),
  );
  // of several curves, each has a label at its end
  const labels = curves.flatMap(({ of, derivative, x, y }) => {
    const end = y.findLastIndex(inside);
    if (of === undefined || !derivative || end === -1 || new Set(curves.map((curve) => curve.of)).size < 2) return [];
    return [
      PlotLibrary.text([{ x: x[end], y: y[end], of: printable(of) }], {
        x: 'x',
        y: 'y',
        text: 'of',
        textAnchor: 'start',
        dx: 5,
        fontSize: 11,
      }),
    ];
  });
  const dots = [false, true].map((derivative) =>
    PlotLibrary.dot(
      points.filter((point) => point.derivative === derivative && inside(point.y)),
      { x: 'x', y: 'y', r: 3.5, fill: derivative ? 'var(--derivative)' : 'var(--curve)', stroke: 'var(--page)' },
    ),
  );
  const svg = PlotLibrary.plot({
    // linkedom's document is compatible with a browser's, whose types are not available here
    document: document as never,
    width: 460,
    height: 260,
    marginLeft: 48,
    marginBottom: 36,
    marginTop: 16,
    marginRight: labels.length > 0 ? 64 : 20,
    style: { background: 'transparent', color: 'inherit', fontSize: '12px', overflow: 'visible' },
    x: { label: printable(xLabel), labelArrow: false, tickFormat: (at: number) => numberText(at, 3) },
    y: { label: null, domain: [low, high], nice: true, tickFormat: (at: number) => numberText(at, 3) },
    marks: [
      PlotLibrary.gridY({ strokeOpacity: 0.12 }),
      PlotLibrary.ruleY([0], { strokeOpacity: 0.5 }),
      ...lines,
      ...(marks ? dots : []),
    ],
  });
  const label = curves.map((curve) => curve.label).join(', ');
  return withAttributes(
    madeBy('linkedom', svg.outerHTML),
    html`${attribute('aria-label', label)}${attribute('role', 'img')}`,
  );
}
