/** The confusion matrix. */
import { numberText } from '../../explain/numbers.ts';
import { html, type Markup, nothing } from '../../explain/render/markup.ts';
import { accuracy, classScores } from '../../net/metrics.ts';
import { nameHtml } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { maxClasses } from './limits.ts';

export function confusion({ confusion: found, data }: RunRecord): Markup {
  if (found === undefined) return nothing;
  const { matrix, part } = found;
  const classes = data?.classes ?? matrix.map((_, k) => String(k));
  const scores = classScores(matrix);
  const shown = Math.min(matrix.length, maxClasses);
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
  const correct = numberText(100 * accuracy(matrix), 4);
  return html`<section><h2>Confusion matrix, ${part} rows</h2><p class="caption">Rows: actual class. Columns: predicted class. ${correct} % are classified correctly. Recall is the share of a class that is predicted correctly; precision is the share of the predictions of a class that are correct.</p><div class="scroll"><table class="matrix"><thead><tr><th></th>${head}<th scope="col">recall</th><th scope="col">precision</th></tr></thead><tbody>${body}</tbody></table></div>${cut}</section>`;
}
