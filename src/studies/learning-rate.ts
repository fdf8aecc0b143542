/**
 * The learning-rate range test: training steps at a rate that grows by the same factor each time, to find where the loss falls
 * fastest. Source: Smith, "Cyclical Learning Rates for Training Neural Networks" (2015), section 3.3; smoothing and stopping as
 * in Howard and Gugger's fastai.
 */
import { aNumber, aSignal, options } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { exp, log } from '../base/math.ts';
import type { InlineData } from '../data/inline/inline.ts';
import { chooseEngine } from '../model/engine-choice.ts';
import type { Network } from '../net/network.ts';
import { rowsIn } from '../net/problem.ts';
import { aSetup, type Setup } from '../net/rows-setup.ts';
import { setUp, type TableData } from '../net/table-setup.ts';
import { assemble, type TrainingOptions } from '../net/training.ts';
import { checkTrainingOptions } from '../net/training-options.ts';
import { checkArguments, inCode, isSetup } from '../train/arguments.ts';
import { slice, takeBreak } from '../train/yield.ts';
import { orderOf, takeData } from './sample.ts';
import { stepper } from './stepper.ts';

export interface RateOptions {
  /** The first rate and the last; default 1e-7 and 10. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The number of steps between them; default those of an epoch, at least 100 and at most 500. */
  readonly steps?: number | undefined;
  /** The decay rate of the smoothed loss, in [0, 1); default 0.9. */
  readonly smoothing?: number | undefined;
  /** If aborted, the test ends with the results so far. */
  readonly signal?: AbortSignal | undefined;
}

export interface RatePoint {
  readonly learningRate: number;
  /** The loss of the step's batch, before its update. */
  readonly loss: number;
  /** The bias-corrected running mean of the losses so far. */
  readonly smoothed: number;
}

export interface RateTest {
  readonly points: readonly RatePoint[];
  /** The rate at which the smoothed loss falls fastest over the logarithm of the rate; undefined if it never falls. */
  readonly suggestion?: number;
  /** The last rate before the loss exceeded four times its minimum, or was not finite; undefined if it did neither. */
  readonly explodesAt?: number;
}

/** The loss has exploded when the smoothed loss exceeds this multiple of its minimum. */
const explosion = 4;
/** The number of steps on either side for a slope. As many steps at the start have no slope, because too few precede them. */
const reach = 3;

const rateOptions = options({ from: aNumber, to: aNumber, steps: aNumber, smoothing: aNumber, signal: aSignal });

/**
 * Tries learning rates on a setup, ignoring the optimizer's own rate and schedule. The weights are initialized as in training
 * and discarded afterwards. The same input gives the same numbers.
 *
 * Rejects with an InputError if the input is wrong, and for an optimizer with a line search (lbfgs).
 *
 * @example await findLearningRate(network([dense(1)]), { inputs: [[0], [1]], targets: [[1], [3]] }, { loss: mse, optimizer: sgd({ learningRate: 1 }), stop: { epochs: 1 } })
 */
export async function findLearningRate(setup: Setup, options?: RateOptions): Promise<RateTest>;
export async function findLearningRate(
  network: Network,
  data: InlineData | TableData,
  options: TrainingOptions & RateOptions,
): Promise<RateTest>;
export async function findLearningRate(
  what: Setup | Network,
  data?: InlineData | TableData | RateOptions,
  options?: TrainingOptions & RateOptions,
): Promise<RateTest> {
  if (isSetup(what)) {
    aSetup(what, 'setup');
    rateOptions(data, 'options');
    return rangeTest(what as Setup, (data ?? {}) as RateOptions);
  }
  const { from, to, steps, smoothing, signal, ...training } = options ?? ({} as TrainingOptions & RateOptions);
  return inCode(async () => {
    await checkTrainingOptions(options === undefined ? (undefined as never) : training);
    checkArguments(what, data, 'findLearningRate');
    rateOptions({ from, to, steps, smoothing, signal }, 'options');
    const setup = setUp(what as Network, data as InlineData | TableData, assemble(training));
    return rangeTest(setup, { from, to, steps, smoothing, signal });
  });
}

async function rangeTest(setup: Setup, options: RateOptions): Promise<RateTest> {
  const { recipe } = setup;
  const { optimizer } = recipe;
  if (optimizer.search !== undefined) {
    fail({
      what: `${optimizer.name} finds the length of its steps by a line search, so there is no learning rate to find`,
      where: ['training', 'optimizer'],
      fix: 'Keep its learning rate, or test another optimizer.',
    });
  }
  const rows = rowsIn(setup);
  const batch = setup.batchSize === 'full' ? rows : Math.min(setup.batchSize, rows);
  const perEpoch = Math.floor(rows / batch);
  const { from = 1e-7, to = 10, steps = Math.min(Math.max(perEpoch, 100), 500), smoothing = 0.9, signal } = options;
  check({ from, to, steps, smoothing });
  const turn = Math.min(perEpoch, steps);
  // Without its schedule, the rate is a slot that is written before each step.
  const plain = { ...optimizer, schedule: undefined };
  const { program, step } = stepper(
    (await chooseEngine(setup)).engine,
    { ...setup, recipe: { ...recipe, optimizer: plain, ema: undefined } },
    batch,
  );
  const rate = program.view('learningRate');

  const points: RatePoint[] = [];
  const growth = log(to / from) / (steps - 1);
  let explodesAt: number | undefined;
  let running = 0;
  let kept = 1;
  let least = Number.POSITIVE_INFINITY;
  let order: Uint32Array = new Uint32Array();
  let until = performance.now() + slice;
  for (let s = 0; s < steps && !signal?.aborted; s++) {
    const position = s % turn;
    if (position === 0) order = orderOf(setup, s / turn, turn * batch);
    const learningRate = s === steps - 1 ? to : from * exp(s * growth);
    rate[0] = learningRate;
    const loss = step(takeData(setup, order.subarray(position * batch, (position + 1) * batch)));
    running = smoothing * running + (1 - smoothing) * loss;
    kept *= smoothing;
    const smoothed = running / (1 - kept);
    if (!Number.isFinite(loss) || (s > 2 * reach && smoothed > explosion * least)) {
      explodesAt = points.at(-1)?.learningRate ?? learningRate;
      break;
    }
    least = Math.min(least, smoothed);
    points.push({ learningRate, loss, smoothed });
    if (performance.now() < until) continue;
    await takeBreak();
    until = performance.now() + slice;
  }
  return { points, suggestion: steepest(points), ...(explodesAt !== undefined && { explodesAt }) };
}

function check({ from, to, steps, smoothing }: Required<Omit<RateOptions, 'signal'>>): void {
  if (!(from > 0 && to > from && Number.isFinite(to))) {
    fail({ what: `${from} to ${to} is not a range of learning rates`, where: 'from, to', fix: 'Give 0 < from < to.' });
  }
  if (!(Number.isInteger(steps) && steps >= 10)) {
    fail({ what: `${steps} steps are too few`, where: 'steps', fix: 'Give an integer of at least 10.' });
  }
  if (!(smoothing >= 0 && smoothing < 1)) {
    fail({ what: `${smoothing} is not in [0, 1)`, where: 'smoothing', fix: 'Give 0.9, or leave it out.' });
  }
}

/** Where the smoothed loss falls fastest over a few steps on either side, before its minimum; undefined if it never falls. */
function steepest(points: readonly RatePoint[]): number | undefined {
  const smoothed = points.map((point) => point.smoothed);
  const lowest = smoothed.indexOf(smoothed.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
  let best: number | undefined;
  let slope = 0;
  for (let i = reach; i <= lowest; i++) {
    const next = Math.min(i + reach, points.length - 1);
    // Rates grow by equal factors, so steps have equal lengths on the logarithmic axis.
    const here = (smoothed[next] - smoothed[i - reach]) / (next - i + reach);
    if (here < slope) {
      slope = here;
      best = i;
    }
  }
  return best === undefined ? undefined : points[best].learningRate;
}
