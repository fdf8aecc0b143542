/** Sheets of the textbook's step and of Mazur's; the share of named slips is measured in test/long/sheet-slips.test.ts. */
import { describe, expect, test } from 'vitest';
import { explanation } from '../../explain/explanation.ts';
import { open } from '../fixtures.ts';
import { networkSubject } from '../subject.ts';
import { markSheet, type SheetMark } from './mark-sheet.ts';

/** A blank sheet of an example, and its marks with some lines filled in, by `quantity@after`. */
function sheetOf(name: string) {
  const { setup } = open(name);
  const subject = networkSubject(setup);
  const lines = explanation(setup).lines.filter(({ quantity }) => !/^loss\.(data|penalty)$/.test(quantity));
  return (texts: Readonly<Record<string, string>>, all?: number): Map<string, SheetMark> => {
    const printed = lines.map(({ quantity, after, value }) => ({
      quantity,
      after,
      value: texts[`${quantity}@${after}`] ?? (all === undefined ? '' : value.toPrecision(all)),
    }));
    return new Map(markSheet(subject, printed).map((mark) => [`${mark.quantity}@${mark.after}`, mark]));
  };
}
const textbook = sheetOf('textbook-3-2-1');
const mazur = sheetOf('mazur-2-2-2');

describe('the slips that learners make', () => {
  test.each([
    ['a term', textbook, 'layers.0.sum[0][1]@0', '1.3', 'term', 'x3⁽¹⁾·v32 is left out'],
    ['a bias', mazur, 'layers.0.sum[0][0]@0', '0.0275', 'bias', 'b1_1 is left out'],
    ['the sign of a bias', mazur, 'layers.0.sum[0][0]@0', '-0.3225', 'sign', 'b1_1 has the opposite sign'],
    ['the exponent', textbook, 'layers.1.output[0][0]@0', '0.0928', 'exponent', 'the exponent is s⁽¹⁾, not −s⁽¹⁾'],
    [
      'no activation',
      mazur,
      'layers.0.output[0][0]@0',
      '0.3775',
      'activation',
      'the function is not applied: h1 is z1_1',
    ],
    [
      'the activation twice',
      mazur,
      'layers.0.output[0][0]@0',
      '0.64411',
      'activation',
      'the function is applied twice',
    ],
    ['tanh', mazur, 'layers.0.output[0][0]@0', '0.36054', 'activation', 'the function is tanh'],
    [
      'brackets',
      textbook,
      'layers.1.output[0][0]@0',
      '1.1023',
      'brackets',
      'only 1 is below the line, and e^(−s⁽¹⁾) is added',
    ],
    [
      'without 1 − y',
      textbook,
      'factor(layers.1.output[0][0], layers.1.sum[0][0])@0',
      '0.9072',
      'factor',
      '1 − y⁽¹⁾ is left out',
    ],
    [
      'the slope of s',
      textbook,
      'factor(layers.1.output[0][0], layers.1.sum[0][0])@0',
      '-2.918',
      'derivative',
      's⁽¹⁾, before the activation, is used in place of y⁽¹⁾ in ∂y⁽¹⁾/∂s⁽¹⁾',
    ],
    ['without the 2', textbook, 'loss[0][0]@0', '0.0238', 'divisor', 'it is divided by 3, not by 2m = 6'],
    ['not squared', textbook, 'loss[0][0]@0', '-0.04453', 'square', 't⁽¹⁾ − y⁽¹⁾ is not squared'],
    ['without 1/m', textbook, 'gradient(layers.1.output[0][0])@0', '0.2672', 'divisor', 'it is not divided by m'],
    ['the learning rate', textbook, 'layers.1.weight[0][0]@1', '0.73282', 'rate', 'η is left out'],
    [
      'the gradient added',
      textbook,
      'layers.1.weight[0][0]@1',
      '0.8336',
      'update',
      'η·∂E/∂w1 is added to w1, not subtracted',
    ],
    ['a weight of before', textbook, 'layers.0.sum[0][0]@1', '2.30445', 'time', 'v21 is used in place of v21′'],
    ['another index', mazur, 'layers.0.sum[0][0]@0', '0.3825', 'index', 'v12 is used in place of v11'],
    [
      'averaged before',
      textbook,
      'factor(layers.1.output[mean][0], layers.1.sum[mean][0])@0',
      '0.15971',
      'average',
      'the numbers are averaged before ∂y⁽¹⁾/∂s⁽¹⁾ and the others are computed, not after',
    ],
    ['not averaged', textbook, 'layers.1.input[mean][0]@0', '4.5', 'divisor', 'it is not divided by m'],
    ['another sample', textbook, 'layers.1.output[0][0]@0', '0.69847', 'sample', 'y⁽²⁾ is written in its place'],
    [
      'early',
      mazur,
      'gradient(layers.1.weight[0][1])@0',
      '-0.0236',
      'early',
      'the numbers on the way are rounded to 2 decimals before they are used',
    ],
    [
      'the point',
      textbook,
      'layers.1.output[0][0]@0',
      '9.072',
      'decimal',
      'its decimal point is one place to the right of its correct position',
    ],
    ['the digits', textbook, 'layers.1.output[0][0]@0', '0.9702', 'digits', 'two neighboring digits are exchanged'],
  ] as const)('%s', (_, sheet, line, text, kind, wanted) => {
    const { status, causes } = sheet({ [line]: text }, 6).get(line)!;
    expect(status).toBe('slip');
    expect(causes).toContainEqual({ kind, text: wanted });
  });

  test('digits that are cut off', () => {
    expect(textbook({ 'layers.1.output[1][0]@0': '0.69846' }).get('layers.1.output[1][0]@0')).toMatchObject({
      status: 'cutOff',
      explanation: 'Right but for its last digit, which is cut off, not rounded, or numbers were rounded on the way.',
    });
  });
});

describe('later numbers', () => {
  test('one wrong number: the others are right, given it', () => {
    const marks = textbook({
      'layers.0.sum[0][1]@0': '1.3',
      'layers.1.sum[0][0]@0': '2.18',
      'layers.1.output[0][0]@0': '0.8984',
    });
    expect(marks.get('layers.0.sum[0][1]@0')!.status).toBe('slip');
    expect(marks.get('layers.1.sum[0][0]@0')).toMatchObject({
      status: 'follows',
      explanation: 'Right, given your h2⁽¹⁾: correct that first.',
    });
    expect(marks.get('layers.1.output[0][0]@0')!.explanation).toBe('Right, given your s⁽¹⁾: correct that first.');
  });

  test('a second slip, made with the first wrong number, is named too', () => {
    const marks = textbook({ 'layers.0.sum[0][1]@0': '1.3', 'layers.1.sum[0][0]@0': '1.92' });
    expect(marks.get('layers.1.sum[0][0]@0')).toMatchObject({
      status: 'slip',
      explanation: 'From your numbers, it follows if h2⁽¹⁾·w2 is left out; or if w1 and w2 are exchanged.',
    });
  });

  test('numbers that are rounded on the way are right', () => {
    // 2.4·0.8 + 1.8·0.2 = 2.28, σ(2.28) = 0.907; 0.907·0.093 = 0.0844
    const marks = textbook({
      'layers.1.output[0][0]@0': '0.907',
      'factor(layers.1.output[0][0], layers.1.sum[0][0])@0': '0.0844',
    });
    expect([...marks.values()].map(({ status }) => status)).toEqual(['right', 'rounded']);
  });
});

describe('digits', () => {
  test('too few of them: right as far as they go, with the full value', () => {
    expect(textbook({ 'layers.1.output[0][0]@0': '0.9' }).get('layers.1.output[0][0]@0')).toMatchObject({
      status: 'fewDigits',
      explanation: 'Right to 1 digit; the full value is 0.907207. Write 3 digits.',
    });
    expect(textbook({ 'loss@0': '0' }).get('loss@0')!.explanation).toMatch(
      /^It is not 0; the full value is 0\.048856\./,
    );
  });

  test('a wrong number with one digit is no evidence of a slip', () => {
    expect(textbook({ 'layers.1.output[1][0]@0': '0.9' }).get('layers.1.output[1][0]@0')).toMatchObject({
      status: 'wrong',
      explanation: 'Write 3 digits, so that a slip can be found.',
    });
  });

  test('a number that is cut off to one digit is not right', () => {
    expect(textbook({ 'layers.1.output[1][0]@0': '0.6' }).get('layers.1.output[1][0]@0')).toMatchObject({
      status: 'slip',
      explanation: 'Your value follows if its last digit is cut off, not rounded.',
    });
  });

  test('an exact number needs no more digits', () => {
    expect(textbook({ 'layers.0.sum[0][0]@0': '2.4' }).get('layers.0.sum[0][0]@0')!.status).toBe('right');
  });

  test('a rounded number may also be what a slip gives', () => {
    const { explanation } = textbook({ 'layers.1.weight[0][0]@1': '0.8' }).get('layers.1.weight[0][0]@1')!;
    expect(explanation).toMatch(/^Right to 1 digit; .* 0\.8 is also what follows if w1 is not updated/);
  });
});

test('a text that is no number says which row it is', () => {
  expect(() => textbook({ 'layers.0.sum[0][1]@0': 'abc' })).toThrow(/^printed\[1\]\.value: "abc" is not a number/);
});
