import { expect, test } from 'vitest';
import { readPrinted } from '../printed.ts';
import { writtenWrong } from './digits.ts';

const kindOf = (text: string, value: number) => writtenWrong(text, readPrinted(text, 'value'), value)?.kind;

test('a sign, a decimal point, exchanged digits and digits that are cut off are told apart', () => {
  expect(
    [
      ['-0.907', 0.9072],
      ['9.07', 0.9072],
      ['0.00907', 0.9072],
      ['0.970', 0.9072],
      ['0.9097', 0.90976],
      ['-0.3', -0.37],
      ['1.5e-7', 5.1e-7],
    ].map(([text, value]) => kindOf(text as string, value as number)),
  ).toEqual(['sign', 'decimal', 'decimal', 'digits', 'cutOff', 'cutOff', 'digits']);
});

test('a number that is right, or simply another one, is none of these', () => {
  expect(kindOf('0.907', 0.9072)).toBeUndefined();
  expect(kindOf('0.5', 0.9072)).toBeUndefined();
  expect(kindOf('0', 0.9072)).toBeUndefined();
  // one digit fits a shifted point by chance
  expect(kindOf('2', 0.0179)).toBeUndefined();
  expect(kindOf('0.2', 2)).toBe('decimal');
});
