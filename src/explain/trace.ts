/**
 * One step of training with all its numbers: runs the steps before it, then this step on the reference engine, then the
 * loss of its batch again with the updated parameters.
 */
import { fail } from '../base/errors.ts';
import { permutation } from '../base/random.ts';
import type { Node } from '../core/graph.ts';
import type { Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import type { NetworkNodes } from '../net/network.ts';
import { eachFed, type FedRows, type Problem, stepSizeOf } from '../net/problem.ts';
import { buildStep, lossGraph, trainingStep } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { Quantities } from './quantity.ts';
import { Tape } from './tape.ts';

/** The rows of an update. */
export interface Batch {
  /** From 0. */
  readonly epoch: number;
  /** The file's rows, from 0, in the batch's order. */
  readonly rows: Uint32Array;
}

/** The batch of the `step`th update (from 1), the same as in training. */
export function batchOf(problem: Problem, step: number): Batch {
  return batches(problem)(step);
}

/** Batches by the number of their update; the order of the last requested epoch is cached. */
function batches({ inputs, batchSize, shuffle, network }: Problem): (step: number) => Batch {
  const count = inputs.shape[0];
  const size = batchSize === 'full' ? count : Math.min(batchSize, count);
  const perEpoch = Math.ceil(count / size);
  const orderOf = (epoch: number) =>
    shuffle ? permutation(count, network.seed, 'shuffle', epoch) : Uint32Array.from({ length: count }, (_, row) => row);
  let known = { epoch: 0, order: orderOf(0) };
  return (step) => {
    const epoch = Math.floor((step - 1) / perEpoch);
    if (known.epoch !== epoch) known = { epoch, order: orderOf(epoch) };
    const start = ((step - 1) % perEpoch) * size;
    return { epoch, rows: known.order.slice(start, start + size) };
  };
}

export interface Trace {
  readonly problem: Problem;
  /** The number of the update, from 1. */
  readonly step: number;
  readonly batch: Batch;
  readonly nodes: NetworkNodes;
  /** The parameters before the update, by address. */
  readonly parameters: ReadonlyMap<string, Float64Array>;
  readonly quantities: Quantities;
  /** The step: forward, loss, backward, update. */
  readonly tape: Tape;
  /** The loss of the same batch after the update, without dropout. */
  readonly next: Tape;
}

/** Throws an InputError if `step` is not the number of an update. */
export function trace(problem: Problem, step = 1): Trace {
  return traceStep(problem, step);
}

/**
 * The same step under another rule of the gradient, with the batch, the parameters and the optimizer's states that the step
 * has: no update before it is made again. Throws an InputError if the rule is not defined for the network.
 */
export function traceUnder(other: Trace, gradient: Problem['recipe']['gradient']): Trace {
  const { problem } = other;
  return traceStep({ ...problem, recipe: { ...problem.recipe, gradient } }, other.step, other);
}

/** `at`: a trace of the same step that starts with the wanted parameters and states; default: train up to the step. */
function traceStep(problem: Problem, step: number, at?: Trace): Trace {
  if (!Number.isSafeInteger(step) || step < 1) {
    fail({
      what: `${step} is not the number of an update`,
      where: ['step'],
      fix: 'Give an integer; the first update is 1.',
    });
  }
  const { network, recipe } = problem;
  if (recipe.optimizer.search !== undefined && step > 1) {
    fail({
      what: `${recipe.optimizer.name} searches for its step length, so no single formula gives its update`,
      where: ['step'],
      fix: 'Explain step 1: its loss and gradients are those at the start. Or use another optimizer.',
    });
  }
  const rowsAt = batches(problem);
  const batch = rowsAt(step);
  const size = (rows: number) => stepSizeOf(problem, rows);

  const { graph, nodes } = buildStep(network, recipe, size(batch.rows.length));
  const quantities = new Quantities(graph, nodes.layers);
  addSlopes(quantities, nodes);
  // uses the trained weights, not their running average
  const after = lossGraph(network, { ...recipe, ema: undefined }, size(batch.rows.length));

  // the steps have smaller and larger batches; all programs share parameters and the optimizer's state
  const sizes =
    step === 1 || at !== undefined ? [] : [...new Set([1, lastOfEpoch(problem)].map((t) => rowsAt(t).rows.length))];
  const programs = reference.compile([
    compile(graph, 'all'),
    compile(after, 'all'),
    ...sizes.map((rows) => {
      const other = trainingStep(network, recipe, size(rows));
      return compile(other, [other.get('loss')]);
    }),
  ]);
  const [kept, next, ...rest] = programs;
  if (at !== undefined) copyStart(at, kept);
  else for (const [name, { data }] of problem.parameters) kept.view(name).set(data);
  for (let t = 1; at === undefined && t < step; t++) {
    const { rows } = rowsAt(t);
    const program = rest[sizes.indexOf(rows.length)];
    fill(program, problem, rows);
    // the plan of an optimizer that does not use the count has none
    if (program.has('count')) program.view('count')[0] = t;
    program.run();
  }

  fill(kept, problem, batch.rows);
  kept.view('count')[0] = step;
  const values = new Map(graph.nodes.filter(isTrained).map((node) => [node, kept.view(node.name!).slice()]));
  kept.run();
  fill(next, problem, batch.rows);
  next.run();
  return {
    problem,
    step,
    batch,
    nodes,
    parameters: new Map([...problem.parameters.keys()].map((name) => [name, values.get(graph.get(name))!])),
    quantities,
    tape: new Tape(graph, step - 1, (node) => values.get(node) ?? given(kept, node), undefined, computed(kept)),
    next: new Tape(after, step, (node) => given(next, node), undefined, computed(next)),
  };
}

/** Parameters and the states of the optimizer: what an update changes. */
const isTrained = ({ op }: Node): boolean => op.kind === 'source' && (op.role === 'parameter' || op.role === 'state');

/** The parameters and states before the update of another trace. */
function copyStart({ tape }: Trace, program: Program<Float64Array>): void {
  for (const node of tape.graph.nodes) {
    if (isTrained(node) && program.has(node.name!)) program.view(node.name!).set(tape.numbers(node));
  }
}

/** The last update of the first epoch, whose batch may be smaller. */
function lastOfEpoch({ inputs, batchSize }: Problem): number {
  return batchSize === 'full' ? 1 : Math.ceil(inputs.shape[0] / batchSize);
}

/**
 * The gradient of the batch's loss with respect to each trained parameter, at the parameters before the update. Under
 * `exact` with simultaneous updates the step uses it; other rules are compared with it.
 */
export function exactGradients({ problem, step, batch, parameters }: Trace): ReadonlyMap<string, Float64Array> {
  const { network, recipe } = problem;
  const size = stepSizeOf(problem, batch.rows.length);
  const graph = trainingStep(network, { ...recipe, gradient: 'exact', update: 'simultaneous' }, size);
  const [program] = reference.compile([compile(graph, 'all')]);
  for (const [name, numbers] of parameters) program.view(name).set(numbers);
  fill(program, problem, batch.rows);
  program.view('count')[0] = step;
  program.run();
  const gradients = [...parameters.keys()].filter((name) => program.has(`gradient(${name})`));
  return new Map(gradients.map((name) => [name, program.view(`gradient(${name})`)]));
}

/** Adds each elementwise activation's local derivative, ∂output/∂sum, to the graph. */
function addSlopes(quantities: Quantities, { layers }: NetworkNodes): void {
  layers.forEach(({ weighted, output }, l) => {
    if (weighted?.activation.map === undefined || weighted.sum === output) return;
    quantities.find({
      kind: 'factor',
      of: { name: `layers.${l}.output`, index: [0, 0] },
      in: { name: weighted.sum.name!, index: [0, 0] },
    });
  });
}

function fill(program: Program<Float64Array>, problem: Problem, rows: Uint32Array): void {
  eachFed(problem, (address, data) => gather(program.view(address), data, rows));
}

function gather(into: Float64Array, { shape: [, width], data }: FedRows, rows: Uint32Array): void {
  rows.forEach((row, r) => {
    into.set(data.subarray(row * width, (row + 1) * width), r * width);
  });
}

function given(program: Program<Float64Array>, node: Node): ArrayLike<number> {
  const { op } = node;
  if (op.kind === 'source' && op.role === 'constant' && typeof op.initial === 'object') return op.initial.data;
  if (node.name === undefined) throw new Error(`node ${node.id} has no name to read its numbers by`);
  return program.view(node.name);
}

/** Named nodes were kept; nodes between them are recomputed on demand. */
function computed(program: Program<Float64Array>) {
  return ({ name }: Node) => (name !== undefined && program.has(name) ? program.view(name) : undefined);
}
