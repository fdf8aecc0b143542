import { expect, test } from 'vitest';
import type { InputError } from '../base/errors.ts';
import { prepareTable } from '../data/prepare/prepare.ts';
import { readTableFile, readTableText } from '../data/read/file.ts';
import { readTable } from '../data/read/read.ts';
import { readTableStream } from '../data/read/stream.ts';
import { experimentJsonSchema } from '../net/json-schema.ts';
import { dense } from '../net/layers/dense.ts';
import { mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { sgd } from '../net/optimizers.ts';
import { checkDataKeys } from './data-keys.ts';
import { train } from './train.ts';

const table = readTable({ x: [1, 2], y: [3, 4] });
const inputs = [[1], [2]];
const targets = [3, 4];

function complaint(data: object): string {
  try {
    checkDataKeys(data as never);
  } catch (error) {
    return (error as InputError).message;
  }
  return 'none';
}

test('data with known keys are accepted, in every form', () => {
  const rows = { inputs, targets, weights: [1, 1], feeds: {} };
  expect(complaint({ ...rows, validation: rows })).toBe('none');
  expect(complaint({ batches: [], validation: rows })).toBe('none');
  const split = { validation: 0.1, test: 0.1, stratify: false };
  const more = { features: ['x'], weights: 'w', categories: [], embed: [], task: 'regression', encoding: undefined };
  expect(complaint({ table, target: 'y', split, scale: 'none', handleMissing: 'drop', ...more })).toBe('none');
  const stream = new Blob(['x,y\n1,2']);
  expect(complaint({ table: stream, target: 'y', missing: ['-'], notMissing: [], name: 'a', limits: {} })).toBe('none');
});

test.each([
  [{ handleMising: 'drop' }, 'data.handleMising: unknown key "handleMising".\n  Did you mean "handleMissing"?'],
  [{ feature: ['x'] }, 'Did you mean "features"?'],
  [{ spilt: {} }, 'Did you mean "split"?'],
  [{ split: { valid: 0.2 } }, 'data.split.valid: unknown key "valid".\n  Did you mean "validation"?'],
])('an unknown key of a table names the nearest: %o', (more, message) => {
  expect(complaint({ table, target: 'y', ...more })).toContain(message);
});

test('an unknown key of rows names the nearest, also in the validation rows', () => {
  expect(complaint({ inputs, targets, valdation: {} })).toContain('Did you mean "validation"?');
  expect(complaint({ inputs, targets, validation: { inputs, target: targets } })).toContain(
    'data.validation.target: unknown key "target".\n  Did you mean "targets"?',
  );
});

test('an option of training is sent to the options', () => {
  expect(complaint({ inputs, targets, classWeights: 'balanced' })).toBe(
    'data.classWeights: it is an option, and not part of the data.\n  Pass it in the options: train(network, data, { classWeights, … }).',
  );
});

test('how to read a table has no effect on a table that was read', () => {
  expect(complaint({ table, target: 'y', missing: ['n.d.'] })).toBe(
    'data.missing: "missing" has no effect on a table that was already read.\n  Pass it where the table is read: readTable(text, { missing }).',
  );
});

test('data in another form list their keys, and the forms', () => {
  const forms = 'Pass { inputs: [[1, 2]], targets: [[3]] } for rows of numbers, or { table, target } for a table.';
  expect(complaint({ x: inputs, y: targets })).toBe(`data: the data have no "inputs", only x, y.\n  ${forms}`);
  expect(complaint({ file: 'a.csv', target: 'y' })).toContain('A file is read first: table: readTable(text).');
  expect(complaint({})).toBe(`data: the data are empty.\n  ${forms}`);
  expect(complaint({ inputs })).toContain('the data have no "targets"');
  expect(complaint({ table })).toBe("data.target: there is no target.\n  Name the column to predict: target: 'price'.");
});

test('train refuses unknown keys, and knows the options of a run', async () => {
  const net = network([dense(1)]);
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } };
  await expect(train(net, { table, target: 'y', feature: ['x'] } as never, options)).rejects.toThrow('"features"');
  const misspelled = { ...options, onCheckpont: () => {} };
  await expect(train(net, { inputs, targets }, misspelled)).rejects.toThrow('Did you mean "onCheckpoint"?');
});

test('a text among numbers is a mark for readTable', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${i}`).join('\n');
  const read = readTable(`x,y\n${rows}\nn.d.,3`);
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } };
  await expect(train(network([dense(1)]), { table: read, target: 'y' }, options)).rejects.toThrow(
    'pass missing: ["n.d."] to readTable if it marks a missing value',
  );
});

test('every reader of tables, and prepareTable, refuse an unknown option', async () => {
  const options = { mising: ['n.d.'] } as object;
  const words = 'unknown option "mising".\n  Did you mean "missing"? Choose one of: name, missing, notMissing, limits';
  expect(() => readTable('x\n1', options)).toThrow(words);
  expect(() => readTableText('x\n1', options)).toThrow(words);
  await expect(readTableFile(new Blob(['x\n1']), options)).rejects.toThrow(words);
  await expect(readTableStream(new Blob(['x\n1']), options)).rejects.toThrow(words);
  expect(() => prepareTable(table, { target: 'y', feature: ['x'] } as never, 1)).toThrow('Did you mean "features"?');
});

test('every option of a table in the schema of the experiment file is known', () => {
  const { anyOf } = (experimentJsonSchema() as { properties: { data: { anyOf: { properties: object }[] } } }).properties
    .data;
  const options = Object.keys(anyOf.find(({ properties }) => 'file' in properties)!.properties);
  expect(options.length).toBeGreaterThan(8);
  for (const option of options.filter((name) => !['file', 'missing', 'notMissing'].includes(name))) {
    expect(complaint({ table, target: 'x', [option]: option === 'target' ? 'x' : undefined }), option).toBe('none');
  }
});
