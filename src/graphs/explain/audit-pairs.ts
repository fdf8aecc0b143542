/** The audit of a pair step: a worked example of skip-gram or LINE whose printed numbers are checked. */

import type { Convention } from '../../audit/conventions.ts';
import type { Reading, Request } from '../../audit/run.ts';
import type { Subject } from '../../audit/subject.ts';
import { takeGraphApart } from '../../audit/take-apart.ts';
import { ravel } from '../../base/shape.ts';
import { reference } from '../../engines/reference/index.ts';
import { nameOfVariable } from '../../explain/quantity-names.ts';
import { compile } from '../../plan/plan.ts';
import { givenBy } from './given.ts';
import { PairAddresses } from './pair-addresses.ts';
import { type PairGraph, type PairRule, pairGraph } from './pair-graph.ts';
import type { PairStep } from './pair-step.ts';

/** A pair step as the audit sees it. */
export function pairSubject(step: PairStep): Subject {
  const made = pairGraph(step);
  const addresses = new PairAddresses(step, made.rows);
  const locate = ({ quantity, where }: Request) => addresses.locate(quantity, where);
  return {
    parse: (text, where) => addresses.parse(text, where),
    run: (requests) => run(made, requests.map(locate), requests),
    conventions: (requests, base) => conventionsOf(step, requests.map(locate), requests, base),
    workings: (requests) => {
      const { graph, given } = made;
      return takeGraphApart({
        graph,
        requests,
        found: requests.map((request) => {
          const { node, index } = locate(request);
          return { node: graph.get(node), index };
        }),
        numbers: () => givenBy(given),
        derivatives: [],
      });
    },
    names: () => ({
      of: addresses.of,
      address: ({ node, index }) => addresses.address(node.name!, index),
      marked: false,
    }),
    nameOf: (text) => {
      const { node, index } = addresses.locate(addresses.parse(text));
      return nameOfVariable(addresses.variable(node, index)!, false);
    },
  };
}

type Place = ReturnType<PairAddresses['locate']>;

/** The numbers at some places, each after so many updates. */
function run({ graph, given }: PairGraph, places: readonly Place[], requests: readonly Request[]): Reading[] {
  const nodes = places.map(({ node }) => graph.get(node));
  const [program] = reference.compile([compile(graph, [...new Set(nodes)])]);
  for (const [name, data] of given) if (program.has(name)) program.view(name).set(data);
  const last = Math.max(0, ...requests.map(({ after }) => after));
  const readings: Reading[] = requests.map(() => ({ value: Number.NaN, data: Number.NaN }));
  const read = (after: number, isSource: boolean) => {
    nodes.forEach((node, r) => {
      if (requests[r].after !== after || (node.op.kind === 'source') !== isSource) return;
      const value = program.view(node.name!)[ravel(places[r].index, node.shape)];
      readings[r] = { value, data: value };
    });
  };
  for (let after = 0; after <= last; after++) {
    // vectors are read before the step changes them
    read(after, true);
    program.run();
    read(after, false);
  }
  return readings;
}

/** The same step under one rule that differs. */
function conventionsOf(
  step: PairStep,
  places: readonly Place[],
  requests: readonly Request[],
  base: readonly Reading[],
): Convention[] {
  const values = (changed: PairStep, rule: PairRule = {}, at = requests) =>
    run(pairGraph(changed, rule), places, at).map(({ value }) => value);
  const { method, learningRate } = step;
  const counted = (which: string, text: string, made: readonly number[]): Convention => ({
    kind: 'count',
    which,
    text,
    values: made,
    alike: places.map(({ node }) => node),
  });
  const whole = (kind: Convention['kind'], which: string, text: string, made: readonly number[]): Convention => ({
    kind,
    which,
    text,
    values: made,
  });
  const shifted = (by: number) => {
    const at = requests.map((request) => ({ ...request, after: Math.max(0, request.after + by) }));
    return values(step, {}, at).map((value, r) => (requests[r].after + by < 0 ? Number.NaN : value));
  };
  return [
    ...reductions(step, places, base, values),
    {
      kind: 'sign',
      which: 'row',
      text: 'it is written with the opposite sign',
      values: base.map(({ value }) => -value),
      // an error may be label − sigmoid, and a derivative the direction of descent
      alike: places.map(({ node }) => (/^(error|gradient)/.test(node) ? node : undefined)),
    },
    {
      ...whole(
        'sign',
        'update',
        'the update adds the gradient instead of subtracting it',
        values({ ...step, learningRate: -learningRate }),
      ),
      isMistake: true,
    },
    counted('before', 'it is read one update earlier', shifted(-1)),
    counted('after', 'it is read one update later', shifted(1)),
    whole(
      'update',
      'centreFirst',
      `the ${method.centre} is updated before the gradients of the other vectors are taken`,
      values(step, { order: 'centreFirst' }),
    ),
    whole(
      'update',
      'contextsFirst',
      `the ${method.context} and the negatives are updated before the gradient of the ${method.centre} is taken`,
      values(step, { order: 'contextsFirst' }),
    ),
    whole('trained', method.centre, `the ${method.centre} is not trained`, values(step, { held: 'centre' })),
    whole(
      'trained',
      method.context,
      `the ${method.context} and the negatives are not trained`,
      values(step, { held: 'context' }),
    ),
  ];
}

/** The mean over the pairs in place of the sum: in the loss and its gradient, or in one of them. */
function reductions(
  step: PairStep,
  places: readonly Place[],
  base: readonly Reading[],
  values: (changed: PairStep) => number[],
): Convention[] {
  const { centres, contexts, negatives, learningRate } = step;
  const pairs = centres.length * (contexts.length + negatives.length);
  if (pairs === 1) return [];
  const isLoss = places.map(({ node }) => node === 'loss');
  const isGradient = places.map(({ node }) => node.startsWith('gradient('));
  const slower = values({ ...step, learningRate: learningRate / pairs });
  const mean = slower.map((value, r) => (isLoss[r] || isGradient[r] ? value / pairs : value));
  const kind = 'reduction';
  return [
    { kind, which: '1/n', text: `the loss and its gradient are the mean over the ${pairs} pairs`, values: mean },
    {
      kind,
      which: '1/n loss',
      text: `the loss is the mean over the ${pairs} pairs (its gradient staying as it is)`,
      values: base.map(({ value }, r) => (isLoss[r] ? value / pairs : value)),
    },
    {
      kind,
      which: '1/n gradient',
      text: `the gradient is that of the mean over the ${pairs} pairs (the loss staying as it is)`,
      values: mean.map((value, r) => (isLoss[r] ? slower[r] : value)),
    },
  ];
}
