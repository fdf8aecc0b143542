/** The defaults that a table's training took, in sentences. */
import { layerText } from '../../net/layer.ts';
import type { ExperimentJson } from '../../net/schema.ts';
import { count } from './terminal.ts';

const nameOf = (recipe: unknown) => (typeof recipe === 'string' ? recipe : (recipe as { name: string }).name);

/** ` with learning rate 0.001`, or ` with learning rate 0.1 (cosine)` for a schedule; empty for an optimizer without a rate. */
function rateText(optimizer: ExperimentJson['training']['optimizer']): string {
  const { learningRate: rate } = optimizer as { learningRate?: number | { name: string; learningRate?: number } };
  if (rate === undefined) return '';
  if (typeof rate === 'number') return ` with learning rate ${rate}`;
  return rate.learningRate === undefined
    ? ` with the schedule ${rate.name}`
    : ` with learning rate ${rate.learningRate} (${rate.name})`;
}

/** A stop condition, such as `at most 200 epochs`. */
function endText(key: string, value: unknown): string {
  if (key === 'epochs') return `at most ${count(Number(value), 'epoch')}`;
  return key === 'seconds' ? `at most ${value} s` : `${key} ${value}`;
}

export function defaultsText({ network, training, data }: ExperimentJson): string[] {
  const layers = network.layers.map((layer) =>
    'embedding' in layer
      ? `embedding(${layer.embedding})`
      : 'dense' in layer
        ? `dense(${layer.dense}, ${nameOf(layer.activation)})`
        : layerText(layer),
  );
  const optimizer = `${nameOf(training.optimizer)}${rateText(training.optimizer)}`;
  const batches = training.batchSize === undefined ? 'all rows at once' : `batches of ${training.batchSize}`;
  const ends = Object.entries(training.stop).map(([key, value]) => endText(key, value));
  const { split } = data as { split?: { validation?: number; test?: number } };
  const test = split?.test ? `, test split ${split.test}` : '';
  return [
    `Network: ${layers.join(', ')}. Loss: ${nameOf(training.loss)}.`,
    `Training: ${optimizer}, ${batches}; ${ends.join(', ')}. ` +
      `Validation split ${split?.validation ?? 0}${test}. Flags change these settings (see --help).`,
  ];
}
