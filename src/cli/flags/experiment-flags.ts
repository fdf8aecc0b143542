/**
 * The flags of an experiment. They follow from the schema of the experiment file and from the options that recipes declare: a
 * new option there is a new flag here.
 */

import { experimentJsonSchema } from '../../net/json-schema.ts';
import { losses } from '../../net/losses.ts';
import { names } from '../../net/names.ts';
import { optimizers } from '../../net/optimizers.ts';
import { schedules } from '../../net/schedules.ts';
import { type Flag, flagsOf, recipeFlags, type Schema } from './flag.ts';

// warmup contains another schedule, and has a flag of its own
const { warmup: _warmup, ...shapes } = schedules;
export const scheduleNames: readonly string[] = Object.keys(shapes);
export const scheduleGroup = 'Schedule of the learning rate:';
const ratePath = ['training', 'optimizer', 'learningRate'];

/** The flags of the options in `training`. */
const trainingFlagsOf = (training: Schema): readonly Flag[] => [
  { name: 'loss', group: 'Training:', description: names.losses.join(', '), path: ['training', 'loss'], kind: 'text' },
  ...recipeFlags(['training', 'loss'], losses, 'Training:'),
  ...flagsOf(training, 'Training:', ['training']),
  {
    name: 'optimizer',
    group: 'Optimizer:',
    description: names.optimizers.join(', '),
    path: ['training', 'optimizer'],
    kind: 'text',
  },
  ...recipeFlags(['training', 'optimizer'], optimizers, 'Optimizer:'),
  {
    name: 'schedule',
    group: scheduleGroup,
    description: scheduleNames.join(', '),
    path: ratePath,
    kind: 'text',
  },
  {
    name: 'scheduleWarmup',
    group: scheduleGroup,
    description: 'epochs of linear warmup before the schedule',
    path: ratePath,
    kind: 'number',
  },
  ...recipeFlags(
    ratePath,
    Object.values(shapes),
    scheduleGroup,
    (name) => `schedule${name[0].toUpperCase()}${name.slice(1)}`,
  ).filter(({ name }) => name !== 'scheduleLearningRate'),
  // the loss to stop at must not be confused with the loss to minimize
  ...flagsOf(training.properties!.stop, 'Stop:', ['training', 'stop'], { loss: 'stopLoss' }),
];

/** The flags that shape the network of a table. An experiment file defines its layers. */
export const networkFlags: readonly Flag[] = [
  {
    name: 'hidden',
    group: 'Network:',
    description: "units of each hidden layer of a table's network: 64,32; default 32",
    path: [],
    kind: 'list',
  },
  {
    name: 'activation',
    group: 'Network:',
    description: `activation of a table's hidden layers; default relu: ${names.activations.join(', ')}`,
    path: [],
    kind: 'text',
  },
];

/** The flags of an experiment file with this schema, in the order of the help. */
export function flagsOfSchema(schema: Schema): readonly Flag[] {
  const { data, training, seed } = schema.properties!;
  const table = data.anyOf!.find(({ properties }) => properties?.file !== undefined)!;
  // the file is an argument, not a flag
  const dataFlags = flagsOf(table, 'Data:', ['data']).filter(({ name }) => name !== 'file');
  return [
    ...dataFlags,
    ...flagsOf(table.properties!.split, 'Data:', ['data', 'split']),
    ...networkFlags,
    ...trainingFlagsOf(training),
    ...flagsOf({ properties: { seed } }, 'Training:', []),
  ];
}

export const allFlags: readonly Flag[] = flagsOfSchema(experimentJsonSchema() as Schema);
