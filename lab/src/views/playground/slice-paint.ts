/** Paints a slice of the loss surface: bands of equal loss, more violet where it is higher, with the way that training took. */
import type { Painter } from '../../parts/painter.ts';
import type { Palette } from '../../parts/palette.ts';
import type { Slice } from './loss-slice.ts';
import { short } from './remarks.ts';

/** The number of bands; between two bands the loss grows by a constant factor. */
const bands = 14;

export interface SlicePicture {
  readonly slice: Slice;
  /** The names of the two directions. */
  readonly names: readonly [string, string];
  readonly colors: Palette;
}

export function paintSlice(painter: Painter, { slice, names, colors }: SlicePicture): void {
  const { width, height } = painter;
  const { a, b, way } = slice;
  painter.image(0, 0, width, height, picture(slice, colors), false);
  const x = (value: number) => ((value - a[0]) / (a[1] - a[0])) * width;
  const y = (value: number) => height - ((value - b[0]) / (b[1] - b[0])) * height;
  const line = Array.from(way, (value, i) => (i % 2 === 0 ? x(value) : y(value)));
  painter.line(line, { stroke: colors.panel, width: 4, opacity: 0.85 });
  painter.line(line, { stroke: colors.text, width: 1.75 });
  painter.disc(line[0], line[1], 4, { fill: colors.panel, stroke: colors.text, width: 1.5 });
  painter.disc(line.at(-2)!, line.at(-1)!, 5, { fill: colors.update, stroke: colors.panel, width: 1.5 });
  painter.text(width - 6, height - 8, `${names[0]} →`, { fill: colors.text, size: 12, align: 'end' });
  painter.text(6, 16, `↑ ${names[1]}`, { fill: colors.text, size: 12 });
}

/** The lowest and the highest loss of a slice, for its legend. */
export function range({ losses }: Slice): string {
  const finite = losses.filter(Number.isFinite);
  return `${short(Math.min(...finite))} to ${short(Math.max(...finite))}`;
}

let scratch: HTMLCanvasElement | undefined;

/** Each cell is drawn with several pixels, whose losses are interpolated, so that the bands have smooth edges. */
const pixels = 8;

function picture({ losses, size }: Slice, colors: Palette): HTMLCanvasElement {
  scratch ??= document.createElement('canvas');
  const side = (size - 1) * pixels;
  scratch.width = side;
  scratch.height = side;
  const context = scratch.getContext('2d', { willReadFrequently: true })!;
  const image = context.createImageData(side, side);
  const logs = losses.map((loss) => (Number.isFinite(loss) ? Math.log(loss + 1e-6) : Number.POSITIVE_INFINITY));
  const finite = logs.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [light, dark] = [channels(colors.panel), channels(colors.loss)];
  for (let row = 0; row < side; row++) {
    const j = size - 2 - Math.floor(row / pixels);
    const v = 1 - ((row % pixels) + 0.5) / pixels;
    for (let column = 0; column < side; column++) {
      const i = Math.floor(column / pixels);
      const u = ((column % pixels) + 0.5) / pixels;
      const at = j * size + i;
      const value =
        (1 - v) * ((1 - u) * logs[at] + u * logs[at + 1]) + v * ((1 - u) * logs[at + size] + u * logs[at + size + 1]);
      const share = Number.isFinite(value) ? Math.round(((value - low) / (high - low || 1)) * bands) / bands : 1;
      const p = 4 * (row * side + column);
      for (let c = 0; c < 3; c++) image.data[p + c] = light[c] + 0.75 * share * (dark[c] - light[c]);
      image.data[p + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return scratch;
}

const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
