import { expect, test } from 'vitest';
import { consequenceOf, continuesText, differences } from './changes.ts';
import { type Config, defaultConfig } from './config.ts';
import { pointsOf } from './data-sets.ts';
import { freshSchedule } from './schedule.ts';

const config = (part: Partial<Config> = {}): Config => ({ ...defaultConfig, ...part });

test('another set, seed or kind starts again; a rate, a batch size, a penalty, erased and added points continue', () => {
  const starts = (before: Partial<Config>, after: Partial<Config>) =>
    consequenceOf(config(before), config(after)).isNewStart;
  expect(starts({}, { set: 'moons' })).toBe(true);
  expect(starts({}, { set: 'empty' })).toBe(true);
  expect(starts({}, { seed: 2 })).toBe(true);
  expect(starts({ set: 'empty' }, { set: 'empty', kind: 'curve' })).toBe(true);
  const erased = pointsOf('xor', defaultConfig).slice(1);
  for (const part of [
    { learningRate: 0.3 },
    { batchSize: 0 },
    { l2: 0.1 },
    { set: 'empty', drawn: erased },
    { count: 50 },
  ]) {
    expect(starts({}, part)).toBe(false);
  }
});

test('losses before and after a change of the data or of a penalty do not compare', () => {
  const isOther = (part: Partial<Config>) => consequenceOf(config(), config(part)).isOtherLoss;
  expect([{ noise: 0.1 }, { drawn: [{ x: 0, y: 0, label: 1 }] }, { l1: 0.1 }].map(isOther)).toEqual([true, true, true]);
  expect([{ learningRate: 1 }, { optimizer: 'adam' }, { dropout: 0.1 }].map(isOther)).toEqual([false, false, false]);
});

test('the mark in the curves says what changed, in a few words', () => {
  const mark = (part: Partial<Config>) => consequenceOf(config(), config(part)).mark;
  expect(mark({ noise: 0.1 })).toBe('data changed');
  expect(mark({ optimizer: 'adam', learningRate: 0.03 })).toBe('adam, rate 0.03');
  expect(mark({ schedule: freshSchedule('cosine') })).toBe('cosine');
  expect(mark({ l2: 0.01, batchSize: 0 })).toBe('batch all, L2 0.01');
  expect(mark({ speed: 5 })).toBe('');
});

test('whether the state of the optimizer is kept is said', () => {
  const said = (before: Partial<Config>, after: Partial<Config>) => continuesText(config(before), config(after));
  expect(said({ optimizer: 'adam' }, { optimizer: 'adam', l2: 0.1 })).toBe(
    'Training continues with the weights and the state of adam.',
  );
  expect(said({}, { learningRate: 1 })).toBe('Training continues with the weights.');
  expect(said({}, { optimizer: 'adam' })).toBe(
    'Training continues with the weights. Adam starts anew: it has no state of sgd.',
  );
  expect(said({ optimizer: 'adam' }, {})).toBe('Training continues with the weights.');
});

test('the choices in which two runs differ are listed with both values', () => {
  expect(differences(config(), config({ learningRate: 0.3, hidden: [], speed: 20 }))).toEqual([
    { name: 'Hidden layers', from: '4 tanh', to: 'none' },
    { name: 'Learning rate', from: '0.1', to: '0.3' },
  ]);
});
