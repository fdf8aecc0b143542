import { expect, test } from 'vitest';
import { type OptionSpecs, rangeOf, resolveOptions } from './options.ts';

const specs = {
  learningRate: { type: 'number', above: 0, note: '' },
  momentum: { type: 'number', default: 0.5, atLeast: 0, below: 1, note: '' },
  nesterov: { type: 'boolean', default: false, note: '' },
  placement: { type: 'choice', values: ['before', 'after'], default: 'after', note: '' },
} as const satisfies OptionSpecs;

const resolve = (given: Readonly<Record<string, unknown>>) => () =>
  resolveOptions(specs, { learningRate: 1, ...given }, 'sgd');

test('a missing option has its default; a given one is unchanged', () => {
  expect(resolve({})()).toEqual({ learningRate: 1, momentum: 0.5, nesterov: false, placement: 'after' });
  expect(resolve({ momentum: 0, nesterov: true, placement: 'before' })()).toEqual({
    learningRate: 1,
    momentum: 0,
    nesterov: true,
    placement: 'before',
  });
  expect(resolve({ momentum: undefined })().momentum).toBe(0.5);
});

test('a range in words', () => {
  const range = (option: object) => rangeOf({ type: 'number', note: '', ...option });
  expect(range({})).toBe('finite');
  expect(range({ above: 0 })).toBe('above 0');
  expect(range({ atLeast: 0, below: 1 })).toBe('at least 0 and below 1');
  expect(range({ above: -1, atMost: 1 })).toBe('above -1 and at most 1');
});

test('the ends of a range belong to it, or not, as declared', () => {
  expect(resolve({ momentum: 0 })().momentum).toBe(0);
  expect(resolve({ momentum: 1 })).toThrow('sgd.momentum: 1 is not at least 0 and below 1.');
  expect(resolve({ learningRate: 0 })).toThrow('sgd.learningRate: 0 is not above 0.');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(resolve({ learningRate: value })).toThrow(`${value} is not above 0`);
  }
});

test('an unknown option names the nearest', () => {
  expect(resolve({ momentun: 0.9 })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: sgd: unknown option "momentun".
      Did you mean "momentum"? Choose one of: learningRate, momentum, nesterov, placement.]
  `);
});

test('a required option that is missing', () => {
  expect(() => resolveOptions(specs, {}, 'sgd')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: sgd: learningRate is missing.
      Add "learningRate": 0.1.]
  `);
});

test('a text, a list or null in place of a number', () => {
  expect(resolve({ momentum: '0.9' })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: sgd.momentum: "0.9" is not a number.
      Give a number at least 0 and below 1.]
  `);
  expect(resolve({ momentum: [0.9] })).toThrow('[0.9] is not a number');
  expect(resolve({ momentum: null })).toThrow('null is not a number');
});

test('another type in place of a boolean', () => {
  expect(resolve({ nesterov: 1 })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: sgd.nesterov: 1 is not true or false.
      Write true or false.]
  `);
});

test('a value that is not among the choices', () => {
  expect(resolve({ placement: 'befor' })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: sgd.placement: "befor" is not one of the allowed values.
      Did you mean "before"? Choose one of: before, after.]
  `);
  expect(resolve({ placement: 3 })).toThrow('3 is not one of the allowed values');
});
