/** The flags of the learning rate's schedule. */
import { fail } from '../../base/errors.ts';
import { optimizers } from '../../net/optimizers.ts';
import { entryName } from '../../net/recipe-json.ts';
import { takesSchedule } from '../../net/schedules.ts';
import { allFlags, scheduleGroup, scheduleNames } from './experiment-flags.ts';
import { type Flag, typed } from './flag.ts';
import { isObject, type Json } from './json.ts';
import { type FlagValues, numberFlag, parseValue } from './values.ts';

/** The options of a schedule; `--schedule` and `--schedule-warmup` themselves have the path of the rate. */
const optionFlags: readonly Flag[] = allFlags.filter(({ group, path }) => group === scheduleGroup && path.length === 4);

/** Throws an InputError if the optimizer takes no schedule. */
function checkTakesSchedule(optimizer: unknown, values: FlagValues): void {
  const entry = optimizers.find((candidate) => entryName(candidate) === optimizer);
  if (entry === undefined || takesSchedule(entry)) return;
  const given = allFlags.find(({ name, group }) => group === scheduleGroup && values[name] !== undefined)!;
  fail({
    what: `${String(optimizer)} searches for the length of each step itself, and takes no schedule`,
    where: typed(given.name),
    fix: 'Leave it out, or choose another optimizer: --optimizer adam.',
  });
}

/** Puts a schedule in the place of the optimizer's rate, or sets options of the schedule that is there. */
export function mergeSchedule(training: Json, values: FlagValues): void {
  const given = optionFlags.filter(({ name }) => values[name] !== undefined);
  const { schedule: name, scheduleWarmup: warmup } = values;
  if (name === undefined && warmup === undefined && given.length === 0) return;
  if (typeof training.optimizer === 'string') training.optimizer = { name: training.optimizer };
  if (!isObject(training.optimizer)) return;
  const { learningRate: old, name: optimizer } = training.optimizer;
  checkTakesSchedule(optimizer, values);
  const before: Json = isObject(old) ? old : { ...(old !== undefined && { learningRate: old }) };
  if (name === undefined && before.name === undefined && given.length > 0) {
    fail({
      what: 'there is no schedule to change',
      where: typed(given[0].name),
      fix: `Add --schedule ${scheduleNames.join('|')}.`,
    });
  }
  const options = Object.fromEntries(given.map((flag) => [flag.path[3], parseValue(flag, values[flag.name])]));
  const kept = name === undefined || name === before.name ? before : { learningRate: before.learningRate };
  const rate: Json = { ...kept, ...(name !== undefined && { name }), ...options };
  if (rate.learningRate === undefined) delete rate.learningRate;
  training.optimizer.learningRate =
    warmup === undefined
      ? rate
      : {
          name: 'warmup',
          epochs: numberFlag(warmup, '--schedule-warmup'),
          ...(rate.name === undefined ? rate : { schedule: rate }),
        };
}
