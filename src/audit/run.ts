/** Runs a problem on the reference engine and reads quantities after given numbers of updates. */

import { fail } from '../base/errors.ts';
import { ravel } from '../base/shape.ts';
import type { Node } from '../core/graph.ts';
import type { Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { Quantities, type Quantity } from '../explain/quantity.ts';
import { type Batch, batchOf } from '../explain/trace.ts';
import { eachFed, type Problem, stepSizeOf } from '../net/problem.ts';
import { buildStep, trainingStep } from '../net/step.ts';
import { compile } from '../plan/plan.ts';

/** A quantity after a number of updates; `where` names it in an error. */
export interface Request {
  readonly quantity: Quantity;
  readonly after: number;
  readonly where: string;
}

export interface Reading {
  readonly value: number;
  /** Of `loss`: without penalties. */
  readonly data: number;
}

/**
 * The values of quantities in the order of the requests. It updates batch by batch, like the trainer; quantities are of
 * all samples, in the file's order. Throws an InputError if the network has no such number.
 */
export function run(problem: Problem, requests: readonly Request[]): Reading[] {
  const { network, recipe, inputs, batchSize } = problem;
  const size = (batch: number) => stepSizeOf(problem, batch);
  const rows = inputs.shape[0];
  if (recipe.optimizer.search !== undefined && requests.some(({ after }) => after > 0)) {
    fail({
      what: `${recipe.optimizer.name} searches for its step length, so its updates cannot be audited`,
      where: ['training', 'optimizer'],
      fix: 'Audit quantities from before the first update, or use another optimizer.',
    });
  }
  const whole = batchSize === 'full' || batchSize >= rows;

  const { graph, nodes } = buildStep(network, recipe, size(rows));
  const quantities = new Quantities(graph, nodes.layers);
  const names = new Map<Node, string>();
  const nameOf = (node: Node): string => {
    const known = names.get(node);
    if (known !== undefined) return known;
    const name = `audit.${names.size}`;
    graph.name(name, node);
    names.set(node, name);
    return name;
  };
  const places = requests.map(({ quantity, where }) => {
    const { node, index } = quantities.find(quantity, where);
    const isLoss = node === graph.find('loss');
    const data = isLoss ? (graph.find('loss.data') ?? node) : node;
    return {
      at: nameOf(node),
      data: nameOf(data),
      offset: ravel(index, node.shape),
      source: node.op.kind === 'source',
    };
  });

  const plan = compile(graph, [...names.keys()]);
  const sizes = whole ? [] : [...new Set([batchSize, rows % batchSize || batchSize])];
  const [evaluation, ...steps] = reference.compile([
    whole ? plan : { ...plan, updates: [] },
    ...sizes.map((batch) => {
      const step = trainingStep(network, recipe, size(batch));
      return compile(step, [step.get('loss')]);
    }),
  ]);
  for (const [name, { data }] of problem.parameters) if (evaluation.has(name)) evaluation.view(name).set(data);
  for (const step of steps) {
    for (const [name, { data }] of problem.parameters) if (step.has(name)) step.view(name).set(data);
  }
  eachFed(problem, (at, { data }) => evaluation.has(at) && evaluation.view(at).set(data));

  const readings: Reading[] = requests.map(() => ({ value: Number.NaN, data: Number.NaN }));
  const byTime = new Map<number, number[]>();
  requests.forEach(({ after }, r) => {
    byTime.set(after, [...(byTime.get(after) ?? []), r]);
  });
  const last = Math.max(0, ...byTime.keys());
  for (let after = 0; after <= last; after++) {
    const wanted = byTime.get(after) ?? [];
    // parameters are read before the step changes them
    for (const source of [true, false]) {
      if (!source && (whole || wanted.length > 0)) {
        setCount(evaluation, after + 1);
        evaluation.run();
      }
      for (const r of wanted) {
        const { at, data, offset, source: isSource } = places[r];
        if (isSource === source) {
          readings[r] = { value: evaluation.view(at)[offset], data: evaluation.view(data)[offset] };
        }
      }
    }
    if (!whole && after < last) {
      const batch = batchOf(problem, after + 1);
      const step = steps[sizes.indexOf(batch.rows.length)];
      fill(step, problem, batch);
      setCount(step, after + 1);
      step.run();
    }
  }
  return readings;
}

function setCount(program: Program, count: number): void {
  if (program.has('count')) program.view('count')[0] = count;
}

function fill(program: Program, problem: Problem, { rows }: Batch): void {
  eachFed(problem, (at, { data, shape }) => {
    if (!program.has(at)) return;
    const into = program.view(at);
    rows.forEach((row, r) => {
      into.set(data.subarray(row * shape[1], (row + 1) * shape[1]), r * shape[1]);
    });
  });
}
