/** What is written and marked above the nodes: names, the hovered and the selected node with the nearest nodes, and a walk. */
import { type Camera, type Points, type Size, toScreen } from './camera.ts';
import { type Inks, inksOf, namedNodes, radiusOf, type Scene } from './scene.ts';

interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly inks: Inks;
  readonly radius: number;
  readonly place: (node: number) => readonly [number, number];
}

/** Whether anything is to be painted. */
export const hasMarks = ({ graph, hovered, selected, walk }: Scene): boolean =>
  hovered !== undefined || selected !== undefined || walk !== undefined || namedNodes(graph).length > 0;

export function paintMarks(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { x, y }: Points,
  camera: Camera,
  size: Size,
): void {
  const { graph, hovered, selected, near, walk, isDark } = scene;
  const pen: Pen = {
    context,
    inks: inksOf(isDark),
    radius: radiusOf(graph.names.length),
    place: (node) => toScreen(camera, size, x[node], y[node]),
  };
  const focus = hovered ?? selected;
  if (walk !== undefined && hovered === undefined) paintWalk(pen, walk);
  else if (focus !== undefined) paintNear(pen, focus, near);
  if (selected !== undefined) ring(pen, selected, pen.inks.accent, 3, 2.5);
  if (hovered !== undefined && hovered !== selected) ring(pen, hovered, pen.inks.text, 3, 1.5);
  const first = [focus, ...(focus === undefined ? [] : near)].filter((node) => node !== undefined);
  const named = namedNodes(graph);
  const others = named.length > 0 ? named : [];
  paintNames(pen, graph.names, [...new Set([...first, ...others])], new Set(first), size);
}

function ring({ context, radius, place }: Pen, node: number, color: string, gap: number, width: number): void {
  const [px, py] = place(node);
  context.beginPath();
  context.arc(px, py, radius + gap, 0, 2 * Math.PI);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function paintNear(pen: Pen, focus: number, near: readonly number[]): void {
  const { context, inks, place } = pen;
  context.strokeStyle = inks.accent;
  context.lineWidth = 1.25;
  context.beginPath();
  for (const node of near) {
    context.moveTo(...place(focus));
    context.lineTo(...place(node));
  }
  context.stroke();
  for (const node of near) ring(pen, node, inks.accent, 1.5, 1.25);
}

/** The walk as a line, its window and its negatives as rings: solid for the window, dashed for the negatives. */
function paintWalk(pen: Pen, { walk, centre, inputs, negatives }: NonNullable<Scene['walk']>): void {
  const { context, inks, place } = pen;
  context.strokeStyle = inks.soft;
  context.globalAlpha = 0.55;
  context.lineWidth = 1.5;
  context.beginPath();
  walk.forEach((node, i) => {
    if (i === 0) context.moveTo(...place(node));
    else context.lineTo(...place(node));
  });
  context.stroke();
  context.globalAlpha = 1;
  for (const node of new Set(inputs)) ring(pen, node, inks.input, 3, 2);
  context.setLineDash([3, 2.5]);
  for (const node of new Set(negatives)) ring(pen, node, inks.negative, 4, 2);
  context.setLineDash([]);
  ring(pen, centre, inks.accent, 5, 3);
}

/** Names where there is room, in this order; the first is written anyway, and the leading ones are darker. */
function paintNames(
  { context, inks, radius, place }: Pen,
  names: readonly string[],
  nodes: readonly number[],
  leading: ReadonlySet<number>,
  { width, height }: Size,
): void {
  const taken: [number, number, number, number][] = [];
  context.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const node of nodes) {
    const [px, py] = place(node);
    if (px < 0 || py < 0 || px > width || py > height) continue;
    const text = names[node].length > 28 ? `${names[node].slice(0, 27)}…` : names[node];
    const wide = context.measureText(text).width;
    const isLeft = px + radius + 4 + wide > width;
    const left = isLeft ? px - radius - 4 - wide : px + radius + 4;
    const box: [number, number, number, number] = [left, py - 7, left + wide, py + 7];
    const isFree = taken.every(([a, b, c, d]) => box[2] < a || box[0] > c || box[3] < b || box[1] > d);
    if (!isFree && node !== nodes[0]) continue;
    taken.push(box);
    context.strokeStyle = inks.page;
    context.lineWidth = 3;
    context.strokeText(text, left, py);
    context.fillStyle = leading.has(node) ? inks.text : inks.soft;
    context.fillText(text, left, py);
  }
}
