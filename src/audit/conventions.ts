/**
 * The other conventions: the same example under one rule that differs from the file's. Each is run to compute the value
 * of every printed quantity under it.
 */
import { InputError } from '../base/errors.ts';
import { size } from '../base/shape.ts';
import { constant, type Formula, mul, where } from '../core/formula.ts';
import { map } from '../core/op.ts';
import { isTrained } from '../net/layer.ts';
import type { Loss } from '../net/losses.ts';
import { eachParameter } from '../net/network.ts';
import type { Optimizer } from '../net/optimizers.ts';
import { type Problem, stepSizeOf } from '../net/problem.ts';
import { lossGraph } from '../net/step.ts';
import { readAlike, signedAlike } from './alike.ts';
import { divisorOf } from './divisor.ts';
import { type Reading, type Request, run } from './run.ts';

export interface Convention {
  readonly kind: 'gradient' | 'update' | 'reduction' | 'sign' | 'count' | 'trained' | 'walk';
  /** Distinguishes it within its kind: `sequential`, `1/2m`, `layers.0.bias`. */
  readonly which: string;
  /** Completes "follows if …". */
  readonly text: string;
  /** The values of the quantities under it; not finite where it does not apply. */
  readonly values: readonly number[];
  /**
   * Of a convention about how single numbers are read or written (their sign, their time): for each row, the group of numbers
   * that are written in one way, or undefined where that way is fixed. Left out if the convention concerns the calculation.
   */
  readonly alike?: readonly (string | undefined)[];
  /** Whether it is a mistake that the whole calculation makes: rows that follow from it are wrong. */
  readonly isMistake?: true;
}

/** Conventions that differ from the file's in one respect. `base` are the values under the file's own conventions. */
export function conventions(problem: Problem, requests: readonly Request[], base: readonly Reading[]): Convention[] {
  const { recipe } = problem;
  const out: Convention[] = [];
  const add = (convention: Omit<Convention, 'values'>, changed: Problem, rate?: number) => {
    const readings = attempt(changed, requests, rate);
    if (readings !== undefined) out.push({ ...convention, values: readings.map(({ value }) => value) });
  };

  const gradient = recipe.gradient === 'exact' ? 'averagedFactors' : 'exact';
  add(
    {
      kind: 'gradient',
      which: gradient,
      text:
        gradient === 'exact'
          ? 'the exact gradient is used instead of averaged factors'
          : 'each factor of the chain rule is averaged over the samples and the averages are multiplied',
    },
    { ...problem, recipe: { ...recipe, gradient } },
  );

  if (recipe.clipNorm === undefined && recipe.clipValue === undefined) {
    const update = recipe.update === 'simultaneous' ? 'sequential' : 'simultaneous';
    add(
      {
        kind: 'update',
        which: update,
        text:
          update === 'sequential'
            ? 'the update is sequential: in the backward pass, each layer is updated before the next gradient is computed'
            : 'the update is simultaneous: all gradients are computed before any weight changes',
      },
      { ...problem, recipe: { ...recipe, update } },
    );
  }

  out.push(...reductions(problem, requests, base));

  out.push({
    kind: 'sign',
    which: 'row',
    text: 'it is written with the opposite sign',
    values: base.map(({ value }) => -value),
    alike: requests.map(signedAlike),
  });
  add(
    { kind: 'sign', which: 'update', text: 'the update adds the gradient instead of subtracting it', isMistake: true },
    problem,
    -recipe.optimizer.learningRate,
  );

  for (const shift of [-1, 1]) {
    const shifted = requests.map((request) => ({ ...request, after: request.after + shift }));
    const valid = shifted.filter(({ after }) => after >= 0);
    const readings = attempt(problem, valid);
    if (readings === undefined) continue;
    const values = shifted.map(({ after }) => (after < 0 ? Number.NaN : readings[0].value));
    let next = 0;
    shifted.forEach(({ after }, r) => {
      if (after >= 0) values[r] = readings[next++].value;
    });
    out.push({
      kind: 'count',
      which: shift < 0 ? 'before' : 'after',
      text: shift < 0 ? 'it is read one update earlier' : 'it is read one update later',
      values,
      alike: requests.map(readAlike),
    });
  }

  for (const { which, text, trained, element } of trainings(problem)) {
    const layers = problem.network.layers.map((layer, l) => ({ ...layer, trainable: trained[l] }));
    const optimizer = element === undefined ? recipe.optimizer : withElement(recipe.optimizer, element);
    const changed = { ...problem, network: { ...problem.network, layers }, recipe: { ...recipe, optimizer } };
    add({ kind: 'trained', which, text }, changed);
  }
  return out;
}

/** A variant may be undefined (averaged factors of a softmax). It then explains nothing. */
function attempt(problem: Problem, requests: readonly Request[], rate?: number): Reading[] | undefined {
  const { recipe } = problem;
  const changed =
    rate === undefined
      ? problem
      : { ...problem, recipe: { ...recipe, optimizer: { ...recipe.optimizer, learningRate: rate } } };
  try {
    return run(changed, requests);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Multiplies the loss by a constant. */
function scaled(loss: Loss, factor: number): Loss {
  return {
    ...loss,
    terms: (graph, inputs) =>
      graph.map(map('scaled', { f: (term: Formula) => mul(constant(factor), term) }), [loss.terms(graph, inputs)]),
  };
}

/** Other divisors of the loss: in the loss and its gradient, in the loss alone, in the gradient alone. */
function reductions(problem: Problem, requests: readonly Request[], base: readonly Reading[]): Convention[] {
  const { network, recipe, inputs, targets } = problem;
  const samples = inputs.shape[0];
  const outputs = targets.shape[1];
  const { op } = lossGraph(network, recipe, stepSizeOf(problem)).get('loss.terms');
  const divisor = op.kind === 'map' ? divisorOf(op.map.formula) : undefined;
  const own = divisor === undefined ? 1 : 1 / divisor.value;

  const known = new Set([own]);
  const out: Convention[] = [];
  for (const { which, value, words } of [
    { which: '1', value: 1, words: 'the sum over samples and outputs' },
    { which: '1/2', value: 1 / 2, words: 'half the sum over samples and outputs' },
    { which: '1/m', value: 1 / samples, words: `the sum divided by the ${samples} samples` },
    { which: '1/2m', value: 1 / (2 * samples), words: `the sum divided by twice the ${samples} samples` },
    { which: '1/mn', value: 1 / (samples * outputs), words: 'the mean over samples and outputs' },
    { which: '1/2mn', value: 1 / (2 * samples * outputs), words: 'half the mean over samples and outputs' },
    { which: '1/n', value: 1 / outputs, words: `the sum divided by the ${outputs} outputs` },
    { which: '1/2n', value: 1 / (2 * outputs), words: `the sum divided by twice the ${outputs} outputs` },
  ]) {
    if (known.has(value)) continue;
    known.add(value);
    const factor = value / own;
    const isLoss = requests.map(({ quantity }) => quantity.kind === 'place' && quantity.place.name === 'loss');
    const readings = attempt({ ...problem, recipe: { ...recipe, loss: scaled(recipe.loss, factor) } }, requests);
    if (readings === undefined) continue;
    const kind = 'reduction';
    out.push(
      {
        kind,
        which,
        text: `the loss and its gradient are ${words}`,
        values: readings.map((reading) => reading.value),
      },
      {
        kind,
        which: `${which} loss`,
        text: `the loss is ${words} (with its gradient unchanged)`,
        values: base.map(({ value, data }, r) => (isLoss[r] ? value + (factor - 1) * data : value)),
      },
      {
        kind,
        which: `${which} gradient`,
        text: `the gradient is that of ${words} (with the loss unchanged)`,
        values: readings.map(({ value, data }, r) => (isLoss[r] ? value + (1 / factor - 1) * data : value)),
      },
    );
  }
  return out;
}

interface Training {
  readonly which: string;
  readonly text: string;
  /** The trained parameters of each layer. */
  readonly trained: readonly (readonly string[])[];
  /**
   * One element of a tensor that differs from the others: the only trained one, or the only one that is not trained.
   */
  readonly element?: Element;
}

interface Element {
  readonly address: string;
  readonly index: number;
  readonly trained: boolean;
}

const pickUpdated = map('trained', {
  f: (mask: Formula, next: Formula, unchanged: Formula) => where(mask, next, unchanged),
});

/** An optimizer that leaves part of one tensor unchanged. */
function withElement(optimizer: Optimizer, { address, index, trained }: Element): Optimizer {
  return {
    ...optimizer,
    update(context) {
      const next = optimizer.update!(context);
      const { graph, parameter } = context;
      if (parameter.name !== address) return next;
      const mask = new Float64Array(size(parameter.shape)).fill(trained ? 0 : 1);
      mask[index] = trained ? 1 : 0;
      return graph.map(pickUpdated, [graph.constant({ shape: parameter.shape, data: mask }), next, parameter]);
    },
  };
}

/** Each tensor switched between trained and not trained; each single bias; and all biases together. */
function trainings({ network, inputs }: Problem): Training[] {
  const all = eachParameter(network, inputs.shape[1], (address, layer, { name, shape }, index) => ({
    address,
    name,
    count: size(shape),
    index,
    trained: isTrained(layer, name),
  }));
  const turned = (which: readonly string[]) =>
    network.layers.map((_, l) =>
      all
        .filter(({ address, index, trained }) => index === l && trained !== which.includes(address))
        .map(({ name }) => name),
    );
  const out: Training[] = all.map(({ address, trained }) => ({
    which: address,
    text: trained ? `${address} is not trained` : `${address} is trained too`,
    trained: turned([address]),
  }));
  for (const { address, name, count, trained } of all) {
    if (name !== 'bias' || count === 1) continue;
    for (let index = 0; index < count; index++) {
      const which = `${address}[${index}]`;
      out.push({
        which,
        text: trained ? `${which} is not trained` : `${which} is trained too`,
        trained: turned(trained ? [] : [address]),
        element: { address, index, trained: !trained },
      });
    }
  }
  for (const trained of [true, false]) {
    const biases = all.filter((each) => each.name === 'bias' && each.trained === trained).map(({ address }) => address);
    if (biases.length < 2) continue;
    out.push({
      which: 'biases',
      text: trained ? 'no bias is trained' : 'all biases are trained too',
      trained: turned(biases),
    });
  }
  return out;
}
