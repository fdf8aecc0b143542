/** The distribution of the trained weights. */
import { html, type Markup, nothing } from '../../explain/render/markup.ts';
import { histogramChart } from '../charts.ts';
import { nameText, section, sentenceText } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { describeLayer } from './recipe-text.ts';

export function weights({ figures, experiment, stop }: RunRecord): Markup {
  if (figures === undefined || figures.weights.length === 0 || stop.epoch === 0) return nothing;
  const plots = figures.weights.map(({ name, shape, histogram }) => {
    const layer = experiment.network.layers[Number(name.split('.')[1])];
    const title = `${nameText(name)}, ${shape.join(' × ')}`;
    const chart = histogramChart(title, histogram, { small: true });
    return html`<figure><h3>${title}</h3>${chart}<figcaption>${layer && sentenceText(describeLayer(layer))}</figcaption></figure>`;
  });
  return section('Weights', html`<div class="plots small">${plots}</div>`);
}
