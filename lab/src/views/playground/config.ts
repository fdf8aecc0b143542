/** What a person can choose in the playground, with defaults, and read from a link. */
import { type Activation, activations } from 'chainrule';
import { dataSetNamed, type Kind, type Point, short } from './data-sets.ts';
import { readSchedule, type ScheduleChoice } from './schedule.ts';

export interface HiddenLayer {
  readonly units: number;
  readonly activation: string;
}

export interface Config {
  /** The name of a built-in set. */
  readonly set: string;
  /** Of the set 'empty', which has no kind of its own. */
  readonly kind: Kind;
  readonly count: number;
  readonly noise: number;
  /** Points that the person drew, besides those of the set. */
  readonly drawn: readonly Point[];
  /** Of initialization, shuffling, dropout, and the points. */
  readonly seed: number;
  readonly hidden: readonly HiddenLayer[];
  readonly optimizer: string;
  readonly learningRate: number;
  /** What changes the learning rate; undefined: it is constant. */
  readonly schedule?: ScheduleChoice;
  /** 0: all rows. */
  readonly batchSize: number;
  readonly l1: number;
  readonly l2: number;
  readonly dropout: number;
  /** Epochs from one picture to the next. */
  readonly speed: number;
}

export const limits = {
  layers: 6,
  units: 64,
  points: 500,
  drawn: 500,
} as const;

/** Optimizers with the learning rate that the choice starts with. */
export const optimizerRates: Readonly<Record<string, number>> = {
  sgd: 0.1,
  momentum: 0.03,
  adam: 0.03,
  adamW: 0.03,
  rmsprop: 0.01,
  adagrad: 0.1,
  nadam: 0.03,
  rprop: 0.01,
  lion: 0.003,
};

export const learningRates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] as const;
export const penalties = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1] as const;
export const dropouts = [0, 0.1, 0.2, 0.5] as const;
export const batchSizes = [1, 5, 10, 20, 50, 0] as const;
export const speeds = [1, 5, 20, 100] as const;

/** Of hidden units: those that act on each unit alone. */
export const hiddenActivations: readonly string[] = activations
  .map((each) => (typeof each === 'function' ? (each as unknown as () => Activation)() : each))
  .filter(({ map }) => map !== undefined)
  .map(({ name }) => name);

export const defaultConfig: Config = {
  set: 'xor',
  kind: 'classes',
  count: 100,
  noise: 0.4,
  drawn: [],
  seed: 1,
  hidden: [{ units: 4, activation: 'tanh' }],
  optimizer: 'sgd',
  learningRate: 0.1,
  batchSize: 10,
  l1: 0,
  l2: 0,
  dropout: 0,
  speed: 1,
};

export const kindOf = ({ set, kind }: Pick<Config, 'set' | 'kind'>): Kind =>
  set === 'empty' ? kind : (dataSetNamed(set)?.kind ?? 'classes');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberIn = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === 'number' && value >= low && value <= high ? value : otherwise;

const integerIn = (value: unknown, low: number, high: number, otherwise: number): number =>
  Number.isInteger(value) ? numberIn(value, low, high, otherwise) : otherwise;

/** A configuration from a link: what is missing or wrong has its default. */
export function readConfig(value: unknown): Config {
  if (!isRecord(value)) return defaultConfig;
  const { set, kind, hidden, drawn, optimizer } = value;
  const base = defaultConfig;
  const schedule = readSchedule(value.schedule);
  return {
    set: typeof set === 'string' && dataSetNamed(set) !== undefined ? set : base.set,
    kind: kind === 'curve' ? 'curve' : 'classes',
    count: integerIn(value.count, 4, limits.points, base.count),
    noise: numberIn(value.noise, 0, 1, base.noise),
    drawn: readDrawn(drawn),
    seed: integerIn(value.seed, 0, 2 ** 32 - 1, base.seed),
    hidden: Array.isArray(hidden) ? hidden.filter(isHidden).slice(0, limits.layers) : base.hidden,
    optimizer: typeof optimizer === 'string' && Object.hasOwn(optimizerRates, optimizer) ? optimizer : base.optimizer,
    learningRate: numberIn(value.learningRate, 1e-6, 1000, base.learningRate),
    ...(schedule !== undefined && { schedule }),
    batchSize: integerIn(value.batchSize, 0, limits.points, base.batchSize),
    l1: numberIn(value.l1, 0, 10, 0),
    l2: numberIn(value.l2, 0, 10, 0),
    dropout: numberIn(value.dropout, 0, 0.9, 0),
    speed: integerIn(value.speed, 1, 1000, 1),
  };
}

const isHidden = (value: unknown): value is HiddenLayer =>
  isRecord(value) &&
  Number.isInteger(value.units) &&
  (value.units as number) >= 1 &&
  (value.units as number) <= limits.units &&
  hiddenActivations.includes(value.activation as string);

function readDrawn(value: unknown): Point[] {
  if (!Array.isArray(value)) return [];
  const isPoint = (each: unknown): each is Point =>
    isRecord(each) && [each.x, each.y].every((at) => typeof at === 'number' && Math.abs(at) <= 1000);
  return value
    .filter(isPoint)
    .slice(0, limits.drawn)
    .map(({ x, y, label }) => ({ x: short(x), y: short(y), label: label === 1 ? 1 : 0 }));
}
