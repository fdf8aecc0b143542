/** Decomposes a worked example: the graph of its step over a few updates, flattened to single operations. */
import { size, unravel } from '../base/shape.ts';
import { argument } from '../core/formula.ts';
import { type Graph, isRandom, type Node } from '../core/graph.ts';
import { mapOf } from '../core/op.ts';
import { type Found, Quantities } from '../explain/quantity.ts';
import { type Given, Tape } from '../explain/tape.ts';
import type { Loss } from '../net/losses.ts';
import { eachFed, type FedRows, type Problem, stepSizeOf } from '../net/problem.ts';
import { buildStep } from '../net/step.ts';
import { divisorOf } from './divisor.ts';

import { Flattener } from './flatten.ts';
import type { Request } from './run.ts';
import { Workings } from './workings.ts';

/** The maximum number of updates to decompose: later rows are compared, but not searched for slips. */
export const maxUpdates = 3;
/** The maximum number of cells; larger examples are not searched. */
const maxCells = 6000;

/**
 * A loss that is computed together with its activation, written as its definition: people calculate with the output,
 * not with the sum.
 */
function writtenOut(loss: Loss): Loss {
  if (!loss.joint) return loss;
  return {
    ...loss,
    terms(graph, inputs) {
      const joint = loss.terms(graph, inputs);
      const divisor = joint.op.kind === 'map' ? joint.op.map.formula : undefined;
      if (
        divisor?.kind !== 'apply' ||
        divisorOf(divisor) === undefined ||
        inputs.activation.logarithmic ||
        inputs.weights
      )
        return joint;
      const definition = {
        kind: 'apply',
        primitive: 'div',
        operands: [loss.definition(argument(0), argument(1)), divisor.operands[1]],
      } as const;
      const terms = graph.map(mapOf(loss.name, definition, 2), [inputs.output, inputs.target]);
      terms.backward = joint.backward;
      return terms;
    },
  };
}

/**
 * Decomposes an example as far as the rows after at most `maxUpdates` updates need. Undefined if that is impossible:
 * batches of some of the samples, dropout, too many numbers, no such rows.
 */
export function workings(problem: Problem, requests: readonly Request[]): Workings | undefined {
  const whole = problem.batchSize === 'full' || problem.batchSize >= problem.inputs.shape[0];
  if (!whole) return undefined;
  const { loss } = problem.recipe;
  const taken = takeApart(problem, writtenOut(loss), requests);
  const isWhole = taken?.rows.every((cell) => cell < 0 || Number.isFinite(taken.values[cell]));
  // ln(1 - y) of a saturated y is infinite; the joint form is not
  return isWhole || !loss.joint ? taken : takeApart(problem, loss, requests);
}

function takeApart(problem: Problem, loss: Loss, requests: readonly Request[]): Workings | undefined {
  const { network, recipe, parameters } = problem;
  const fed = new Map<string, FedRows['data']>();
  eachFed(problem, (address, { data }) => fed.set(address, data));
  const { graph, nodes } = buildStep(network, { ...recipe, loss }, stepSizeOf(problem));
  const quantities = new Quantities(graph, nodes.layers);
  const found = requests.map(({ quantity, where }) => quantities.find(quantity, where));
  const slopes = nodes.layers.flatMap(({ weighted, output }, l) => {
    if (weighted?.activation.map === undefined || weighted.sum === output) return [];
    const [of, by] = [`layers.${l}.output`, weighted.sum.name!].map((name) => ({ name, index: [0, 0] }));
    return [quantities.find({ kind: 'factor', of, in: by }).node];
  });
  if (graph.nodes.some(({ op }) => isRandom(op))) return undefined;

  const numbers =
    (after: number) =>
    (node: Node): ArrayLike<number> => {
      const rows = node.name === undefined ? undefined : fed.get(node.name);
      if (rows !== undefined) return rows;
      if (node.name === 'count') return [after + 1];
      const parameter = node.name === undefined ? undefined : parameters.get(node.name);
      if (parameter !== undefined) return parameter.data;
      if (node.op.kind !== 'source') throw new Error(`node ${node.id} is not given`);
      const { initial = 0 } = node.op;
      return typeof initial === 'object' ? initial.data : new Float64Array(size(node.shape)).fill(initial);
    };
  return takeGraphApart({ graph, requests, found, numbers, derivatives: slopes });
}

/** A step's graph, and where the requested numbers are in it. */
export interface GraphParts {
  readonly graph: Graph;
  readonly requests: readonly Request[];
  /** Of each request: the node, and the index in it. */
  readonly found: readonly Found[];
  /** The numbers that the graph is given when so many updates were made. */
  readonly numbers: (after: number) => Given;
  /** Local derivatives, which are numbers of an example with a backward pass, printed or not. */
  readonly derivatives: readonly Node[];
}

/** Takes any step apart, as `workings` does. */
export function takeGraphApart({ graph, requests, found, numbers, derivatives }: GraphParts): Workings | undefined {
  const last = Math.max(...requests.map(({ after }) => (after <= maxUpdates ? after : 0)));
  const tapes: Tape[] = [];
  for (let after = 0; after <= last; after++) tapes.push(new Tape(graph, after, numbers(after), tapes[after - 1]));

  const builder = new Flattener(graph);
  const rows: number[] = [];
  for (const [r, { after }] of requests.entries()) {
    rows.push(after > maxUpdates ? -1 : builder.visit(tapes[after].at(found[r].node, found[r].index)));
    if (builder.cells.length > maxCells) return undefined;
  }
  const isBackward = requests.some(({ after, quantity }) => after === last && quantity.kind !== 'place');
  for (const tape of isBackward ? tapes : tapes.slice(0, last)) {
    for (const node of derivatives) {
      for (let offset = 0; offset < size(node.shape); offset++)
        builder.visit(tape.at(node, unravel(offset, node.shape)));
    }
  }
  return rows.some((cell) => cell >= 0) ? new Workings(graph, builder.ordered(rows)) : undefined;
}
