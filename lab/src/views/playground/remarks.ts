/** Why a network does not learn, in words: what the playground sees in the choices and the curve, besides the library's warnings. */
import { type Config, kindOf } from './config.ts';
import { type Curves, comparable } from './curves.ts';

/** Sets that no straight line divides. */
const crooked: Readonly<Record<string, string>> = {
  xor: 'XOR',
  circles: 'two circles',
  moons: 'two moons',
  spirals: 'two spirals',
};

/** Epochs before a curve says anything. */
const minEpochs = 30;

/** `cause`: the library's explanation of a divergence, which says more than a high loss does. */
export function remarksOn(config: Config, curves: Curves, cause?: string): string[] {
  const high = cause === undefined ? tooFast(comparable(curves)) : `Training diverged. ${cause}`;
  return [high, straightLine(config), scheduleIsOver(config, curves)].filter((text) => text !== undefined);
}

function straightLine(config: Config): string | undefined {
  const { hidden, set } = config;
  if (!hidden.every(({ activation }) => activation === 'linear')) return undefined;
  const why = hidden.length === 0 ? 'Without a hidden layer' : 'With linear hidden units only';
  if (kindOf(config) === 'classes') {
    const name = crooked[set];
    if (name === undefined) return undefined;
    return `${why}, the network can only divide the plane by one straight line, and no straight line separates ${name}. Add a hidden layer with an activation such as tanh.`;
  }
  if (set !== 'sine') return undefined;
  return `${why}, the fitted curve is always a straight line, and a sine is not. Add a hidden layer with an activation such as tanh.`;
}

/** A schedule counts epochs from the start, also if it is chosen later. */
function scheduleIsOver({ schedule }: Config, { rows }: Curves): string | undefined {
  const epochs = schedule?.options.epochs;
  const last = rows.at(-1);
  const isOver = epochs !== undefined && schedule?.name !== 'warmup' && last !== undefined && last.epoch > epochs;
  if (!isOver) return undefined;
  return `The schedule ${schedule?.name} ended at epoch ${epochs}: the learning rate stays at ${short(last.learningRate)}. Give it more epochs, or start again with Reset.`;
}

/** The losses are those of the curve of the training points. */
function tooFast(rows: Curves['rows']): string | undefined {
  if (rows.length < minEpochs) return undefined;
  const [first] = rows;
  const recent = rows.slice(-10);
  const last = recent[recent.length - 1];
  // not of one epoch that happens to be high
  if (!recent.every(({ loss }) => loss > first.loss) || !(last.loss > 1.1 * first.loss)) return undefined;
  return `The loss of the training points is higher than in epoch ${first.epoch} (now ${short(last.loss)}, then ${short(first.loss)}): each step goes too far. The learning rate of ${short(last.learningRate)} is too high. Try one 10 times lower.`;
}

export const short = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(2);
};
