import { expect, test } from 'vitest';
import { classes, mazur, page } from './fixtures.ts';
import { quantityNames } from './quantity-names.ts';

test('addresses of the textbook example are written as in the textbook', () => {
  const name = quantityNames(page());
  expect(
    [
      'layers.0.output[0][1]',
      'layers.1.sum[2][0]',
      'layers.0.weight[2][1]',
      'loss',
      'loss[1][0]',
      'target[2][0]',
      'gradient(layers.1.weight[0][0])',
      'factor(loss, layers.1.output[mean][0])',
      'factor(layers.1.sum[mean][0], layers.0.output[mean][0])',
      'factor(layers.0.sum[mean][0], layers.0.weight[0][0])',
    ].map((address) => name(address).normalize('NFD')),
  ).toEqual(
    ['h2⁽¹⁾', 's⁽³⁾', 'v32', 'E', 'E⁽²⁾', 't⁽³⁾', '∂E/∂w1', '∂E/∂ȳ', '∂s̄/∂h̄1', '∂h̄1/∂v11'].map((text) =>
      text.normalize('NFD'),
    ),
  );
});

test('without symbols the usual letters are used; one sample needs no mark', () => {
  expect(['layers.1.weight[0][1]', 'layers.0.bias[1]', 'layers.1.output[0][0]'].map(quantityNames(mazur()))).toEqual([
    'w2_12',
    'b1_2',
    'a2_1',
  ]);
  expect(quantityNames(classes())('layers.0.sum[4][2]')).toBe('z1_3⁽⁵⁾');
});

test('an invalid address is refused', () => {
  expect(() => quantityNames(page())('layers.0.wieght[0][0]')).toThrow(
    '"layers.0.wieght[0][0]" is not the address of a number',
  );
});
