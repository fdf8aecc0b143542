import { expect, test } from 'vitest';
import { sentenceOf } from './sentences.ts';

const setting = { loss: 'halfMse', activations: ['linear', 'sigmoid'] };

test('every kind of line has a sentence of its own', () => {
  const sentences = [
    { quantity: 'layers.0.sum[0][1]', phase: 'forward', sample: 0 },
    { quantity: 'layers.1.sum[0][0]', phase: 'forward', sample: 0 },
    { quantity: 'layers.1.output[2][0]', phase: 'forward', sample: 2 },
    { quantity: 'layers.1.output[2][0]', phase: 'after', sample: 2 },
    { quantity: 'loss[1][0]', phase: 'loss', sample: 1 },
    { quantity: 'loss', phase: 'loss' },
    { quantity: 'gradient(layers.1.output[0][0])', phase: 'backward', sample: 0 },
    { quantity: 'factor(loss, layers.1.output[mean][0])', phase: 'backward' },
    { quantity: 'factor(layers.1.output[0][0], layers.1.sum[0][0])', phase: 'backward', sample: 0 },
    { quantity: 'factor(layers.1.output[mean][0], layers.1.sum[mean][0])', phase: 'backward' },
    { quantity: 'factor(layers.1.sum[mean][0], layers.1.weight[0][0])', phase: 'backward' },
    { quantity: 'factor(layers.1.sum[mean][0], layers.0.output[mean][0])', phase: 'backward' },
    { quantity: 'layers.1.input[mean][0]', phase: 'backward' },
    { quantity: 'gradient(layers.1.weight[0][0])', phase: 'backward' },
    { quantity: 'layers.1.weight[0][0]', phase: 'update' },
    { quantity: 'optimizer.layers.0.weight.m[0][0]', phase: 'update' },
  ] as const;
  const written = sentences.map((line) => sentenceOf(line, setting));
  expect(new Set(written).size).toBe(sentences.length);
  for (const sentence of written) expect(sentence).toMatch(/^[A-Z].*\.$/);
  expect(written[2]).toBe("The unit's output of sample 3: the activation (sigmoid) of its sum.");
  expect(written[3]).toContain('with the new weights');
});
