/** The labels of the weights between two columns of the drawing. */
import { type Moment, weightNumbers } from './drawing-numbers.ts';
import { type Item, lineHeight, type MakeNumber, plainName } from './label-items.ts';
import type { Box, LabelPlan, Point } from './label-plan.ts';
import type { ColumnLayout } from './layout.ts';
import type { ColumnData } from './protocol.ts';

/** The maximum number of weights that are written one by one, and of related numbers where not all are written. */
const maxWritten = 64;
const maxRelated = 10;

interface WeightOptions {
  readonly column: ColumnData;
  readonly from: ColumnLayout;
  readonly to: ColumnLayout;
  readonly moment: Moment;
  readonly isRelated: (id: number) => boolean;
  readonly plan: LabelPlan;
  readonly number: MakeNumber;
}

/**
 * The weights between two columns: each with its gradient if there is room for all; or one number each, the newest; or only
 * those that belong to the selected number.
 */
export function weightLabels({ column, from, to, moment, isRelated, plan, number }: WeightOptions): [Item, Box][] {
  const { name } = column.weight ?? {};
  if (name === undefined) return [];
  const links = from.spots.flatMap((a) =>
    to.spots.flatMap((b) => {
      if (a.unit === undefined || b.unit === undefined) return [];
      const ids = weightNumbers(moment, name, a.unit, b.unit);
      return ids.weight === undefined && ids.gradient === undefined ? [] : [{ a, b, ...ids }];
    }),
  );
  type Link = (typeof links)[number];
  const make = (
    { a, b, weight, gradient }: Link,
    id: number | undefined,
    { hasName = true, isSecond = false, digits = 3 } = {},
  ) => {
    const isGradient = id !== undefined && id === gradient;
    const of = weight === undefined ? '' : plainName(moment.numberAt(weight)!.name).replace('′', isGradient ? '' : '′');
    const before = isGradient ? `∇${hasName ? of : ''} ` : `${of} `;
    return number(`${isSecond ? 'gradient' : 'weight'} ${name} ${a.unit} ${b.unit}`, id, before, along(a, b), digits);
  };
  const isCrowd = links.length > maxWritten || !from.hasNumbers || !to.hasNumbers;
  if (!isCrowd) {
    const both = pairs(
      links.map((link) => [make(link, link.weight), make(link, link.gradient, { hasName: false, isSecond: true })]),
    );
    const boxes = plan.placeAll(both.map(({ outer }) => outer));
    if (boxes !== undefined) return both.flatMap(({ split }, i) => split(boxes[i]));
    for (const digits of [3, 2, 1]) {
      const newest = links.flatMap((link) => make(link, newestOf(link, moment), { digits }) ?? []);
      const single = plan.placeAll(newest);
      if (single !== undefined) return newest.map((each, i) => [each, single[i]]);
    }
  }
  const related = links.flatMap((link) =>
    [link.weight, link.gradient].flatMap((id, i) =>
      id !== undefined && isRelated(id) ? (make(link, id, { isSecond: i === 1 }) ?? []) : [],
    ),
  );
  const some = related.slice(0, maxRelated);
  const known = new Set(some.map(({ slot }) => slot));
  // of a small network, as many of the others as there is room for
  const others = isCrowd ? [] : links.flatMap((link) => make(link, newestOf(link, moment), { digits: 2 }) ?? []);
  return [...some, ...others.filter(({ slot }) => !known.has(slot))].flatMap((each): [Item, Box][] => {
    const box = plan.place(each);
    return box === undefined ? [] : [[each, box]];
  });
}

/** A weight and its gradient below it, as one label with two lines. */
function pairs(all: readonly (readonly [Item | undefined, Item | undefined])[]) {
  return all.flatMap(([weight, gradient]) => {
    const lines = [weight, gradient].filter((each) => each !== undefined);
    if (lines.length === 0) return [];
    const width = Math.max(...lines.map((each) => each.width));
    const height = lines.length * lineHeight;
    // the middle of the first line is on the link
    const places = lines[0].places.map(({ x, y }) => ({ x, y: y + (height - lineHeight) / 2 }));
    const split = ({ x, y }: Box): [Item, Box][] =>
      lines.map((each, i) => [
        each,
        { x, y: y + i * lineHeight - (height - lineHeight) / 2, width: each.width, height: lineHeight },
      ]);
    return [{ outer: { width, height, places }, split }];
  });
}

/** Places along a link, those near its first third first; then a little above and below it. */
function along(from: Point, to: Point): Point[] {
  const shares = [0.3, 0.5, 0.4, 0.6, 0.35, 0.45, 0.55, 0.65, 0.26, 0.7, 0.74, 0.22, 0.78, 0.18, 0.82];
  const on = (share: number, dy: number) => ({
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share + dy,
  });
  return [0, -6, 6, -11, 11].flatMap((dy) => shares.map((share) => on(share, dy)));
}

/** Of a weight and its gradient, the number that the walk computed last. */
function newestOf(
  { weight, gradient }: { readonly weight?: number; readonly gradient?: number },
  { numberAt }: Moment,
): number | undefined {
  if (weight === undefined || gradient === undefined) return weight ?? gradient;
  return (numberAt(weight)?.line ?? -1) > (numberAt(gradient)?.line ?? -1) ? weight : gradient;
}
