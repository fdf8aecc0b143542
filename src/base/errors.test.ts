import { expect, test } from 'vitest';
import { didYouMean, fail, InputError, nearest } from './errors.ts';

test('the message is where and what, then the mend on a line of its own', () => {
  const complaint = { what: '3 rows, but 2 targets', where: 'data.targets', mend: 'Give 3 targets.' };
  expect(() => fail(complaint)).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.targets: 3 rows, but 2 targets.
      Give 3 targets.]
  `);
  expect(new InputError(complaint)).toMatchObject({ name: 'InputError', ...complaint });
});

test('the nearest name is the one with the fewest letters off, in any case', () => {
  const names = ['sigmoid', 'softmax', 'softplus', 'relu', 'relu6'];
  expect(nearest('sigmiod', names)).toBe('sigmoid');
  expect(nearest('ReLU', names)).toBe('relu');
  expect(nearest('softMax', names)).toBe('softmax');
  // of equally near ones the first
  expect(nearest('relu7', names)).toBe('relu');
});

test('a name that is nothing like any is not guessed', () => {
  expect(nearest('quadratic', ['sigmoid', 'relu'])).toBeUndefined();
  expect(nearest('relu', [])).toBeUndefined();
});

test('a mend for an unknown name guesses where it can, and lists all', () => {
  expect(didYouMean('rlu', ['relu', 'tanh'])).toBe('Did you mean "relu"? There are: relu, tanh.');
  expect(didYouMean('quadratic', ['relu', 'tanh'])).toBe('There are: relu, tanh.');
});
