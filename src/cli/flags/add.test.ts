import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addExperimentFlags, addFlags } from './add.ts';
import type { Flag } from './flag.ts';
import { addMarkFlags, marksFrom } from './mark-flags.ts';
import { dataOptions, withTrainingFlags } from './merge.ts';

const parse = (command: Command, ...words: string[]) => command.parse(words, { from: 'user' }).opts();

test('a list flag that is repeated adds to its list', () => {
  const values = parse(
    addExperimentFlags(new Command()),
    ...['--missing', 'n.d.', '--missing', '9999', '--features', '"size, cm"', '--features', 'age,sex'],
    ...['--class-weights', 'yes=3', '--class-weights', 'no=1'],
  );
  expect(dataOptions(values)).toMatchObject({ missing: ['n.d.', '9999'], features: ['size, cm', 'age', 'sex'] });
  expect(withTrainingFlags({ training: {} }, values)).toEqual({ training: { classWeights: { yes: 3, no: 1 } } });
});

test('so do the marks of commands without an experiment', () => {
  const values = parse(addMarkFlags(new Command(), 'NA'), '--missing', 'a', '--missing', 'b,c', '--not-missing', 'NA');
  expect(marksFrom(values)).toEqual({ missing: ['a', 'b', 'c'], notMissing: ['NA'] });
});

test('of any other flag, the last value counts', () => {
  const flags: readonly Flag[] = [{ name: 'batchSize', kind: 'size', group: '', description: '', path: [] }];
  expect(parse(addFlags(new Command(), flags), '--batch-size', '8', '--batch-size', '16')).toEqual({ batchSize: '16' });
});
