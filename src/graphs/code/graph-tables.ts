/** A graph in the memory of a machine, or the layers of one: the places of its tables, and their content. */
import type { NodeGraph } from '../graph.ts';
import type { LayeredGraph } from '../struc2vec/context-graph.ts';
import type { LayeredWalkOptions } from '../struc2vec/layered-walker.ts';
import type { WalkTables } from '../walks/walker.ts';
import type { LayeredPlaces } from './layered-walk.ts';
import { copyFloat64, copyWords, type MemoryLayout } from './layout.ts';
import type { GraphPlaces } from './walk.ts';

/** A layered graph, and how walks move on it. */
export interface LayeredWalks {
  readonly graph: LayeredGraph;
  readonly options: LayeredWalkOptions;
}

/** The sizes of a layered graph. */
export interface LayeredSize {
  readonly rows: number;
  readonly entries: number;
}

/** The tables that exist. */
export type TableNames = { readonly [Name in keyof WalkTables]?: unknown };

const needsWeights = (tables: TableNames) => tables.strengths !== undefined || tables.typicalWeights !== undefined;

export function placeGraph(layout: MemoryLayout, { offsets, neighbors }: NodeGraph, tables: TableNames): GraphPlaces {
  const nodes = offsets.length - 1;
  const entries = neighbors.length;
  return {
    nodes,
    offsets: layout.reserve(4 * (nodes + 1)),
    neighbors: layout.reserve(4 * entries),
    ...(tables.alias !== undefined && {
      thresholds: layout.reserve(4 * entries),
      aliases: layout.reserve(4 * entries),
    }),
    ...(needsWeights(tables) && { weights: layout.reserve(8 * entries) }),
    ...(tables.strengths !== undefined && { strengths: layout.reserve(8 * nodes) }),
    ...(tables.typicalWeights !== undefined && { typicalWeights: layout.reserve(8 * nodes) }),
  };
}

export function placeLayers(layout: MemoryLayout, nodes: number, { rows, entries }: LayeredSize): LayeredPlaces {
  return {
    nodes,
    offsets: layout.reserve(4 * (rows + 1)),
    neighbors: layout.reserve(4 * entries),
    thresholds: layout.reserve(4 * entries),
    aliases: layout.reserve(4 * entries),
    up: layout.reserve(4 * rows),
  };
}

export function fillLayers(buffer: ArrayBufferLike, places: LayeredPlaces, layered: LayeredGraph): void {
  copyWords(buffer, places.offsets, layered.offsets);
  copyWords(buffer, places.neighbors, layered.neighbors);
  copyWords(buffer, places.thresholds!, layered.alias.thresholds);
  copyWords(buffer, places.aliases!, layered.alias.aliases);
  copyWords(buffer, places.up, layered.up);
}

export function fillGraph(buffer: ArrayBufferLike, places: GraphPlaces, graph: NodeGraph, tables: WalkTables): void {
  copyWords(buffer, places.offsets, graph.offsets);
  copyWords(buffer, places.neighbors, graph.neighbors);
  if (places.weights !== undefined) copyFloat64(buffer, places.weights, graph.weights!);
  if (places.thresholds !== undefined) {
    copyWords(buffer, places.thresholds, tables.alias!.thresholds);
    copyWords(buffer, places.aliases!, tables.alias!.aliases);
  }
  if (places.strengths !== undefined) copyFloat64(buffer, places.strengths, tables.strengths!);
  if (places.typicalWeights !== undefined) copyFloat64(buffer, places.typicalWeights, tables.typicalWeights!);
}
