/** The colors of the page's tokens as a canvas takes them, in light and dark, and the scale from negative to positive. */
import { createSignal } from 'solid-js';

const tokens = [
  'page',
  'panel',
  'tint',
  'text',
  'soft',
  'rule',
  'strong-rule',
  'accent',
  'positive',
  'negative',
  'neutral',
  'forward',
  'loss',
  'backward',
  'update',
] as const;

export type Token = (typeof tokens)[number];
export type Palette = Readonly<Record<Token, string>>;

/** A token can name two colors, of which the browser chooses when it computes the color of an element. */
function read(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const found = tokens.map((token) => {
    probe.style.color = `var(--${token})`;
    return [token, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(found) as Record<Token, string>;
}

const [version, setVersion] = createSignal(0);
let known: { readonly version: number; readonly palette: Palette; readonly scale: Uint8ClampedArray } | undefined;
let isWatched = false;

function current() {
  if (!isWatched) {
    isWatched = true;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setVersion((n) => n + 1));
  }
  if (known?.version !== version()) {
    const palette = read();
    known = { version: version(), palette, scale: makeScale(palette) };
  }
  return known!;
}

/** The colors now; in an effect, it is called again when the person changes between light and dark. */
export const palette = (): Palette => current().palette;

/** The number of colors of the scale. */
export const scaleSize = 256;

/** Red, green and blue of each color of the scale: `negative` first, `neutral` in the middle, `positive` last. */
export const scale = (): Uint8ClampedArray => current().scale;

const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);

function makeScale({ negative, neutral, positive }: Palette): Uint8ClampedArray {
  const [low, middle, high] = [negative, neutral, positive].map(channels);
  const found = new Uint8ClampedArray(3 * scaleSize);
  for (let i = 0; i < scaleSize; i++) {
    const at = (2 * i) / (scaleSize - 1) - 1;
    const end = at < 0 ? low : high;
    for (let c = 0; c < 3; c++) found[3 * i + c] = middle[c] + Math.abs(at) * (end[c] - middle[c]);
  }
  return found;
}

/** The color of a value from -1 to 1. */
export function colorAt(value: number, colors = scale()): string {
  const i = 3 * Math.round(((Math.min(1, Math.max(-1, value)) + 1) / 2) * (scaleSize - 1));
  return `rgb(${colors[i]}, ${colors[i + 1]}, ${colors[i + 2]})`;
}

/** Fills a picture's pixels with the colors of values; `from` and `to` are the ends of the scale. */
export function paintValues(
  pixels: Uint8ClampedArray,
  values: ArrayLike<number>,
  { from, to, colors = scale() }: { readonly from: number; readonly to: number; readonly colors?: Uint8ClampedArray },
): void {
  const factor = (scaleSize - 1) / (to - from);
  for (let i = 0, p = 0; i < values.length; i++, p += 4) {
    const at = 3 * Math.min(scaleSize - 1, Math.max(0, Math.round((values[i] - from) * factor) || 0));
    pixels[p] = colors[at];
    pixels[p + 1] = colors[at + 1];
    pixels[p + 2] = colors[at + 2];
    pixels[p + 3] = 255;
  }
}
