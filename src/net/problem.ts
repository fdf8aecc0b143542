/** Everything that decides the numbers of training, in memory: network, starting parameters, data, recipe. */
import type { Tensor } from '../base/tensor.ts';
import type { Network, Parameters } from './network.ts';
import type { StepRecipe } from './step.ts';

export interface Dataset {
  /** [rows, inputs]. */
  readonly inputs: Tensor;
  /** [rows, outputs]. */
  readonly targets: Tensor;
}

/** A problem's rows are those it trains on, in the file's order. */
export interface Problem extends Dataset {
  readonly network: Network;
  /** What training starts from, by address (`layers.0.weight`). */
  readonly parameters: Parameters;
  readonly recipe: StepRecipe;
  readonly batchSize: 'full' | number;
  /** Rows are put in a new order each epoch. */
  readonly shuffle: boolean;
  /** What the inputs are and what the outputs stand for (classes, a column), where the rows came from a table. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  /** Display names by address: `layers.0.weight` -> `v`. */
  readonly symbols: Readonly<Record<string, string>>;
}

/** What stands for a problem: itself, or what can give one, as a trained model can. */
export type ProblemSource = Problem | { problem(): Problem };

export function problemOf(source: ProblemSource): Problem {
  return 'problem' in source ? source.problem() : source;
}
