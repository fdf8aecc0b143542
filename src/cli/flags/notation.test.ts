import { expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { message, option, setting } from '../../base/reference.ts';
import { inFlags } from './notation.ts';

const at = (where: string | (string | number)[], fix = message`Leave it out.`) =>
  new InputError({ what: 'it is wrong', where, fix });
const shown = (error: InputError, values = {}, options = {}) => (inFlags(error, values, options) as Error).message;

test('an error about an option names the flag that set it', () => {
  const error = at(['training', 'optimizer', 'learningRate']);
  expect(shown(error, { learningRate: '0' })).toMatch(/^--learning-rate: /);
  expect(shown(error)).toMatch(/^training\.optimizer\.learningRate: /);
});

test('an error inside a recipe names the flag of the recipe, and an error about an entry the flag of the list', () => {
  expect(shown(at(['training', 'optimizer', 'name']), { optimizer: 'adm' })).toMatch(/^--optimizer: /);
  expect(shown(at(['data', 'features', 1]), { features: 'a,b' })).toMatch(/^--features: /);
});

test("an error about the layers of a table's network names --hidden or --activation", () => {
  const values = { hidden: '0', activation: 'rel' };
  expect(shown(at(['network', 'layers', 0, 'dense']), values)).toMatch(/^--hidden: /);
  expect(shown(at(['network', 'layers', 2, 'activation']), values)).toMatch(/^--activation: /);
  expect(shown(at(['network', 'layers', 0, 'bias']), values)).toMatch(/^network\.layers\[0\]\.bias: /);
});

test('a stop condition has another name as a flag', () => {
  expect(shown(at(['training', 'stop', 'loss']), { stopLoss: '-1' })).toMatch(/^--stop-loss: /);
});

test('the fix of an error about a flag, or about a table, is in flags', () => {
  const fix = message`Add ${setting(['training', 'arithmetic'], 'fast')}, or leave ${option('training', 'engine')} out.`;
  const error = at(['training', 'engine'], fix);
  expect(shown(error, { engine: 'blas' })).toContain('Add --arithmetic fast, or leave --engine out.');
  expect(shown(error, {}, { isTable: true })).toContain('Add --arithmetic fast, or leave --engine out.');
  expect(shown(error)).toContain('Add "arithmetic": "fast", or leave engine out.');
});

test('an option without a flag stays a key', () => {
  const error = at('line 3', message`Write ${setting(['network', 'inputs'], 4)}.`);
  expect(shown(error, {}, { isTable: true })).toContain('Write "inputs": 4.');
});

test('a command names its own options, and other errors pass unchanged', () => {
  expect(shown(at(['step']), {}, { own: { step: '--step' } })).toMatch(/^--step: /);
  const other = new Error('a bug');
  expect(inFlags(other, {})).toBe(other);
});
