/** Paints the network: the edges in the color and width of their weights, and on each tile the outputs of its unit over the plane. */
import type { Painter } from '../../parts/painter.ts';
import { colorAt, type Palette, paintValues } from '../../parts/palette.ts';
import type { Kind } from './data-sets.ts';
import type { Weights } from './experiment.ts';
import { curvePoints, grids, side } from './grid.ts';
import type { Column, Layout, Tile } from './network-layout.ts';

/** Between two layers at most so many edges are drawn: those of the largest weights. */
const maxEdges = 400;

export interface Shown {
  readonly layout: Layout;
  readonly kind: Kind;
  readonly weights?: Weights;
  /** The outputs of these layers over the plane. */
  readonly outputs?: readonly Float64Array[];
  readonly colors: Palette;
}

export function paintNetwork(painter: Painter, shown: Shown): void {
  const { layout, weights, outputs, kind, colors } = shown;
  const { columns } = layout;
  if (weights !== undefined) {
    for (let l = 0; l + 1 < columns.length; l++) {
      const tensor = weights[`layers.${l}.weight`];
      if (tensor !== undefined) paintEdges(painter, columns[l], columns[l + 1], tensor.data, tensor.shape[1]);
    }
  }
  columns.forEach((column, c) => {
    const values = c === 0 ? grids[kind].inputs : outputs?.[c - 1];
    const range = kind === 'classes' && c === columns.length - 1 ? probabilities : undefined;
    for (const tile of column.tiles) {
      if (values !== undefined) {
        const own = unitOf(values, tile.unit, values.length / grids[kind].count);
        paintUnit(painter, tile, { values: own, range: range ?? ends(own), kind, colors });
      }
      const { x, y, size } = tile;
      painter.polygon([x, y, x + size, y, x + size, y + size, x, y + size], { stroke: colors['strong-rule'] });
    }
  });
}

const probabilities = [0, 1] as const;

function paintEdges(painter: Painter, from: Column, to: Column, data: Float64Array, units: number): void {
  let edges = from.tiles.flatMap((a) => to.tiles.map((b) => ({ a, b, weight: data[a.unit * units + b.unit] })));
  if (edges.length > maxEdges) {
    edges = edges.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, maxEdges);
  }
  for (const { a, b, weight } of edges) {
    if (!Number.isFinite(weight)) continue;
    const strength = Math.min(1, Math.abs(weight) / 4);
    const [x1, y1] = [a.x + a.size, a.y + a.size / 2];
    const [x2, y2] = [b.x, b.y + b.size / 2];
    painter.line(bend(x1, y1, x2, y2), {
      stroke: colorAt(Math.sign(weight) * (0.25 + 0.75 * strength)),
      width: 0.6 + 4.4 * strength,
      opacity: 0.35 + 0.6 * strength,
    });
  }
}

/** A line that leaves and arrives horizontally. */
function bend(x1: number, y1: number, x2: number, y2: number): number[] {
  const steps = 12;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const t = i / steps;
    return [x1 + t * (x2 - x1), y1 + t * t * (3 - 2 * t) * (y2 - y1)];
  }).flat();
}

/** The outputs of one unit: every `units`-th number. */
export function unitOf(values: Float64Array, unit: number, units: number): Float64Array {
  const count = values.length / units;
  const found = new Float64Array(count);
  for (let i = 0; i < count; i++) found[i] = values[i * units + unit];
  return found;
}

interface UnitPicture {
  readonly values: Float64Array;
  /** The ends of the scale. */
  readonly range: readonly [number, number];
  readonly kind: Kind;
  readonly colors: Palette;
}

function paintUnit(painter: Painter, { x, y, size }: Tile, { values, range, kind, colors }: UnitPicture): void {
  if (kind === 'classes') {
    painter.image(x, y, size, size, surface(values, range));
    return;
  }
  painter.polygon([x, y, x + size, y, x + size, y + size, x, y + size], { fill: colors.neutral });
  const [low, high] = range;
  const points = Array.from({ length: curvePoints }, (_, i) => [
    x + (i / (curvePoints - 1)) * size,
    y + size - 3 - ((values[i] - low) / (high - low)) * (size - 6),
  ]);
  painter.line(points.flat(), { stroke: colors.accent, width: 1.5 });
}

/** The ends of the scale for a unit: as far below 0 as above, at least to 1, so that 0 has the middle color. */
export function ends(values: Float64Array): readonly [number, number] {
  let most = 1;
  for (const value of values) if (Math.abs(value) > most && Number.isFinite(value)) most = Math.abs(value);
  return [-most, most];
}

let scratch: HTMLCanvasElement | undefined;

/**
 * A picture of values over the plane. `strength`: how near the ends of the scale come to their full color, at most 1. The
 * same canvas each time: it is used at once.
 */
export function surface(values: Float64Array, [low, high]: readonly [number, number], strength = 1): HTMLCanvasElement {
  const more = ((high - low) / 2) * (1 / strength - 1);
  const [from, to] = [low - more, high + more];
  scratch ??= document.createElement('canvas');
  scratch.width = side;
  scratch.height = side;
  const context = scratch.getContext('2d', { willReadFrequently: true })!;
  const picture = context.createImageData(side, side);
  paintValues(picture.data, values, { from, to });
  context.putImageData(picture, 0, 0);
  return scratch;
}
