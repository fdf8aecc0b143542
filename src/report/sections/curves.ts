/** The losses, scores, gradient norms and learning rates over the epochs. */
import { html, join, type Markup, nothing } from '../../explain/render/markup.ts';
import type { HistoryRow } from '../../train/history.ts';
import { renderCurves, type Series } from '../curves.ts';
import { countText, keyHtml, metricName, nameText, section } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { maxLayers } from './limits.ts';
import { columnOf, hasSeveralTargets } from './targets.ts';

export function curves({ kept, data, gradients, experiment }: RunRecord, history: readonly HistoryRow[]): Markup {
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
      : hasSeveralTargets(experiment)
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
    plot('Gradient norm before clipping', [column('gradient norm', (row) => row.gradientNorm)]),
    ...(gradients === undefined || gradients.epochs.length < 2
      ? []
      : [
          plot(
            'Gradient norm of each layer',
            layers.slice(0, maxLayers).map(([label, norms]) => ({
              label: nameText(label),
              points: norms.map((norm, i) => [gradients.epochs[i], norm ?? Number.NaN] as const),
            })),
            `${layers.length > maxLayers ? `The first ${maxLayers} of ${layers.length} layers. ` : ''}Measured at the end of epochs, always on the same ${countText(gradients.rows)} training rows.`,
          ),
        ]),
    ...(rates.size > 1 ? [plot('Learning rate', [column('learning rate', (row) => row.learningRate)])] : []),
  ];
  return section('Training curves', html`<div class="plots">${plots}</div>`);
}
