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
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly ColumnLayout[];
}

/** The maximum number of units that a column draws: of more, the first and the last. */
export const maxUnits = 64;

const headroom = 34;

/** The room of a fold, whose text is higher than a small unit. */
const foldRoom = 4;

/** The places of columns with so many units each. `right`: the space kept free for the targets and the loss. */
export function layoutOf(units: readonly number[], width = 640, right = width < 520 ? 98 : 120): Layout {
  const drawn = units.map((count) => Math.min(count, maxUnits));
  const most = Math.max(...drawn);
  const height = Math.min(640, Math.max(300, headroom * 2 + most * 104));
  const margin = width < 520 ? 30 : 56;
  const span = width - margin - right;
  const gap = units.length > 1 ? span / (units.length - 1) : 0;
  return {
    width,
    height,
    columns: units.map((count, c) => {
      const x = margin + c * gap;
      const places = count > maxUnits ? maxUnits + foldRoom : count;
      const room = (height - 2 * headroom) / places;
      const radius = Math.max(2.5, Math.min(25, room * 0.34, gap === 0 ? 25 : gap * (width < 520 ? 0.165 : 0.2)));
      return { x, radius, hasNumbers: radius >= 15, spots: spotsOf(count, x, room) };
    }),
  };
}

function spotsOf(count: number, x: number, room: number): Spot[] {
  if (count <= maxUnits) {
    return Array.from({ length: count }, (_, unit) => ({ unit, x, y: headroom + (unit + 0.5) * room }));
  }
  const head = maxUnits / 2;
  return Array.from({ length: maxUnits + 1 }, (_, place): Spot => {
    if (place < head) return { unit: place, x, y: headroom + (place + 0.5) * room };
    if (place === head) return { folded: count - maxUnits, x, y: headroom + (head + foldRoom / 2) * room };
    return { unit: count - maxUnits + place - 1, x, y: headroom + (place - 0.5 + foldRoom) * room };
  });
}

/** The maximum number of lines that are drawn one by one, each of which can be selected. */
export const maxSingleLines = 240;
