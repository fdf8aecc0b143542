/** The verdict: whether a network is better than the better of its baselines. */

import {
  aFloat,
  aFunction,
  aText,
  aWholeNumber,
  checkCall,
  kind,
  listOf,
  oneOf,
  optional,
  options,
  record,
} from '../base/arguments.ts';
import type { Tensor } from '../base/tensor.ts';
import { toUnits } from '../data/encode/units.ts';
import { aModel, Model } from '../model/model.ts';
import { classScores, confusionMatrix, macroScore } from '../net/metrics.ts';
import { type Dataset, rowsIn } from '../net/problem.ts';
import { aSetup, type Setup } from '../net/rows-setup.ts';
import { type Baseline, type Baselines, partInMemory } from './baselines.ts';
import { differenceInterval, wilsonInterval } from './proportions.ts';

/** A network compared with the better of its baselines, on the held-out split. */
export interface Verdict {
  readonly part: 'test' | 'validation';
  /** The rows of the comparison, and the rows of the split if it has more. */
  readonly rows: number;
  readonly of?: number;
  /** `macroRecall` if training weighs the classes: each class then counts the same here too, however rare it is. */
  readonly metric: 'accuracy' | 'macroRecall' | 'rootMeanSquaredError';
  /** With several targets, whose units differ, errors are in training units. */
  readonly inTraining?: boolean;
  readonly network: number;
  /** The better baseline, and its score. */
  readonly baseline: 'constant' | 'linear';
  readonly score: number;
  /** The standard error of the difference between the two scores. */
  readonly standardError: number;
  /** Of accuracies: the 95 % interval of their difference, which few rows make wide, also where none is wrong. */
  readonly interval?: readonly [low: number, high: number];
  /** Wilson's 95 % interval of the network's accuracy. */
  readonly networkInterval?: readonly [low: number, high: number];
  /** `noBetter`: the difference is within one standard error. */
  readonly outcome: 'better' | 'noBetter' | 'worse';
}

/** A model's score, and the quantities for its standard error. */
interface Judged {
  readonly score: number;
  readonly variance?: number;
  /** In a regression: the squared error of each row. */
  readonly errors?: Float64Array;
}

/** If a class has at least this share of the rows, always predicting it is hard to beat in accuracy. */
const uneven = 0.75;

/** The accuracy moved a little towards a half, so that zero errors in a few rows do not count as certainty. */
const moderate = (share: number, n: number) => (share * n + 1) / (n + 2);

const someBaselines = kind(
  'the result of baselines',
  ({ constant }: Baselines) => typeof constant.test === 'object' && constant.model instanceof Model,
  'Pass await baselines(setup).',
);

/**
 * Whether a trained model beats the better baseline on the test split, or else on the validation split; undefined without
 * either. The standard error of accuracies is that of two independent shares (p(1 - p)/n each, an upper bound for the same
 * rows). That of root mean squared errors comes from the mean difference of squared errors, row by row. A mean recall has the
 * mean of the variances of the recalls, divided by the number of classes. `interval` is Newcombe's (1998), from the
 * Wilson intervals of the two accuracies. A linear network is compared with the constant.
 */
export function judge(baselines: Baselines, model: Model, setup: Setup): Verdict | undefined {
  someBaselines(baselines, 'judge: baselines');
  aModel(model, 'judge: model');
  aSetup(setup, 'judge: setup');
  const { constant, linear: line } = baselines;
  const part = setup.test ? 'test' : 'validation';
  const whole = setup[part];
  if (whole === undefined) return undefined;
  // The rows that the baselines were measured on.
  const data = partInMemory(whole, setup.network.seed);
  const rivals: [Verdict['baseline'], Baseline][] = [['constant', constant]];
  if (line !== undefined && setup.network.layers.length > 1) rivals.push(['linear', line]);
  const n = data.inputs.shape[0];
  const isShare = setup.measure.coding !== undefined;
  const isWeighed = isShare && setup.schedule.classWeights !== undefined;
  const metric = isWeighed ? 'macroRecall' : isShare ? 'accuracy' : 'rootMeanSquaredError';
  const sign = isShare ? 1 : -1;
  const inTraining = !isShare && data.targets.shape[1] > 1;
  const variance = (share: number, of = n) => (moderate(share, of) * (1 - moderate(share, of))) / of;
  const judged = (each: Model): Judged => {
    if (isWeighed) {
      const matrix = confusionMatrix(each.predictTensor(data.inputs), data.targets, setup.measure.coding);
      const there = classScores(matrix).filter(({ samples }) => samples > 0);
      const sum = there.reduce((total, { recall, samples }) => total + variance(recall, samples), 0);
      return { score: macroScore(matrix, 'recall'), variance: sum / there.length ** 2 };
    }
    if (isShare) {
      const score = each.evaluateTensors(data).metrics.accuracy;
      return { score, variance: variance(score) };
    }
    const errors = rowErrors(setup, each, data, inTraining);
    return { score: Math.sqrt(errors.reduce((sum, error) => sum + error / n, 0)), errors };
  };
  const { score: own, errors, variance: ownVariance = 0 } = judged(model);
  const [{ baseline, score, ...rival }] = rivals
    .map(([baseline, each]) => ({ baseline, ...judged(each.model) }))
    .reduce<(Judged & { readonly baseline: Verdict['baseline'] })[]>(
      ([best], each) => [best !== undefined && sign * best.score >= sign * each.score ? best : each],
      [],
    );
  const standardError =
    errors === undefined
      ? Math.sqrt(ownVariance + (rival.variance ?? 0))
      : rootError(errors, rival.errors!, own + score);
  const gain = sign * (own - score);
  const outcome = gain > standardError ? 'better' : gain >= -standardError ? 'noBetter' : 'worse';
  const total = rowsIn(whole);
  return {
    part,
    rows: n,
    ...(total > n && { of: total }),
    metric,
    ...(inTraining && { inTraining }),
    network: own,
    baseline,
    score,
    standardError,
    ...(metric === 'accuracy' && {
      interval: differenceInterval([own, n], [score, n]),
      networkInterval: wilsonInterval(own, n),
    }),
    outcome,
  };
}

/** The mean squared error of each row, in the target's units or in training units. */
function rowErrors(
  { measure: { units } }: Setup,
  model: Model,
  { inputs, targets }: Dataset,
  inTraining: boolean,
): Float64Array {
  const inUnits = (part: Tensor) => (units === undefined || inTraining ? part : toUnits(units, part));
  const [y, t] = [inUnits(model.predictTensor(inputs)), inUnits(targets)];
  const [n, width] = t.shape;
  const errors = new Float64Array(n);
  t.data.forEach((value, i) => {
    errors[Math.floor(i / width)] += ((value - y.data[i]) * (value - y.data[i])) / width;
  });
  return errors;
}

/** The standard error of the difference of two root mean squares, a^2 - b^2 = (a - b)(a + b). */
function rootError(a: Float64Array, b: Float64Array, sum: number): number {
  const n = a.length;
  if (n < 2 || sum === 0) return 0;
  const differences = a.map((value, i) => value - b[i]);
  const mean = differences.reduce((total, d) => total + d / n, 0);
  const squares = differences.reduce((total, d) => total + (d - mean) * (d - mean), 0);
  return Math.sqrt(squares / (n - 1) / n) / sum;
}

const aVerdict = record(
  {
    part: oneOf('test', 'validation'),
    rows: aWholeNumber,
    metric: oneOf('accuracy', 'macroRecall', 'rootMeanSquaredError'),
    network: aFloat,
    baseline: oneOf('constant', 'linear'),
    score: aFloat,
    standardError: aFloat,
    interval: optional(listOf(aFloat)),
    outcome: oneOf('better', 'noBetter', 'worse'),
  },
  { isOpen: true },
);
const aConstant = record({ constant: record({ value: aFloat }, { isOpen: true }) }, { isOpen: true });
const someNames = options({ classes: listOf(aText), target: aText });

/**
 * The verdict in a sentence or two, with an advice if the network is not better. `names` are the names of the classes and the
 * target, if known; `show` writes a score.
 * Throws an InputError for arguments of another form.
 *
 * For example: `verdictText(verdict, found, { target: 'price' }, (score) => score.toPrecision(3))`.
 */
export function verdictText(
  verdict: Verdict,
  baselines: { readonly constant: Pick<Baselines['constant'], 'value'> },
  names: { readonly classes?: readonly string[]; readonly target?: string },
  show: (value: number) => string,
): string {
  checkCall('verdictText(verdict, baselines, names, show)', {
    verdict: [verdict, aVerdict],
    baselines: [baselines, aConstant],
    names: [names ?? null, someNames],
    show: [show, aFunction],
  });
  const { part, rows, of, metric, inTraining = false, network: own, baseline, score, standardError, outcome } = verdict;
  const { constant } = baselines;
  const mostFrequent = names.classes?.[constant.value];
  const isConstant = baseline === 'constant';
  const rival = !isConstant
    ? 'the linear model'
    : metric !== 'rootMeanSquaredError'
      ? `always predicting ${mostFrequent === undefined ? 'the most frequent class' : `"${mostFrequent}"`}`
      : `the mean${names.target === undefined ? '' : ` of ${names.target}`}`;
  const what = {
    accuracy: 'accuracy',
    macroRecall: 'mean recall of the classes',
    rootMeanSquaredError: `root mean squared error${inTraining ? ' (in training units)' : ''}`,
  }[metric];
  const measured = `${what} ${show(own)} against ${show(score)}`;
  const where = `on ${of === undefined ? `the ${rows}` : `${rows} of the ${of}`} ${part} rows`;
  if (outcome === 'better') return `The network is better than ${rival}: ${measured} ${where}.`;
  // accuracies of few rows have no useful standard error: with none wrong, there is no spread to measure it from
  const doubt =
    verdict.interval === undefined
      ? `standard error of the difference ${show(standardError)}`
      : `95 % interval of the difference ${verdict.interval.map((bound) => show(bound)).join(' to ')}`;
  const within = `${measured} ${where} (${doubt}).`;
  const advice = !isConstant
    ? 'The linear model is simpler: prefer it.'
    : metric === 'accuracy' && score >= uneven
      ? 'Accuracy is misleading on imbalanced classes: see macroRecall and rocAuc, and train with balanced class weights.'
      : 'It has learned nothing that generalizes to new rows.';
  return `The network is ${outcome === 'worse' ? 'worse' : 'no better'} than ${rival}: ${within} ${advice}`;
}
