/**
 * `chainrule/core`: the tools for your own recipes. Formulas, maps and kernels make the nodes of a step's graph; the
 * functions `activation`, `loss`, `layer`, `optimizer`, `schedule` and `initializer` make recipes, which are used like the
 * built-in ones and read back with `load(bytes, { recipes: [ … ] })`.
 */

export { type Complaint, fail, InputError } from './base/errors.ts';
export type {
  BooleanOption,
  ChoiceOption,
  Family,
  NumberOption,
  Option,
  OptionSpecs,
  OptionValues,
  ResolvedOptions,
} from './base/options.ts';
/** Random numbers that depend only on a seed and a sequence, for an initializer to fill its weights. */
export { fillNormal, fillUniform } from './base/random.ts';
export type { Shape } from './base/shape.ts';
export { type Tensor, tensor } from './base/tensor.ts';
export type { Formula, Operand } from './core/formula.ts';
/** Builders of formulas: `formula.mul(2, formula.tanh(x))`. */
export * as formula from './core/formula.ts';
export { gradient } from './core/gradient.ts';
export { type Backward, Graph, leadingLetters, type Node, type NumberType } from './core/graph.ts';
export { type Kink, type MapEntry, type MapOp, map, mapOf, type OnnxOperator } from './core/op.ts';
export {
  type Activation,
  type ActivationEntry,
  type ActivationFamily,
  activation,
  activationFamily,
} from './core/ops/activations.ts';
export { gather } from './core/ops/gather.ts';
export { concat, reshape, slice } from './core/ops/pieces.ts';
export { rowMaximum } from './core/ops/row-maximum.ts';
export { sparsePattern, spmm } from './core/ops/sparse.ts';
export {
  type Initializer,
  type InitializerFamily,
  initializer,
  initializerFamily,
} from './net/initializers.ts';
export type { Layer, LayerContext, LayerFeed, LayerNodes, LayerQuantity, ParameterSpec } from './net/layer.ts';
export {
  type Loss,
  type LossEntry,
  type LossFamily,
  type LossInputs,
  loss,
  lossFamily,
  type SampleWeights,
} from './net/losses.ts';
export {
  type Optimizer,
  type OptimizerFamily,
  type OwnOptimizerEntry,
  optimizer,
  type UpdateContext,
} from './net/optimizers.ts';
export { type LayerFamily, type LayerParts, layer, type OwnParameter } from './net/own-layer.ts';
export { type ClassesMetric, metric, type OutputsMetric, type OwnMetric } from './net/own-metric.ts';
export type { Recipe } from './net/recipes.ts';
export {
  type RateSchedule,
  type ScheduleClock,
  type ScheduleEntry,
  type ScheduleFamily,
  schedule,
} from './net/schedules.ts';
