/** Plots of the predictions for the held-out rows. */
import { numberText } from '../../explain/numbers.ts';
import { html, join, type Markup, nothing } from '../../explain/render/markup.ts';
import { calibrationChart, histogramChart, predictionChart, rocChart } from '../charts.ts';
import { countText, keyHtml, nameHtml, nameText, numberOf, section } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { minPlottedRows } from './limits.ts';

/** ROC curves and calibration of a classification. */
export function probabilityPlots({ figures }: RunRecord): Markup {
  if (figures === undefined || figures.rows < minPlottedRows) return nothing;
  const { roc = [], calibration, part, rows } = figures;
  const plots: Markup[] = [];
  if (roc.length > 0) {
    const title = 'ROC curves';
    const keys = join(
      roc.map(({ label, area }, i) => keyHtml(`${nameText(label)}: ${numberText(numberOf(area), 4)}`, i)),
      ' ',
    );
    const which = roc.length === 1 ? 'ROC curve' : 'One-vs-rest ROC curves';
    plots.push(
      html`<figure><h3>${title}</h3>${rocChart(title, roc)}<figcaption>${keys}<br>${which} on ${countText(rows)} ${part} rows, with the area under the curve. The dotted line is chance.</figcaption></figure>`,
    );
  }
  if (calibration !== undefined) {
    const title = 'Calibration';
    const predicted =
      calibration.label === undefined ? 'the predicted class' : html`&quot;${nameHtml(calibration.label)}&quot;`;
    plots.push(
      html`<figure><h3>${title}</h3>${calibrationChart(title, calibration.bins)}<figcaption>Probability of ${predicted}, in ten bins; larger dots have more rows. Below the dotted line, the network is overconfident. Expected calibration error: ${numberText(numberOf(calibration.error), 3)}.</figcaption></figure>`,
    );
  }
  return section(`Predicted probabilities, ${part} rows`, plotsHtml(plots));
}

const plotsHtml = (plots: readonly Markup[]): Markup =>
  plots.length === 0 ? nothing : html`<div class="plots">${plots}</div>`;

/** Predicted and actual values, and residuals, of a regression. */
export function predictionPlots({ figures }: RunRecord): Markup {
  const { numbers = [], part, rows = 0 } = figures ?? {};
  if (rows < minPlottedRows) return nothing;
  const plots = numbers.flatMap(({ name, truth, predicted, residuals }) => {
    if (truth.length === 0) return [];
    const of = numbers.length === 1 ? '' : `: ${nameText(name)}`;
    const sampled =
      truth.length < rows ? `A random sample of ${countText(truth.length)} of ${countText(rows)} rows. ` : '';
    const title = `Predicted and actual values${of}`;
    const comparison = html`<figure><h3>${title}</h3>${predictionChart(title, truth, predicted, name)}<figcaption>${sampled}On the dotted line, the prediction equals the actual value.</figcaption></figure>`;
    if (residuals === undefined) return [comparison];
    const residualTitle = `Residuals${of}`;
    const chart = histogramChart(residualTitle, residuals, { xLabel: 'predicted − actual' });
    return [
      comparison,
      html`<figure><h3>${residualTitle}</h3>${chart}<figcaption>Number of rows by residual, in the units of ${nameHtml(name)}.</figcaption></figure>`,
    ];
  });
  return section(`Predictions, ${part} rows`, plotsHtml(plots));
}
