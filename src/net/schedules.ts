/**
 * Schedules of the learning rate. Each is a formula of the number of the update, so that every engine computes the rate
 * within its step and the explanation writes it out. Lengths are in epochs, which may be fractions; all but `step` move
 * with every update and take PyTorch 2's values where an epoch begins. `plateau` alone depends on the losses: its
 * formula has a factor, which the trainer lowers between epochs.
 */
import { aFunction, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import {
  type AnyFamily,
  checkOwnName,
  type Family,
  family,
  memberOf,
  type NamedRecipe,
  type NumberOption,
  type OptionSpecs,
  type OptionValues,
  type ResolvedOptions,
  recipeKindOf,
  someSpecs,
} from '../base/options.ts';
import type { Where } from '../base/reference.ts';
import { show } from '../base/show.ts';
import {
  add,
  argument,
  constant,
  cos,
  div,
  evaluate,
  type Formula,
  floor,
  min,
  mul,
  type Operand,
  pow,
  sub,
  where,
} from '../core/formula.ts';
import { entrySpecs, type RecipeJson, resolveRecipe } from './recipe-json.ts';

/** The length of training, which some schedules need. */
export interface Span {
  readonly stepsPerEpoch: number;
  /** The number of epochs of the whole training, if the stop rule gives it. */
  readonly epochs?: number;
  /** Updates before this training's epochs, less the steps that as many of its own epochs have: of one that continues another. */
  readonly offset?: number;
}

/** The position of training. */
export interface ScheduleClock {
  /** The number of steps before this one. */
  readonly steps: Formula;
  readonly stepsPerEpoch: number;
  /** Epochs of the whole training, if the stop rule gives them. */
  readonly epochs?: number;
}

/** When `plateau` lowers the rate. */
export interface Plateau {
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly cooldown: number;
  readonly minRate: number;
}

export interface RateSchedule {
  readonly name: string;
  readonly options: OptionValues;
  /** The base rate. Default: the optimizer's. */
  readonly learningRate?: number;
  /** The rate η of a step, from the base rate. Throws an InputError if it needs the number of epochs and does not get it. */
  rate(base: Formula, clock: ScheduleClock): Formula;
  readonly plateau?: Plateau;
}

export type ScheduleFamily = AnyFamily<RateSchedule>;

/** A schedule, as its author writes it. */
export interface ScheduleEntry<S extends OptionSpecs> {
  /** Options beside `learningRate`, the base rate, which every schedule has. Default: none. */
  readonly options?: S;
  /** The rate of a step as a formula, from the base rate and where training is. */
  readonly rate: (options: ResolvedOptions<S>) => RateSchedule['rate'];
  /** If the rate depends on the losses: when training lowers the factor that multiplies it. */
  readonly plateau?: (options: ResolvedOptions<S>) => Plateau;
}

const base = { type: 'number', above: 0, optional: true, note: "the base rate; default the optimizer's" } as const;
const length = (note: string) => ({ type: 'number', above: 0, optional: true, note }) as const;
const whole = length('length in epochs; default the whole training');
const minimumRate = { type: 'number', default: 0, atLeast: 0, note: 'the minimum rate' } as const;

function builtIn<const S extends OptionSpecs>(name: string, entry: ScheduleEntry<S>): ScheduleFamilyOf<S> {
  const options = { learningRate: base, ...entry.options };
  return family('schedule', name, options, (resolved, values): RateSchedule => {
    return {
      name,
      options: values,
      learningRate: values.learningRate as number | undefined,
      rate: entry.rate(resolved as unknown as ResolvedOptions<S>),
      plateau: entry.plateau?.(resolved as unknown as ResolvedOptions<S>),
    };
  }) as unknown as ScheduleFamilyOf<S>;
}

/** A family of schedules with these options, and the base rate. */
export type ScheduleFamilyOf<S extends OptionSpecs> = Family<RateSchedule, S & { readonly learningRate: typeof base }>;

/** Epochs since the start. */
const epoch = ({ steps, stepsPerEpoch }: ScheduleClock) => (stepsPerEpoch === 1 ? steps : div(steps, stepsPerEpoch));

/** The length of a schedule in epochs. Throws an InputError if neither the schedule nor training gives it. */
function lengthOf(name: string, epochs: number | undefined, clock: ScheduleClock): number {
  return (
    epochs ??
    clock.epochs ??
    fail({
      what: `${name} needs the number of epochs`,
      where: ['training', 'optimizer', 'learningRate'],
      fix: 'Add "epochs" to the schedule, or to training.stop.',
    })
  );
}

/** The share of these epochs that is over, at most 1. */
const done = (epochs: number, clock: ScheduleClock) => min(div(epoch(clock), constant(epochs)), 1);

/** Half a cosine, from `from` at 0 to `to` at 1. */
const halfCosine = (from: Operand, to: Operand, at: Operand) => {
  const wave = add(1, cos(mul(constant(Math.PI, 'π'), at)));
  return to === 0 ? mul(div(from, 2), wave) : add(to, mul(div(sub(from, to), 2), wave));
};

const constantRate = builtIn('constant', { options: {}, rate: () => (base) => base });

/** η γ^⌊epoch/size⌋. */
const step = builtIn('step', {
  options: {
    stepSize: { type: 'number', default: 30, above: 0, note: 'epochs between two changes' },
    gamma: { type: 'number', default: 0.1, above: 0, note: 'factor that multiplies the rate at each change' },
  },
  rate:
    ({ stepSize, gamma }) =>
    (base, { steps, stepsPerEpoch }) =>
      mul(base, pow(constant(gamma, 'γ'), floor(div(steps, stepsPerEpoch * stepSize)))),
});

/** η γ^epoch. */
const exponential = builtIn('exponential', {
  options: {
    gamma: { type: 'number', default: 0.95, above: 0, note: 'factor that multiplies the rate in each epoch' },
  },
  rate:
    ({ gamma }) =>
    (base, clock) =>
      mul(base, pow(constant(gamma, 'γ'), epoch(clock))),
});

/** Half a cosine from the rate to the minimum. Source: Loshchilov and Hutter (2017), without restarts. */
const cosine = builtIn('cosine', {
  options: { epochs: whole, minRate: minimumRate },
  rate:
    ({ epochs, minRate }) =>
    (base, clock) =>
      halfCosine(base, minRate, done(lengthOf('cosine', epochs, clock), clock)),
});

/** Changes linearly from the rate to a share of it. */
const linear = builtIn('linear', {
  options: {
    epochs: whole,
    endFactor: { type: 'number', default: 0, atLeast: 0, note: 'final rate divided by the base rate' },
  },
  rate:
    ({ epochs, endFactor }) =>
    (base, clock) =>
      mul(base, sub(1, mul(1 - endFactor, done(lengthOf('linear', epochs, clock), clock)))),
});

/**
 * Up and down in two half cosines, counted in updates; the momentum does not change. The given rate is the maximum.
 * Source: Smith and Topin (2018), in PyTorch's form.
 */
const oneCycle = builtIn('oneCycle', {
  options: {
    epochs: whole,
    pctStart: {
      type: 'number',
      default: 0.3,
      atLeast: 0,
      below: 1,
      note: 'share of the updates in which the rate rises',
    },
    divFactor: { type: 'number', default: 25, above: 0, note: 'maximum rate divided by the first rate' },
    finalDivFactor: { type: 'number', default: 1e4, above: 0, note: 'first rate divided by the last rate' },
  },
  rate:
    ({ epochs, pctStart, divFactor, finalDivFactor }) =>
    (base, clock) => {
      const { steps, stepsPerEpoch } = clock;
      const last = Math.max(lengthOf('oneCycle', epochs, clock) * stepsPerEpoch - 1, 1);
      const top = Math.max(pctStart * (last + 1) - 1, 0);
      const first = div(base, divFactor);
      const fall = halfCosine(base, div(first, finalDivFactor), min(div(sub(steps, top), last - top), 1));
      return top === 0 ? fall : where(sub(steps, top), fall, halfCosine(first, base, div(steps, top)));
    },
});

/**
 * The rate times a factor, which is lowered when the loss (of the validation split, if there is one) has not improved by
 * `threshold`, relative to the best, for more than `patience` epochs.
 */
const plateau = builtIn('plateau', {
  options: {
    factor: {
      type: 'number',
      default: 0.1,
      above: 0,
      below: 1,
      note: 'factor that multiplies the rate when it is lowered',
    },
    patience: {
      type: 'number',
      default: 10,
      atLeast: 0,
      note: 'epochs without improvement before the rate is lowered',
    },
    threshold: {
      type: 'number',
      default: 1e-4,
      atLeast: 0,
      note: 'minimum change that counts as an improvement, relative to the best value',
    },
    cooldown: { type: 'number', default: 0, atLeast: 0, note: 'epochs to wait after the rate was lowered' },
    minRate: minimumRate,
  },
  rate: () => (base) => base,
  plateau: (options) => options,
});

const inner: NumberOption & { readonly or: ReturnType<typeof alternative> } = {
  type: 'number',
  above: 0,
  optional: true,
  note: 'the schedule that follows',
  // A warmup is not followed by another one.
  or: alternative(() => [constantRate, step, exponential, cosine, linear, oneCycle, plateau]),
};

/** Rises linearly, by the same amount in each step, for some epochs; then another schedule begins at its first rate. */
const warmup = family(
  'schedule',
  'warmup',
  {
    learningRate: base,
    epochs: { type: 'number', default: 5, above: 0, note: 'epochs in which the rate rises' },
    schedule: inner,
  },
  (_options, { learningRate, epochs, schedule }): RateSchedule => {
    const given = schedule as unknown as number | RateSchedule | undefined;
    const after = typeof given === 'object' ? given : constantRate(given === undefined ? {} : { learningRate: given });
    return {
      name: 'warmup',
      options: {
        ...(learningRate !== undefined && { learningRate }),
        epochs,
        ...(typeof given === 'object'
          ? { schedule: writtenSchedule(given) }
          : given !== undefined && { schedule: given }),
      },
      learningRate: (learningRate as number | undefined) ?? after.learningRate,
      plateau: after.plateau,
      rate(base, { steps, stepsPerEpoch, epochs: all }) {
        const rise = (epochs as number) * stepsPerEpoch;
        const rest = all === undefined ? undefined : Math.max(all - (epochs as number), 1 / stepsPerEpoch);
        const start = after.rate(base, { steps: constant(0), stepsPerEpoch, epochs: rest });
        const later = after.rate(base, { steps: sub(steps, rise), stepsPerEpoch, epochs: rest });
        return where(sub(rise, steps), mul(start, min(div(add(steps, 1), rise), 1)), later);
      },
    };
  },
);

/** By name: `linear` and `constant` are names of other recipes too. */
export const schedules = {
  constant: constantRate,
  step,
  exponential,
  cosine,
  oneCycle,
  linear,
  warmup,
  plateau,
} as const;

export const builtInSchedules: readonly ScheduleFamily[] = Object.values(schedules);

const aScheduleEntry = record({ rate: aFunction, options: optional(someSpecs), plateau: optional(aFunction) });

/**
 * A schedule of a user's own: `mySchedule(options)` is passed as the `learningRate` of an optimizer.
 * Throws an InputError if a built-in schedule has the name.
 *
 * @example schedule('inverse', { rate: () => (rate, { steps }) => formula.div(rate, formula.add(1, steps)) }).family  // 'inverse'
 */
export function schedule<const S extends OptionSpecs = Record<never, never>>(
  name: string,
  entry: ScheduleEntry<S>,
): ScheduleFamilyOf<S> {
  checkOwnName('schedule', name, builtInSchedules);
  aScheduleEntry(entry, `schedule "${name}"`);
  return builtIn(name, entry);
}

/** The schedules that an option accepts instead of a number. */
export function alternative(families: () => readonly ScheduleFamily[]) {
  return {
    get families() {
      return families();
    },
    resolve(value: unknown, where: Where, own: readonly (RateSchedule | ScheduleFamily)[] = []): RateSchedule {
      if (recipeKindOf(value) === 'schedule') {
        return memberOf<RateSchedule>('schedule', value as RateSchedule | ScheduleFamily, builtInSchedules);
      }
      if (typeof value === 'string' || (typeof value === 'object' && value !== null && 'name' in value)) {
        return resolveRecipe('schedule', [...families(), ...own], value as RecipeJson, where, own);
      }
      return fail({
        what: `${show(value)} is neither a rate nor a schedule`,
        where,
        fix: 'Give a number, or a schedule such as schedules.cosine().',
      });
    },
  };
}

/** A schedule as files write it. */
export function writtenSchedule(schedule: RateSchedule) {
  return { name: schedule.name, ...schedule.options };
}

/** The learning rate of an optimizer: a number, and the schedule that changes it. */
export interface Rate {
  readonly learningRate: number;
  readonly schedule?: RateSchedule;
}

/** The rate of update `count`, from 1; `scale` is the factor of a plateau. */
export function rateFormula({ learningRate, schedule }: Rate, span: Span, count: Formula, scale?: Formula): Formula {
  const start = constant(learningRate, 'η0');
  if (schedule === undefined) return start;
  const clock = { steps: sub(count, 1 + (span.offset ?? 0)), stepsPerEpoch: span.stepsPerEpoch, epochs: span.epochs };
  const rate = schedule.rate(start, clock);
  return scale === undefined ? rate : mul(scale, rate);
}

/** Whether an optimizer takes a schedule as its learning rate. One that takes none searches for the length of each step. */
export function takesSchedule(optimizer: NamedRecipe): boolean {
  const rate = entrySpecs(optimizer).learningRate;
  return rate?.type === 'number' && rate.or !== undefined;
}

/** Throws an InputError if a schedule needs a number of epochs that is not given. */
export function checkSchedule(rate: Rate, span: Span): void {
  rateFormula(rate, span, argument(0));
}

/** The rate of an update as a function of its number. */
export function rateOf(rate: Rate, span: Span): (count: number, scale: number) => number {
  const formula = rateFormula(rate, span, argument(0), argument(1));
  return (count, scale) => evaluate(formula, [count, scale]);
}
