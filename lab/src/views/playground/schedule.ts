/** Learning-rate schedules: those of the library with their options, read from a link, and the rates that one plans. */
import { formula, type RateSchedule, schedules } from 'chainrule';
import { scalarOf } from '../../training/forward.ts';

/** A schedule by name, with its options; undefined: a constant rate. */
export interface ScheduleChoice {
  readonly name: string;
  readonly options: Readonly<Record<string, number>>;
}

/** An option that is a number. */
export interface ScheduleField {
  readonly name: string;
  readonly note: string;
  readonly start: number;
  /** Whether the library has a value for a file without it. */
  readonly hasDefault: boolean;
  readonly isAllowed: (value: number) => boolean;
}

interface NumberSpec {
  readonly type: string;
  readonly default?: number;
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  readonly note: string;
}
interface Family {
  (options: Readonly<Record<string, unknown>>): RateSchedule;
  readonly specs: Readonly<Record<string, NumberSpec>>;
}
const families = schedules as unknown as Readonly<Record<string, Family>>;

/** Of a length that the library takes from the whole training: the playground trains without an end. */
const length = 200;

export const scheduleNames: readonly string[] = Object.keys(families).filter((name) => name !== 'constant');

/** The fields of a schedule, apart from the base rate. The schedule that follows a warmup is the constant rate. */
export function fieldsOf(name: string): readonly ScheduleField[] {
  return Object.entries(families[name].specs)
    .filter(([option, { type }]) => type === 'number' && option !== 'learningRate' && option !== 'schedule')
    .map(([option, spec]) => ({
      name: option,
      note: spec.note.replace(/; default.*$/, ''),
      start: spec.default ?? length,
      hasDefault: spec.default !== undefined,
      isAllowed: (value) =>
        Number.isFinite(value) &&
        value <= 1e6 &&
        value > (spec.above ?? Number.NEGATIVE_INFINITY) &&
        value >= (spec.atLeast ?? Number.NEGATIVE_INFINITY) &&
        value < (spec.below ?? Number.POSITIVE_INFINITY) &&
        value <= (spec.atMost ?? Number.POSITIVE_INFINITY),
    }));
}

/** A schedule with the options that it starts with. */
export const freshSchedule = (name: string): ScheduleChoice | undefined =>
  scheduleNames.includes(name)
    ? { name, options: Object.fromEntries(fieldsOf(name).map(({ name, start }) => [name, start])) }
    : undefined;

/** A schedule from a link: options that are missing or wrong have the values that the schedule starts with. */
export function readSchedule(value: unknown): ScheduleChoice | undefined {
  const { name, options } = Object(value) as { readonly name?: unknown; readonly options?: unknown };
  const fresh = typeof name === 'string' ? freshSchedule(name) : undefined;
  if (fresh === undefined) return undefined;
  const given = Object(options) as Readonly<Record<string, unknown>>;
  return {
    name: fresh.name,
    options: Object.fromEntries(
      fieldsOf(fresh.name).map(({ name, start, isAllowed }) => {
        const own = Object.hasOwn(given, name) ? given[name] : undefined;
        return [name, typeof own === 'number' && isAllowed(own) ? own : start];
      }),
    ),
  };
}

/** The learning rate as an experiment file writes it. */
export const rateJson = (learningRate: number, schedule: ScheduleChoice | undefined) =>
  schedule === undefined ? learningRate : { name: schedule.name, learningRate, ...schedule.options };

/** The way back; undefined for a rate that the playground does not have. */
export function readRateJson(
  json: unknown,
): { readonly learningRate: number; readonly schedule?: ScheduleChoice } | undefined {
  if (typeof json === 'number') return { learningRate: json };
  const { name, learningRate, ...options } = Object(json) as Record<string, unknown>;
  if (typeof learningRate !== 'number') return undefined;
  const schedule = readSchedule({ name, options });
  if (schedule === undefined) return undefined;
  // an option without a default depends on the length of the training, which the playground does not have
  const isComplete = fieldsOf(schedule.name).every(
    ({ name, hasDefault }) => hasDefault || Object.hasOwn(options, name),
  );
  const isOurs = Object.entries(options).every(([name, value]) => schedule.options[name] === value);
  return isComplete && isOurs ? { learningRate, schedule } : undefined;
}

/** Epochs over which a schedule is drawn: its length, or enough to see its shape. */
export function drawnEpochs({ options }: ScheduleChoice): number {
  return Math.ceil(options.epochs === undefined ? Math.max(length, 4 * (options.stepSize ?? 0)) : 1.1 * options.epochs);
}

/**
 * The rates that a schedule plans: an epoch and its last update's rate in turn, from epoch 1 to `epochs`. A plateau depends on the
 * losses: its plan is the base rate.
 */
export function plannedRates(
  learningRate: number,
  { name, options }: ScheduleChoice,
  { stepsPerEpoch, epochs }: { readonly stepsPerEpoch: number; readonly epochs: number },
): number[] {
  const base = formula.constant(learningRate);
  const rate = families[name](options).rate(base, { steps: formula.argument(0), stepsPerEpoch });
  const at = scalarOf(rate);
  const count = Math.min(epochs, 400);
  return Array.from({ length: count }, (_, i) => Math.max(1, Math.round(((i + 1) * epochs) / count))).flatMap(
    (epoch) => [epoch, at(epoch * stepsPerEpoch - 1)],
  );
}
