/** The network, the loss, the optimizer and the other settings. */
import { type Content, html, join, type Markup } from '../../explain/render/markup.ts';
import { countText, longText, nameHtml, section, sentenceText } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { maxInputs } from './limits.ts';
import { describeLayer, describeRecipe } from './recipe-text.ts';

export function configuration({ experiment, parameters, data }: RunRecord): Markup {
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
        ? 'full batch'
        : `${training.batchSize} rows${training.shuffle ? ', shuffled each epoch' : ''}`,
    ],
    ['Gradient', `${training.gradient}; ${training.update} updates`],
    ['Stop rules', sentenceText(stop.join(', '))],
    ...(training.ema === undefined
      ? []
      : [['Weights', `running average with decay ${training.ema}`] as [string, Content]]),
    ['Seed', String(seed)],
  ];
  if (data !== undefined) {
    const names: Content[] = data.inputs.slice(0, maxInputs).map(nameHtml);
    const more = data.inputs.length - names.length;
    rows.splice(1, 0, ['Inputs', join(more > 0 ? [...names, `and ${more} more`] : names, ', ')]);
  }
  return section('Configuration', listHtml(rows));
}

/** Terms and their descriptions. */
export const listHtml = (rows: readonly (readonly [term: string, text: Content])[]): Markup =>
  html`<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
