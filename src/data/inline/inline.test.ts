import { expect, test } from 'vitest';
import { toRows } from '../../base/tensor.ts';
import { type InlineOptions, inlineData } from './inline.ts';

const any: InlineOptions = { targets: 'any' };
const probabilities: InlineOptions = { targets: 'probabilities' };
const inputs = [[1], [2], [3]];

const targetsOf = (targets: unknown, options: InlineOptions) =>
  toRows(inlineData({ inputs, targets: targets as number[] }, options).train.targets);
const complaint = (data: unknown, options: InlineOptions = any) => {
  try {
    inlineData(data as never, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

test('targets are rows, or a list for one output', () => {
  expect(targetsOf([[1], [2], [3]], any)).toEqual([[1], [2], [3]]);
  expect(targetsOf([1, 2, 3], any)).toEqual([[1], [2], [3]]);
  expect(targetsOf([1, 2, 3], { ...any, outputs: 1 })).toEqual([[1], [2], [3]]);
});

test('for a loss of probabilities a list contains classes: as many as outputs, or up to the largest', () => {
  expect(targetsOf([0, 1, 0], probabilities)).toEqual([
    [1, 0],
    [0, 1],
    [1, 0],
  ]);
  expect(targetsOf([0, 0, 0], { ...probabilities, outputs: 3 })).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ]);
});

test('probabilities that sum to 1 except for rounding are accepted unchanged', () => {
  expect(
    targetsOf(
      [
        [0.7, 0.2, 0.1],
        [1, 0, 0],
        [0.1, 0.2, 0.7],
      ],
      probabilities,
    )[0],
  ).toEqual([0.7, 0.2, 0.1]);
});

test('validation has the classes of the training targets', () => {
  const data = { inputs, targets: [0, 1, 2], validation: { inputs: [[1]], targets: [0] } };
  expect(toRows(inlineData(data, probabilities).validation!.targets)).toEqual([[1, 0, 0]]);
});

test('rows of unequal length', () => {
  expect(complaint({ inputs: [[1, 2], [3]], targets: [1, 2] })).toMatchInlineSnapshot(`
    "data.inputs[1]: 1 numbers, but row 0 has 2.
      Give every row the same number of columns."
  `);
});

test('a value that is not a number', () => {
  expect(complaint({ inputs: [[1], [Number.NaN]], targets: [1, 2] })).toMatchInlineSnapshot(`
    "data.inputs[1][0]: NaN is not a finite number.
      Replace it with a number, or leave the row out."
  `);
  expect(complaint({ inputs: [[1], [2]], targets: [1, null] })).toMatchInlineSnapshot(`
    "data.targets[1]: null is not a finite number.
      Replace it with a number, or leave the row out."
  `);
});

test('empty rows', () => {
  expect(complaint({ inputs: [[], []], targets: [1, 2] })).toMatchInlineSnapshot(`
    "data.inputs: the rows are empty.
      Write at least one number in each row."
  `);
});

test('no targets', () => {
  expect(complaint({ inputs: [[1]] })).toMatchInlineSnapshot(`
    "data.targets: there are no rows.
      Give at least one row: [[1, 2], [3, 4]]."
  `);
});

test('fewer targets than rows', () => {
  expect(complaint({ inputs, targets: [[1], [2]] })).toMatchInlineSnapshot(`
    "data.targets: 2 targets for 3 rows of inputs.
      Write one target for each row of inputs."
  `);
});

test('targets whose width differs from the outputs', () => {
  expect(complaint({ inputs, targets: [[1], [2], [3]] }, { ...any, outputs: 2 })).toMatchInlineSnapshot(`
    "data.targets: the targets are rows of 1 number, but the network has 2 outputs.
      Write each target as a row of 2 numbers, or give the last layer 1 unit."
  `);
  expect(complaint({ inputs, targets: [1, 2, 3] }, { ...any, outputs: 2 })).toMatchInlineSnapshot(`
    "data.targets: the targets are a list of numbers, but the network has 2 outputs.
      Write each target as a row of 2 numbers, or give the last layer 1 unit."
  `);
});

test('an invalid class, or one without an output', () => {
  expect(complaint({ inputs, targets: [0, 1.5, 1] }, probabilities)).toMatchInlineSnapshot(`
    "data.targets[1]: 1.5 is not a class.
      Number the classes 0, 1, 2 …, or write the probabilities of each row: [0, 1]."
  `);
  expect(complaint({ inputs, targets: ['a', 'b', 'a'] }, probabilities)).toMatchInlineSnapshot(`
    "data.targets[0]: "a" is not a class.
      Number the classes 0, 1, 2 …, or write the probabilities of each row: [0, 1]."
  `);
  expect(complaint({ inputs, targets: [0, 1, 3] }, { ...probabilities, outputs: 3 })).toMatchInlineSnapshot(`
    "data.targets[2]: class 3 does not exist: there are 3 classes, 0 to 2.
      Number the classes from 0, or give the last layer 4 units."
  `);
});

test('probabilities that do not sum to 1', () => {
  expect(complaint({ inputs: [[1]], targets: [[0.5, 0.4]] }, probabilities)).toMatchInlineSnapshot(`
    "data.targets[0]: the probabilities sum to 0.9, not 1.
      Write probabilities that sum to 1 for each row, or the classes as a list of integers: [0, 2, 1]."
  `);
});

test('a probability below 0', () => {
  expect(complaint({ inputs: [[1]], targets: [[1.5, -0.5]] }, probabilities)).toMatchInlineSnapshot(`
    "data.targets[0][0]: the loss takes targets from 0 to 1, not 1.5.
      Write probabilities that sum to 1 for each row, or the classes as a list of integers: [0, 2, 1]."
  `);
});

test('a target outside the range of the loss', () => {
  expect(complaint({ inputs, targets: [0, 1, 2] }, { targets: { range: [0, 1] } })).toMatchInlineSnapshot(`
    "data.targets[2]: the loss takes targets from 0 to 1, not 2.
      Scale the targets into that range, or choose a loss without a range, such as mse."
  `);
});

test('a target that is not one of the values of the loss', () => {
  expect(complaint({ inputs, targets: [-1, 0, 1] }, { targets: { values: [-1, 1] } })).toMatchInlineSnapshot(`
    "data.targets[1]: the loss takes -1 or 1, not 0.
      Write the two classes as -1 and 1."
  `);
});

test('validation with other columns', () => {
  const validation = { inputs: [[1, 2]], targets: [1] };
  expect(complaint({ inputs, targets: [1, 2, 3], validation })).toMatchInlineSnapshot(`
    "data.validation.inputs: the rows have 2 numbers, but those of data.inputs have 1.
      Use the same columns in both."
  `);
});
