/** Methods that are defined for undirected graphs. */
import { fail } from '../../base/errors.ts';
import type { NodeGraph } from '../graph.ts';

/** Throws an InputError for a directed graph. `why` says what the method does with an undirected one. */
export function checkUndirected({ isDirected }: NodeGraph, where: string, why: string): void {
  if (!isDirected) return;
  fail({
    what: `the graph is directed, and ${why}`,
    where,
    fix: 'Read the edges without direction: pass --no-directed, or { directed: false } in TypeScript. Methods that follow directions are node2vec, deepwalk, line, cleora and fastrp.',
  });
}
