/**
 * Colors and shapes of groups. The colors are those of Okabe and Ito (2008), chosen to be told apart with any common color
 * blindness, in versions for a light and a dark page; the shape says the same once more.
 */

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

export const shapes = ['circle', 'square', 'triangle', 'diamond', 'cross', 'down', 'ring', 'bar'] as const;
export type Shape = (typeof shapes)[number];

/** Blue, vermilion, bluish green, reddish purple, orange, sky blue, brown, gray. */
const light = ['#0072b2', '#d55e00', '#009e73', '#b8578f', '#c78500', '#3d9bd1', '#7a4f1d', '#5b5e67'];
const dark = ['#5fb4f0', '#ff8a4c', '#35cfa5', '#e79bc7', '#f0b73c', '#a3dcff', '#cfa06a', '#b9bcc4'];

export interface Mark {
  readonly color: string;
  readonly shape: Shape;
}

/** The mark of a group; -1 is for nodes without one. After eight groups the colors come again, with other shapes. */
export function markOf(group: number, isDark: boolean): Mark {
  const colors = isDark ? dark : light;
  if (group < 0) return { color: isDark ? '#8f949e' : '#777a82', shape: 'circle' };
  const turn = Math.floor(group / colors.length);
  return { color: colors[group % colors.length], shape: shapes[(group + 3 * turn) % shapes.length] };
}

export function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255 };
}

/**
 * Whether a point is in a shape of about the area of a circle of radius 1, with the center at 0 and y downwards.
 */
export function isInside(shape: Shape, x: number, y: number): boolean {
  switch (shape) {
    case 'circle':
      return x * x + y * y <= 1;
    case 'square':
      return Math.abs(x) <= 0.88 && Math.abs(y) <= 0.88;
    case 'triangle':
      return y <= 0.95 && y >= -1.25 + 1.76 * Math.abs(x);
    case 'down':
      return y >= -0.95 && y <= 1.25 - 1.76 * Math.abs(x);
    case 'diamond':
      return Math.abs(x) + Math.abs(y) <= 1.2;
    case 'cross':
      return Math.min(Math.abs(x), Math.abs(y)) <= 0.4 && Math.max(Math.abs(x), Math.abs(y)) <= 1.1;
    case 'ring':
      return x * x + y * y <= 1.2 && x * x + y * y >= 0.3;
    case 'bar':
      return Math.abs(x) <= 1.2 && Math.abs(y) <= 0.6;
  }
}

/** The shape as a path of SVG around 0, of about the area of a circle of this radius. */
export function shapePath(shape: Shape, radius: number): string {
  const points = (list: readonly (readonly [number, number])[]) =>
    `M${list.map(([x, y]) => `${round(x * radius)} ${round(y * radius)}`).join('L')}Z`;
  const circle = (r: number) => {
    const size = round(r * radius);
    return `M${-size} 0A${size} ${size} 0 1 0 ${size} 0A${size} ${size} 0 1 0 ${-size} 0Z`;
  };
  const box = (x: number, y: number) =>
    points([
      [-x, -y],
      [x, -y],
      [x, y],
      [-x, y],
    ]);
  switch (shape) {
    case 'circle':
      return circle(1);
    case 'ring':
      return circle(1.1) + circle(0.55);
    case 'square':
      return box(0.88, 0.88);
    case 'bar':
      return box(1.2, 0.6);
    case 'triangle':
      return points([
        [0, -1.25],
        [1.25, 0.95],
        [-1.25, 0.95],
      ]);
    case 'down':
      return points([
        [0, 1.25],
        [1.25, -0.95],
        [-1.25, -0.95],
      ]);
    case 'diamond':
      return points([
        [0, -1.2],
        [1.2, 0],
        [0, 1.2],
        [-1.2, 0],
      ]);
    case 'cross':
      return points([
        [-0.4, -1.1],
        [0.4, -1.1],
        [0.4, -0.4],
        [1.1, -0.4],
        [1.1, 0.4],
        [0.4, 0.4],
        [0.4, 1.1],
        [-0.4, 1.1],
        [-0.4, 0.4],
        [-1.1, 0.4],
        [-1.1, -0.4],
        [-0.4, -0.4],
      ]);
  }
}

const round = (value: number) => Math.round(value * 100) / 100;
