import { expect, test } from 'vitest';
import { InputError } from './errors.ts';
import { codeNotation, fileNotation, inside, message, messageText, option, placeText, setting } from './reference.ts';

const epochs = ['training', 'stop', 'epochs'];
const fix = message`Add ${setting(epochs, 1000)} or ${setting(['training', 'engine'], 'wasm')}, or leave ${option('training', 'stop')} out.`;

test('a message writes its options as keys of the experiment file, or as code', () => {
  expect(messageText(fix)).toBe('Add "epochs": 1000 or "engine": "wasm", or leave stop out.');
  expect(messageText(fix, codeNotation)).toBe("Add epochs: 1000 or engine: 'wasm', or leave stop out.");
});

test('code is JavaScript: quotes are escaped, and objects are written as literals', () => {
  expect(codeNotation.setting(['training', 'loss'], "it's")).toBe("loss: 'it\\'s'");
  expect(codeNotation.setting(['training', 'checkpoint'], { seconds: 30 })).toBe('checkpoint: { seconds: 30 }');
  expect(codeNotation.setting(['data', 'missing'], ['n/a'])).toBe('missing: ["n/a"] to readTable');
});

test('a place in code has no "training", because the options of train are the training', () => {
  expect(placeText(['training', 'stop', 'epochs'])).toBe('training.stop.epochs');
  expect(placeText(['training', 'stop', 'epochs'], codeNotation)).toBe('stop.epochs');
  expect(placeText(['network', 'layers', 1, 'activation'], codeNotation)).toBe('network.layers[1].activation');
  expect(placeText('people.csv line 3', codeNotation)).toBe('people.csv line 3');
});

test('a message inside a message keeps its references', () => {
  const inner = message`set ${setting(['data', 'task'], 'classification')}`;
  const outer = message`Correct line ${3}, or ${inner}.`;
  expect(messageText(outer, codeNotation)).toBe("Correct line 3, or set task: 'classification'.");
});

test('a place is extended as it is: a path as a path, a text as text', () => {
  expect(inside(['data'], 'inputs', 2)).toEqual(['data', 'inputs', 2]);
  expect(inside('data batch 3', 'inputs', 2, 0)).toBe('data batch 3.inputs[2][0]');
});

test('an error has its option as data, and can be written again in another notation and at another place', () => {
  const error = new InputError({ what: message`${option(...epochs)} is 0`, where: epochs, fix });
  expect(error.option).toEqual(epochs);
  expect(error).toMatchObject({ what: 'epochs is 0', where: 'training.stop.epochs' });
  expect(error.inNotation(codeNotation)).toMatchObject({ where: 'stop.epochs', option: epochs });
  expect(error.at('a.csv')).toMatchObject({ what: 'epochs is 0', where: 'a.csv', option: undefined });
  const flags = { ...fileNotation, place: () => '--epochs', setting: (_: unknown, value: unknown) => `--x ${value}` };
  expect(error.inNotation(flags).message).toBe(
    '--epochs: epochs is 0.\n  Add --x 1000 or --x wasm, or leave stop out.',
  );
});

test('a very long key is shortened', () => {
  expect(placeText(['training', 'x'.repeat(1000)]).length).toBeLessThan(100);
});
