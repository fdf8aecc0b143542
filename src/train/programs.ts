/** The compiled programs of a training: a step for each batch size, and an evaluation for each chunk size. */
import type { Tensor } from '../base/tensor.ts';
import type { Engine, EpochLoop, LoopSpec, Program } from '../engines/engine.ts';
import { batchSizes, chunkRows, fillRows, weightOf } from '../model/batches.ts';
import { stepAddresses } from '../net/addresses.ts';
import {
  blocksOf,
  type Dataset,
  eachFed,
  feedsOf,
  measured,
  type Problem,
  rowsIn,
  stepSizeOf,
} from '../net/problem.ts';
import { buildStep, lossGraph, trainingStep } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { lbfgsLoop } from './lbfgs/loop.ts';
import { closedOnError, loopOverRows } from './windows/loop-over-rows.ts';

export interface Evaluation {
  readonly loss: number;
  /** [rows, outputs]: all rows, or every k-th row if there are very many. */
  readonly outputs: Tensor;
  readonly targets: Tensor;
}

export interface Programs {
  readonly loop: EpochLoop;
  /** The step of a whole batch. */
  readonly step: Program;
  readonly stepsPerEpoch: number;
  /**
   * Evaluates all rows without dropout, and yields after each chunk of rows. The training loss includes penalties; the validation
   * loss does not.
   */
  evaluate(data: Dataset, kind: 'training' | 'validation'): Generator<undefined, Evaluation>;
}

/** The data set, its batches and the addresses of a problem's steps, as an engine's loop needs them. */
export function loopSpecOf(problem: Problem): LoopSpec {
  const rows = rowsIn(problem);
  return {
    batches: batchSizes(rows, problem.batchSize),
    rows,
    shuffleSeed: problem.shuffle ? problem.network.seed : undefined,
    feeds: [...feedsOf(problem).keys()],
    loss: stepAddresses.loss,
    norm: stepAddresses.gradientNorm,
    count: stepAddresses.count,
    weights: problem.weights && { sum: stepAddresses.weightSum, total: weightOf(problem, 0, rows) },
  };
}

/** Compiles the programs, which share the parameters. */
export function compilePrograms(engine: Engine, problem: Problem, validation: Dataset | undefined): Programs {
  const { network, recipe, targets } = problem;
  const outputs = targets.shape[1];
  const chunk = chunkRows;
  const of = { training: problem as Dataset, validation: validation ?? problem };
  const rows = rowsIn(problem);
  const stepSizes = batchSizes(rows, problem.batchSize);
  const chunks = (data: Dataset, kind: 'training' | 'validation') =>
    batchSizes(rowsIn(data), chunk).map((count) => ({ kind, rows: count }));
  const evaluations = [
    ...chunks(problem, 'training'),
    ...(validation === undefined ? [] : chunks(validation, 'validation')),
  ];
  const { search } = recipe.optimizer;
  const trained = search ? trainedNames(network, recipe, stepSizeOf(problem, 1)) : [];
  const output = `layers.${network.layers.length - 1}.output`;
  const plans = [
    ...stepSizes.map((batch) => {
      const graph = trainingStep(network, recipe, stepSizeOf(problem, batch));
      const read = [stepAddresses.gradientNorm, stepAddresses.weightSum]
        .map((name) => graph.find(name))
        .filter((node) => node !== undefined);
      const gradients = search ? trained.map((name) => graph.get(`gradient(${name})`)) : [];
      return compile(graph, [graph.get(stepAddresses.loss), ...read, ...gradients]);
    }),
    ...evaluations.map(({ kind, rows }) => {
      const graph = lossGraph(
        network,
        kind === 'training' ? recipe : { ...recipe, l1: 0, l2: 0 },
        stepSizeOf(of[kind], rows),
      );
      return compile(graph, [graph.get(stepAddresses.loss), graph.get(output)]);
    }),
  ];
  const { programs, loop } = loopOverRows(engine, plans, problem, loopSpecOf(problem));
  const evaluators = new Map(
    evaluations.map(({ kind, rows }, i) => [`${kind} ${rows}`, programs[stepSizes.length + i]]),
  );
  return {
    loop: search === undefined ? loop : closedOnError(loop, () => lbfgsLoop(loop, programs[0], trained, search)),
    step: programs[0],
    stepsPerEpoch: Math.ceil(rows / stepSizes[0]),
    *evaluate(data, kind) {
      const found = measured(rowsIn(data), outputs);
      let total = 0;
      for (const block of blocksOf(data)) {
        const [size] = block.inputs.shape;
        for (let start = 0; start < size; start += chunk) {
          const count = Math.min(chunk, size - start);
          const program = evaluators.get(`${kind} ${count}`)!;
          eachFed(block, (address, from) => fillRows(program.view(address), from, start, count));
          program.run();
          total += program.view(stepAddresses.loss)[0] * weightOf(block, start, count);
          found.add(program.view(output), block.targets.data.subarray(start * outputs, (start + count) * outputs));
          yield;
        }
      }
      return { loss: total / weightOf(data, 0, rowsIn(data)), outputs: found.outputs, targets: found.targets };
    },
  };
}

/** The addresses of the parameters that training changes. */
function trainedNames(...args: Parameters<typeof buildStep>): string[] {
  const { nodes } = buildStep(...args);
  return nodes.parameters.flatMap(({ trained, node }) => (trained ? [node.name!] : []));
}
