/** Paints the first layer's weights: a picture of 28 × 28 for each hidden unit. */
import type { Painter } from '../../parts/painter.ts';
import { type Palette, paintValues } from '../../parts/palette.ts';
import { hiddenCount } from './digit-net.ts';
import { pixelCount, side } from './digits-data.ts';

/** The tiles have one pixel of space between them. */
const pitch = side + 1;

export const columnsFor = (width: number): number => (width < 600 ? 8 : 16);

/** Height divided by width of all tiles together, the bars under them included. */
export const ratioFor = (columns: number): number => (hiddenCount / columns / columns) * (1 + bar);

/** The height of the bar under a tile, as a share of a tile. */
const bar = 0.14;

let scratch: HTMLCanvasElement | undefined;
let picture: ImageData | undefined;
const values = new Float32Array(hiddenCount * pixelCount);

/** One tall picture of all units: unit k has the rows from k·29 on. The same canvas each time: it is used at once. */
function tiles(first: Float32Array): HTMLCanvasElement {
  const height = hiddenCount * pitch;
  if (scratch === undefined) {
    scratch = document.createElement('canvas');
    scratch.width = side;
    scratch.height = height;
  }
  const context = scratch.getContext('2d', { willReadFrequently: true })!;
  picture ??= context.createImageData(side, height);
  const end = endOf(first);
  for (let i = 0; i < pixelCount; i++) {
    for (let k = 0; k < hiddenCount; k++) values[k * pixelCount + i] = first[i * hiddenCount + k];
  }
  for (let k = 0; k < hiddenCount; k++) {
    const pixels = picture.data.subarray(4 * k * pitch * side, 4 * (k + 1) * pitch * side);
    paintValues(pixels, values.subarray(k * pixelCount, (k + 1) * pixelCount), { from: -end, to: end });
  }
  context.putImageData(picture, 0, 0);
  return scratch;
}

/** The end of the color scale: three times the root mean square of the weights, the same for all units. */
export function endOf(first: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < first.length; i++) sum += first[i] * first[i];
  return 3 * Math.sqrt(sum / first.length) || 1;
}

export interface UnitsPicture {
  readonly first: Float32Array;
  /** The hidden units' outputs for the drawing. */
  readonly hidden: Float64Array;
  readonly colors: Palette;
}

/** All units in rows of so many columns; the bar under a tile is the unit's output for the drawing. */
export function paintUnits(painter: Painter, { first, hidden, colors }: UnitsPicture): void {
  const columns = columnsFor(painter.width);
  const cell = painter.width / columns;
  const all = tiles(first);
  const highest = hidden.reduce((a, b) => Math.max(a, b), 1e-9);
  for (let k = 0; k < hiddenCount; k++) {
    const x = (k % columns) * cell;
    const y = Math.floor(k / columns) * cell * (1 + bar);
    painter.part(x + 1, y + 1, cell - 2, cell - 2, all, { x: 0, y: k * pitch, width: side, height: side });
    const width = (hidden[k] / highest) * (cell - 2);
    if (width < 0.5) continue;
    const top = y + cell;
    const bottom = top + bar * cell - 3;
    painter.polygon([x + 1, top, x + 1 + width, top, x + 1 + width, bottom, x + 1, bottom], { fill: colors.forward });
  }
}
