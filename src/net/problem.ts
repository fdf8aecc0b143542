/** Everything that decides the numbers of training, in memory: network, starting parameters, data, recipe. */
import type { Tensor } from '../base/tensor.ts';
import type { Network, Parameters } from './network.ts';
import type { StepRecipe } from './step.ts';

export interface Problem {
  readonly network: Network;
  /** What training starts from, by address (`layers.0.weight`). */
  readonly parameters: Parameters;
  /** [rows, inputs] and [rows, outputs], in the file's order. */
  readonly inputs: Tensor;
  readonly targets: Tensor;
  readonly recipe: StepRecipe;
  readonly batchSize: 'full' | number;
  /** Rows are put in a new order each epoch. */
  readonly shuffle: boolean;
  /** Display names by address: `layers.0.weight` -> `v`. */
  readonly symbols: Readonly<Record<string, string>>;
}
