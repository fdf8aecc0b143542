/** Why a network does not learn, in words: what the playground sees in the choices and the curve, besides the library's warnings. */
import { type Config, kindOf } from './config.ts';
import type { Curves } from './curves.ts';

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
export function remarksOn(config: Config, { rows }: Curves, cause?: string): string[] {
  const high = cause === undefined ? tooFast(config, rows) : `Training diverged. ${cause}`;
  return [high, straightLine(config)].filter((text) => text !== undefined);
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

function tooFast({ learningRate }: Config, rows: Curves['rows']): string | undefined {
  if (rows.length < minEpochs) return undefined;
  const first = rows[0].loss;
  const recent = rows.slice(-10);
  const mean = recent.reduce((sum, { loss }) => sum + loss, 0) / recent.length;
  if (!(mean > 1.1 * first)) return undefined;
  return `The loss is higher than at the start (${short(mean)}, from ${short(first)}): each step goes too far. The learning rate of ${learningRate} is too high. Try one 10 times lower.`;
}

export const short = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(2);
};
