/** The page of an embedding: the map, the loss, the neighbors of some nodes, the scores compared with baselines, the settings. */
import * as PlotLibrary from '@observablehq/plot';
import { printable } from '../../base/printable.ts';
import { numberText } from '../../explain/numbers.ts';
import { attribute, type Content, dataHtml, html, join, type Markup, nothing } from '../../explain/render/markup.ts';
import type { EmbeddingFigures, NeighborList, NodeMap } from '../../graphs/map/figures.ts';
import { draw } from '../charts.ts';
import { renderCurves } from '../curves.ts';
import {
  bestOf,
  countText,
  longText,
  nameHtml,
  nameText,
  pageHtml,
  secondsHtml,
  section,
  sentenceText,
  strokeOf,
  tableHtml,
} from '../html.ts';
import { mapScript } from './map-script.ts';
import type { EmbeddingRecord, ScoreTable } from './record.ts';

/** Groups that the legend names. */
const maxNamedGroups = 24;
/** Coordinates are whole numbers from 0 to this: finer differences are less than a pixel. */
const side = 10_000;

/** The page of an embedding. Its one script draws the map; the page makes no request. */
export function renderEmbedding(record: EmbeddingRecord): string {
  const title = `Embedding of ${nameText(record.name)}`;
  const parts = [
    html`<header><h1>Embedding of ${nameHtml(record.name)}</h1>${outcome(record)}</header>`,
    section('Warnings', join(record.warnings.map((text) => html`<p>${sentenceText(text)}</p>`)), 'notices'),
    mapHtml(record.figures?.map, record.graph.nodes),
    neighborsHtml(record.figures?.neighbors ?? []),
    join(record.scores.map(scoresHtml)),
    figures(record),
    settings(record),
    reproduce(record),
  ];
  return pageHtml(title, parts, record.figures === undefined ? {} : { style: mapStyle, script: mapScript });
}

const plural = (count: number, noun: string) => `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;

function outcome({ graph, method, why, dimensions, seconds, tokens }: EmbeddingRecord): Markup {
  const kind = `${graph.isDirected ? 'directed' : 'undirected'}, ${graph.isWeighted ? 'weighted' : 'unweighted'}`;
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  const speed =
    tokens === undefined || !(seconds.training! > 0)
      ? nothing
      : html`<div><b>${countText(Math.round(tokens / seconds.training!))}</b><span>tokens a second, of ${countText(tokens)}</span></div>`;
  const reason = why === undefined ? nothing : html` ${sentenceText(why)}`;
  return html`<p class="outcome">${method} gave each node a vector of ${plural(dimensions, 'number')}. The graph is ${kind}.${reason}</p><div class="big"><div><b>${countText(graph.nodes)}</b><span>nodes</span></div><div><b>${countText(graph.edges)}</b><span>edges</span></div><div><b class="seconds">${numberText(total, 3)}</b><span>seconds in all</span></div>${speed}</div>`;
}

const mapStyle = `
.map { position: relative; }
.map canvas { display: block; width: 100%; height: min(34rem, 90vw); background: var(--tint); border-radius: 4px; touch-action: pan-y; cursor: crosshair; }
.map-tip { position: absolute; pointer-events: none; background: var(--text); color: var(--page); padding: 0.15rem 0.5rem; border-radius: 3px; font-size: 0.875rem; max-width: 16rem; overflow-wrap: anywhere; }
.map-tools { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin-bottom: 0.6rem; }
.map-tools input { font: inherit; padding: 0.3rem 0.6rem; border: 1px solid var(--soft); border-radius: 4px; background: var(--page); color: var(--text); min-width: 0; flex: 0 1 16rem; }
.map-tools button, .map-near button { font: inherit; color: var(--text); background: var(--tint); border: 1px solid var(--rule); border-radius: 4px; padding: 0.2rem 0.65rem; cursor: pointer; }
.map-near { min-height: 2.4rem; margin: 0.6rem 0 0; overflow-wrap: anywhere; line-height: 2.1; }
.map-legend { margin-top: 0.5rem; }
.dot { display: inline-flex; align-items: center; gap: 0.35rem; margin-right: 0.9rem; }
.dot::before { content: ''; width: 0.7rem; height: 0.7rem; background: var(--c); border-radius: 50%; }
.dot.square::before { border-radius: 0; }
.dot.triangle::before { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
:focus-visible { outline: 2px solid var(--curve); outline-offset: 2px; }
`;

/** A name as the script shows it: hidden characters are written visibly. */
const shownName = (name: string) => printable(nameText(name));

/** Coordinates as whole numbers from 0, with equal units in both directions, and their maxima. */
function inWholeNumbers({ x, y }: NodeMap): { x: number[]; y: number[]; size: [number, number] } {
  const range = (values: ArrayLike<number>) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < values.length; i++) [low, high] = [Math.min(low, values[i]!), Math.max(high, values[i]!)];
    return { low, high };
  };
  const [across, up] = [range(x), range(y)];
  const unit = side / (Math.max(across.high - across.low, up.high - up.low) || 1);
  const size: [number, number] = [Math.round(unit * (across.high - across.low)), Math.round(unit * (up.high - up.low))];
  return {
    x: Array.from(x, (value) => Math.round(unit * (value - across.low))),
    y: Array.from(y, (value) => Math.round(unit * (up.high - value))),
    size,
  };
}

const shapes = ['', 'square', 'triangle'];

function legend({ groups, names, groupedBy }: NodeMap): Markup {
  if (groups === undefined || names === undefined) return nothing;
  const counts = names.map(() => 0);
  for (const group of groups) counts[group]!++;
  const order = counts.map((_, group) => group).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const keys = order
    .slice(0, maxNamedGroups)
    .map(
      (group) =>
        html`<span class="dot ${shapes[Math.floor(group / 8) % 3]!}" style="--c: var(--s${group % 8})">${nameHtml(names[group]!)} ${countText(counts[group]!)}</span>`,
    );
  const rest = names.length > maxNamedGroups ? html` and ${plural(names.length - maxNamedGroups, 'more')}` : nothing;
  return html`<p class="caption map-legend">${groupedBy === undefined ? nothing : html`By ${sentenceText(groupedBy)}: `}${keys}${rest}</p>`;
}

function mapHtml(map: NodeMap | undefined, nodes: number): Markup {
  if (map === undefined) return nothing;
  const { groups, names, near } = map;
  const data = dataHtml('map-data', {
    ...inWholeNumbers(map),
    ids: map.ids.map(shownName),
    groups,
    names: names?.map(shownName),
    near,
  });
  const shown = map.ids.length < nodes ? `${countText(map.ids.length)} of ${countText(nodes)} nodes, sampled. ` : '';
  const how =
    map.kind === 'PCA'
      ? 'The two directions in which the vectors vary most (PCA). Points that coincide may differ in other directions.'
      : 'UMAP places nodes with similar vectors near each other. Distances between groups that are far apart mean little.';
  return section(
    'Map',
    html`<div class="map-tools"><label for="map-search">Find a node</label><input id="map-search" type="search" autocomplete="off"><button type="button" id="map-in" aria-label="Enlarge the map">+</button><button type="button" id="map-out" aria-label="Shrink the map">−</button><span id="map-found" class="caption" role="status"></span></div><div class="map"><canvas id="map" role="img" aria-label="${map.kind} map of ${plural(map.ids.length, 'node')}"></canvas><div id="map-tip" class="map-tip" hidden></div></div><p id="map-near" class="map-near" aria-live="polite"></p><noscript><p>The map needs scripts; the tables below do not.</p></noscript>${legend(map)}<p class="caption">${shown}${how} Select a point to see its nearest nodes.</p>${data}`,
  );
}

function neighborsHtml(lists: readonly NeighborList[]): Markup {
  if (lists.length === 0) return nothing;
  const head = [
    html`<th scope="col" class="left">node</th><th scope="col">edges</th><th scope="col" class="left">nearest nodes and their cosine</th>`,
  ];
  const body = lists.map(({ id, degree, neighbors }) => {
    const near = neighbors.map((each) => html`${nameHtml(each.id)} ${numberText(each.cosine, 3)}`);
    return html`<tr><th scope="row" class="left">${nameHtml(id)}</th><td>${countText(degree)}</td><td class="long">${join(near, ', ')}</td></tr>`;
  });
  return section('Nearest nodes', tableHtml(head, body));
}

function scoresHtml({ title, caption, columns, rows }: ScoreTable): Markup {
  const head = ['vectors', ...columns].map(
    (name, i) => html`<th scope="col"${attribute('class', i === 0 ? 'left' : '')}>${name}</th>`,
  );
  const best = columns.map((_, c) =>
    bestOf(
      rows.map(({ values }) => values[c] ?? Number.NaN),
      false,
    ),
  );
  const body = rows.map(({ name, isOwn, values }, r) => {
    const cells = values.map(
      (value, c) =>
        html`<td${attribute('class', best[c]!.includes(r) ? 'best' : '')}>${value === undefined ? '–' : numberText(value, 4)}</td>`,
    );
    return html`<tr class="${isOwn ? 'own' : ''}"><th scope="row" class="left">${name}</th>${cells}</tr>`;
  });
  return section(title, html`${tableHtml(head, body, 'results')}<p class="caption">${caption}</p>`);
}

function figures({ progress, figures: drawn }: EmbeddingRecord): Markup {
  const plots: Markup[] = [];
  if (progress.length > 1) {
    const points = progress.map(({ done, loss }) => [100 * done, loss] as const);
    const chart = renderCurves('Loss', [{ label: 'loss', points }], { xLabel: '% done' });
    plots.push(html`<figure><h3>Loss</h3>${chart}<figcaption>The mean of recent updates.</figcaption></figure>`);
  }
  if (drawn !== undefined && vary(drawn.norms)) plots.push(normsChart(drawn.norms));
  return plots.length === 0 ? nothing : section('Training', html`<div class="plots">${plots}</div>`);
}

/** Whether lengths differ: those of normalized vectors do not, and make no picture. */
function vary(norms: EmbeddingFigures['norms']): boolean {
  const lengths = norms.map(([, norm]) => norm);
  const [low, high] = [Math.min(...lengths), Math.max(...lengths)];
  return norms.length > 1 && high - low > 1e-5 * high;
}

function normsChart(norms: EmbeddingFigures['norms']): Markup {
  const title = 'Degree and length of the vector';
  const chart = draw(title, {
    marginBottom: 46,
    x: { type: 'log', label: 'degree', labelArrow: false, labelAnchor: 'center', ticks: 5, tickFormat: '~s' },
    y: { label: null, nice: true, ticks: 5, tickFormat: (y: number) => numberText(y, 3) },
    marks: [
      PlotLibrary.gridY({ strokeOpacity: 0.12 }),
      PlotLibrary.dot(
        norms.filter(([degree]) => degree > 0).map(([degree, norm]): [number, number] => [degree, norm]),
        { fill: strokeOf(0), fillOpacity: 0.45, r: norms.length > 300 ? 1.8 : 3 },
      ),
    ],
  });
  return html`<figure><h3>${title}</h3>${chart}<figcaption>The L2 norm of each vector against the degree of its node.</figcaption></figure>`;
}

const listHtml = (rows: readonly (readonly [term: string, text: Content])[]): Markup =>
  html`<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;

function settings({ method, options, seed, threads, seconds, notes }: EmbeddingRecord): Markup {
  const chosen = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const times = Object.entries(seconds).map(([phase, value]) => html`${phase} ${secondsHtml(numberText(value, 3))}`);
  const list = listHtml([
    ['Method', method],
    ['Options', sentenceText(chosen.join(', '))],
    ['Seed', String(seed)],
    ['Threads', countText(threads)],
    ['Seconds', join(times, ', ')],
  ]);
  const items = notes.map((note) => html`<li>${sentenceText(note)}</li>`);
  return section(
    'Settings',
    items.length === 0 ? list : html`${list}<h3 style="margin-top: 1.5rem">Notes</h3><ul class="notes">${items}</ul>`,
  );
}

function reproduce({ versions, command, seed }: EmbeddingRecord): Markup {
  const by = `chainrule ${versions.chainrule}${versions.node === undefined ? '' : `, Node ${versions.node}`}`;
  const typed = command === undefined ? nothing : html`<pre>${longText(command)}</pre>`;
  return section(
    'Reproduce this run',
    html`<p>Made by ${nameText(by)}, seed ${seed}. The same graph and options give the same bytes, with any number of threads.</p>${typed}`,
  );
}
