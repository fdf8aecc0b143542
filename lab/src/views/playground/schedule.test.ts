import { experiment, train } from 'chainrule';
import { expect, test } from 'vitest';
import { type Config, defaultConfig, readConfig } from './config.ts';
import { experimentOf, fromExperiment } from './experiment.ts';
import { fieldsOf, freshSchedule, plannedRates, readSchedule, scheduleNames } from './schedule.ts';

const withSchedule = (part: Partial<Config>): Config => ({ ...defaultConfig, set: 'line', count: 40, ...part });

test('every schedule of the library can be chosen, and the drawn plan is the rate of each epoch of the training, to the bit', async () => {
  expect(scheduleNames).toEqual(['step', 'exponential', 'cosine', 'oneCycle', 'linear', 'warmup', 'plateau']);
  for (const name of scheduleNames) {
    const schedule = freshSchedule(name)!;
    const quick = { ...schedule, options: { ...schedule.options, ...('epochs' in schedule.options && { epochs: 8 }) } };
    const json = experimentOf(withSchedule({ schedule: quick }))!;
    const { history } = await train(experiment({ ...json, training: { ...json.training!, stop: { epochs: 10 } } }));
    const planned = plannedRates(0.1, quick, { stepsPerEpoch: history[0].step, epochs: 10 });
    expect(planned, name).toEqual(history.flatMap(({ epoch, learningRate }) => [epoch, learningRate]));
  }
});

test('a schedule goes into the experiment file and comes back, and so it does in a link', () => {
  for (const name of scheduleNames) {
    const before = withSchedule({ schedule: freshSchedule(name)!, learningRate: 0.3 });
    const json = JSON.parse(JSON.stringify(experimentOf(before)));
    expect(fromExperiment(json)?.config).toMatchObject({ schedule: before.schedule, learningRate: 0.3 });
    expect(readConfig(JSON.parse(JSON.stringify(before)))).toEqual(before);
  }
  const json = experimentOf(withSchedule({}))!;
  const other = { name: 'warmup', learningRate: 0.1, epochs: 5, schedule: { name: 'cosine', epochs: 9 } };
  const training = { ...json.training!, optimizer: { name: 'sgd', learningRate: other } };
  expect(fromExperiment({ ...json, training } as never)).toBeUndefined();
});

test('a schedule of a link with wrong options has those that it starts with', () => {
  expect(readSchedule({ name: 'constructor', options: {} })).toBeUndefined();
  expect(readSchedule('cosine')).toBeUndefined();
  const found = readSchedule({ name: 'plateau', options: { factor: 2, patience: -1, threshold: 'a', __proto__: 3 } });
  expect(found).toEqual(freshSchedule('plateau'));
  expect(readSchedule({ name: 'step', options: { stepSize: 7, gamma: 1e9 } })?.options).toEqual({
    stepSize: 7,
    gamma: 0.1,
  });
  expect(fieldsOf('cosine').map(({ name, start }) => [name, start])).toEqual([
    ['epochs', 200],
    ['minRate', 0],
  ]);
});
