/**
 * The overfit test: a network that cannot memorize one batch will not learn a data set either. Dropout, penalties and
 * weight decay are off, and the result names the remaining causes of a failure.
 */
import { aNumber, aSignal, options } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { AnyFamily } from '../base/options.ts';
import type { Tensor } from '../base/tensor.ts';
import { count } from '../base/wording.ts';
import type { InlineData } from '../data/inline/inline.ts';
import { chooseEngine } from '../model/engine-choice.ts';
import { isTrained, withoutDraws } from '../net/layer.ts';
import { countParameters, eachParameter, type Network } from '../net/network.ts';
import { type Optimizer, optimizers } from '../net/optimizers.ts';
import { rowsIn } from '../net/problem.ts';
import { entryName, entrySpecs } from '../net/recipe-json.ts';
import { aSetup, type Setup } from '../net/rows-setup.ts';
import { setUp, type TableData } from '../net/table-setup.ts';
import { assemble, type TrainingOptions } from '../net/training.ts';
import { checkTrainingOptions } from '../net/training-options.ts';
import { checkArguments, inCode, isSetup } from '../train/arguments.ts';
import { slice, takeBreak } from '../train/yield.ts';
import { equalRows, minimumLoss } from './minimum-loss.ts';
import { orderOf, takeData } from './sample.ts';
import { stepper } from './stepper.ts';

export interface OverfitOptions {
  /** The number of rows in the batch; default 32, or all if there are fewer. */
  readonly rows?: number | undefined;
  /** The maximum number of steps; default 2,000. */
  readonly steps?: number | undefined;
  /** If aborted, the test ends with the results so far. */
  readonly signal?: AbortSignal | undefined;
}

export interface Overfit {
  readonly passed: boolean;
  readonly loss: {
    readonly first: number;
    readonly final: number;
    /** The lower bound for any network with this last activation: 0, or more with contradicting or soft targets. */
    readonly minimum: number;
    /** The minimum loss of a network that gives every row the same outputs. */
    readonly constant: number;
    /** The test passes at or below this: all but a hundredth of the difference between `constant` and `minimum`. */
    readonly passesAt: number;
  };
  readonly steps: number;
  /** The rows of the batch, as indices of the training rows, from 0. */
  readonly rows: readonly number[];
  /** Groups of rows of the batch with equal inputs and different targets. */
  readonly contradictions: readonly (readonly number[])[];
  /** If the test failed: the likely causes, the likeliest first, each with its fix. */
  readonly causes: readonly string[];
  readonly notes: readonly string[];
  /** The loss before each step. */
  readonly losses: readonly number[];
}

/** The share of the learnable loss that may remain. */
const left = 0.01;

const overfitOptions = options({ rows: aNumber, steps: aNumber, signal: aSignal });

/**
 * Trains on one batch, the first batch of a training, until the network has memorized it or all steps are done.
 *
 * Rejects with an InputError if the input is wrong, and for an optimizer with a line search (lbfgs).
 *
 * @example await overfitBatch(network([dense(1)]), { inputs: [[0], [1]], targets: [[1], [3]] }, { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } })
 */
export async function overfitBatch(setup: Setup, options?: OverfitOptions): Promise<Overfit>;
export async function overfitBatch(
  network: Network,
  data: InlineData | TableData,
  options: TrainingOptions & OverfitOptions,
): Promise<Overfit>;
export async function overfitBatch(
  what: Setup | Network,
  data?: InlineData | TableData | OverfitOptions,
  options?: TrainingOptions & OverfitOptions,
): Promise<Overfit> {
  if (isSetup(what)) {
    aSetup(what, 'setup');
    overfitOptions(data, 'options');
    return memorizeBatch(what as Setup, (data ?? {}) as OverfitOptions);
  }
  const { rows, steps, signal, ...training } = options ?? ({} as TrainingOptions & OverfitOptions);
  return inCode(async () => {
    await checkTrainingOptions(options === undefined ? (undefined as never) : training);
    checkArguments(what, data, 'overfitBatch');
    overfitOptions({ rows, steps, signal }, 'options');
    return memorizeBatch(setUp(what as Network, data as InlineData | TableData, assemble(training)), {
      rows,
      steps,
      signal,
    });
  });
}

/** A built-in optimizer without its own weight decay; any other unchanged. */
function withoutDecay(optimizer: Optimizer): Optimizer {
  const entry = optimizers.find((candidate) => entryName(candidate) === optimizer.name);
  if (entry === undefined || typeof entry !== 'function' || !('weightDecay' in entrySpecs(entry))) return optimizer;
  const { update } = (entry as AnyFamily<Optimizer>)({
    ...optimizer.options,
    learningRate: optimizer.learningRate,
    weightDecay: 0,
  } as never);
  return { ...optimizer, update };
}

async function memorizeBatch(
  setup: Setup,
  { rows: requested, steps: maxSteps = 2000, signal }: OverfitOptions,
): Promise<Overfit> {
  const { recipe, network } = setup;
  const { optimizer, loss } = recipe;
  if (optimizer.search !== undefined) {
    fail({
      what: `${optimizer.name} uses all rows for its line search, so it cannot train on one batch`,
      where: ['training', 'optimizer'],
      fix: 'Test with another optimizer, such as adam.',
    });
  }
  const all = rowsIn(setup);
  const batch = Math.min(requested ?? 32, all);
  for (const [value, where] of [
    [batch, 'rows'],
    [maxSteps, 'steps'],
  ] as const) {
    if (Number.isInteger(value) && value >= 1) continue;
    fail({ what: `${value} is not a number of ${where}`, where, fix: 'Give a positive integer.' });
  }
  const rows = [...orderOf(setup, 0, batch).subarray(0, batch)];
  const { inputs, targets, weights, feeds } = takeData(setup, rows);
  const quiet = { ...network, layers: network.layers.map(withoutDraws) };
  const problem = {
    ...setup,
    network: quiet,
    inputs,
    targets,
    weights,
    feeds,
    stream: undefined,
    recipe: {
      ...recipe,
      l1: 0,
      l2: 0,
      ema: undefined,
      optimizer: withoutDecay({ ...optimizer, schedule: undefined }),
    },
  };

  const groups = equalRows(inputs, feeds);
  const { activation } = network.layers[network.layers.length - 1];
  const last = { loss, activation: activation! };
  const minimum = minimumLoss(targets, groups, last, weights);
  const constant = minimumLoss(targets, [rows.map((_, r) => r)], last, weights);

  const trained = [...setup.parameters.keys()];
  const gradients = trained.map((name) => `gradient(${name})`);
  const { engine, warnings } = await chooseEngine(setup);
  const { program, step } = stepper(engine, problem, batch, gradients);
  const places = Array.from({ length: batch }, (_, r) => r);
  const losses: number[] = [];
  const norms: number[] = [];
  const norm = program.has('gradientNorm') ? program.view('gradientNorm') : undefined;
  let passesAt = Number.NaN;
  let until = performance.now() + slice;
  // One step more than updates: the last one measures their effect.
  for (let s = 0; s <= maxSteps && !signal?.aborted; s++) {
    const now = step(problem);
    losses.push(now);
    norms.push(norm?.[0] ?? 0);
    if (s === 0) passesAt = minimum + left * Math.max((constant - minimum > 1e-12 ? constant : now) - minimum, 0);
    if (now <= passesAt || !Number.isFinite(now)) break;
    if (performance.now() < until) continue;
    await takeBreak();
    until = performance.now() + slice;
  }

  const final = losses[losses.length - 1] ?? Number.NaN;
  const passed = final <= passesAt;
  const contradictions = groups
    .filter((group) => group.some((row) => !sameTargets(targets, group[0], row)))
    .map((group) => group.map((row) => rows[row]));
  const dead = passed ? [] : deadUnits(setup, (name) => (program.has(name) ? program.view(name) : undefined));
  const found = { losses, norms, minimum, constant, passesAt, dead, groups: groups.length };
  return {
    passed,
    loss: { first: losses[0], final, minimum, constant, passesAt },
    steps: losses.length - 1,
    rows,
    contradictions,
    causes: passed || signal?.aborted ? [] : causesOf(setup, batch, found),
    notes: [
      ...notesOf(contradictions, { minimum, constant, alike: places.every((r) => sameTargets(targets, 0, r)) }),
      ...warnings,
    ],
    losses,
  };
}

function sameTargets({ shape: [, width], data }: Tensor, a: number, b: number): boolean {
  for (let k = 0; k < width; k++) if (data[a * width + k] !== data[b * width + k]) return false;
  return true;
}

/** For each layer of weighted sums before the last: the number of units that get no gradient from any row. */
function deadUnits({ network, parameters }: Setup, view: (name: string) => ArrayLike<number> | undefined) {
  return network.layers.slice(0, -1).flatMap((_, l) => {
    const weight = `layers.${l}.weight`;
    const shape = parameters.get(weight)?.shape;
    const gradient = view(`gradient(${weight})`);
    if (shape?.length !== 2 || gradient === undefined) return [];
    const [from, units] = shape;
    let dead = 0;
    for (let j = 0; j < units; j++) {
      let isDead = true;
      for (let i = 0; i < from && isDead; i++) isDead = gradient[i * units + j] === 0;
      if (isDead) dead += 1;
    }
    return dead === 0 ? [] : [{ layer: l, dead, units }];
  });
}

interface Found {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly minimum: number;
  readonly constant: number;
  readonly passesAt: number;
  readonly dead: readonly { readonly layer: number; readonly dead: number; readonly units: number }[];
  readonly groups: number;
}

const short = (value: number) => String(Number(value.toPrecision(3)));

/** Why the loss stayed high, the likeliest cause first. */
function causesOf(setup: Setup, batch: number, found: Found): string[] {
  const { recipe, network, targets } = setup;
  const { losses, norms, constant, passesAt, dead, groups } = found;
  const rate = recipe.optimizer.learningRate;
  const first = losses[0];
  const final = losses[losses.length - 1];
  const causes: string[] = [];
  const own = eachParameter(network, setup.inputs.shape[1], (address, layer, { name, buffer }) => ({
    address,
    isFrozen: !buffer && !isTrained(layer, name),
    isTrained: !buffer && isTrained(layer, name),
  }));
  const frozen = own.flatMap(({ address, isFrozen }) => (isFrozen ? [address] : []));
  const holds = Number.isFinite(final);
  if (!own.some((parameter) => parameter.isTrained)) {
    return [
      `Nothing is trained: ${frozen.join(', ')} ${frozen.length === 1 ? 'is' : 'are'} frozen. Set "trainable": true.`,
    ];
  }
  if (!holds || final > 1.5 * Math.max(first, constant)) {
    const how = holds ? `the loss rose from ${short(first)} to ${short(final)}` : 'the loss is no longer finite';
    causes.push(`The learning rate ${short(rate)} is too high: ${how}. Try ${short(rate / 10)}.`);
  }
  for (const { layer, dead: many, units } of dead) {
    if (many < units / 2) continue;
    const name = network.layers[layer].activation?.name ?? 'its activation';
    causes.push(
      `Dead units: ${many} of the ${units} of layer ${layer} (${name}) pass no gradient for any row. Try a lower learning rate, scaled inputs, or leakyRelu.`,
    );
  }
  const half = losses[Math.floor(losses.length / 2)];
  const rises = losses.slice(1).filter((loss, i) => loss > losses[i]).length;
  const steady = rises < (losses.length - 1) / 10;
  const norm = norms[norms.length - 1];
  const falls = (share: number) => half - final > share * (half - found.minimum);
  // With small steps, the gradient hardly changes.
  const falling = holds && final < first && (falls(0.05) || (steady && (falls(0.005) || norm > norms[0] / 2)));
  if (holds && !falling && rises > losses.length / 4) {
    causes.push(
      `The learning rate ${short(rate)} may be too high: the loss rose in ${rises} of ${count(losses.length - 1, 'step')}. Try ${short(rate / 10)}.`,
    );
  }
  if (falling) {
    causes.push(
      `The learning rate ${short(rate)} may be too low: the loss was still falling after ${count(losses.length - 1, 'step')}, from ${short(half)} halfway to ${short(final)}. Try ${short(10 * rate)}.`,
    );
  }
  const largest = norms.reduce((a, b) => Math.max(a, b));
  if (holds && (norm === 0 || norm < 1e-6 * largest) && dead.length === 0) {
    causes.push(
      `The gradient vanished (its norm is ${short(norm)}), but the loss did not: units are saturated, or the loss is flat around these weights. Scale the inputs, or try another initializer or activation.`,
    );
  }
  if (frozen.length > 0)
    causes.push(`${frozen.join(', ')} ${frozen.length === 1 ? 'is' : 'are'} frozen, so less can be learned.`);
  if (recipe.gradient === 'averagedFactors') {
    causes.push('The gradient rule averagedFactors is not the gradient of the loss. Use "gradient": "exact".');
  }
  const clipped =
    recipe.clipNorm !== undefined && norms.filter((each) => each > recipe.clipNorm!).length > norms.length / 2;
  if (clipped || recipe.clipValue !== undefined) {
    causes.push(
      'Most steps are small because their gradient is clipped. Raise clipNorm and clipValue, or leave them out.',
    );
  }
  const size = countParameters(network, setup.inputs.shape[1]);
  const wantedNumbers = groups * targets.shape[1];
  if (size < wantedNumbers) {
    causes.push(
      `The network is small: ${count(size, 'parameter')} for ${count(wantedNumbers, 'target')} of ${count(batch, 'row')}. Give it more units, or test fewer rows.`,
    );
  }
  if (network.layers.filter(({ parameterNames }) => parameterNames.includes('weight')).length === 1) {
    causes.push('The network has one layer of weights, so it is linear except for its activation. Add a hidden layer.');
  }
  if (causes.length === 0) {
    causes.push(
      `The loss stays at ${short(final)}, above ${short(passesAt)}, for an unknown reason. Check that the targets belong to these rows. Try more steps, another learning rate or another initializer.`,
    );
  }
  return causes;
}

function notesOf(
  contradictions: readonly (readonly number[])[],
  { minimum, constant, alike }: { readonly minimum: number; readonly constant: number; readonly alike: boolean },
): string[] {
  const notes: string[] = [];
  const many = contradictions.reduce((sum, group) => sum + group.length, 0);
  if (many > 0) {
    const shown = contradictions[0].slice(0, 5).join(', ');
    notes.push(
      `${count(many, 'row')} have the same inputs as another row and different targets (rows ${shown}${contradictions[0].length > 5 ? ' …' : ''}${contradictions.length > 1 ? ', and more' : ''}): no network can distinguish them.`,
    );
  }
  // The minimum of a likelihood is at infinity, so the remainder of the search is not a lower bound.
  if (minimum > 1e-3 * Math.max(constant, 1e-12)) {
    const why =
      many > 0 ? 'because of these rows' : 'because targets are soft, or outside the range of the last activation';
    notes.push(`The loss cannot be below ${short(minimum)}, ${why}.`);
  }
  if (alike) {
    notes.push('Every row has the same targets, so there is nothing to learn.');
  }
  return notes;
}
