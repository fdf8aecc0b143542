/**
 * Nodes drawn as stamps into the pixels of a picture: the pixels of each mark are computed once, and copied for each node. Ten thousand
 * nodes take about two milliseconds, with or without a graphics card.
 */
import { isInside, type Mark, rgbOf } from './palette.ts';

/** The pixels of a mark: offsets from the centre, and colours. */
export interface Stamp {
  readonly size: number;
  /** Half of the size, rounded down. */
  readonly middle: number;
  /** Opacity, `[size, size]`, 0 to 255. */
  readonly alpha: Uint8Array;
  /** Red, green and blue as a pixel without opacity, `[size, size]`. */
  readonly colour: Uint32Array;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Pixels as 0xAABBGGRR, the order of an ImageData on machines whose lowest byte comes first. */
  readonly pixels: Uint32Array;
}

/** Points of a pixel on each axis at which its coverage is computed. */
const samples = 4;

/** A mark of a radius in pixels, with a rim of the page's colour so that marks on each other can be told apart. */
export function makeStamp({ colour, shape }: Mark, radius: number, rim: number, page: string, opacity = 1): Stamp {
  const middle = Math.ceil(1.25 * radius + rim + 1);
  const size = 2 * middle + 1;
  const [own, edge] = [rgbOf(colour), rgbOf(page)];
  const alpha = new Uint8Array(size * size);
  const pixels = new Uint32Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [inside, around] = [0, 0];
      for (let i = 0; i < samples * samples; i++) {
        const x = column - middle + ((i % samples) + 0.5) / samples - 0.5;
        const y = row - middle + (Math.floor(i / samples) + 0.5) / samples - 0.5;
        if (isInside(shape, x / radius, y / radius)) inside++;
        else if (rim > 0 && isInside(shape, x / (radius + rim), y / (radius + rim))) around++;
      }
      const covered = inside + around;
      if (covered === 0) continue;
      const share = inside / covered;
      const mix = (a: number, b: number) => Math.round(a * share + b * (1 - share));
      const at = row * size + column;
      alpha[at] = Math.round((255 * opacity * covered) / (samples * samples));
      pixels[at] = (mix(own.b, edge.b) << 16) | (mix(own.g, edge.g) << 8) | mix(own.r, edge.r);
    }
  }
  return { size, middle, alpha, colour: pixels };
}

/** Draws a stamp with its centre at a pixel; parts outside of the picture are cut off. */
export function press({ width, height, pixels }: Picture, stamp: Stamp, x: number, y: number): void {
  const { size, middle, alpha, colour } = stamp;
  const [left, top] = [Math.round(x) - middle, Math.round(y) - middle];
  if (left >= width || top >= height || left + size <= 0 || top + size <= 0) return;
  const [fromColumn, toColumn] = [Math.max(0, -left), Math.min(size, width - left)];
  const [fromRow, toRow] = [Math.max(0, -top), Math.min(size, height - top)];
  for (let row = fromRow; row < toRow; row++) {
    let at = (top + row) * width + left + fromColumn;
    let from = row * size + fromColumn;
    for (let column = fromColumn; column < toColumn; column++, at++, from++) {
      const a = alpha[from];
      if (a === 0) continue;
      const below = pixels[at];
      if (a === 255) pixels[at] = 0xff000000 | colour[from];
      else if (below === 0) pixels[at] = (a << 24) | colour[from];
      else pixels[at] = blended(below, colour[from], a);
    }
  }
}

/** A colour of opacity `a` over a pixel. */
function blended(below: number, above: number, a: number): number {
  const rest = 255 - a;
  const r = (((above & 255) * a + (below & 255) * rest) / 255) | 0;
  const g = ((((above >> 8) & 255) * a + ((below >> 8) & 255) * rest) / 255) | 0;
  const b = ((((above >> 16) & 255) * a + ((below >> 16) & 255) * rest) / 255) | 0;
  const opacity = a + ((((below >>> 24) * rest) / 255) | 0);
  return ((opacity << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
