import { experiment } from 'chainrule';
import { readTable } from 'chainrule/data';
import { expect, test } from 'vitest';
import penguins from '../../../../examples/penguins.csv?raw';
import { choicesOf, proposeTarget } from './choices.ts';
import { experimentFor, planFor } from './plan.ts';
import type { Choices } from './protocol.ts';

const table = readTable(penguins, { name: 'penguins.csv' });
const choices: Choices = { data: { file: 'penguins.csv', target: 'species' }, training: {}, seed: 1 };

test('the proposal is what the command line trains', () => {
  expect(experimentFor(table, choices)).toEqual({
    network: {
      layers: [
        { dense: 32, activation: 'relu' },
        { dense: 3, activation: 'softmax' },
      ],
    },
    data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2 }, scale: 'standard' },
    training: {
      loss: 'crossEntropy',
      optimizer: { name: 'adam', learningRate: 0.001 },
      batchSize: 32,
      stop: { epochs: 200, patience: 20 },
    },
    seed: 1,
  });
});

test('a choice replaces its key, and another target another output', () => {
  const { plan } = planFor(table, {
    ...choices,
    data: { ...choices.data, target: 'body_mass_g', split: { test: 0.25 } },
    hidden: [8, 4],
    training: { stop: { epochs: 3 } },
    seed: 9,
  });
  expect(plan.task).toBe('regression');
  expect(plan.experiment.network.layers.at(-1)).toEqual({ dense: 1, activation: 'linear' });
  expect(plan.experiment.training).toMatchObject({ loss: 'mse', stop: { epochs: 3 } });
  expect(plan.rows).toEqual({ training: 188, validation: 68, test: 86 });
  expect(plan.inputs).toContain('island=Dream');
});

test('the experiment of a link gives the same experiment again', () => {
  const variants: Choices[] = [
    choices,
    { ...choices, hidden: [8, 4], activation: 'tanh', training: { stop: { epochs: 3 }, l2: 0.1 }, seed: 5 },
    { ...choices, layers: [{ dense: 4 }, { dropout: 0.2 }, { dense: 3, activation: 'softmax' }] as never },
    { ...choices, data: { ...choices.data, target: 'sex', features: ['island'] } },
  ];
  for (const variant of variants) {
    const json = experimentFor(table, variant);
    expect(experimentFor(table, choicesOf(json)!)).toEqual(json);
  }
});

test('an experiment that leaves settings out trains with their defaults, not with those that are proposed', () => {
  const { network, training } = experimentFor(table, choices);
  const { batchSize: _, ...rest } = training;
  const json = { network, data: { file: 'penguins.csv', target: 'species' }, training: rest, seed: 1 };
  const { plan, setup } = planFor(table, choicesOf(json)!);
  const own = experiment(json, { read: () => table });
  expect(plan.rows).toEqual({ training: 344, validation: 0, test: 0 });
  expect(setup.schedule.batchSize).toBe('full');
  expect(setup.schedule).toEqual(own.schedule);
  expect(setup.inputs).toEqual(own.inputs);
});

test('rows in the experiment itself are no table', () => {
  const json = experimentFor(table, choices);
  expect(choicesOf({ ...json, data: { inputs: [[1]], targets: [[1]] } })).toBeUndefined();
});

test('proposes a target by its name, else the last column that can be one', () => {
  const column = (name: string, asTarget = 'regression (numbers)') => ({ name, asTarget });
  expect(proposeTarget([column('species'), column('mass')])).toBe('species');
  expect(proposeTarget([column('a'), column('b'), column('day', 'error: a date cannot be the target')])).toBe('b');
  expect(proposeTarget([column('day', 'error: a date cannot be the target')])).toBeUndefined();
});
