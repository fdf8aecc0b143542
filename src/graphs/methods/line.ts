/**
 * LINE: vectors of first-order and second-order proximity.
 *
 * Source: Tang and others, "LINE: large-scale information network embedding" (WWW 2015).
 */
import { lineMachineBytes } from '../code/line.ts';
import { type LineOptions, lineOptions, lineRuns } from '../line/options.ts';
import { trainLine } from '../line/train.ts';
import type { EmbeddingMethod } from '../method.ts';

/**
 * Vectors of the first and the second order. With both, each half of a vector has length 1. The result does not depend on the number
 * of threads: LINE uses one, because a sample is too little work to share.
 */
export const line: EmbeddingMethod<LineOptions> = {
  name: 'line',
  summary: 'first-order and second-order proximity from sampled edges',
  options: lineOptions,
  memory(graph, own) {
    const machines = lineRuns(graph, own).map((run) => lineMachineBytes(graph, run));
    const tables = 4 * graph.neighbors.length * (graph.weights === undefined ? 1 : 6) + 40 * graph.ids.length;
    return Math.max(...machines) + tables + 4 * graph.ids.length * own.dimensions;
  },
  isResumable: true,
  positionUnit: 'samples',
  warmStarts: true,
  line: (own) => own,
  embed: trainLine,
};
