/** `chainrule/graphs`: graphs from edges, and vectors for their nodes. */

export { type Advice, type AdviceOptions, chooseMethod } from './advice.ts';
export type { CheckpointSource } from './checkpoint.ts';
export { fromEdges } from './edges/from-edges.ts';
export type { EdgeCounts } from './edges/graph-builder.ts';
export type { EdgeOptions } from './edges/options.ts';
export { type Embedding, type EmbeddingPlan, type EmbedOptions, embed, planEmbedding } from './embed.ts';
export {
  type EmbeddingEvaluation,
  type EmbeddingEvaluationOptions,
  evaluateEmbedding,
  evaluateLinks,
  type LabelOfNode,
  type LinkEvaluation,
  type LinkOptions,
  parseLabels,
} from './evaluation/index.ts';
export { type NextUpdate, type UpdateExplainer, updateExplainer } from './explain/next-update.ts';
export { extendVectors } from './extend/extend.ts';
export type { NodeGraph, NodeId } from './graph.ts';
export { type MapKind, type MapOptions, mapNodes } from './map/map-nodes.ts';
export type {
  EmbeddingContext,
  EmbeddingMethod,
  EmbeddingProgress,
  StartVectors,
  TrainingState,
} from './method.ts';
export { type OptionDescription, optionsOf } from './method-options.ts';
export { embeddingMethods } from './methods/index.ts';
export { type Neighbor, type NeighborOptions, neighbors } from './neighbors.ts';
export type { NodeVectors } from './node-vectors.ts';
export { type Preset, presets, type UsedPreset } from './presets.ts';
export { type EdgeFile, type ReadEdgesOptions, readEdges } from './read/read-edges.ts';
export type { EmbeddingCheckpoints } from './training-context.ts';
export { assignVectors } from './vector-files/graphology-attributes.ts';
export { checkVectorFile, companionOf, readVectors, vectorFiles } from './vector-files/vector-files.ts';
export type { VectorFile, VectorSource, VectorsToWrite } from './vector-files/vector-format.ts';
