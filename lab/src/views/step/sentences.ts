/** What a line is, in one sentence. The address of its number says it. */
import type { StepPhase } from './protocol.ts';

export interface Described {
  readonly quantity: string;
  readonly phase: StepPhase;
  readonly sample?: number;
}

export interface Setting {
  /** The name of the loss: `halfMse`. */
  readonly loss: string;
  /** The names of the activations by layer. */
  readonly activations: readonly (string | undefined)[];
}

/** The phase in words, with the time that its numbers belong to. */
export const phaseWords: Readonly<Record<StepPhase, string>> = {
  given: 'given, before the update',
  forward: 'forward, before the update',
  loss: 'loss, before the update',
  backward: 'backward, before the update',
  update: 'update',
  after: 'after the update',
};

export function sentenceOf({ quantity, phase, sample }: Described, { loss, activations }: Setting): string {
  const forSample = sample === undefined ? '' : ` of sample ${sample + 1}`;
  const later = phase === 'after' ? ' Computed again with the new weights.' : '';
  const [, kind, inner] = /^(\w+)\((.*)\)$/.exec(quantity) ?? [];
  if (kind === 'gradient') return gradientSentence(inner, forSample);
  if (kind === 'factor') return factorSentence(inner, forSample);
  if (kind === 'clipped') return 'The gradient, made smaller where it exceeds the limit.';
  if (phase === 'update') return updateSentence(quantity);
  if (quantity === 'loss') {
    return `The loss (${loss}): one number for how wrong the network is on this batch. Training makes it smaller.${later}`;
  }
  if (quantity.startsWith('loss[')) return `What sample ${(sample ?? 0) + 1} adds to the loss.${later}`;
  if (quantity === 'loss.penalty') return `The penalty on large weights.${later}`;
  if (quantity === 'loss.data') return `The loss on the data, without penalties.${later}`;
  const [, layer, name] = /^layers\.(\d+)\.(\w+)/.exec(quantity) ?? [];
  if (layer === undefined) return `An intermediate result${forSample}.${later}`;
  if (quantity.includes('[mean]')) return 'The average over the samples of the batch.';
  if (name === 'sum') {
    const activation = activations[Number(layer)];
    const linear = activation === 'linear' ? ' The layer is linear, so this is also its output.' : '';
    return `The unit's weighted sum${forSample}: each input times its weight, added up.${linear}${later}`;
  }
  if (name === 'output') {
    const activation = activations[Number(layer)];
    return `The unit's output${forSample}: ${activation === undefined ? 'what the layer makes of its input' : `the activation (${activation}) of its sum`}.${later}`;
  }
  return `The layer's ${name}${forSample}.${later}`;
}

function gradientSentence(of: string, forSample: string): string {
  if (/\.(weight|bias)\[/.test(of)) {
    const what = of.includes('.weight[') ? 'weight' : 'bias';
    return `How fast the loss changes with this ${what}. The update subtracts a part of it.`;
  }
  const what = of.includes('.sum[') ? "the unit's sum" : of.includes('.output[') ? "the unit's output" : 'this number';
  return `How fast the loss changes with ${what}${forSample}, going backward from the loss.`;
}

function factorSentence(inner: string, forSample: string): string {
  const [of, by] = inner.split(', ');
  const factor = 'One factor of the chain rule';
  const where = inner.includes('[mean]') ? ', averaged over the samples' : forSample;
  if (of === 'loss') return `${factor}: how fast the loss changes with the output, summed over the samples.`;
  if (by.includes('.sum[') && of.includes('.output[')) return `${factor}: the slope of the activation${where}.`;
  if (by.includes('.weight[')) return `${factor}: a sum changes with a weight as fast as the input that it multiplies.`;
  if (by.includes('.bias[')) return `${factor}: a sum changes as fast as its bias.`;
  return `${factor}: a sum changes with an input as fast as the weight that multiplies it.`;
}

function updateSentence(quantity: string): string {
  if (quantity === 'learningRate') return 'The learning rate of this update.';
  if (quantity === 'gradientNorm') return 'The length of the whole gradient.';
  if (quantity.startsWith('optimizer.')) return 'What the optimizer remembers for the next update.';
  return 'The new value: the old one, minus the learning rate times the gradient, as this optimizer does it.';
}
