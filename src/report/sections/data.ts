/** The columns of the table, the classes in each split, and the encoding. */
import { clip } from '../../base/printable.ts';
import { numberText } from '../../explain/numbers.ts';
import { attribute, html, isolated, join, type Markup, nothing } from '../../explain/render/markup.ts';
import { countText, numberOf, section, sentenceText, tableHtml } from '../html.ts';
import type { ColumnRecord, RunRecord } from '../record.ts';
import { maxClasses, maxColumns, maxNameLength, maxValueLength, visibleColumns } from './limits.ts';

const kinds: Readonly<Record<string, string>> = { mixed: 'numbers and text', boolean: 'true or false', empty: 'empty' };

export function dataSection({ data, shares = [], rows, notes }: RunRecord): Markup {
  const encoding =
    notes.length === 0
      ? nothing
      : html`<h3 style="margin-top: 1.5rem">Encoding</h3><ul class="notes">${notes.map((item) => html`<li>${sentenceText(item)}</li>`)}</ul>`;
  return section('Data', join([columnTable(data?.columns ?? []), shareTable(shares, rows), encoding]));
}

/** A row for each column: its statistics and its encoding. */
function columnTable(columns: readonly ColumnRecord[]): Markup {
  if (columns.length === 0) return nothing;
  const head = ['column', 'type', 'missing', 'distinct', 'minimum', 'mean', 'maximum'].map(
    (name, i) => html`<th scope="col"${attribute('class', i < 2 ? 'left' : '')}>${name}</th>`,
  );
  const heads = [...head, html`<th scope="col" class="left">encoding</th>`];
  const body = columns.slice(0, maxColumns).map(columnRow);
  const parts = [tableHtml(heads, body.slice(0, visibleColumns))];
  if (body.length > visibleColumns) {
    const more = `${countText(body.length - visibleColumns)} more columns`;
    parts.push(html`<details><summary>${more}</summary>${tableHtml(heads, body.slice(visibleColumns))}</details>`);
  }
  if (columns.length > maxColumns) {
    parts.push(html`<p class="caption">The first ${maxColumns} of ${countText(columns.length)} columns.</p>`);
  }
  return join(parts);
}

function columnRow({ name, kind, missing, distinct, min, mean, max, top, use, many }: ColumnRecord): Markup {
  const range =
    top === undefined
      ? [min, mean, max].map((value) => html`<td>${value !== undefined && numberText(numberOf(value), 5)}</td>`)
      : html`<td class="long" colspan="3">${topHtml(top)}${distinct > top.length && ', …'}</td>`;
  return html`<tr><th scope="row" class="left">${clip(name, maxNameLength)}</th><td class="left">${kindText(kind)}</td><td>${countText(missing)}</td><td>${many && 'over '}${countText(distinct)}</td>${range}<td class="long">${sentenceText(use)}</td></tr>`;
}

const kindText = (kind: string): string => (Object.hasOwn(kinds, kind) ? kinds[kind] : kind);

/** The most frequent values with their counts. */
const topHtml = (top: NonNullable<ColumnRecord['top']>): Markup =>
  join(
    top.map(({ value, rows }) => html`${isolated(clip(value, maxValueLength))} ${countText(rows)}`),
    ', ',
  );

/** The number and the share of the rows of each class in each split. */
function shareTable(shares: NonNullable<RunRecord['shares']>, rows: RunRecord['rows']): Markup {
  if (shares.length === 0) return nothing;
  const names = (['training', 'validation', 'test'] as const).filter((part) => rows[part] > 0);
  const head = ['class', ...names].map(
    (name, i) => html`<th scope="col"${attribute('class', i === 0 ? 'left' : '')}>${name}</th>`,
  );
  const body = shares.slice(0, maxClasses).map((share) => {
    const cells = names.map((part) => {
      const percent = (100 * share[part]) / rows[part];
      return html`<td style="--share:${Number(percent.toPrecision(3))}%">${countText(share[part])} · ${numberText(percent, 3)} %</td>`;
    });
    return html`<tr><th scope="row" class="left">${clip(share.name, maxNameLength)}</th>${cells}</tr>`;
  });
  const cut =
    shares.length > maxClasses &&
    html`<p class="caption">The first ${maxClasses} of ${countText(shares.length)} classes.</p>`;
  return html`<h3 style="margin-top: 1.5rem">Classes</h3>${tableHtml(head, body, 'shares')}${cut}`;
}
