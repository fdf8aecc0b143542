/** The scores of the network and the baselines on each split. */
import { clip } from '../../base/printable.ts';
import { numberText } from '../../explain/numbers.ts';
import { attribute, html, type Markup, nothing } from '../../explain/render/markup.ts';
import { repeatedBy } from '../../net/metrics.ts';
import { bestOf, countText, lessIsBetter, metricName, nameHtml, numberOf, section, tableHtml } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { maxNameLength } from './limits.ts';
import { columnOf, hasSeveralTargets } from './targets.ts';

interface Scored {
  readonly name: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** The models that are measured on a split: the network and the baselines. */
function modelsOf({ baselines, ...record }: RunRecord, part: 'training' | 'validation' | 'test'): Scored[] {
  const own = part === 'training' ? { loss: record.loss.final, ...record.metrics } : record[part];
  return [
    { name: 'network', scores: own },
    ...(baselines?.linear ? [{ name: 'linear', scores: baselines.linear[part] }] : []),
    ...(baselines ? [{ name: 'constant', scores: baselines.constant[part] }] : []),
  ];
}

/** A score with four digits. A rounding error near 0 is shown as 0. */
const scoreText = (value: number | null | undefined) =>
  numberText(Math.abs(value ?? Number.NaN) < 1e-12 ? 0 : (value ?? Number.NaN), 4);

export function results(record: RunRecord): Markup {
  const { rows, data } = record;
  const parts = (['training', 'validation', 'test'] as const).filter((part) => rows[part] > 0);
  const all = parts.flatMap((part) => modelsOf(record, part)).map(({ scores }) => scores);
  // If each row has one class, some metrics equal the accuracy.
  const isSame = (name: string) => {
    const other = repeatedBy(name);
    return other !== undefined && all.every((scores) => scores[name] === scores[other]);
  };
  const names = Object.keys(all[0]).filter((name) => !isSame(name) && columnOf(name) === undefined);
  const hasBaselines = record.baselines !== undefined;
  const head = [
    html`<th scope="col" class="left">split</th><th scope="col">rows</th>`,
    hasBaselines ? html`<th scope="col" class="left">model</th>` : nothing,
    ...names.map((name) => html`<th scope="col">${metricName(name)}</th>`),
  ];
  const body = parts.flatMap((part) => {
    const models = modelsOf(record, part);
    const best = names.map((metric) => {
      const values = models.map(({ scores }) => scores[metric] ?? Number.NaN);
      return models.length > 1 ? bestOf(values, lessIsBetter(metric)) : [];
    });
    return models.map(({ name, scores }, m) => {
      const first =
        m === 0
          ? html`<th scope="row" class="left">${part}</th><td>${countText(rows[part])}</td>`
          : html`<th></th><td></td>`;
      const cells = names.map((metric, i) => cellHtml(scoreText(scores[metric]), best[i].includes(m)));
      const model = hasBaselines ? html`<td class="left">${name}</td>` : nothing;
      return html`<tr class="${m === 0 ? 'first own' : ''}">${first}${model}${cells}</tr>`;
    });
  });
  const captions = [
    ...(hasBaselines ? [html`${baselineText(record)} The best value of each split is bold.`] : []),
    ...(data?.task === 'regression' && names.includes('loss')
      ? [
          hasSeveralTargets(record.experiment)
            ? 'The loss is in training units. The errors are means over targets in different units; the table below has each target.'
            : html`The loss is in training units; the errors are in the units of ${nameHtml(data.target)}.`,
        ]
      : []),
  ];
  const caption = captions.map((text) => html`<p class="caption">${text}</p>`);
  return section('Results', html`${tableHtml(head, body, 'results')}${caption}${byColumn(record)}`);
}

/** A cell with a number. The best value is bold. */
const cellHtml = (text: string, isBest: boolean): Markup =>
  html`<td${attribute('class', isBest ? 'best' : '')}>${text}</td>`;

/** The scores of each target, on the held-out rows, if there are several targets. */
function byColumn(record: RunRecord): Markup {
  const part = (['test', 'validation', 'training'] as const).find((name) => record.rows[name] > 0)!;
  const models = modelsOf(record, part);
  const keys = Object.keys(models[0].scores).filter((name) => columnOf(name) !== undefined);
  if (keys.length === 0) return nothing;
  const columns = [...new Set(keys.map((key) => columnOf(key)!))];
  const metrics = [...new Set(keys.map((key) => key.replace(/\(.*$/s, '')))];
  const head = [
    html`<th scope="col" class="left">target, ${part} rows</th><th scope="col" class="left">model</th>`,
    ...metrics.map((name) => html`<th scope="col">${metricName(name)}</th>`),
  ];
  const body = columns.flatMap((column) =>
    models.map(({ name, scores }, m) => {
      const cells = metrics.map((metric) => {
        const values = models.map((each) => each.scores[`${metric}(${column})`] ?? Number.NaN);
        const isBest = models.length > 1 && bestOf(values, lessIsBetter(metric)).includes(m);
        return cellHtml(scoreText(scores[`${metric}(${column})`]), isBest);
      });
      return html`<tr><th scope="row" class="left">${m === 0 && clip(column, maxNameLength)}</th><td class="left">${name}</td>${cells}</tr>`;
    }),
  );
  return html`<h3 style="margin-top: 1.5rem">Results by target</h3>${tableHtml(head, body, 'columns')}`;
}

/** A description of the baselines. */
function baselineText({ baselines, shares, rows, data, experiment }: RunRecord): Markup {
  const { constant, linear, measured } = baselines!;
  const mostFrequent = (data?.classes ?? shares?.map(({ name }) => name))?.[constant.value];
  const constantText =
    mostFrequent === undefined
      ? html`Constant: always the mean of ${data === undefined ? 'the targets' : nameHtml(data.target)}.`
      : html`Constant: always &quot;${nameHtml(mostFrequent)}&quot;, with the class frequencies as probabilities.`;
  const measuredText =
    measured === undefined
      ? ''
      : ` The baselines are measured on at most ${countText(measured)} random rows of each split.`;
  if (linear === undefined) {
    const isEmbedding = 'embedding' in experiment.network.layers[0];
    const why = isEmbedding ? 'a linear model cannot use columns of indices' : 'it would have too many parameters';
    return html`${constantText}${measuredText} There is no linear baseline: ${why}.`;
  }
  const rowsText = linear.rows < rows.training ? ` on ${countText(linear.rows)} random training rows` : '';
  return html`${constantText} Linear: a linear model, trained by L-BFGS with l2 ${numberText(numberOf(linear.l2), 3)}${rowsText}.${measuredText}`;
}
