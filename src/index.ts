/**
 * `chainrule`: networks, training, models. Runs in Node and in browsers. Every name equals the one in the experiment file.
 */

export { type AuditOfExample as Audit, auditExample as audit } from './audit/worked-example.ts';
export { type Complaint, InputError } from './base/errors.ts';
export type { Matrix, Tensor } from './base/tensor.ts';
/** Builders of formulas, for an activation of one's own. `chainrule/core` has all that other recipes need. */
export * as formula from './core/formula.ts';
export {
  type Activation,
  type ActivationFamily,
  activation,
  activationFamily,
  activations,
  celu,
  elu,
  gelu,
  geluTanh,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  linear,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
} from './core/ops/activations.ts';
export type { Feed, FeedSpec, Feeds } from './data/feeds.ts';
export type { InlineData, InlineRows } from './data/inline/inline.ts';
export { type Check, type CheckRow, check } from './explain/check.ts';
export { type ExplainOptions, explain } from './explain/explanation.ts';
export type { Line, Phase } from './explain/lines/line.ts';
export { type LoadOptions, load } from './model/load.ts';
export { type Evaluated, type EvaluateOptions, Model } from './model/model.ts';
export type { FeaturesOf, RowPrediction } from './model/row.ts';
export type { LayerSummary, ModelSummary } from './model/summary.ts';
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  initializers,
  lecunNormal,
  normal,
  orthogonal,
  uniform,
  zeros,
} from './net/initializers.ts';
export { experimentJsonSchema } from './net/json-schema.ts';
export type { Embedded, Layer, LayerFeed, LayerQuantity } from './net/layer.ts';
export { activate } from './net/layers/activate.ts';
export { type DenseOptions, dense } from './net/layers/dense.ts';
export { dropout } from './net/layers/dropout.ts';
export { type EmbeddingOptions, embedding } from './net/layers/embedding.ts';
export { type BatchNormOptions, batchNorm, type LayerNormOptions, layerNorm } from './net/layers/norm.ts';
export { residual } from './net/layers/residual.ts';
export {
  binaryCrossEntropy,
  crossEntropy,
  halfMse,
  hinge,
  huber,
  type Loss,
  type LossEntry,
  logCosh,
  loss,
  losses,
  mae,
  mse,
} from './net/losses.ts';
export type { AnyMetrics, ClassMetrics, ColumnMetrics, NumberMetrics } from './net/metric-types.ts';
export type { Metrics } from './net/metrics.ts';
export { type Network, type NetworkOptions, network } from './net/network.ts';
export {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  lbfgs,
  lion,
  nadam,
  type Optimizer,
  optimizers,
  radam,
  rmsprop,
  rprop,
  sgd,
} from './net/optimizers.ts';
export { type ClassesMetric, metric, type OutputsMetric, type OwnMetric } from './net/own-metric.ts';
export type { Problem, ProblemSource } from './net/problem.ts';
export type { Recipe } from './net/recipes.ts';
export { type RateSchedule, schedules } from './net/schedules.ts';
export type { ExperimentJson, FileDataJson, WorkedExampleJson } from './net/schema.ts';
export { type ExperimentOptions, experiment, type Setup } from './net/setup.ts';
export { type TableChoices, tableExperiment } from './net/table-experiment.ts';
export type { TableData } from './net/table-setup.ts';
export type { Stop, TrainingOptions } from './net/training.ts';
export { type Baseline, type Baselines, baselines, type LinearBaseline } from './studies/baselines.ts';
export { type CrossValidated, type CrossValidation, crossValidate, type Fold } from './studies/folds.ts';
export { findLearningRate, type RateOptions, type RatePoint, type RateTest } from './studies/learning-rate.ts';
export { type Overfit, type OverfitOptions, overfitBatch } from './studies/overfit.ts';
export { judge, type Verdict, verdictText } from './studies/verdict.ts';
export type { Callbacks, EpochRow, RunStart } from './train/callbacks.ts';
export { type HistoryRow, historyCsv } from './train/history.ts';
export { train } from './train/index.ts';
export type { RunOptions } from './train/run.ts';
export type { ResumeChange } from './train/snapshot.ts';
export type { StopReason } from './train/trainer.ts';
export type { Run, Splits, Trained, TypedTableData } from './train/typed-run.ts';
