import { expect, test } from 'vitest';
import { meaningOf, phaseOf, whenText } from './meaning.ts';

test('addresses are written in words', () => {
  expect(
    [
      'layers.0.input[0][1]',
      'layers.1.input[mean][0]',
      'layers.0.weight[2][1]',
      'layers.1.weight[0][0]',
      'layers.1.bias[0]',
      'loss[1][0]',
      'gradient(layers.1.weight[0][0])',
      'factor(layers.1.output[mean][0], layers.1.sum[mean][0])',
      'error[3]',
      'context[0][1]',
      'target[2][0]',
      'target[1]',
      'probability[0][3]',
      'logLikelihood',
    ].map(meaningOf),
  ).toEqual([
    'input 2, sample 1',
    'input 1 of layer 2, averaged over samples',
    'weight from input 3 to unit 2 of layer 1',
    'weight from unit 1 to unit 1 of layer 2',
    'bias of unit 1 in layer 2',
    'term of the loss of sample 2, output 1',
    'derivative of the loss with respect to the weight from unit 1 to unit 1 of layer 2',
    'derivative of the output of unit 1 in layer 2, averaged over samples, with respect to the sum of unit 1 in layer 2, averaged over samples',
    'error (sigmoid − label) of pair 4',
    'element 2 of the vector of context 1',
    'target 1, sample 3',
    'element 2 of the target’s vector',
    'probability of step 3 of walk 1',
    'logarithm of the likelihood of all walks',
  ]);
  expect(['<b>', 'layers.0.table[0]', 'gradient(nothing)'].map(meaningOf)).toEqual([undefined, undefined, undefined]);
});

test('every number has a phase, and says whether it is read before the update', () => {
  expect(['loss', 'layers.0.sum[0][0]', 'gradient(loss)', 'probability[0][1]'].map((each) => phaseOf(each, 0))).toEqual(
    ['loss', 'forward', 'backward', 'walk'],
  );
  expect(phaseOf('layers.0.weight[0][0]', 1)).toBe('update');
  expect([0, 1, 10_000].map((after) => whenText('loss', after))).toEqual([
    'before the update',
    'after 1 update',
    'after 10,000 updates',
  ]);
  expect(whenText('likelihood[0]', 0)).toBe('');
});
