import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import type { Choices } from './protocol.ts';

const choices = (data: Partial<Choices['data']>, rest: Partial<Choices> = {}): Choices => ({
  data: { file: 'penguins.csv', target: 'species', ...data },
  training: {},
  seed: 1,
  ...rest,
});

test('the defaults need no flags', () => {
  expect(commandLine(choices({}))).toBe('chainrule train penguins.csv --target species');
  const training = {
    optimizer: { name: 'adam', learningRate: 0.001 },
    batchSize: 32,
    stop: { epochs: 200, patience: 20 },
  };
  expect(commandLine(choices({ split: { validation: 0.2 } }, { hidden: [32], activation: 'relu', training }))).toBe(
    'chainrule train penguins.csv --target species',
  );
});

test('what is chosen becomes a flag', () => {
  const training = {
    optimizer: { name: 'sgd', learningRate: 0.1 },
    batchSize: 'full' as const,
    l2: 0.01,
    classWeights: 'balanced' as const,
    stop: { epochs: 50, patience: 5 },
  };
  const chosen = choices(
    { features: ['a', 'b'], split: { test: 0.25 } },
    { hidden: [64, 8], activation: 'tanh', training, seed: 7 },
  );
  expect(commandLine(chosen)).toMatchInlineSnapshot(
    `"chainrule train penguins.csv --target species --features a,b --test 0.25 --hidden 64,8 --activation tanh --optimizer sgd --learning-rate 0.1 --batch-size full --l2 0.01 --class-weights balanced --epochs 50 --patience 5 --seed 7"`,
  );
});

test('names are one word of the shell, and a name with a comma is one column', () => {
  expect(commandLine(choices({ file: "it's; rm -rf.csv", target: '$(reboot), "x"' }))).toBe(
    `chainrule train 'it'\\''s; rm -rf.csv' --target '"$(reboot), ""x"""'`,
  );
});

test('what flags cannot say has no command', () => {
  expect(commandLine(choices({}, { layers: [{ dense: 3 }] }))).toBeUndefined();
  expect(commandLine(choices({ missing: ['?'] }))).toBeUndefined();
  const schedule = { optimizer: { name: 'adam', learningRate: { name: 'cosine' } as never } };
  expect(commandLine(choices({}, { training: schedule }))).toBeUndefined();
});
