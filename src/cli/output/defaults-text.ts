/** The defaults that a table's training took, in sentences. */
import { layerText } from '../../net/layer.ts';
import type { ExperimentJson } from '../../net/schema.ts';

const nameOf = (recipe: unknown) => (typeof recipe === 'string' ? recipe : (recipe as { name: string }).name);

/** `0.001`, or `0.1, cosine` for a schedule; undefined for an optimizer that needs no rate. */
function rateText(optimizer: ExperimentJson['training']['optimizer']): string | undefined {
  const { learningRate: rate } = optimizer as { learningRate?: number | { name: string; learningRate?: number } };
  if (typeof rate === 'object') return [rate.learningRate, rate.name].filter(Boolean).join(', ');
  return rate === undefined ? undefined : String(rate);
}

export function defaultsText({ network, training, data }: ExperimentJson): string[] {
  const layers = network.layers.map((layer) =>
    'embedding' in layer
      ? `embedding(${layer.embedding})`
      : 'dense' in layer
        ? `dense(${layer.dense}, ${nameOf(layer.activation)})`
        : layerText(layer),
  );
  const rate = rateText(training.optimizer);
  const optimizer = `${nameOf(training.optimizer)}${rate === undefined ? '' : ` ${rate}`}`;
  const batches = training.batchSize === undefined ? 'all rows at once' : `batches of ${training.batchSize}`;
  const ends = Object.entries(training.stop).map(([key, value]) => `${key} ${value}`);
  const { split } = data as { split?: { validation?: number; test?: number } };
  const test = split?.test ? `, test share ${split.test}` : '';
  return [
    `Network: ${layers.join(', ')}. Loss: ${nameOf(training.loss)}.`,
    `Training: ${optimizer}, ${batches}; stops at ${ends.join(', ')}. ` +
      `Validation share ${split?.validation ?? 0}${test}. Flags change any of it (--help).`,
  ];
}
