/**
 * Worked examples with one wrong sign: in the update of one weight, in one number that is written down or read, or in one
 * printed number. It is the commonest error of a calculation by hand.
 */
import { type Calculation, gradientOf, type HandExample, type Reading } from './hand-calculation.ts';
import { type Context, drawTimes, drawWith, isGiven, type Plan, type Planted, some } from './planted.ts';

export const wrongSigns = ['update', 'updateOnPaper', 'written', 'read', 'printed', 'direction'] as const;
export type WrongSign = (typeof wrongSigns)[number];

/** A wrong sign is named by a slip or a convention about a sign. */
const isNamed: Plan['isNamed'] = (rows) => some(rows, ({ kind }) => kind === 'sign');

const updatedWeights = (right: Calculation, time: number) =>
  [...right.numbers[time].keys()].filter(
    (address) =>
      /^layers\.\d+\.(weight|bias)/.test(address) &&
      right.numbers[time].get(address) !== right.numbers[time - 1].get(address),
  );

/** One weight or bias moves uphill: in the calculation that follows too, or only on the paper. */
function planUpdate({ draws, example, right }: Context, isCarried: boolean): Plan | undefined {
  const after = draws.integer(1, example.updates);
  const weights = updatedWeights(right, after);
  if (weights.length === 0) return undefined;
  const weight = draws.pick(weights);
  const gradient = gradientOf(weight);
  const isHere = ({ what, where, time }: Reading) => what === gradient && where === weight && time === after - 1;
  return {
    hand: isCarried ? { read: (reading) => (isHere(reading) ? -reading.value : reading.value) } : {},
    ...(!isCarried && {
      misprint: (what, time, value) =>
        what === weight && time === after ? 2 * right.numbers[after - 1].get(weight)! - value : value,
    }),
    description: `the gradient is added to ${weight} at update ${after}${isCarried ? '' : ', on paper only'}`,
    isNamed,
  };
}

const computed = ({ example, right }: Context, time: number) =>
  [...right.numbers[time]].filter(([address, value]) => value !== 0 && isComputed(address, time, example));

const isComputed = (address: string, time: number, example: HandExample) =>
  !isGiven(address, example) && (time > 0 || !/^layers\.\d+\.(weight|bias)/.test(address));

/** A number is written down with the opposite sign, and used so. */
function planWritten(context: Context): Plan | undefined {
  const { draws, example } = context;
  const [chosen] = draws.pick(computed(context, draws.integer(0, example.updates - 1)));
  const { isAt, text } = drawTimes(context, draws.integer(0, example.updates - 1));
  return {
    hand: { write: (what, t, value) => (what === chosen && isAt(t) ? -value : value) },
    description: `${chosen} is written down with the opposite sign, ${text}`,
    isNamed,
  };
}

/** A number is read with the opposite sign in one computation. */
function planRead({ draws, right }: Context): Plan | undefined {
  const { what, where, time, value } = draws.pick(right.readings);
  if (value === 0) return undefined;
  return {
    hand: {
      read: (other) =>
        other.what === what && other.where === where && other.time === time ? -other.value : other.value,
    },
    description: `${what} has the opposite sign in ${where} after ${time} updates`,
    isNamed,
  };
}

/** A number is printed with the opposite sign, and used correctly. */
function planPrinted(context: Context): Plan | undefined {
  const { draws, example } = context;
  const time = draws.integer(0, example.updates - 1);
  const [chosen] = draws.pick(computed(context, time));
  return {
    hand: {},
    misprint: (what, after, value) => (what === chosen && after === time ? -value : value),
    description: `${chosen} after ${time} updates is printed with the opposite sign`,
    isNamed,
  };
}

/** Every update adds the gradient. */
function planDirection(): Plan {
  return {
    hand: { read: ({ what, where, value }) => (what === gradientOf(where) ? -value : value) },
    description: 'every update adds the gradient',
    isNamed,
  };
}

const plans: Readonly<Record<WrongSign, (context: Context) => Plan | undefined>> = {
  update: (context) => planUpdate(context, true),
  updateOnPaper: (context) => planUpdate(context, false),
  written: planWritten,
  read: planRead,
  printed: planPrinted,
  direction: planDirection,
};

/** The example number `index` of a seed, with one wrong sign; the kinds alternate. */
export function drawWrongSign(seed: number, index: number): Planted & { readonly kind: WrongSign } {
  const kind = wrongSigns[index % wrongSigns.length];
  // the sequences of the other studies end below
  return { ...drawWith(seed, 3_000_000 + index, kind, plans[kind]), kind };
}
