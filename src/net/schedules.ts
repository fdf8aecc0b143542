/**
 * Schedules of the learning rate. Each is a formula of the number of the update, so that every engine computes the rate
 * within its step and the explanation writes it out. Lengths are in epochs, which may be fractions; all but `step` move
 * with every update and take PyTorch 2's values where an epoch begins. `plateau` alone depends on the losses: its
 * formula has a factor, which the trainer lowers between epochs.
 */
import { fail } from '../base/errors.ts';
import {
  type AnyFamily,
  type Family,
  family,
  memberOf,
  type NamedRecipe,
  type NumberOption,
  type OptionSpecs,
  type OptionValues,
  type ResolvedOptions,
} from '../base/options.ts';
import type { Where } from '../base/reference.ts';
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
import { entrySpecs, type RecipeJson, resolveRecipe } from './form.ts';

/** How long training is, as schedules need to know it. */
export interface Span {
  readonly stepsPerEpoch: number;
  /** Of the whole training, where they are given. */
  readonly epochs?: number;
}

/** Where training is: the updates made before this one, how many make an epoch, and how many epochs there will be. */
interface Clock {
  readonly made: Formula;
  readonly perEpoch: number;
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
  /** The rate that it starts from or rises to; left out, the optimizer's default. */
  readonly learningRate?: number;
  /** The rate η of an update, from the base rate. Throws an InputError where it has to know when training ends. */
  rate(base: Formula, clock: Clock): Formula;
  readonly plateau?: Plateau;
}

export type ScheduleFamily = AnyFamily<RateSchedule>;

interface ScheduleEntry<S extends OptionSpecs> {
  readonly options: S;
  readonly rate: (options: ResolvedOptions<S>) => RateSchedule['rate'];
  readonly plateau?: (options: ResolvedOptions<S>) => Plateau;
}

const base = { type: 'number', above: 0, optional: true, note: "the base rate; default the optimizer's" } as const;
const length = (note: string) => ({ type: 'number', above: 0, optional: true, note }) as const;
const whole = length('length in epochs; default the whole training');
const lowest = { type: 'number', default: 0, atLeast: 0, note: 'the minimum rate' } as const;

function schedule<const S extends OptionSpecs>(name: string, entry: ScheduleEntry<S>) {
  const options = { learningRate: base, ...entry.options };
  return family('schedule', name, options, (resolved, values): RateSchedule => {
    return {
      name,
      options: values,
      learningRate: values.learningRate as number | undefined,
      rate: entry.rate(resolved as unknown as ResolvedOptions<S>),
      plateau: entry.plateau?.(resolved as unknown as ResolvedOptions<S>),
    };
  }) as Family<RateSchedule, S & { readonly learningRate: typeof base }>;
}

/** Epochs since the start. */
const epoch = ({ made, perEpoch }: Clock) => (perEpoch === 1 ? made : div(made, perEpoch));

/** The epochs that a schedule takes. Throws an InputError where neither it nor training says. */
function lengthOf(name: string, epochs: number | undefined, clock: Clock): number {
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

/** How much of so many epochs is over, at most 1. */
const done = (epochs: number, clock: Clock) => min(div(epoch(clock), constant(epochs)), 1);

/** Half a cosine, from `from` at 0 to `to` at 1. */
const halfCosine = (from: Operand, to: Operand, at: Operand) => {
  const wave = add(1, cos(mul(constant(Math.PI, 'π'), at)));
  return to === 0 ? mul(div(from, 2), wave) : add(to, mul(div(sub(from, to), 2), wave));
};

const constantRate = schedule('constant', { options: {}, rate: () => (base) => base });

/** η γ^⌊epoch/size⌋. */
const step = schedule('step', {
  options: {
    stepSize: { type: 'number', default: 30, above: 0, note: 'epochs between two changes' },
    gamma: { type: 'number', default: 0.1, above: 0, note: 'factor of the rate at each change' },
  },
  rate:
    ({ stepSize, gamma }) =>
    (base, { made, perEpoch }) =>
      mul(base, pow(constant(gamma, 'γ'), floor(div(made, perEpoch * stepSize)))),
});

/** η γ^epoch. */
const exponential = schedule('exponential', {
  options: { gamma: { type: 'number', default: 0.95, above: 0, note: 'factor of the rate in each epoch' } },
  rate:
    ({ gamma }) =>
    (base, clock) =>
      mul(base, pow(constant(gamma, 'γ'), epoch(clock))),
});

/** Half a cosine from the rate to the lowest. Source: Loshchilov and Hutter (2017), without restarts. */
const cosine = schedule('cosine', {
  options: { epochs: whole, minRate: lowest },
  rate:
    ({ epochs, minRate }) =>
    (base, clock) =>
      halfCosine(base, minRate, done(lengthOf('cosine', epochs, clock), clock)),
});

/** From the rate in a straight line. */
const linear = schedule('linear', {
  options: {
    epochs: whole,
    endFactor: { type: 'number', default: 0, atLeast: 0, note: 'share of the rate at the end' },
  },
  rate:
    ({ epochs, endFactor }) =>
    (base, clock) =>
      mul(base, sub(1, mul(1 - endFactor, done(lengthOf('linear', epochs, clock), clock)))),
});

/**
 * Up and down in two half cosines, counted in updates; the momentum stays as it is. The rate given is the highest.
 * Source: Smith and Topin (2018), in PyTorch's form.
 */
const oneCycle = schedule('oneCycle', {
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
      const { made, perEpoch } = clock;
      const last = Math.max(lengthOf('oneCycle', epochs, clock) * perEpoch - 1, 1);
      const top = Math.max(pctStart * (last + 1) - 1, 0);
      const first = div(base, divFactor);
      const fall = halfCosine(base, div(first, finalDivFactor), min(div(sub(made, top), last - top), 1));
      return top === 0 ? fall : where(sub(made, top), fall, halfCosine(first, base, div(made, top)));
    },
});

/**
 * The rate times a factor, which falls when the loss (that of validation, where there is one) has not become better by
 * `threshold`, relative to the best, for more than `patience` epochs.
 */
const plateau = schedule('plateau', {
  options: {
    factor: { type: 'number', default: 0.1, above: 0, below: 1, note: 'factor of the rate when it is lowered' },
    patience: {
      type: 'number',
      default: 10,
      atLeast: 0,
      note: 'epochs without improvement before the rate is lowered',
    },
    threshold: { type: 'number', default: 1e-4, atLeast: 0, note: 'what counts as improvement, relative to the best' },
    cooldown: { type: 'number', default: 0, atLeast: 0, note: 'epochs to wait after the rate was lowered' },
    minRate: lowest,
  },
  rate: () => (base) => base,
  plateau: (options) => options,
});

const inner: NumberOption & { readonly or: ReturnType<typeof alternative> } = {
  type: 'number',
  above: 0,
  optional: true,
  note: 'the schedule that follows',
  // warmup itself is not among them
  or: alternative(() => [constantRate, step, exponential, cosine, linear, oneCycle, plateau]),
};

/** Rises in a straight line for some epochs, every update by as much, to where another schedule then starts. */
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
      rate(base, { made, perEpoch, epochs: all }) {
        const rise = (epochs as number) * perEpoch;
        const rest = all === undefined ? undefined : Math.max(all - (epochs as number), 1 / perEpoch);
        const start = after.rate(base, { made: constant(0), perEpoch, epochs: rest });
        const later = after.rate(base, { made: sub(made, rise), perEpoch, epochs: rest });
        return where(sub(rise, made), mul(start, min(div(add(made, 1), rise), 1)), later);
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

/** Schedules as what may stand in a rate's place. */
export function alternative(families: () => readonly ScheduleFamily[]) {
  return {
    get families() {
      return families();
    },
    resolve(value: unknown, where: Where): RateSchedule {
      if (typeof value === 'function' || (typeof value === 'object' && value !== null && 'rate' in value)) {
        return memberOf(value as RateSchedule | ScheduleFamily);
      }
      if (typeof value === 'string' || (typeof value === 'object' && value !== null && 'name' in value)) {
        return resolveRecipe('schedule', families(), value as RecipeJson, where);
      }
      return fail({
        what: `${JSON.stringify(value)} is neither a rate nor a schedule`,
        where,
        fix: 'Give a number, or a schedule such as { "name": "cosine" }.',
      });
    },
  };
}

/** A schedule as it stands in the experiment file. */
export function writtenSchedule(schedule: RateSchedule) {
  return { name: schedule.name, ...schedule.options };
}

/** What an optimizer's rate is made of. */
export interface Rate {
  readonly learningRate: number;
  readonly schedule?: RateSchedule;
}

/** The rate of update `count`, from 1; `scale` is the factor of a plateau. */
export function rateFormula({ learningRate, schedule }: Rate, span: Span, count: Formula, scale?: Formula): Formula {
  const start = constant(learningRate, 'η0');
  if (schedule === undefined) return start;
  const clock = { made: sub(count, 1), perEpoch: span.stepsPerEpoch, epochs: span.epochs };
  const rate = schedule.rate(start, clock);
  return scale === undefined ? rate : mul(scale, rate);
}

/** Whether an optimizer takes a schedule as its learning rate. One that takes none searches for the length of each step. */
export function takesSchedule(optimizer: NamedRecipe): boolean {
  const rate = entrySpecs(optimizer).learningRate;
  return rate?.type === 'number' && rate.or !== undefined;
}

/** Throws an InputError where a schedule does not know all that it has to. */
export function checkSchedule(rate: Rate, span: Span): void {
  rateFormula(rate, span, argument(0));
}

/** The rate of updates, as a function of their number. */
export function rateOf(rate: Rate, span: Span): (count: number, scale: number) => number {
  const formula = rateFormula(rate, span, argument(0), argument(1));
  return (count, scale) => evaluate(formula, [count, scale]);
}
