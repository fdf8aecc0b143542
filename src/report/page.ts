/** A run's page: what came of it and beside what, the curves, the scores, the data, the set-up. Self-contained, without scripts. */

import { clip } from '../base/printable.ts';
import { numberText } from '../explain/numbers.ts';
import { attribute, type Content, html, isolated, join, type Markup, nothing } from '../explain/render/markup.ts';
import { engineText } from '../model/engine-choice.ts';
import { layerText } from '../net/layer.ts';
import { accuracy, classScores, repeatedBy } from '../net/metrics.ts';
import type { LayerJson } from '../net/schema.ts';
import type { HistoryRow } from '../train/history.ts';
import { calibrationChart, histogramChart, predictionChart, rocChart } from './charts.ts';
import { renderCurves, type Series } from './curves.ts';
import {
  bestOf,
  countText,
  keyHtml,
  lessIsBetter,
  longText,
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
import { type ColumnRecord, indented, type RunRecord } from './record.ts';

/** Classes whose confusion matrix has room on a page, and columns of a table that have. */
const mostClasses = 30;
const mostColumns = 200;
/** More columns are folded away. */
const shownColumns = 16;
/** Layers whose gradients are told apart in one plot. */
const mostLayers = 12;
/** Numbers of a list that stands in the settings. */
const mostNumbers = 24;
/** Names of inputs in the set-up. */
const mostInputs = 40;
/** Fewer rows are seen in the numbers, and make no picture. */
const fewestRows = 10;

/** The page of a run. */
export function renderReport(record: RunRecord, history: readonly HistoryRow[]): string {
  const title = `Training of ${nameText(record.name)}`;
  return pageHtml(title, [
    html`<header><h1>Training of ${nameHtml(record.name)}</h1>${outcome(record)}</header>`,
    notices(record.warnings),
    results(record),
    curves(record, history),
    confusion(record),
    classFigures(record),
    numberFigures(record),
    weights(record),
    data(record),
    setting(record),
    work(record),
    repeat(record),
  ]);
}

const reasons: Readonly<Record<RunRecord['stop']['reason'], string>> = {
  epochs: 'all epochs were completed',
  seconds: 'the time limit was reached',
  loss: 'the loss was low enough',
  patience: 'the loss no longer improved',
  gradientNorm: 'the gradient was nearly 0',
  aborted: 'it was interrupted',
  diverged: 'the loss was no longer finite',
};
/** Of a record that was never checked, the reason may be any text. */
const because = (reason: RunRecord['stop']['reason']): string =>
  Object.hasOwn(reasons, reason) ? reasons[reason] : reason;

const hasSeveral = ({ data }: RunRecord['experiment']): boolean =>
  'target' in data && Array.isArray(data.target) && data.target.length > 1;

/** The score that people ask for first: of the part held out. */
function headline({ data, validation, test, metrics, experiment }: RunRecord): { value: string; label: Content }[] {
  const [part, scores] =
    Object.keys(test).length > 0
      ? ['test rows', test]
      : Object.keys(validation).length > 0
        ? ['validation rows', validation]
        : ['training rows', metrics];
  if (scores.accuracy !== undefined) {
    return [{ value: `${numberText(100 * scores.accuracy, 4)} %`, label: `accuracy, ${part}` }];
  }
  if (scores.r2 === undefined) return [];
  const of = data === undefined ? '' : html` in ${nameHtml(data.target)}`;
  return [
    // of several targets it would be a mean of different units
    ...(hasSeveral(experiment)
      ? []
      : [{ value: numberText(numberOf(scores.meanAbsoluteError), 4), label: html`mean error${of}, ${part}` }]),
    ...(Number.isFinite(scores.r2) ? [{ value: numberText(scores.r2, 3), label: `R², ${part}` }] : []),
  ];
}

function outcome(record: RunRecord): Markup {
  const { stop, kept, loss, experiment } = record;
  const { watch } = experiment.training.stop;
  const epochs = `${countText(stop.epoch)} epoch${stop.epoch === 1 ? '' : 's'}`;
  const why =
    stop.reason === 'patience' && watch !== undefined
      ? `the ${metricName(watch)} no longer improved`
      : sentenceText(because(stop.reason));
  const sentences: Content[] = [
    html`Training stopped after ${epochs}, ${secondsHtml(`${numberText(numberOf(stop.seconds), 3)} seconds`)}: ${why}.`,
  ];
  if (kept !== undefined) {
    sentences.push(
      `The kept weights are those after epoch ${kept.epoch}, ${kept.why === 'best' ? 'the best' : 'the last whose loss was finite'}.`,
    );
  }
  if (experiment.training.gradient === 'averagedFactors') {
    sentences.push('It used averaged factors, which are not the gradient of the loss.');
  }
  const diverged =
    stop.reason === 'diverged'
      ? html`<p class="diverged"><strong>It diverged.</strong> ${sentenceText(stop.cause ?? '')}</p>`
      : nothing;
  const numbers = [
    ...headline(record),
    {
      value: numberText(numberOf(loss.final), 4),
      label: `training loss, from ${numberText(numberOf(loss.first), 4)}`,
    },
  ];
  const big = numbers.map(({ value, label }) => html`<div><b>${value}</b><span>${label}</span></div>`);
  return html`<p class="outcome">${join(sentences, ' ')}</p>${diverged}<div class="big">${big}</div>${verdict(record)}`;
}

function verdict({ baselines }: RunRecord): Markup {
  const found = baselines?.verdict;
  if (found === undefined) return nothing;
  return html`<p class="verdict${found.outcome === 'better' ? '' : ' alert'}">${sentenceText(found.text)}</p>`;
}

const notices = (warnings: readonly string[]): Markup =>
  section('Warnings', join(warnings.map((item) => html`<p>${sentenceText(item)}</p>`)), 'notices');

interface Scored {
  readonly name: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** Who is measured on a part: the network, and beside it the baselines. */
function modelsOf({ baselines, ...record }: RunRecord, part: 'training' | 'validation' | 'test'): Scored[] {
  const own = part === 'training' ? { loss: record.loss.final, ...record.metrics } : record[part];
  return [
    { name: 'network', scores: own },
    ...(baselines?.linear ? [{ name: 'linear', scores: baselines.linear[part] }] : []),
    ...(baselines ? [{ name: 'constant', scores: baselines.constant[part] }] : []),
  ];
}

/** A score to four digits; what rounding left of a 0 is 0. */
const scoreText = (value: number | null | undefined) =>
  numberText(Math.abs(value ?? Number.NaN) < 1e-12 ? 0 : (value ?? Number.NaN), 4);

function results(record: RunRecord): Markup {
  const { rows, data } = record;
  const parts = (['training', 'validation', 'test'] as const).filter((part) => rows[part] > 0);
  const all = parts.flatMap((part) => modelsOf(record, part)).map(({ scores }) => scores);
  // of one class a row, what is counted over all classes is the accuracy
  const isSame = (name: string) => {
    const other = repeatedBy(name);
    return other !== undefined && all.every((scores) => scores[name] === scores[other]);
  };
  const names = Object.keys(all[0]).filter((name) => !isSame(name) && columnOf(name) === undefined);
  const beside = record.baselines !== undefined;
  const head = [
    html`<th scope="col" class="left">split</th><th scope="col">rows</th>`,
    beside ? html`<th scope="col" class="left">model</th>` : nothing,
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
      const model = beside ? html`<td class="left">${name}</td>` : nothing;
      return html`<tr class="${m === 0 ? 'first own' : ''}">${first}${model}${cells}</tr>`;
    });
  });
  const captions = [
    ...(beside ? [html`${baselineText(record)} The best model of each split is bold.`] : []),
    ...(data?.task === 'regression' && names.includes('loss')
      ? [
          hasSeveral(record.experiment)
            ? 'The loss is in training units; the errors are means over the targets, whatever their units. Each target has its own below.'
            : html`The loss is in training units; the errors are in those of ${nameHtml(data.target)}.`,
        ]
      : []),
  ];
  const caption = captions.map((text) => html`<p class="caption">${text}</p>`);
  return section('Results', html`${tableHtml(head, body, 'results')}${caption}${byColumn(record)}`);
}

/** A cell with a number; the best of several is bold. */
const cellHtml = (text: string, isBest: boolean): Markup =>
  html`<td${attribute('class', isBest ? 'best' : '')}>${text}</td>`;

/** The column that a metric is measured on, of several targets: `r2(height)`. */
const columnOf = (metric: string): string | undefined => /\((.*)\)$/s.exec(metric)?.[1];

/** Of several targets, the scores of each on the part that was held out. */
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
      return html`<tr><th scope="row" class="left">${m === 0 && clip(column, mostOfName)}</th><td class="left">${name}</td>${cells}</tr>`;
    }),
  );
  return html`<h3 style="margin-top: 1.5rem">Target by target</h3>${tableHtml(head, body, 'columns')}`;
}

/** What the baselines are. */
function baselineText({ baselines, shares, rows, data, experiment }: RunRecord): Markup {
  const { constant, linear, measured } = baselines!;
  const most = (data?.classes ?? shares?.map(({ name }) => name))?.[constant.value];
  const said =
    most === undefined
      ? html`Constant: the mean of ${data === undefined ? 'the targets' : nameHtml(data.target)}.`
      : html`Constant: always &quot;${nameHtml(most)}&quot;, with the classes' shares as probabilities.`;
  const few =
    measured === undefined
      ? ''
      : ` They are measured on at most ${countText(measured)} rows of a part, drawn by the seed.`;
  if (linear === undefined) {
    const isEmbedding = 'embedding' in experiment.network.layers[0];
    const why = isEmbedding
      ? 'columns of indices have no linear model'
      : 'a linear model of so many parameters would take long';
    return html`${said}${few} There is no linear model for comparison: ${why}.`;
  }
  const drawn = linear.rows < rows.training ? `, on ${countText(linear.rows)} rows drawn from those for training` : '';
  return html`${said} Linear: one layer without hidden units, trained by L-BFGS with l2 ${numberText(numberOf(linear.l2), 3)}${drawn}.${few}`;
}

function curves({ kept, data, gradients, experiment }: RunRecord, history: readonly HistoryRow[]): Markup {
  if (history.length === 0) return nothing;
  const column = (label: string, value: (row: HistoryRow) => number | undefined): Series => ({
    label,
    points: history.flatMap((row) => {
      const y = value(row);
      return y === undefined ? [] : [[row.epoch, y] as const];
    }),
  });
  const mark = kept && { x: kept.epoch, label: `kept: epoch ${kept.epoch}` };
  const plot = (title: string, series: readonly Series[], note = '') => {
    const shown = series.filter(({ points }) => points.length > 0);
    const keys =
      shown.length > 1
        ? [
            join(
              shown.map(({ label }, i) => keyHtml(label, i)),
              ' ',
            ),
          ]
        : [];
    const lines = [...keys, ...(note === '' ? [] : [note])];
    const legend = lines.length === 0 ? nothing : html`<figcaption>${join(lines, html`<br>`)}</figcaption>`;
    return html`<figure><h3>${title}</h3>${renderCurves(title, shown, { mark })}${legend}</figure>`;
  };
  const metrics = Object.keys(history[0].metrics ?? {}).filter((name) => name !== 'r2' && columnOf(name) === undefined);
  const isShare = metrics.includes('accuracy');
  const units =
    isShare || data === undefined
      ? ''
      : hasSeveral(experiment)
        ? ', means over the targets'
        : `, in ${nameText(data.target)}`;
  const rates = new Set(history.map(({ learningRate }) => learningRate));
  const layers = Object.entries(gradients?.norms ?? {});
  const plots = [
    plot('Loss', [column('training', (row) => row.loss), column('validation', (row) => row.validationLoss)]),
    ...(metrics.length === 0
      ? []
      : [
          plot(
            `${isShare ? 'Validation scores' : 'Validation errors'}${units}`,
            metrics.map((metric) => column(metricName(metric), (row) => row.metrics?.[metric])),
          ),
        ]),
    plot('Gradient norm, before clipping', [column('gradient norm', (row) => row.gradientNorm)]),
    ...(gradients === undefined || gradients.epochs.length < 2
      ? []
      : [
          plot(
            'Gradient norm of each layer',
            layers.slice(0, mostLayers).map(([label, norms]) => ({
              label: nameText(label),
              points: norms.map((norm, i) => [gradients.epochs[i], norm ?? Number.NaN] as const),
            })),
            `${layers.length > mostLayers ? `The first ${mostLayers} of ${layers.length} layers. ` : ''}At the end of epochs, on ${countText(gradients.rows)} training rows that stay the same.`,
          ),
        ]),
    ...(rates.size > 1 ? [plot('Learning rate', [column('learning rate', (row) => row.learningRate)])] : []),
  ];
  return section('Epoch by epoch', html`<div class="plots">${plots}</div>`);
}

function classFigures({ figures }: RunRecord): Markup {
  if (figures === undefined || figures.rows < fewestRows) return nothing;
  const { roc = [], calibration, part, rows } = figures;
  const plots: Markup[] = [];
  if (roc.length > 0) {
    const title = 'ROC curves';
    const keys = join(
      roc.map(({ label, area }, i) => keyHtml(`${nameText(label)}: ${numberText(numberOf(area), 4)}`, i)),
      ' ',
    );
    const which =
      roc.length === 1 ? 'area under the curve' : 'each class against the others, with the area under its curve';
    plots.push(
      html`<figure><h3>${title}</h3>${rocChart(title, roc)}<figcaption>${keys}<br>Of the ${countText(rows)} ${part} rows, ${which}; the dotted line is chance.</figcaption></figure>`,
    );
  }
  if (calibration !== undefined) {
    const title = 'Calibration';
    const of =
      calibration.label === undefined
        ? 'the class that was predicted'
        : html`&quot;${nameHtml(calibration.label)}&quot;`;
    plots.push(
      html`<figure><h3>${title}</h3>${calibrationChart(title, calibration.bins)}<figcaption>Of ${of}, in bins of a tenth; larger dots are more rows. Below the dotted line, the network is overconfident. Expected calibration error ${numberText(numberOf(calibration.error), 3)}.</figcaption></figure>`,
    );
  }
  return section(`Probabilities, ${part} rows`, plotsHtml(plots));
}

const plotsHtml = (plots: readonly Markup[]): Markup =>
  plots.length === 0 ? nothing : html`<div class="plots">${plots}</div>`;

function numberFigures({ figures }: RunRecord): Markup {
  const { numbers = [], part, rows = 0 } = figures ?? {};
  if (rows < fewestRows) return nothing;
  const plots = numbers.flatMap(({ name, truth, predicted, residuals }) => {
    if (truth.length === 0) return [];
    const of = numbers.length === 1 ? '' : `: ${nameText(name)}`;
    const drawn =
      truth.length < rows ? `${countText(truth.length)} rows of ${countText(rows)}, drawn by the seed. ` : '';
    const title = `Predicted and actual values${of}`;
    const over = html`<figure><h3>${title}</h3>${predictionChart(title, truth, predicted, name)}<figcaption>${drawn}On the dotted line both are equal.</figcaption></figure>`;
    if (residuals === undefined) return [over];
    const off = `Residuals${of}`;
    const chart = histogramChart(off, residuals, { xLabel: 'predicted − true' });
    return [
      over,
      html`<figure><h3>${off}</h3>${chart}<figcaption>Rows by how far the prediction is off, in the units of ${nameHtml(name)}.</figcaption></figure>`,
    ];
  });
  return section(`Predictions, ${part} rows`, plotsHtml(plots));
}

function weights({ figures, experiment, stop }: RunRecord): Markup {
  if (figures === undefined || figures.weights.length === 0 || stop.epoch === 0) return nothing;
  const plots = figures.weights.map(({ name, shape, histogram }) => {
    const layer = experiment.network.layers[Number(name.split('.')[1])];
    const title = `${nameText(name)}, ${shape.join(' × ')}`;
    const chart = histogramChart(title, histogram, { small: true });
    return html`<figure><h3>${title}</h3>${chart}<figcaption>${layer && sentenceText(describeLayer(layer))}</figcaption></figure>`;
  });
  return section('Weights', html`<div class="plots small">${plots}</div>`);
}

function confusion({ confusion: found, data }: RunRecord): Markup {
  if (found === undefined) return nothing;
  const { matrix, part } = found;
  const classes = data?.classes ?? matrix.map((_, k) => String(k));
  const scores = classScores(matrix);
  const shown = Math.min(matrix.length, mostClasses);
  const indices = Array.from({ length: shown }, (_, k) => k);
  const nameOf = (k: number) => nameHtml(classes[k] ?? String(k));
  const head = indices.map((k) => html`<th scope="col">${nameOf(k)}</th>`);
  const body = indices.map((k) => {
    const total = scores[k].samples;
    const cells = indices.map((j) => {
      const count = matrix[k][j];
      const share = total === 0 ? 0 : Math.round((55 * count) / total);
      return html`<td class="${j === k ? 'right' : 'wrong'}" style="--share:${share}%">${count}</td>`;
    });
    const percent = (value: number) => html`<td>${numberText(100 * value, 3)} %</td>`;
    return html`<tr><th scope="row" class="left">${nameOf(k)}</th>${cells}${percent(scores[k].recall)}${percent(scores[k].precision)}</tr>`;
  });
  const cut =
    shown < matrix.length &&
    html`<p class="caption">The first ${shown} of ${matrix.length} classes; run.json has all of them.</p>`;
  const right = numberText(100 * accuracy(matrix), 4);
  return html`<section><h2>Confusion matrix, ${part} rows</h2><p class="caption">Rows: actual class. Columns: predicted class. ${right} % are classified correctly. Recall: the share of a class that was predicted as it; precision: the share of the predictions of a class that are correct.</p><div class="scroll"><table class="matrix"><thead><tr><th></th>${head}<th scope="col">recall</th><th scope="col">precision</th></tr></thead><tbody>${body}</tbody></table></div>${cut}</section>`;
}

const kinds: Readonly<Record<string, string>> = { mixed: 'numbers and text', boolean: 'yes or no', empty: 'nothing' };
/** Characters of a value that stands in a cell. */
const [mostCharacters, mostOfName] = [24, 40];

function data({ data: table, shares, rows, notes }: RunRecord): Markup {
  const columns = table?.columns ?? [];
  const parts: Markup[] = [];
  if (columns.length > 0) {
    const head = ['column', 'type', 'missing', 'distinct', 'minimum', 'mean', 'maximum'].map(
      (name, i) => html`<th scope="col"${attribute('class', i < 2 ? 'left' : '')}>${name}</th>`,
    );
    const body = columns
      .slice(0, mostColumns)
      .map(({ name, kind, missing, distinct, min, mean, max, top, use, many }) => {
        const range =
          top === undefined
            ? [min, mean, max].map((value) => html`<td>${value !== undefined && numberText(numberOf(value), 5)}</td>`)
            : html`<td class="long" colspan="3">${topHtml(top)}${distinct > top.length && ', …'}</td>`;
        return html`<tr><th scope="row" class="left">${clip(name, mostOfName)}</th><td class="left">${kindText(kind)}</td><td>${countText(missing)}</td><td>${many && 'over '}${countText(distinct)}</td>${range}<td class="long">${sentenceText(use)}</td></tr>`;
      });
    const heads = [...head, html`<th scope="col" class="left">encoding</th>`];
    parts.push(tableHtml(heads, body.slice(0, shownColumns)));
    if (body.length > shownColumns) {
      const more = `${countText(body.length - shownColumns)} more columns`;
      parts.push(html`<details><summary>${more}</summary>${tableHtml(heads, body.slice(shownColumns))}</details>`);
    }
    if (columns.length > mostColumns) {
      parts.push(html`<p class="caption">The first ${mostColumns} of ${countText(columns.length)} columns.</p>`);
    }
  }
  if (shares !== undefined && shares.length > 0) {
    const names = (['training', 'validation', 'test'] as const).filter((part) => rows[part] > 0);
    const head = ['class', ...names].map(
      (name, i) => html`<th scope="col"${attribute('class', i === 0 ? 'left' : '')}>${name}</th>`,
    );
    const body = shares.slice(0, mostClasses).map((share) => {
      const cells = names.map((part) => {
        const percent = (100 * share[part]) / rows[part];
        return html`<td style="--share:${Number(percent.toPrecision(3))}%">${countText(share[part])} · ${numberText(percent, 3)} %</td>`;
      });
      return html`<tr><th scope="row" class="left">${clip(share.name, mostOfName)}</th>${cells}</tr>`;
    });
    parts.push(html`<h3 style="margin-top: 1.5rem">Classes</h3>${tableHtml(head, body, 'shares')}`);
    if (shares.length > mostClasses) {
      parts.push(html`<p class="caption">The first ${mostClasses} of ${countText(shares.length)} classes.</p>`);
    }
  }
  if (notes.length > 0) {
    const items = notes.map((item) => html`<li>${sentenceText(item)}</li>`);
    parts.push(html`<h3 style="margin-top: 1.5rem">Encoding</h3><ul class="notes">${items}</ul>`);
  }
  return section('The data', join(parts));
}

const kindText = (kind: string): string => (Object.hasOwn(kinds, kind) ? kinds[kind] : kind);

/** The most frequent values with their counts. */
const topHtml = (top: NonNullable<ColumnRecord['top']>): Markup =>
  join(
    top.map(({ value, rows }) => html`${isolated(clip(value, mostCharacters))} ${countText(rows)}`),
    ', ',
  );

function describeRecipe(recipe: unknown): string {
  if (typeof recipe === 'string') return recipe;
  const { name, ...options } = recipe as Record<string, unknown>;
  const shown = Object.entries(options).filter(([, value]) => value !== 0 && value !== false);
  return `${String(name)}${shown.length > 0 ? ` (${shown.map(([key, value]) => `${key} ${typeof value === 'object' ? describeRecipe(value) : String(value)}`).join(', ')})` : ''}`;
}

function describeLayer(layer: LayerJson): string {
  return layerText(layer as Record<string, unknown>, describeRecipe);
}

function setting({ experiment, parameters, data }: RunRecord): Markup {
  const { network, training, seed } = experiment;
  const stop = Object.entries(training.stop).map(([key, value]) => `${key} ${String(value)}`);
  const rows: [string, Content][] = [
    [
      'Network',
      longText(
        `${network.inputs} inputs, ${network.layers.map(describeLayer).join(', ')}; ${countText(parameters)} parameters`,
      ),
    ],
    ['Loss', sentenceText(describeRecipe(training.loss))],
    ['Optimizer', sentenceText(describeRecipe(training.optimizer))],
    [
      'Batches',
      training.batchSize === 'full'
        ? 'all rows at once'
        : `${training.batchSize} rows${training.shuffle ? ', shuffled each epoch' : ''}`,
    ],
    ['Gradient', `${training.gradient}; updates ${training.update}`],
    ['Stops at', sentenceText(stop.join(', '))],
    ...(training.ema === undefined
      ? []
      : [['Weights', `a running average, decay ${training.ema}`] as [string, Content]]),
    ['Seed', String(seed)],
  ];
  if (data !== undefined) {
    const names: Content[] = data.inputs.slice(0, mostInputs).map(nameHtml);
    const more = data.inputs.length - names.length;
    rows.splice(1, 0, ['Inputs', join(more > 0 ? [...names, `and ${more} more`] : names, ', ')]);
  }
  return section('Set-up', listHtml(rows));
}

const phases: Readonly<Record<string, string>> = {
  reading: 'reading and encoding the data',
  compiling: 'compiling',
  training: 'training',
  evaluating: 'evaluating',
  baselines: 'baselines',
};

/** What the engine did, and how long it took. */
function work({ engine, steps, seconds = {}, stop }: RunRecord): Markup {
  const rows: [string, Content][] = [['Engine', sentenceText(engineText(engine))]];
  if (steps !== undefined && steps > 0) {
    const speed = stop.seconds > 0 ? secondsHtml(`, ${countText(Math.round(steps / stop.seconds))} a second`) : nothing;
    rows.push(['Updates', html`${countText(steps)}${speed}`]);
  }
  const known = Object.entries(phases).flatMap(([phase, name]) => {
    const value = seconds[phase as keyof typeof seconds];
    return typeof value === 'number' ? [html`${name} ${secondsHtml(numberText(value, 3))}`] : [];
  });
  if (known.length > 0) rows.push(['Seconds', join(known, ', ')]);
  return section('The work', listHtml(rows));
}

/** Terms with what is said of each. */
const listHtml = (rows: readonly (readonly [term: string, text: Content])[]): Markup =>
  html`<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;

/** Long lists of numbers and long texts cut, and the cut said. */
function shorten(value: unknown): unknown {
  if (typeof value === 'string') return sentenceText(value);
  if (Array.isArray(value)) {
    const short = value.slice(0, mostNumbers).map(shorten);
    return value.length > mostNumbers ? [...short, `… ${value.length - mostNumbers} more`] : short;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [sentenceText(key), shorten(inner)]));
}

function repeat({ experiment, versions, command }: RunRecord): Markup {
  const by = `chainrule ${versions.chainrule}${versions.node === undefined ? '' : `, Node ${versions.node}`}`;
  const typed = command === undefined ? nothing : html`<pre>${longText(command)}</pre>`;
  return section(
    'Reproduce this run',
    html`<p>Made by ${nameText(by)}, seed ${experiment.seed}. The same experiment and data give the same numbers.</p>${typed}<details><summary>The experiment, every default filled in</summary><pre>${indented(shorten(experiment))}</pre></details>`,
  );
}
