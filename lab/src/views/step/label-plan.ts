/** Places labels in a drawing so that none covers another one, a unit, or the edge; nothing here draws. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box around a point. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Circle extends Point {
  readonly radius: number;
}

/** A label with its size and the places where its middle can be, the best first. */
export interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly places: readonly Point[];
}

/** The space that stays free around a label. */
const gap = 1;

/** Boxes that only touch do not overlap. */
export const overlap = (a: Box, b: Box): boolean =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 - 1e-6 && Math.abs(a.y - b.y) < (a.height + b.height) / 2 - 1e-6;

export function covers(box: Box, { x, y, radius }: Circle): boolean {
  const dx = Math.max(0, Math.abs(box.x - x) - box.width / 2);
  const dy = Math.max(0, Math.abs(box.y - y) - box.height / 2);
  return dx * dx + dy * dy < radius * radius;
}

export class LabelPlan {
  private readonly taken: Box[] = [];
  private readonly width: number;
  private readonly height: number;
  private readonly circles: readonly Circle[];

  constructor(width: number, height: number, circles: readonly Circle[]) {
    this.width = width;
    this.height = height;
    this.circles = circles;
  }

  /** Takes the first free place; undefined if there is none. */
  place({ width, height, places }: Wanted): Box | undefined {
    for (const { x, y } of places) {
      const box = { x, y, width, height };
      if (!this.isFree(box)) continue;
      this.taken.push(box);
      return box;
    }
    return undefined;
  }

  /**
   * Takes a place for each of some labels, or none at all. Tries them in the given order, from the top down, from the bottom
   * up, and then in some mixed orders, which are the same each time.
   */
  placeAll(wanted: readonly Wanted[]): readonly Box[] | undefined {
    const before = this.taken.length;
    for (const order of orders(wanted)) {
      const found = new Map<Wanted, Box>();
      for (const [each, asked] of order) {
        const box = this.place(asked);
        if (box === undefined) break;
        found.set(each, box);
      }
      if (found.size === wanted.length) return wanted.map((each) => found.get(each)!);
      this.taken.length = before;
    }
    return undefined;
  }

  private isFree(box: Box): boolean {
    const { x, y, width, height } = box;
    if (x < width / 2 || y < height / 2 || x > this.width - width / 2 || y > this.height - height / 2) return false;
    const wide = { ...box, width: width + 2 * gap, height: height + 2 * gap };
    return !this.taken.some((other) => overlap(wide, other)) && !this.circles.some((circle) => covers(wide, circle));
  }
}

const mixedOrders = 16;

/** Orders of some labels to try: pairs of a label and how it is placed. */
function* orders(wanted: readonly Wanted[]): Generator<readonly (readonly [Wanted, Wanted])[]> {
  yield wanted.map((each) => [each, each]);
  for (const way of [1, -1]) {
    const byHeight = (a: Point, b: Point) => way * (a.y - b.y);
    yield [...wanted]
      .sort((a, b) => way * (middle(a) - middle(b)))
      .map((each) => [each, { ...each, places: [...each.places].sort(byHeight) }]);
  }
  // numbers of a linear congruential generator with the constants of Numerical Recipes
  let state = 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const mixed = <T>(all: readonly T[]): T[] => {
    const out = [...all];
    for (let i = out.length - 1; i > 0; i--) {
      const j = next(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  };
  // with so many labels, a mixed order does not help
  if (wanted.length > 9) return;
  for (let i = 0; i < mixedOrders; i++) {
    yield mixed(wanted).map((each) => [each, { ...each, places: mixed(each.places) }]);
  }
}

const middle = ({ places }: Wanted) => places.reduce((sum, { y }) => sum + y, 0) / Math.max(1, places.length);
