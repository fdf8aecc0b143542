/** The playground's choices as an experiment file, with the weights of now if there are any; and back, from another view's document. */
import type { ExperimentJson } from 'chainrule';
import type { Frame } from '../../training/protocol.ts';
import { type Config, defaultConfig, hiddenActivations, kindOf, limits, optimizerRates, readConfig } from './config.ts';
import { isHeldOut, type Point, pointsOf, short } from './data-sets.ts';
import { rateJson, readRateJson } from './schedule.ts';

/** By name, numbered as if there were no dropout layers. */
export type Weights = NonNullable<Frame['weights']>;

/** The points of a configuration, in order: those of the set, then the drawn ones. */
export const allPoints = (config: Config): Point[] => [...pointsOf(config.set, config), ...config.drawn];

/** The numbers of the points that training uses, and of those held out. Few points are all used. */
export function splitOf(count: number): { readonly training: number[]; readonly heldOut: number[] } {
  const all = Array.from({ length: count }, (_, i) => i);
  const isSplit = (i: number) => count >= 20 && isHeldOut(i);
  return { training: all.filter((i) => !isSplit(i)), heldOut: all.filter(isSplit) };
}

type Layers = ExperimentJson['network']['layers'];

/** The layers: hidden ones, each with dropout after it if that is chosen, and the output. */
function layersOf(config: Config, weights?: Weights): Layers {
  const output = { units: 1, activation: kindOf(config) === 'classes' ? 'sigmoid' : 'linear' };
  const all = [...config.hidden, output].flatMap(({ units, activation }, index) => [
    { dense: units, activation, ...(weights && tensorsOf(weights, index)) },
    ...(config.dropout > 0 && index < config.hidden.length ? [{ dropout: config.dropout }] : []),
  ]);
  return all as unknown as Layers;
}

function tensorsOf(weights: Weights, index: number) {
  const { shape, data } = weights[`layers.${index}.weight`];
  const rows = Array.from({ length: shape[0] }, (_, i) => Array.from(data.subarray(i * shape[1], (i + 1) * shape[1])));
  return { weight: rows, bias: Array.from(weights[`layers.${index}.bias`].data) };
}

function optimizerOf({ optimizer, ...config }: Config) {
  const learningRate = rateJson(config.learningRate, config.schedule);
  if (optimizer === 'momentum') return { name: 'sgd', momentum: 0.9, learningRate };
  return { name: optimizer, learningRate };
}

/** Epochs of the experiment as a file: the playground itself trains until it is paused. */
const epochs = 1000;

/** Undefined if there are no points. `weights`: those to start with, which must fit. */
export function experimentOf(config: Config, weights?: Weights): ExperimentJson | undefined {
  const points = allPoints(config);
  const { training, heldOut } = splitOf(points.length);
  if (training.length === 0) return undefined;
  const isClasses = kindOf(config) === 'classes';
  const rows = (numbers: readonly number[]) => ({
    inputs: numbers.map((i) => (isClasses ? [points[i].x, points[i].y] : [points[i].x])),
    targets: numbers.map((i) => [isClasses ? points[i].label : points[i].y]),
  });
  const { batchSize, l1, l2, seed } = config;
  return {
    network: { inputs: isClasses ? 2 : 1, layers: layersOf(config, weights) },
    data: { ...rows(training), ...(heldOut.length > 0 && { validation: rows(heldOut) }) },
    training: {
      loss: isClasses ? 'binaryCrossEntropy' : 'mse',
      optimizer: optimizerOf(config),
      ...(batchSize > 0 && { batchSize }),
      ...(l1 > 0 && { l1 }),
      ...(l2 > 0 && { l2 }),
      stop: { epochs },
    },
    seed,
  } as ExperimentJson;
}

/** The same experiment without an end, for a training that the person pauses. */
export function endless(experiment: ExperimentJson): ExperimentJson {
  return { ...experiment, training: { ...experiment.training!, stop: { seconds: 1e6 }, checkpoint: { seconds: 1e6 } } };
}

/** Whether weights of one configuration can be those of another. */
export function fits(weights: Weights, config: Config): boolean {
  const inputs = kindOf(config) === 'classes' ? 2 : 1;
  const units = [...config.hidden.map((layer) => layer.units), 1];
  const shapes = units.map((count, i) => [i, `${i === 0 ? inputs : units[i - 1]},${count}`] as const);
  const names = Object.keys(weights).filter((name) => name.endsWith('.weight'));
  return (
    names.length === shapes.length &&
    shapes.every(([index, shape]) => String(weights[`layers.${index}.weight`]?.shape) === shape) &&
    Object.values(weights).every(({ data }) => data.every(Number.isFinite))
  );
}

/** Weights of a network as if it had no dropout layers: `layers.2.weight` of the second dense layer becomes `layers.1.weight`. */
export function consecutive(weights: Weights): Weights {
  const numberOf = (name: string) => Number(/^layers\.(\d+)\./.exec(name)?.[1]);
  const numbers = [...new Set(Object.keys(weights).map(numberOf))].sort((a, b) => a - b);
  return Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => {
      const own = numberOf(name);
      return [name.replace(`layers.${own}.`, `layers.${numbers.indexOf(own)}.`), tensor];
    }),
  );
}

/** The configuration and the weights of a document that the playground can show; undefined for another. */
export function fromExperiment(
  json: ExperimentJson,
): { readonly config: Config; readonly weights?: Weights } | undefined {
  try {
    return read(json as never);
  } catch {
    return undefined;
  }
}

interface Plain {
  readonly network: { readonly layers: readonly Readonly<Record<string, unknown>>[] };
  readonly data: Rows & { readonly validation?: Rows };
  readonly training: Readonly<Record<string, unknown>>;
  readonly seed?: number;
}
interface Rows {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (number | readonly number[])[];
}

/** What has another form than expected throws, or gives undefined. */
function read({ network, data, training, seed = 1 }: Plain) {
  const dropout = network.layers.find((layer) => 'dropout' in layer)?.dropout ?? 0;
  const dense = network.layers.filter((layer) => !('dropout' in layer));
  const hidden = dense.slice(0, -1).map(({ dense: units, activation = 'linear' }) => ({ units, activation }));
  const last = dense[dense.length - 1];
  const isOurs = hidden.every(({ activation }) => hiddenActivations.includes(activation as string));
  const width = data.inputs[0].length;
  const isClasses = width === 2 && last.activation === 'sigmoid' && training.loss === 'binaryCrossEntropy';
  const isCurve = width === 1 && last.activation === 'linear' && training.loss === 'mse';
  if (!isOurs || last.dense !== 1 || !(isClasses || isCurve) || hidden.length > limits.layers) return undefined;
  const points = merged(data).map(({ input, target }) => ({
    x: short(input[0]),
    y: short(isClasses ? input[1] : target),
    label: isClasses ? target : 0,
  }));
  const { name, learningRate, momentum } = training.optimizer as Record<string, unknown>;
  const optimizer = name === 'sgd' && momentum === 0.9 ? 'momentum' : String(name);
  const rate = readRateJson(learningRate);
  if (!Object.hasOwn(optimizerRates, optimizer) || rate === undefined || points.length > limits.drawn) return undefined;
  const config: Config = {
    ...defaultConfig,
    set: 'empty',
    kind: isClasses ? 'classes' : 'curve',
    drawn: points,
    seed,
    hidden: hidden as Config['hidden'],
    optimizer,
    ...rate,
    batchSize: typeof training.batchSize === 'number' ? training.batchSize : 0,
    l1: Number(training.l1 ?? 0),
    l2: Number(training.l2 ?? 0),
    dropout: Number(dropout),
  };
  // what a link may not choose, a document may not either
  const allowed = readConfig(config) as unknown as Readonly<Record<string, unknown>>;
  const isAllowed = Object.entries(config).every(([key, value]) => same(allowed[key], value));
  return isAllowed ? { config, weights: weightsIn(network.layers) } : undefined;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The rows with the held-out ones where the playground puts them. */
function merged({ inputs, targets, validation = { inputs: [], targets: [] } }: Plain['data']) {
  const row = (from: Rows, i: number) => ({ input: from.inputs[i], target: Number([from.targets[i]].flat()[0]) });
  const count = inputs.length + validation.inputs.length;
  const { heldOut } = splitOf(count);
  const isOurs = heldOut.length === validation.inputs.length;
  const training = inputs.map((_, i) => row({ inputs, targets }, i));
  const held = validation.inputs.map((_, i) => row(validation, i));
  if (!isOurs) return [...training, ...held];
  const places = new Set(heldOut);
  return Array.from({ length: count }, (_, i) => (places.has(i) ? held.shift()! : training.shift()!));
}

/** The weights that are written in the layers; undefined if they are to be drawn. */
function weightsIn(layers: Plain['network']['layers']): Weights | undefined {
  const found: Record<string, Weights[string]> = {};
  for (const [index, { weight, bias, dense }] of layers.entries()) {
    if (dense === undefined) continue;
    if (!Array.isArray(weight) || !Array.isArray(bias)) return undefined;
    found[`layers.${index}.weight`] = {
      shape: [weight.length, dense as number],
      data: Float64Array.from(weight.flat()),
    };
    found[`layers.${index}.bias`] = { shape: [bias.length], data: Float64Array.from(bias) };
  }
  return consecutive(found);
}
