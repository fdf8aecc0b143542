/**
 * Nodes drawn as stamps into the pixels of a picture: the pixels of each mark are computed once, and copied for each node. Ten thousand
 * nodes take about three milliseconds, with or without a graphics card.
 */
import { isInside, type Mark, rgbOf, type Shape } from './palette.ts';

/** The pixels of a mark that are not transparent: opaque ones first, which need no mixing. */
export interface Stamp {
  /** The maximum distance of a pixel from the center, on each axis. */
  readonly reach: number;
  /** Places around the center, `[pixels]`. */
  readonly dx: Int8Array;
  readonly dy: Int8Array;
  /** Opacity from 1 to 256, `[pixels]`. */
  readonly opacity: Uint16Array;
  /** Red, green and blue as a pixel without opacity, `[pixels]`. */
  readonly color: Uint32Array;
  readonly opaqueCount: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Pixels as 0xAABBGGRR, the order of an ImageData on machines whose lowest byte comes first. */
  readonly pixels: Uint32Array;
}

/** Points of a pixel on each axis at which its coverage is computed. */
const samples = 4;

/** A mark of a radius in pixels, with a rim of the page's color so that marks on each other can be told apart. */
export function makeStamp({ color, shape }: Mark, radius: number, rim: number, page: string, opacity = 1): Stamp {
  const reach = Math.min(127, Math.ceil(1.25 * (radius + rim)));
  const [own, edge] = [rgbOf(color), rgbOf(page)];
  const found: { dx: number; dy: number; opacity: number; color: number }[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const [inside, around] = coverage(shape, dx, dy, radius, rim);
      const covered = inside + around;
      if (covered === 0) continue;
      const share = inside / covered;
      const mix = (a: number, b: number) => Math.round(a * share + b * (1 - share));
      found.push({
        dx,
        dy,
        opacity: Math.max(1, Math.round((256 * opacity * covered) / (samples * samples))),
        color: (mix(own.b, edge.b) << 16) | (mix(own.g, edge.g) << 8) | mix(own.r, edge.r),
      });
    }
  }
  found.sort((a, b) => b.opacity - a.opacity);
  return {
    reach,
    dx: Int8Array.from(found, ({ dx }) => dx),
    dy: Int8Array.from(found, ({ dy }) => dy),
    opacity: Uint16Array.from(found, (pixel) => pixel.opacity),
    color: Uint32Array.from(found, (pixel) => pixel.color),
    opaqueCount: found.filter((pixel) => pixel.opacity === 256).length,
  };
}

/** How many of a pixel's points are in the shape, and how many more in its rim. */
function coverage(shape: Shape, dx: number, dy: number, radius: number, rim: number): readonly [number, number] {
  let [inside, around] = [0, 0];
  for (let i = 0; i < samples * samples; i++) {
    const x = dx + ((i % samples) + 0.5) / samples - 0.5;
    const y = dy + (Math.floor(i / samples) + 0.5) / samples - 0.5;
    if (isInside(shape, x / radius, y / radius)) inside++;
    else if (rim > 0 && isInside(shape, x / (radius + rim), y / (radius + rim))) around++;
  }
  return [inside, around];
}

/** The pixels of a stamp as distances in a picture of some width, computed once for each. */
const distances = new WeakMap<Stamp, { readonly width: number; readonly of: Int32Array }>();

function distancesIn(width: number, stamp: Stamp): Int32Array {
  const known = distances.get(stamp);
  if (known?.width === width) return known.of;
  const of = Int32Array.from(stamp.dx, (dx, i) => stamp.dy[i] * width + dx);
  distances.set(stamp, { width, of });
  return of;
}

/** Draws a stamp with its center at a pixel; parts outside of the picture are cut off. */
export function press(picture: Picture, stamp: Stamp, px: number, py: number): void {
  const { width, height, pixels } = picture;
  const { reach, opacity, color, opaqueCount } = stamp;
  const [x, y] = [Math.round(px), Math.round(py)];
  if (!(x >= reach && y >= reach && x < width - reach && y < height - reach)) {
    pressAtBorder(picture, stamp, x, y);
    return;
  }
  const distance = distancesIn(width, stamp);
  const centre = y * width + x;
  for (let i = 0; i < opaqueCount; i++) pixels[centre + distance[i]] = 0xff000000 | color[i];
  for (let i = opaqueCount; i < distance.length; i++) {
    const at = centre + distance[i];
    pixels[at] = blended(pixels[at], color[i], opacity[i]);
  }
}

function pressAtBorder({ width, height, pixels }: Picture, stamp: Stamp, x: number, y: number): void {
  const { reach, dx, dy, opacity, color } = stamp;
  if (!(x + reach >= 0 && y + reach >= 0 && x - reach < width && y - reach < height)) return;
  for (let i = 0; i < dx.length; i++) {
    const [column, row] = [x + dx[i], y + dy[i]];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const at = row * width + column;
    pixels[at] = blended(pixels[at], color[i], opacity[i]);
  }
}

/** A color of an opacity from 1 to 256 over a pixel: red with blue, and green, at once. */
function blended(below: number, above: number, opacity: number): number {
  if (below === 0) return (Math.min(255, opacity) << 24) | above;
  const rest = 256 - opacity;
  const redBlue = (Math.imul(below & 0xff00ff, rest) + Math.imul(above & 0xff00ff, opacity)) >>> 8;
  const green = (Math.imul(below & 0xff00, rest) + Math.imul(above & 0xff00, opacity)) >>> 8;
  const alpha = Math.min(255, opacity + ((Math.imul(below >>> 24, rest) + 128) >>> 8));
  return (alpha << 24) | (redBlue & 0xff00ff) | (green & 0xff00);
}
