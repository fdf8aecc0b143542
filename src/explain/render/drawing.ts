/**
 * The network as an SVG drawing: one column for each layer, weights on the edges. Large networks show only their first
 * units.
 */

import type { ExplainedStep } from '../explained.ts';
import { numberText } from '../numbers.ts';
import type { Variable } from '../variable.ts';
import { drawnName } from './drawn-name.ts';
import { html, type Markup } from './markup.ts';

/** The maximum number of units to draw of a layer. */
const maxUnits = 6;
/** The maximum number of edges between two layers that show their weight. */
const maxLabels = 12;

const columnWidth = 170;
const rowHeight = 84;
const radius = 24;
const margin = 46;

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Column {
  readonly title: string;
  readonly units: number;
  readonly spots: readonly Spot[];
  readonly label: (unit: number) => Markup;
  readonly value?: (unit: number) => number;
}

/** The digits of numbers under units and on edges, unless fewer are wanted: more do not fit. */
const [unitDigits, edgeDigits] = [6, 4];

/**
 * `place` is the position in the batch of the sample whose numbers are shown under the units; undefined shows none. `digits`:
 * the maximum number of significant digits.
 */
export function drawNetwork(
  { trace, naming }: NonNullable<ExplainedStep['network']>,
  place: number | undefined,
  digits = unitDigits,
): Markup {
  const ofEdge = Math.min(digits, edgeDigits);
  const ofUnit = Math.min(digits, unitDigits);
  const { nodes, tape, problem } = trace;
  const tallest = Math.max(
    ...[nodes.input, ...nodes.layers.map(({ output }) => output)].map(({ shape }) => Math.min(shape[1], maxUnits)),
  );
  const isCut = [nodes.input, ...nodes.layers.map(({ output }) => output)].some(({ shape }) => shape[1] > maxUnits);
  const height = tallest * rowHeight + 32 + (isCut ? 24 : 0);
  const column = (title: string, name: string, units: number, c: number): Column => {
    const shown = Math.min(units, maxUnits);
    const top = 30 + (tallest * rowHeight - shown * rowHeight) / 2;
    const node = tape.graph.get(name);
    return {
      title,
      units,
      spots: Array.from({ length: shown }, (_, i) => ({ x: margin + c * columnWidth, y: top + (i + 0.5) * rowHeight })),
      label: (unit) => drawnName(plain(naming.ofName(name, [0, unit]))),
      value: place === undefined ? undefined : (unit) => tape.at(node, [place, unit]).value,
    };
  };
  const columns = [column('inputs', 'layers.0.input', nodes.input.shape[1], 0)];
  nodes.layers.forEach(({ output, weighted }, l) => {
    const kind = weighted?.activation.name ?? problem.network.layers[l].kind;
    columns.push(column(kind, `layers.${l}.output`, output.shape[1], l + 1));
  });

  const edges: Markup[] = [];
  const labels: Markup[] = [];
  nodes.layers.forEach(({ weighted }, l) => {
    const from = columns[l];
    const to = columns[l + 1];
    if (weighted === undefined) {
      from.spots.forEach((spot, i) => {
        if (to.spots[i] !== undefined) edges.push(line(spot, to.spots[i], 1, 'edge other'));
      });
      return;
    }
    const weights = from.spots.flatMap((_, i) =>
      to.spots.map((_, j) => Math.abs(tape.at(weighted.weight, [i, j]).value)),
    );
    const largest = Math.max(...weights, 1e-300);
    const labelled = weights.length <= maxLabels;
    from.spots.forEach((a, i) => {
      to.spots.forEach((b, j) => {
        const w = tape.at(weighted.weight, [i, j]).value;
        edges.push(line(a, b, 1 + (2.5 * Math.abs(w)) / largest, `edge ${w < 0 ? 'negative' : 'positive'}`));
        if (!labelled) return;
        // labels of edges from one unit are at different distances, so that they do not overlap
        const t = to.spots.length === 1 ? 0.42 : 0.3 + (0.4 * j) / (to.spots.length - 1);
        labels.push(plate(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y), numberText(w, ofEdge)));
      });
    });
    if (weighted.bias !== undefined) {
      to.spots.forEach((spot, j) => {
        const b = tape.at(weighted.bias!, [j]).value;
        labels.push(
          text(spot.x, spot.y - radius - 5, `${b < 0 ? '−' : '+'} ${numberText(Math.abs(b), ofEdge)}`, 'weight'),
        );
      });
    }
  });
  const units = columns.flatMap(({ spots, label, value, title, units: count }) => [
    ...spots.flatMap((spot, unit) => [
      html`<circle cx="${spot.x}" cy="${spot.y}" r="${radius}" class="unit"/>`,
      text(spot.x, spot.y + 5, label(unit), 'name'),
      ...(value === undefined ? [] : [text(spot.x, spot.y + radius + 15, numberText(value(unit), ofUnit), 'value')]),
    ]),
    text(spots[0].x, 16, title, 'title'),
    ...(count > spots.length ? [text(spots[0].x, height - 6, `… ${count - spots.length} more`, 'title')] : []),
  ]);
  const width = 2 * margin + (columns.length - 1) * columnWidth;
  // below this width it scrolls rather than shrinks
  const minWidth = Math.min(width, columns.length * 110);
  return html`<svg class="network" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="min-width:${minWidth}px" role="img" aria-label="The network with its weights before the step">${[...edges, ...labels, ...units]}</svg>`;
}

function plain(variable: Variable): Variable {
  return variable.kind === 'letter' ? { ...variable, sample: undefined } : variable;
}

const round = (value: number) => Math.round(value * 10) / 10;

function line(a: Spot, b: Spot, width: number, kind: string): Markup {
  return html`<line x1="${round(a.x)}" y1="${round(a.y)}" x2="${round(b.x)}" y2="${round(b.y)}" stroke-width="${round(width)}" class="${kind}"/>`;
}

/** A weight on its line, with a background so that the line does not cross the text. */
function plate(x: number, y: number, content: string): Markup {
  const width = 7.5 * content.length + 4;
  return html`<rect x="${round(x - width / 2)}" y="${round(y - 8)}" width="${round(width)}" height="16" class="plate"/>${text(x, y + 4.5, content, 'weight')}`;
}

function text(x: number, y: number, content: string | Markup, kind: string): Markup {
  return html`<text x="${round(x)}" y="${round(y)}" text-anchor="middle" class="${kind}">${content}</text>`;
}
