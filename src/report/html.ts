/** The frame and the styles of a run's page: self-contained, without scripts, light and dark, for phones and for print. */
import { clip, clipMiddle } from '../base/printable.ts';
import { attribute, documentHtml, html, isolated, join, type Markup, nothing } from '../explain/render/markup.ts';
import { style } from '../explain/render/page.ts';
import { metrics } from '../net/metrics.ts';

/** Colours of series, in order. Each has a contrast of at least 4.5 : 1 with the page; dashes distinguish neighbours. */
const light = ['#1d5fbf', '#b4470f', '#1f7a4d', '#7a3fb0', '#a8197a', '#6b6100', '#0f7285', '#8a4b3a'];
const dark = ['#7fb2ff', '#ffa26b', '#6fd39b', '#c9a0f5', '#f58fcf', '#d6c95a', '#6fcfe0', '#d9a796'];
const variables = (colors: readonly string[]) => colors.map((color, i) => `--s${i}: ${color};`).join(' ');

/** The number of colours. */
const colorCount = light.length;
export const strokeOf = (i: number): string => `var(--s${i % colorCount})`;
/** Dashes in SVG; `borders` are the same styles in CSS, for the legend. */
export const dashOf = (i: number): string | undefined => [undefined, '6 4', '2 3'][i % 3];
const borders = [html`solid`, html`dashed`, html`dotted`];

/** An entry of a legend. */
export const keyHtml = (label: string, i: number): Markup =>
  html`<span class="key" style="--c: var(--s${i % colorCount}); --d: ${borders[i % 3]}">${label}</span>`;

const runStyle = `
:root { ${variables(light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(dark)} } }
@media print { :root { ${variables(light)} } }
.outcome { font-size: 1.1rem; margin: 0.5rem 0; max-width: 46rem; }
.big { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; margin: 1.25rem 0 0; }
.big div { line-height: 1.3; }
.big b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.big span { color: var(--soft); font-size: 0.875rem; }
.verdict { margin: 1.25rem 0 0; max-width: 46rem; }
.verdict.alert, .diverged { background: var(--notice); border-left: 4px solid var(--notice-rule); padding: 0.7rem 1.1rem; border-radius: 4px; }
.diverged { border-color: var(--derivative); max-width: 46rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.75rem 2rem; }
.plots.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
figure { break-inside: avoid; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; max-width: 32rem; }
figure h3 { margin-bottom: 0.25rem; overflow-wrap: anywhere; }
figcaption { margin-top: 0.35rem; max-width: 32rem; overflow-wrap: anywhere; }
.key { display: inline-block; }
.key::before { border-top: 2.5px var(--d) var(--c); }
.matrix td { min-width: 3.2rem; }
.matrix td.right { background: color-mix(in srgb, var(--curve) var(--share), transparent); }
.matrix td.wrong { background: color-mix(in srgb, var(--derivative) var(--share), transparent); }
.shares td { background: linear-gradient(to right, color-mix(in srgb, var(--curve) 22%, transparent) var(--share), transparent var(--share)); min-width: 9rem; }
td.best { font-weight: 700; }
tr.first > * { border-top: 1px solid var(--rule); }
tr.own > td, tr.own > th { color: var(--text); }
th.left, td.left { text-align: left; }
td.long { white-space: normal; min-width: 15rem; text-align: left; overflow-wrap: anywhere; }
td.name, thead th.name { max-width: 16rem; white-space: normal; overflow-wrap: anywhere; }
.results thead th { white-space: normal; vertical-align: bottom; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.25rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ul.notes { margin: 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
h1, h2, .notices p, .outcome { overflow-wrap: anywhere; }
details { margin-top: 1rem; }
summary { cursor: pointer; }
pre { overflow-x: auto; background: var(--tint); padding: 0.9rem; border-radius: 4px; font-size: 0.8125rem; line-height: 1.45; margin: 0.5rem 0; }
@media print {
  body { font-size: 11pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { padding: 0; }
  .plots { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .plots.small { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  table { font-size: 9pt; }
  th, td { padding: 0.2rem 0.45rem; }
}
@media (max-width: 46rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0 0; } dd { margin-bottom: 0.5rem; } }
`;

/** What a page has besides the style of all pages: texts of our own. */
export interface PageExtras {
  readonly style?: string;
  readonly script?: string;
}

/** A whole page. */
export function pageHtml(title: string, parts: readonly Markup[], extras: PageExtras = {}): string {
  const body = join([...parts.filter((part) => !part.isEmpty), html`<footer>Written by chainrule.</footer>`], '\n');
  return documentHtml(title, style + runStyle + (extras.style ?? ''), body, extras.script);
}

export const section = (title: string, body: Markup, kind?: string): Markup =>
  body.isEmpty ? nothing : html`<section${attribute('class', kind)}><h2>${title}</h2>${body}</section>`;

/** A table that scrolls by itself on a narrow page. */
export const tableHtml = (head: readonly Markup[], rows: readonly Markup[], kind?: string): Markup =>
  html`<div class="scroll"><table${attribute('class', kind)}><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;

/** Text that depends on the clock, marked so that a test can ignore it. */
export const secondsHtml = (text: string): Markup => html`<span class="seconds">${text}</span>`;

/** The maximum length of a name, of a sentence about names, and of a command or another long text. */
const [longestName, longestSentence, longestText] = [80, 1000, 4000];

/** A name that a user gave: of a column, a class, a run. */
export const nameHtml = (name: string): Markup => isolated(nameText(name));
export const nameText = (name: string): string => clip(name, longestName);
export const sentenceText = (sentence: string): string => clipMiddle(sentence, longestSentence);
export const longText = (text: string): string => clipMiddle(text, longestText);

/** A number of a record. JSON has no NaN and writes null instead. */
export const numberOf = (value: number | null | undefined): number => value ?? Number.NaN;

/** `12,345` in every locale. */
export const countText = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

const byName = new Map(metrics.map((metric) => [metric.name, metric]));
/** A metric and, if there are several targets, its target: `r2(height)`. */
const parsed = (metric: string) => /^(\w+)(?:\((.*)\))?$/s.exec(metric)?.slice(1) ?? [metric];
/** Shorter names for tables. */
const shorter: Readonly<Record<string, string>> = { rocAuc: 'ROC AUC' };
/** A metric in words. */
export function metricName(metric: string): string {
  const [name, column] = parsed(metric);
  const text: string = (Object.hasOwn(shorter, name) ? shorter[name] : undefined) ?? byName.get(name)?.text ?? name;
  return column === undefined ? text : `${text}, ${nameText(column)}`;
}

/** Whether a lower value is better, as for losses. An unknown metric counts as a loss. */
export const lessIsBetter = (metric: string): boolean => byName.get(parsed(metric)[0])?.better !== 'higher';

/** The indices of the best values; empty if all are equal. */
export function bestOf(values: readonly number[], less: boolean): number[] {
  const finite = values.filter(Number.isFinite);
  const best = less ? Math.min(...finite) : Math.max(...finite);
  const indices = values.flatMap((value, i) => (value === best ? [i] : []));
  return indices.length === values.length ? [] : indices;
}
