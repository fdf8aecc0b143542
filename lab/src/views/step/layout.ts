/** Where the drawing of a network puts its columns and units, in units of its own; nothing here draws. */

export interface Spot {
  /** The unit, or a gap that stands for `folded` units. */
  readonly unit?: number;
  readonly folded?: number;
  readonly x: number;
  readonly y: number;
}

export interface ColumnLayout {
  readonly x: number;
  readonly radius: number;
  readonly spots: readonly Spot[];
  /** Whether numbers fit into the circles. */
  readonly hasNumbers: boolean;
  /** Whether more numbers fit between two units. */
  readonly isRoomy: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly ColumnLayout[];
}

/** The maximum number of units that a column draws: of more, the first and the last. */
export const maxUnits = 64;

const headroom = 34;

/** The places of columns with so many units each. `right`: the space kept free for the targets and the loss. */
export function layoutOf(units: readonly number[], width = 640, right = 120): Layout {
  const drawn = units.map((count) => Math.min(count, maxUnits));
  const most = Math.max(...drawn);
  const height = Math.min(640, Math.max(300, headroom * 2 + most * 104));
  const margin = width < 520 ? 44 : 56;
  const span = width - margin - right;
  const gap = units.length > 1 ? span / (units.length - 1) : 0;
  return {
    width,
    height,
    columns: units.map((count, c) => {
      const x = margin + c * gap;
      const places = count > maxUnits ? maxUnits + 1 : count;
      const room = (height - 2 * headroom) / places;
      const radius = Math.max(2.5, Math.min(25, room * 0.34, gap === 0 ? 25 : gap * 0.2));
      return { x, radius, hasNumbers: radius >= 15, isRoomy: room >= 2 * radius + 34, spots: spotsOf(count, x, room) };
    }),
  };
}

function spotsOf(count: number, x: number, room: number): Spot[] {
  if (count <= maxUnits) {
    return Array.from({ length: count }, (_, unit) => ({ unit, x, y: headroom + (unit + 0.5) * room }));
  }
  const head = maxUnits / 2;
  return Array.from({ length: maxUnits + 1 }, (_, place): Spot => {
    const y = headroom + (place + 0.5) * room;
    if (place === head) return { folded: count - maxUnits, x, y };
    return { unit: place < head ? place : count - maxUnits + place - 1, x, y };
  });
}

/** The maximum number of lines that are drawn one by one, each of which can be selected. */
export const maxSingleLines = 240;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Half the width and half the height of a label: a weight, and its gradient below it. */
const half = { width: 32, height: 18 };

/**
 * A place on each line for its label, so that labels cover each other and the units as little as possible: of some places
 * along the line, the first with the least overlap.
 */
export function labelSpots(lines: readonly { readonly from: Point; readonly to: Point }[], radius: number): Point[] {
  const placed: Point[] = [];
  const units = lines.flatMap(({ from, to }) => [from, to]);
  for (const { from, to } of lines) {
    let best: Point = from;
    let least = Number.POSITIVE_INFINITY;
    for (const share of [0.3, 0.5, 0.4, 0.6, 0.26, 0.7, 0.35, 0.45, 0.55, 0.65, 0.74]) {
      const at = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
      const overlap =
        placed.reduce((sum, other) => sum + covered(at, other, 2 * half.width, 2 * half.height), 0) +
        units.reduce((sum, other) => sum + covered(at, other, half.width + radius, half.height + radius), 0);
      if (overlap < least) {
        best = at;
        least = overlap;
      }
    }
    placed.push(best);
  }
  return placed;
}

/** The common area of two boxes that touch if their centers are `width` or `height` apart. */
const covered = (a: Point, b: Point, width: number, height: number): number =>
  Math.max(0, width - Math.abs(a.x - b.x)) * Math.max(0, height - Math.abs(a.y - b.y));
