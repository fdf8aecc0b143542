/** A run's page: what came of it, the curves, the scores, the set-up. Self-contained, without scripts. */

import { numberText } from '../explain/numbers.ts';
import { escapeXml } from '../explain/render/drawing.ts';
import { style } from '../explain/render/page.ts';
import { layerText } from '../net/layer.ts';
import { accuracy, metrics as allMetrics, classScores } from '../net/metrics.ts';
import type { LayerJson } from '../net/schema.ts';
import { engineText } from '../train/engines.ts';
import type { HistoryRow } from '../train/history.ts';
import { renderCurves, type Series } from './curves.ts';
import type { RunRecord } from './record.ts';

/** Classes whose confusion matrix has room on a page. */
const mostClasses = 30;
/** Numbers of a list that stands in the settings. */
const mostNumbers = 24;

const ownStyle = `
.outcome { font-size: 1.1rem; margin: 0.5rem 0; max-width: 46rem; }
.big { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; margin: 1.25rem 0 0; }
.big div { line-height: 1.3; }
.big b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.big span { color: var(--soft); font-size: 0.875rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1.75rem 2rem; }
.plots svg { width: 100%; height: auto; }
.plots h3 { margin-bottom: 0.25rem; }
.diverged { background: var(--notice); border-left: 4px solid var(--derivative); padding: 0.9rem 1.1rem; border-radius: 4px; }
.matrix td { min-width: 3.2rem; }
.matrix td.right { background: color-mix(in srgb, var(--curve) var(--share), transparent); }
.matrix td.wrong { background: color-mix(in srgb, var(--derivative) var(--share), transparent); }
th.left, td.left { text-align: left; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.25rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ul.notes { margin: 0; padding-left: 1.2rem; }
details { margin-top: 1rem; }
summary { cursor: pointer; }
pre { overflow-x: auto; background: var(--tint); padding: 0.9rem; border-radius: 4px; font-size: 0.8125rem; line-height: 1.45; }
@media (max-width: 46rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0 0; } dd { margin-bottom: 0.5rem; } }
`;

/** The page of a run. */
export function renderReport(record: RunRecord, history: readonly HistoryRow[]): string {
  const title = `Training of ${record.name}`;
  const parts = [
    `<header><h1>${escapeXml(title)}</h1>${outcome(record)}</header>`,
    list('Warnings', record.warnings, 'notices'),
    curves(record, history),
    results(record),
    confusion(record),
    list('What was done with the data', record.notes),
    setting(record),
    repeat(record),
    '<footer>Written by chainrule.</footer>',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${style}${ownStyle}</style>
</head>
<body><main>
${parts.filter((part) => part !== '').join('\n')}
</main></body>
</html>
`;
}

const because: Readonly<Record<RunRecord['stop']['reason'], string>> = {
  epochs: 'all its epochs were done',
  seconds: 'its time was up',
  loss: 'the loss was low enough',
  patience: 'the loss no longer improved',
  gradientNorm: 'the gradient was nearly 0',
  aborted: 'it was interrupted',
  diverged: 'the loss was no longer finite',
};

/** The score that people ask for first: of the part held out. */
function headline({ data, validation, test, metrics }: RunRecord): { value: string; label: string }[] {
  const [part, scores] =
    Object.keys(test).length > 0
      ? ['test rows', test]
      : Object.keys(validation).length > 0
        ? ['validation rows', validation]
        : ['training rows', metrics];
  if (scores.accuracy !== undefined) {
    return [{ value: `${numberText(100 * scores.accuracy, 4)} %`, label: `told right, ${part}` }];
  }
  if (scores.r2 === undefined) return [];
  const of = data === undefined ? '' : ` in ${data.target}`;
  return [
    { value: numberText(scores.meanAbsoluteError, 4), label: `mean error${of}, ${part}` },
    ...(Number.isFinite(scores.r2) ? [{ value: numberText(scores.r2, 3), label: `R², ${part}` }] : []),
  ];
}

function outcome(record: RunRecord): string {
  const { stop, kept, loss, experiment } = record;
  const { watch } = experiment.training.stop;
  const epochs = `${stop.epoch.toLocaleString('en-US')} epoch${stop.epoch === 1 ? '' : 's'}`;
  const sentences = [
    `Training stopped after ${epochs}, ${numberText(stop.seconds, 3)} seconds: ${stop.reason === 'patience' && watch !== undefined ? `the ${nameOf(watch)} no longer improved` : because[stop.reason]}.`,
  ];
  if (kept !== undefined) {
    sentences.push(
      `The weights kept are those after epoch ${kept.epoch}, ${kept.why === 'best' ? 'the best' : 'the last whose loss was finite'}.`,
    );
  }
  if (experiment.training.gradient === 'averagedFactors') {
    sentences.push('It used averaged factors, which are not the gradient of the loss.');
  }
  const diverged =
    stop.reason === 'diverged'
      ? `<p class="diverged"><strong>It diverged.</strong> ${escapeXml(stop.cause ?? '')}</p>`
      : '';
  const numbers = [
    ...headline(record),
    { value: numberText(loss.final, 4), label: `training loss, from ${numberText(loss.first, 4)}` },
  ];
  const big = numbers.map(({ value, label }) => `<div><b>${value}</b><span>${escapeXml(label)}</span></div>`).join('');
  return `<p class="outcome">${sentences.join(' ')}</p>${diverged}<div class="big">${big}</div>`;
}

function list(title: string, items: readonly string[], kind = ''): string {
  if (items.length === 0) return '';
  const body =
    kind === 'notices'
      ? items.map((item) => `<p>${escapeXml(item)}</p>`).join('')
      : `<ul class="notes">${items.map((item) => `<li>${escapeXml(item)}</li>`).join('')}</ul>`;
  return `<section class="${kind}"><h2>${title}</h2>${body}</section>`;
}

/** Metrics in words. */
const metricNames = new Map([['loss', 'loss'], ...allMetrics.map(({ name, text }) => [name, text] as const)]);
const nameOf = (metric: string) => metricNames.get(metric) ?? metric;

function curves({ kept, data, experiment }: RunRecord, history: readonly HistoryRow[]): string {
  if (history.length === 0) return '';
  const column = (label: string, value: (row: HistoryRow) => number | undefined): Series => ({
    label,
    points: history.flatMap((row) => {
      const y = value(row);
      return y === undefined ? [] : [[row.epoch, y] as const];
    }),
  });
  const mark = kept && { x: kept.epoch, label: `kept: epoch ${kept.epoch}` };
  const plot = (title: string, series: readonly Series[]) => {
    const shown = series.filter(({ points }) => points.length > 0);
    const keys = shown.map(({ label }, i) => `<span class="key ${i === 0 ? 'curve' : 'derivative'}">${label}</span>`);
    const legend = shown.length > 1 ? `<figcaption>${keys.join(' ')}</figcaption>` : '';
    return `<figure><h3>${escapeXml(title)}</h3>${renderCurves(title, shown, { mark })}${legend}</figure>`;
  };
  const { watch = '' } = experiment.training.stop;
  const metric = [watch, 'accuracy', 'rootMeanSquaredError'].find((name) => history[0].metrics?.[name] !== undefined);
  const units = /Error$/.test(metric ?? '') && data !== undefined ? `, in ${data.target}` : '';
  const plots = [
    plot('Loss', [column('training', (row) => row.loss), column('validation', (row) => row.validationLoss)]),
    ...(metric === undefined
      ? []
      : [plot(`Validation ${nameOf(metric)}${units}`, [column(nameOf(metric), (row) => row.metrics?.[metric])])]),
    plot('Norm of the gradient, before clipping', [column('gradient norm', (row) => row.gradientNorm)]),
  ];
  return `<section><h2>Epoch by epoch</h2><div class="plots">${plots.join('')}</div></section>`;
}

function results({ metrics, validation, test, loss, rows, data }: RunRecord): string {
  const parts = [
    { name: 'training', count: rows.training, scores: { loss: loss.final, ...metrics } },
    { name: 'validation', count: rows.validation, scores: validation },
    { name: 'test', count: rows.test, scores: test },
  ].filter(({ count }) => count > 0);
  const names = Object.keys(parts[0].scores);
  const head = names.map((name) => `<th scope="col">${escapeXml(nameOf(name))}</th>`).join('');
  const body = parts
    .map(({ name, count, scores }) => {
      const cells = names.map(
        (metric) => `<td>${numberText((scores as Record<string, number>)[metric] ?? Number.NaN, 5)}</td>`,
      );
      return `<tr><th scope="row" class="left">${name}</th><td>${count.toLocaleString('en-US')}</td>${cells.join('')}</tr>`;
    })
    .join('');
  const units =
    data?.task === 'regression'
      ? `<p class="caption">The loss is in training units; the errors are in those of ${escapeXml(data.target)}.</p>`
      : '';
  return `<section><h2>Results</h2><div class="scroll"><table><thead><tr><th scope="col" class="left">part</th><th scope="col">rows</th>${head}</tr></thead><tbody>${body}</tbody></table></div>${units}</section>`;
}

function confusion({ confusion: found, data }: RunRecord): string {
  if (found === undefined) return '';
  const { matrix, part } = found;
  const heading = `<h2>Confusion matrix, ${part} rows</h2>`;
  const classes = data?.classes ?? matrix.map((_, k) => String(k));
  const scores = classScores(matrix);
  const shown = Math.min(matrix.length, mostClasses);
  const indices = Array.from({ length: shown }, (_, k) => k);
  const head = indices.map((k) => `<th scope="col">${escapeXml(classes[k])}</th>`).join('');
  const body = indices
    .map((k) => {
      const total = scores[k].samples;
      const cells = indices.map((j) => {
        const count = matrix[k][j];
        const share = total === 0 ? 0 : Math.round((55 * count) / total);
        return `<td class="${j === k ? 'right' : 'wrong'}" style="--share:${share}%">${count}</td>`;
      });
      const percent = (value: number) => `<td>${numberText(100 * value, 3)} %</td>`;
      return `<tr><th scope="row" class="left">${escapeXml(classes[k])}</th>${cells.join('')}${percent(scores[k].recall)}${percent(scores[k].precision)}</tr>`;
    })
    .join('');
  const cut =
    shown < matrix.length
      ? `<p class="caption">The first ${shown} of ${matrix.length} classes; run.json has all of them.</p>`
      : '';
  const right = numberText(100 * accuracy(matrix), 4);
  return `<section>${heading}<p class="caption">Rows: what they are. Columns: what they were taken for. ${right} % are right. Recall: of a class, how many were found; precision: of those taken for it, how many are.</p><div class="scroll"><table class="matrix"><thead><tr><th></th>${head}<th scope="col">recall</th><th scope="col">precision</th></tr></thead><tbody>${body}</tbody></table></div>${cut}</section>`;
}

function describeRecipe(recipe: unknown): string {
  if (typeof recipe === 'string') return recipe;
  const { name, ...options } = recipe as Record<string, unknown>;
  const shown = Object.entries(options).filter(([, value]) => value !== 0 && value !== false);
  return `${String(name)}${shown.length > 0 ? ` (${shown.map(([key, value]) => `${key} ${typeof value === 'object' ? describeRecipe(value) : String(value)}`).join(', ')})` : ''}`;
}

function describeLayer(layer: LayerJson): string {
  return layerText(layer as Record<string, unknown>, describeRecipe);
}

function setting({ experiment, parameters, engine, data }: RunRecord): string {
  const { network, training, seed } = experiment;
  const stop = Object.entries(training.stop).map(([key, value]) => `${key} ${String(value)}`);
  const rows: [string, string][] = [
    [
      'Network',
      `${network.inputs} inputs, ${network.layers.map(describeLayer).join(', ')}; ${parameters.toLocaleString('en-US')} numbers`,
    ],
    ['Loss', describeRecipe(training.loss)],
    ['Optimizer', describeRecipe(training.optimizer)],
    [
      'Batches',
      training.batchSize === 'full'
        ? 'all rows at once'
        : `${training.batchSize} rows${training.shuffle ? ', shuffled each epoch' : ''}`,
    ],
    ['Gradient', `${training.gradient}; updates ${training.update}`],
    ['Stops at', stop.join(', ')],
    ['Engine', engineText(engine)],
    ...(training.ema === undefined
      ? []
      : [['Weights', `a running average, decay ${training.ema}`] as [string, string]]),
    ['Seed', String(seed)],
  ];
  if (data !== undefined) {
    const shown =
      data.inputs.length > 40 ? [...data.inputs.slice(0, 40), `and ${data.inputs.length - 40} more`] : data.inputs;
    rows.splice(1, 0, ['Inputs', shown.join(', ')]);
  }
  const items = rows.map(([term, text]) => `<dt>${term}</dt><dd>${escapeXml(text)}</dd>`).join('');
  return `<section><h2>Set-up</h2><dl>${items}</dl></section>`;
}

/** Long lists of numbers cut, and the cut said. */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) {
    const short = value.slice(0, mostNumbers).map(shorten);
    return value.length > mostNumbers ? [...short, `… ${value.length - mostNumbers} more`] : short;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
}

function repeat({ experiment, versions }: RunRecord): string {
  const by = `chainrule ${versions.chainrule}${versions.node === undefined ? '' : `, Node ${versions.node}`}`;
  // rows of numbers on one line each
  const json = JSON.stringify(shorten(experiment), null, 2).replace(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, inner: string) => `[${inner.replace(/\s+/g, ' ')}]`,
  );
  return `<section><h2>To repeat it</h2><p>Made by ${escapeXml(by)}. The same experiment and data give the same numbers.</p><details><summary>The experiment, every default filled in</summary><pre>${escapeXml(json)}</pre></details></section>`;
}
