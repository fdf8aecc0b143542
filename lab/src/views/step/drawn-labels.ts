/**
 * The labels of the drawing: the names of the units, the numbers at units and weights, the targets and the loss, each with
 * its place. Where there is no room for all numbers of a kind, fewer are written; none covers another.
 */
import { latest, type Moment, unitNumbers } from './drawing-numbers.ts';
import { shortNumber } from './format.ts';
import { type Item, type Label, lineHeight, type MakeItem, type MakeNumber, plainName } from './label-items.ts';
import { type Box, type Circle, LabelPlan, type Point } from './label-plan.ts';
import type { ColumnLayout, Layout, Spot } from './layout.ts';
import type { ColumnData } from './protocol.ts';
import { weightLabels } from './weight-labels.ts';

export interface LabelOptions {
  readonly columns: readonly ColumnData[];
  readonly layout: Layout;
  readonly moment: Moment;
  /** Whether a number is the selected one, or one that it comes from or goes to. */
  readonly isRelated: (id: number) => boolean;
  /** The width of a text in the drawing's units; default: an estimate for a wide font. */
  readonly measure?: (text: string, kind: Label['kind']) => number;
}

/** The widths of DejaVu Sans, a wide font, at 12 pixels. */
const estimate = (text: string) =>
  [...text].reduce((sum, c) => sum + (c === '−' ? 10 : /[. ′]/.test(c) ? 3.9 : 7.7), 0);

export function labelsOf({ columns, layout, moment, isRelated, measure = estimate }: LabelOptions): Label[] {
  const circles = layout.columns.flatMap(({ spots, radius }) =>
    spots.flatMap(({ unit, x, y }): Circle[] => (unit === undefined ? [] : [{ x, y, radius: radius + 1 }])),
  );
  const plan = new LabelPlan(layout.width, layout.height, circles);
  const labels: Label[] = [];
  const item = (slot: string, text: string, kind: Label['kind'], places: readonly Point[], id?: number): Item => ({
    slot,
    text,
    kind,
    id,
    places,
    width: measure(text, kind) + 6,
    height: lineHeight,
  });
  const put = (each: Item | undefined) => {
    const box = each === undefined ? undefined : plan.place(each);
    if (box !== undefined) labels.push(labelOf(each!, box));
  };
  const number: MakeNumber = (slot, id, before, places, digits = 3) =>
    id === undefined
      ? undefined
      : item(slot, `${before}${shortNumber(moment.numberAt(id)!.value, digits)}`, 'number', places, id);

  for (const each of titles(columns, layout, item)) put(each);
  const last = layout.columns.at(-1);
  for (const each of ends(last, layout, moment, number)) put(each);
  for (const each of layout.columns.flatMap((of, c) => names(columns[c], of, moment, item))) put(each);
  columns.slice(1).forEach((column, c) => {
    const [from, to] = [layout.columns[c], layout.columns[c + 1]];
    for (const [each, box] of weightLabels({ column, from, to, moment, isRelated, plan, number })) {
      labels.push(labelOf(each, box));
    }
  });
  for (const each of layout.columns.flatMap((of, c) => unitItems(columns[c], of, moment, isRelated, number))) put(each);
  return labels;
}

const labelOf = ({ slot, text, kind, id }: Item, { x, y, width, height }: Box): Label => ({
  slot,
  text,
  kind,
  id,
  x,
  y,
  width,
  height,
});

/** The titles above the columns, shorter where the columns are close, and the activations below. */
function titles(columns: readonly ColumnData[], layout: Layout, item: MakeItem): Item[] {
  const space = layout.columns.length > 1 ? layout.columns[1].x - layout.columns[0].x : layout.width;
  return columns.flatMap(({ title, activation }, c) => {
    const { x, spots } = layout.columns[c];
    const short = c === 0 ? 'inputs' : c === columns.length - 1 ? 'output' : `layer ${c}`;
    const shortest = c === 0 ? 'in' : c === columns.length - 1 ? 'out' : String(c);
    const kind = 'title' as const;
    const text = [title, short, shortest].find((each) => item('', each, kind, []).width < space - 4) ?? shortest;
    const folded = spots.find((spot) => spot.folded !== undefined);
    const below =
      activation === undefined ? [] : [item(`activation ${c}`, activation, kind, [{ x, y: layout.height - 10 }])];
    return [
      item(`title ${c}`, text, kind, [{ x, y: 12 }]),
      ...below.filter(({ width }) => width < space - 4),
      ...(folded === undefined ? [] : [item(`folded ${c}`, `⋮ ${folded.folded} more`, kind, [folded])]),
    ];
  });
}

/** The name of each unit, at a corner of its circle. */
function names(
  column: ColumnData,
  { spots, radius, hasNumbers }: ColumnLayout,
  moment: Moment,
  item: MakeItem,
): Item[] {
  if (!hasNumbers) return [];
  return spots.flatMap(({ unit, x, y }) => {
    const id = unit === undefined ? undefined : unitNumbers(moment, column, unit).output;
    if (id === undefined) return [];
    const text = plainName(moment.numberAt(id)!.name);
    const made = item(`name ${column.name} ${unit}`, text, 'name', []);
    const [dx, dy] = [radius * 0.7 + made.width / 2, radius + 8];
    return [
      {
        ...made,
        places: [
          [-1, -1],
          [1, -1],
          [-1, 1],
          [1, 1],
        ].map(([a, b]) => ({ x: x + a * dx, y: y + b * dy })),
      },
    ];
  });
}

/** The sum, the gradient and the bias of each unit: of all units, or of those that belong to the selected number. */
function unitItems(
  column: ColumnData,
  { spots, radius, hasNumbers }: ColumnLayout,
  moment: Moment,
  isRelated: (id: number) => boolean,
  number: MakeNumber,
): Item[] {
  const of = (spot: Spot, kind: 'sum' | 'gradient' | 'bias', before: string) => {
    if (spot.unit === undefined) return [];
    const id = unitNumbers(moment, column, spot.unit)[kind];
    if (id === undefined || (!hasNumbers && !isRelated(id))) return [];
    const { x, y } = spot;
    const [near, far] = [radius + 11, radius + 29];
    const made = number(`${kind} ${column.name} ${spot.unit}`, id, before, [])!;
    const side = radius + 5 + made.width / 2;
    const below = [
      { x, y: y + near },
      { x, y: y + far },
      { x: x + side, y: y + radius },
      { x: x - side, y: y + radius },
    ];
    const above = [
      { x: x + side * 0.8, y: y - radius - 4 },
      { x, y: y - near },
      { x: x + side, y: y - radius * 0.5 },
    ];
    return [{ ...made, places: kind === 'bias' ? [...above, ...below] : [...below, ...above] }];
  };
  const kinds = (spot: Spot) => [...of(spot, 'sum', 'Σ '), ...of(spot, 'gradient', '∇ '), ...of(spot, 'bias', 'b ')];
  const all = spots.flatMap(kinds);
  // those of the selection first: they find a place where not all do
  return [...all.filter(({ id }) => isRelated(id!)), ...all.filter(({ id }) => !isRelated(id!))];
}

/** The targets beside the outputs, what each output adds to the loss, and the loss. */
function ends(
  at: ColumnLayout | undefined,
  { width, height }: Layout,
  moment: Moment,
  number: MakeNumber,
): (Item | undefined)[] {
  const x = width - 46;
  const named = (slot: string, id: number | undefined, places: readonly Point[]) =>
    id === undefined ? undefined : number(slot, id, `${plainName(moment.numberAt(id)!.name)} `, places);
  const loss = named(
    'loss',
    latest(moment, 'loss', 'loss′'),
    [height - 22, height - 42, 30].map((y) => ({ x, y })),
  );
  /** If there is no room in the middle, at the edge. */
  const beside = (made: Item | undefined) =>
    made && { ...made, places: made.places.flatMap((at) => [at, { x: width - made.width / 2 - 2, y: at.y }]) };
  const spots = at?.hasNumbers ? at.spots : [];
  return [
    loss,
    ...spots.flatMap(({ unit, y }) => {
      if (unit === undefined) return [];
      const key = (name: string) => `${name}[${moment.sample}][${unit}]`;
      return [
        beside(number(`target ${unit}`, latest(moment, key('target')), 't ', [{ x, y: y - 14 }])),
        beside(named(`loss ${unit}`, latest(moment, key('loss'), `${key('loss')}′`), [{ x, y: y + 6 }])),
      ];
    }),
  ];
}
