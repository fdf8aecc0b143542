import { expect, test } from 'vitest';
import { didYouMean, fail, InputError, nearest } from './errors.ts';

test('a message has where and what, then the fix on its own line', () => {
  const complaint = { what: '3 rows, but 2 targets', where: 'data.targets', fix: 'Give 3 targets.' };
  expect(() => fail(complaint)).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.targets: 3 rows, but 2 targets.
      Give 3 targets.]
  `);
  expect(new InputError(complaint)).toMatchObject({ name: 'InputError', ...complaint });
});

test('a message cannot control a terminal, whatever it quotes; its parts contain the unchanged text', () => {
  const complaint = {
    what: 'column "\u001b]0;PWNED\u0007\nerror all is well" is text',
    where: '\u202egnp.exe',
    fix: 'Rename "\u001b[2J".',
  };
  const error = new InputError(complaint);
  expect(error.message).toBe(
    '\\u202egnp.exe: column "\\x1b]0;PWNED\\x07\\nerror all is well" is text.\n  Rename "\\x1b[2J".',
  );
  expect(error).toMatchObject(complaint);
});

test('a message about a name of 100 kB shows its start and its end', () => {
  const { message } = new InputError({
    what: `"${'x'.repeat(100_000)}" is not a number`,
    where: 'a.csv',
    fix: 'Fix it.',
  });
  expect(message.length).toBeLessThan(2100);
  expect(message).toMatch(/^a\.csv: "x+…x+" is not a number\.\n {2}Fix it\.$/);
});

test('the nearest name is the one with the fewest different letters, ignoring case', () => {
  const names = ['sigmoid', 'softmax', 'softplus', 'relu', 'relu6'];
  expect(nearest('sigmiod', names)).toBe('sigmoid');
  expect(nearest('ReLU', names)).toBe('relu');
  expect(nearest('softMax', names)).toBe('softmax');
  // of equally near ones the first
  expect(nearest('relu7', names)).toBe('relu');
});

test('a name that resembles no other gets no suggestion', () => {
  expect(nearest('quadratic', ['sigmoid', 'relu'])).toBeUndefined();
  expect(nearest('relu', [])).toBeUndefined();
});

test('an abbreviation of one name suggests it', () => {
  expect(nearest('valid', ['validation', 'test'])).toBe('validation');
  expect(nearest('averaged', ['averagedFactors', 'averagedWeights'])).toBeUndefined();
  expect(nearest('va', ['validation'])).toBeUndefined();
});

test('a fix for an unknown name suggests a similar one and lists all', () => {
  expect(didYouMean('rlu', ['relu', 'tanh'])).toBe('Did you mean "relu"? Choose one of: relu, tanh.');
  expect(didYouMean('quadratic', ['relu', 'tanh'])).toBe('Choose one of: relu, tanh.');
});

test('a list of very many names is shortened, and so are long names', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `column_${i}`);
  expect(didYouMean('x', names)).toMatch(/^Choose one of: column_0, (column_\d+, ){19}… and 99,980 more\.$/);
  expect(didYouMean('x', ['y'.repeat(1000)])).toBe(`Choose one of: ${'y'.repeat(79)}….`);
});

test('a suggestion among very many or very long names takes a fraction of a second', () => {
  const names = Array.from({ length: 300_000 }, (_, i) => `a column whose name is number ${i}`);
  const long = Array.from({ length: 100 }, (_, i) => `${'x'.repeat(100_000)}${i}`);
  const before = process.cpuUsage();
  nearest('a column whose name is number x', names);
  nearest('x'.repeat(100_000), long);
  nearest('column', long);
  const { user } = process.cpuUsage(before);
  expect(user / 1e6).toBeLessThan(2);
});
