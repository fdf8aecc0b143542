/** Where the network's drawing has its tiles, in pixels: a column for the inputs, one for each hidden layer, one for the output. */

export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** The number of the unit in its layer. */
  readonly unit: number;
}

export interface Column {
  /** The middle. */
  readonly x: number;
  readonly width: number;
  readonly tiles: readonly Tile[];
  /** Units without a tile, because the layer is folded. */
  readonly folded: number;
  /** Where the tiles end. */
  readonly bottom: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly Column[];
}

/** The units of a layer that are in one line of tiles; a larger layer folds, and has several lines when it is unfolded. */
export const line = 10;
/** The smallest width of a column, which has its controls above it. */
const minPitch = 104;
const gap = 5;
/** Under the tiles: the bar that is dragged. */
const handle = 16;

/** `units`: of the inputs, the hidden layers, and the output. `unfolded`: the columns whose units are all shown. */
export function layoutOf(
  units: readonly number[],
  {
    width,
    height,
    unfolded,
  }: { readonly width: number; readonly height: number; readonly unfolded: ReadonlySet<number> },
): Layout {
  const inLine = Math.min(line, Math.max(2, ...units));
  const size = Math.min(46, Math.floor((height - handle) / inLine) - gap);
  const needed = units.map((count, c) => {
    const lines = unfolded.has(c) ? Math.ceil(count / line) : 1;
    return Math.max(minPitch, lines * (size + gap) + 40);
  });
  const sum = needed.reduce((a, b) => a + b, 0);
  const stretch = Math.max(1, width / sum);
  let left = 0;
  const columns = units.map((count, c) => {
    const own = needed[c] * stretch;
    const x = left + own / 2;
    left += own;
    return columnOf(count, { x, width: own, height, size, isUnfolded: unfolded.has(c) });
  });
  return { width: Math.max(width, sum), height, columns };
}

interface Place {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly isUnfolded: boolean;
}

function columnOf(count: number, { x, width, height, size, isUnfolded }: Place): Column {
  const shown = isUnfolded ? count : Math.min(count, line);
  const lines = Math.ceil(shown / line);
  const inLine = Math.min(shown, line);
  const pitch = size + gap;
  const top = (height - handle - inLine * pitch + gap) / 2;
  const left = x - (lines * pitch - gap) / 2;
  const tiles = Array.from({ length: shown }, (_, unit) => ({
    x: left + Math.floor(unit / line) * pitch,
    y: top + (unit % line) * pitch,
    size,
    unit,
  }));
  return { x, width, tiles, folded: count - shown, bottom: top + inLine * pitch - gap };
}
