/** A comparison of runs: their scores, the settings that differ, and a page with their curves in common plots. */
import { clip } from '../base/printable.ts';
import { numberText } from '../explain/numbers.ts';
import { attribute, type Content, html, join, type Markup, nothing } from '../explain/render/markup.ts';
import { repeatedBy } from '../net/metrics.ts';
import type { HistoryRow } from '../train/history.ts';
import { renderCurves, type Series } from './curves.ts';
import {
  bestOf,
  countText,
  keyHtml,
  lessIsBetter,
  metricName,
  nameHtml,
  nameText,
  numberOf,
  pageHtml,
  secondsHtml,
  section,
  sentenceText,
  tableHtml,
} from './html.ts';
import type { RunRecord } from './record.ts';

/** A run and its label. */
export interface ComparedRun {
  readonly label: string;
  readonly record: RunRecord;
}

export interface ScoreRow {
  /** `validation accuracy`. */
  readonly name: string;
  /** One value for each run; NaN if the run does not have the score. */
  readonly values: readonly number[];
  /** The indices of the best values; empty if all are equal. */
  readonly best: readonly number[];
}

/** The maximum length of a stop reason. Those of chainrule are single words. */
const longestReason = 24;

const parts = [
  ['', 'metrics'],
  ['validation ', 'validation'],
  ['test ', 'test'],
] as const;

/** A row for each score that any of the runs has. */
export function scoreRows(runs: readonly ComparedRun[]): ScoreRow[] {
  const all = runs.map(({ record }) => {
    const scores = new Map([['loss', numberOf(record.loss.final)]]);
    for (const [prefix, part] of parts) {
      for (const [metric, value] of Object.entries(record[part])) scores.set(`${prefix}${metric}`, numberOf(value));
    }
    return scores;
  });
  // If each row has one class, some metrics equal the accuracy.
  const isSame = (name: string) =>
    parts.some(([prefix]) => {
      const other = name.startsWith(prefix) ? repeatedBy(name.slice(prefix.length)) : undefined;
      return other !== undefined && all.every((scores) => scores.get(name) === scores.get(`${prefix}${other}`));
    });
  const names = new Set(all.flatMap((scores) => [...scores.keys()]));
  return [...names]
    .filter((name) => !isSame(name))
    .map((name) => {
      const values = all.map((scores) => scores.get(name) ?? Number.NaN);
      return {
        name,
        values,
        best: runs.length > 1 ? bestOf(values, lessIsBetter(name.replace(/^(validation|test) /, ''))) : [],
      };
    });
}

/** Settings by path. Lists of numbers are data, not settings. */
function flatten(value: unknown, path = '', into = new Map<string, string>()): ReadonlyMap<string, string> {
  if (Array.isArray(value) && value.flat(2).some((each) => typeof each === 'number')) return into;
  if (typeof value !== 'object' || value === null) return into.set(path, String(value));
  for (const [key, inner] of Object.entries(value)) flatten(inner, path === '' ? key : `${path}.${key}`, into);
  return into;
}

/** The settings that differ between runs; the value is undefined if a run does not have the setting. */
export function differingSettings(
  runs: readonly ComparedRun[],
): { readonly name: string; readonly values: readonly (string | undefined)[] }[] {
  const settings = runs.map(({ record }) => flatten(record.experiment));
  return [...new Set(settings.flatMap((each) => [...each.keys()]))]
    .map((name) => ({ name, values: settings.map((each) => each.get(name)) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** The page: each plot has a curve for each run. `histories` are in the order of the runs. */
export function renderComparison(runs: readonly ComparedRun[], histories: readonly (readonly HistoryRow[])[]): string {
  const title = `Comparison of ${runs.length} runs`;
  return pageHtml(title, [
    html`<header><h1>${title}</h1></header>`,
    scoreTable(runs),
    curves(runs, histories),
    settingsTable(runs),
  ]);
}

const heads = (runs: readonly ComparedRun[]) => [
  html`<th></th>`,
  ...runs.map(({ label }) => html`<th scope="col" class="name">${nameHtml(label)}</th>`),
];

function scoreTable(runs: readonly ComparedRun[]): Markup {
  const plain = (name: string, cells: readonly Content[]) =>
    html`<tr><th scope="row" class="left">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  const stops = runs.map(({ record: { stop } }) => stop);
  const rows = scoreRows(runs).map(({ name, values, best }) => {
    const [, prefix = '', metric] = /^(validation |test )?(.*)$/s.exec(name)!;
    const shown = `${prefix}${metricName(metric)}${prefix === '' ? ', training' : ''}`;
    const cells = values.map(
      (value, i) =>
        html`<td${attribute('class', best.includes(i) ? 'best' : '')}>${!Number.isNaN(value) && numberText(value, 4)}</td>`,
    );
    return html`<tr><th scope="row" class="left">${sentenceText(shown)}</th>${cells}</tr>`;
  });
  const body = [
    ...rows,
    plain(
      'stop reason',
      stops.map(({ reason }) => clip(reason, longestReason)),
    ),
    plain(
      'epochs',
      stops.map(({ epoch }) => countText(epoch)),
    ),
    plain(
      'seconds',
      stops.map(({ seconds }) => secondsHtml(numberText(numberOf(seconds), 3))),
    ),
    plain(
      'parameters',
      runs.map(({ record }) => countText(record.parameters)),
    ),
  ];
  return section(
    'Scores',
    html`${tableHtml(heads(runs), body)}<p class="caption">The best value of each row is bold.</p>`,
  );
}

function curves(runs: readonly ComparedRun[], histories: readonly (readonly HistoryRow[])[]): Markup {
  const legend =
    runs.length > 1
      ? html`<figcaption>${join(
          runs.map(({ label }, i) => keyHtml(nameText(label), i)),
          ' ',
        )}</figcaption>`
      : nothing;
  const plot = (title: string, value: (row: HistoryRow) => number | undefined) => {
    const series = histories.map(
      (rows, i): Series => ({
        label: nameText(runs[i].label),
        points: rows.map((row) => [row.epoch, value(row) ?? Number.NaN] as const),
      }),
    );
    if (!series.some(({ points }) => points.some(([, y]) => Number.isFinite(y)))) return nothing;
    return html`<figure><h3>${title}</h3>${renderCurves(title, series)}${legend}</figure>`;
  };
  const metrics = [...new Set(histories.flatMap((rows) => Object.keys(rows[0]?.metrics ?? {})))];
  const plots = [
    plot('Training loss', (row) => row.loss),
    plot('Validation loss', (row) => row.validationLoss),
    ...metrics.map((metric) => plot(`Validation ${metricName(metric)}`, (row) => row.metrics?.[metric])),
    plot('Gradient norm before clipping', (row) => row.gradientNorm),
  ];
  const shown = join(plots);
  return section('Training curves', shown.isEmpty ? nothing : html`<div class="plots">${shown}</div>`);
}

function settingsTable(runs: readonly ComparedRun[]): Markup {
  const rows = differingSettings(runs).map(
    ({ name, values }) =>
      html`<tr><th scope="row" class="left">${nameText(name)}</th>${values.map((value) => html`<td class="name">${sentenceText(value ?? '')}</td>`)}</tr>`,
  );
  if (rows.length === 0) return section('Settings', html`<p>The runs have the same settings.</p>`);
  return section('Settings that differ', tableHtml(heads(runs), rows));
}
