/**
 * Set-ups that cannot learn, from the result of a training: every unit of a layer is dead or saturated, every prediction is the
 * same, or the loss never moved. Each gives one sentence with the likely cause and one thing to try.
 */
import type { Tensor } from '../base/tensor.ts';
import { reference } from '../engines/reference/index.ts';
import { countParameters, type Parameters } from '../net/network.ts';
import { eachFed, rowsAt, rowsIn, stepSizeOf } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { lossGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import type { HistoryRow } from './history.ts';
import { hasLearned, lossOfConstants, meanLoss, minEpochs } from './loss-of-constants.ts';
import type { TrainingResult } from './trainer.ts';

/** The maximum number of rows to look at, the minimum, and about how many multiplications that may take. */
const [maxRows, minRows, maxWork] = [256, 8, 4e6];
/** At least this share of the loss of a constant prediction is no better than that. */
const nothing = 0.9;
/** Of a loss that does not move: the maximum change, as a share of the loss, over the last three quarters of the epochs. */
const [still, most] = [1e-3, 0.75];
/** Numbers that differ by less than this share of their size are the same. */
const same = 1e-6;

type Result = Pick<TrainingResult, 'loss' | 'history' | 'parameters'>;

/** A warning with cause and advice; undefined if the training shows no such sign. */
export function hopelessWarning(setup: Setup, { loss, history, parameters }: Result): string | undefined {
  if (!Number.isFinite(loss.final) || hasLearned(setup, loss.final)) return undefined;
  if ((history.at(-1)?.epoch ?? 0) < minEpochs) return undefined;
  const seen = outputsOf(setup, parameters);
  if (seen === undefined) return undefined;
  const { outputs, targets } = seen;
  const stuck = stuckLayer(setup, outputs);
  const isConstant = isSameForAllRows(outputs.at(-1)!);
  if (isConstant && variesInRows(setup)) {
    return `The network predicts the same for every row. ${stuck ?? causeOfConstants(setup, parameters)}`;
  }
  const sample = { targets, recipe: setup.recipe };
  const own = meanLoss(sample, (k, row) => outputs.at(-1)![row][k]);
  if (!isStill(history) || own < nothing * lossOfConstants(sample)) return undefined;
  return `The loss has not moved for most of the training. ${stuck ?? causeOfStillness(setup)}`;
}

interface Seen {
  /** For each layer, a list of rows. */
  readonly outputs: Float64Array[][];
  readonly targets: Tensor;
}

/** The outputs of each layer for some training rows; undefined for a network that is too large. */
function outputsOf(setup: Setup, parameters: Parameters): Seen | undefined {
  const { network, recipe, inputs } = setup;
  const rows = Math.min(
    rowsIn(setup),
    maxRows,
    Math.floor(maxWork / Math.max(1, countParameters(network, inputs.shape[1]))),
  );
  if (rows < Math.min(minRows, rowsIn(setup))) return undefined;
  const stride = rowsIn(setup) / rows;
  const picked = rowsAt(
    setup,
    Uint32Array.from({ length: rows }, (_, r) => Math.floor(r * stride)),
  );
  const graph = lossGraph(
    network,
    { ...recipe, ema: undefined },
    stepSizeOf({ ...setup, ...picked, stream: undefined }, rows),
  );
  const [program] = reference.compile([compile(graph, 'all')]);
  for (const [name, { data }] of parameters) if (program.has(name)) program.view(name).set(data);
  eachFed(picked, (address, { data }) => program.has(address) && program.view(address).set(data));
  program.run();
  const outputs = network.layers.map((_, l) => {
    const numbers = program.view(`layers.${l}.output`);
    const width = numbers.length / rows;
    return Array.from({ length: rows }, (_, r) => Float64Array.from(numbers.subarray(r * width, (r + 1) * width)));
  });
  return { outputs, targets: picked.targets };
}

/** The first hidden layer that passes no gradient back for any row, with its cause. */
function stuckLayer({ network, warnings }: Setup, outputs: readonly (readonly Float64Array[])[]): string | undefined {
  for (const [l, { activation }] of network.layers.slice(0, -1).entries()) {
    if (activation === undefined) continue;
    const every = (test: (value: number) => boolean) => outputs[l].every((row) => row.every(test));
    if (activation.dies && every((value) => value <= 0)) {
      return `The likely cause: every unit of layer ${l + 1} gives 0 for every row, so that its ${activation.name} passes no gradient back. Try a learning rate 10 times lower.`;
    }
    const [low, high] = activation.range;
    const margin = 1e-3 * (high - low);
    if (activation.saturates && every((value) => value - low < margin || high - value < margin)) {
      const advice = warnings.length > 0 ? 'Scale the inputs.' : 'Try a learning rate 10 times lower.';
      return `The likely cause: every unit of layer ${l + 1} is saturated for every row, where ${activation.name} is flat. ${advice}`;
    }
  }
  return undefined;
}

function causeOfConstants({ network }: Setup, parameters: Parameters): string {
  const zero = network.layers.findIndex((layer, l) => {
    const weight = parameters.get(`layers.${l}.weight`);
    return layer.activation !== undefined && weight?.data.every((w) => w === 0);
  });
  if (zero !== -1) {
    return `The likely cause: all weights of layer ${zero + 1} are 0, so that the gradients are 0 too. Try another initializer, such as glorotUniform.`;
  }
  return 'The likely cause: the penalty is too strong, or the learning rate drove the weights to where the network ignores its inputs. Try a learning rate 10 times lower, without l1 and l2.';
}

function causeOfStillness({ recipe }: Setup): string {
  const { optimizer } = recipe;
  if (optimizer.search !== undefined)
    return 'The likely cause: the start is a point without a slope. Try another seed.';
  return `The likely cause: the learning rate ${optimizer.learningRate} is too low, or the inputs say nothing about the target. Try a learning rate 10 times higher.`;
}

/** Whether all rows have the same numbers, up to rounding. */
function isSameForAllRows(rows: readonly Float64Array[]): boolean {
  const [first] = rows;
  return rows.every((row) =>
    row.every((value, k) => Math.abs(value - first[k]) <= same * Math.max(Math.abs(first[k]), same)),
  );
}

/** Whether inputs and targets differ between rows, so that the predictions should. */
function variesInRows({ inputs, targets }: Setup): boolean {
  return [inputs, targets].every(({ shape: [, width], data }) => data.some((value, i) => value !== data[i % width]));
}

/** Whether the loss stayed where it was over the last three quarters of the epochs, without having fallen before. */
function isStill(history: readonly HistoryRow[]): boolean {
  const last = history[history.length - 1];
  const first = history[0];
  const late = history.filter(({ epoch }) => epoch >= (1 - most) * last.epoch);
  const highest = late.reduce((most, { loss }) => Math.max(most, loss), Number.NEGATIVE_INFINITY);
  const lowest = late.reduce((least, { loss }) => Math.min(least, loss), Number.POSITIVE_INFINITY);
  return highest - lowest <= still * Math.abs(highest) && last.loss > 0.98 * first.loss;
}
