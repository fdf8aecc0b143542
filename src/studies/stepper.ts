/** Single training steps on batches of one size, outside epochs: for tests of a setup before it is trained. */
import type { Engine, Program } from '../engines/engine.ts';
import { averageOf } from '../net/addresses.ts';
import { type Dataset, eachFed, type Problem, stepSizeOf } from '../net/problem.ts';
import { trainingStep } from '../net/step.ts';
import { compile } from '../plan/plan.ts';

export interface Stepper {
  readonly program: Program;
  /** Takes a step on the rows of a batch; returns their loss before the step. */
  step(rows: Dataset): number;
}

/** `keep`: addresses to read after a step. */
export function stepper(engine: Engine, problem: Problem, batch: number, keep: readonly string[] = []): Stepper {
  const { network, recipe, parameters } = problem;
  const graph = trainingStep(network, recipe, stepSizeOf(problem, batch));
  const wanted = ['loss', 'gradientNorm', ...keep].map((name) => graph.find(name)).filter((node) => node !== undefined);
  const [program] = engine.compile([compile(graph, wanted)]);
  for (const [name, { data }] of parameters) {
    program.view(name).set(data);
    if (program.has(averageOf(name))) program.view(averageOf(name)).set(data);
  }
  const loss = program.view('loss');
  const counter = program.has('count') ? program.view('count') : undefined;
  let count = 0;
  return {
    program,
    step(rows) {
      eachFed(rows, (address, { data }) => program.view(address).set(data));
      count += 1;
      if (counter !== undefined) counter[0] = count;
      program.run();
      return loss[0];
    },
  };
}
