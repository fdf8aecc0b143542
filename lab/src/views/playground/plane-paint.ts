/** Paints the plane: the output over it, or one unit's, with the points. Classes differ in color and in shape. */
import type { Painter } from '../../parts/painter.ts';
import type { Palette } from '../../parts/palette.ts';
import { extent, type Kind, type Point } from './data-sets.ts';
import { splitOf } from './experiment.ts';
import { curvePoints, grids } from './grid.ts';
import { ends, surface } from './network-paint.ts';

/** The surface is paler than the points on it. */
const paleness = 0.6;

export interface Plane {
  readonly kind: Kind;
  readonly points: readonly Point[];
  /** The network's output over the plane. */
  readonly output?: Float64Array;
  /** Of a unit that is shown in place of the output, or, for a curve, beside it. */
  readonly unit?: Float64Array;
  readonly cursor?: { readonly x: number; readonly y: number };
  readonly colors: Palette;
}

/** From the plane to the plot's pixels, and back. */
export const place = (width: number, height: number) => ({
  x: (value: number) => ((value / extent + 1) / 2) * width,
  y: (value: number) => ((1 - value / extent) / 2) * height,
  fromX: (pixel: number) => ((2 * pixel) / width - 1) * extent,
  fromY: (pixel: number) => (1 - (2 * pixel) / height) * extent,
});

export function paintPlane(painter: Painter, { kind, points, output, unit, cursor, colors }: Plane): void {
  const { width, height } = painter;
  const at = place(width, height);
  const frame = [0.5, 0.5, width - 0.5, 0.5, width - 0.5, height - 0.5, 0.5, height - 0.5];
  if (kind === 'classes') {
    const values = unit ?? output;
    const range = unit === undefined ? ([0, 1] as const) : ends(unit);
    if (values !== undefined) painter.image(0, 0, width, height, surface(values, range, paleness));
  }
  const axis = { stroke: colors['strong-rule'], width: 0.75, opacity: 0.7 };
  painter.line([at.x(0), 0, at.x(0), height], axis);
  painter.line([0, at.y(0), width, at.y(0)], axis);
  if (kind === 'curve') {
    if (unit !== undefined) painter.line(curve(unit, at), { stroke: colors.negative, width: 1.5, dash: [5, 4] });
    if (output !== undefined) painter.line(curve(output, at), { stroke: colors.positive, width: 2.5 });
  }
  const heldOut = new Set(splitOf(points.length).heldOut);
  points.forEach((point, i) => {
    paintPoint(painter, at.x(point.x), at.y(point.y), { label: point.label, isHeldOut: heldOut.has(i), kind, colors });
  });
  for (const value of [-1, 1]) {
    const text = String(value).replace('-', '−');
    painter.text(at.x(value), at.y(0) + 14, text, { fill: colors.text, size: 11, align: 'middle' });
    painter.text(at.x(0) - 5, at.y(value) + 4, text, { fill: colors.text, size: 11, align: 'end' });
  }
  painter.text(width - 6, at.y(0) - 6, kind === 'classes' ? 'x₁' : 'x', { fill: colors.text, size: 12, align: 'end' });
  painter.text(at.x(0) + 6, 14, kind === 'classes' ? 'x₂' : 'y', { fill: colors.text, size: 12 });
  if (cursor !== undefined) {
    const [x, y] = [at.x(cursor.x), at.y(cursor.y)];
    painter.line([x - 9, y, x + 9, y], { stroke: colors.text, width: 2 });
    painter.line([x, y - 9, x, y + 9], { stroke: colors.text, width: 2 });
  }
  painter.polygon(frame, { stroke: colors.rule });
}

const curve = (values: Float64Array, at: ReturnType<typeof place>): number[] =>
  Array.from({ length: curvePoints }, (_, i) => [at.x(grids.curve.inputs[i]), at.y(values[i])]).flat();

interface Look {
  readonly label: number;
  readonly isHeldOut: boolean;
  readonly kind: Kind;
  readonly colors: Palette;
}

/** Class 1: blue discs. Class 0: orange diamonds. Held-out points are hollow. */
function paintPoint(painter: Painter, x: number, y: number, { label, isHeldOut, kind, colors }: Look): void {
  const isDisc = kind === 'curve' || label === 1;
  const color = kind === 'curve' ? colors.text : isDisc ? colors.positive : colors.negative;
  const style = isHeldOut
    ? { fill: colors.panel, stroke: color, width: 1.75 }
    : { fill: color, stroke: colors.panel, width: 1.25 };
  if (isDisc) painter.disc(x, y, kind === 'curve' ? 3.25 : 4, style);
  else painter.polygon([x, y - 5.2, x + 5.2, y, x, y + 5.2, x - 5.2, y], style);
}
