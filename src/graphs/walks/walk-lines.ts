/** Walks as lines of text, for other tools: the same walks that training uses with the same options and seed. */
import * as z from 'zod/mini';
import { describe } from '../../net/form.ts';
import type { NodeGraph } from '../graph.ts';
import { biasShape, walkShape } from '../skip-gram/options.ts';
import { checkTexts, idJson } from '../vector-files/id-text.ts';
import { walksOf } from './walks.ts';

/** The options of walks without training. */
export const walkLineOptions = z.object({
  ...walkShape,
  ...biasShape,
  extended: describe(
    z._default(z.boolean(), false),
    'walks of node2vec+: weak edges count as edges in proportion to their weight',
  ),
});

export interface WalkLines extends z.infer<typeof walkLineOptions> {
  readonly seed: number;
  /** Each line is a JSON list of names, or else the names separated by spaces. */
  readonly isJson: boolean;
}

/** Throws an InputError for names of nodes that lines of text cannot hold. `name` is the file's. */
export const checkWalkIds = ({ ids }: NodeGraph, name: string): void => checkTexts(ids, name, /[\s\0]/, '.jsonl');

/** A line for each walk, in order. */
export function* walkLines(graph: NodeGraph, { isJson, ...options }: WalkLines): Generator<string> {
  const names = graph.ids.map(isJson ? idJson : String);
  for (const walk of walksOf(graph, options)) {
    const line = Array.from(walk, (node) => names[node]).join(isJson ? ',' : ' ');
    yield isJson ? `[${line}]\n` : `${line}\n`;
  }
}
