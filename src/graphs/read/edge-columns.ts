/** Which columns of a table of edges hold the two nodes and the weight. */
import { fail, listNames, nearest } from '../../base/errors.ts';
import { quote } from '../../base/wording.ts';
import type { EdgeFileOptions } from './edge-format.ts';

/** Indices of columns. */
export interface EdgeColumnIndices {
  readonly source: number;
  readonly target: number;
  readonly weight?: number;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/**
 * Common pairs of column names, in lower case without punctuation; an ending such as `_id` may follow. Single letters are not among
 * them, because they are names of nodes as often.
 */
const commonPairs: readonly (readonly [string, string])[] = [
  ['source', 'target'],
  ['src', 'dst'],
  ['src', 'dest'],
  ['from', 'to'],
  ['start', 'end'],
  ['head', 'tail'],
  ['id1', 'id2'],
  ['node1', 'node2'],
  ['user1', 'user2'],
  ['entity1', 'entity2'],
];

/** `From Node ID` as `from`, `node_1` as `node1`, and Neo4j's `:START_ID(Person)` as `start`. */
const simplified = (name: string) =>
  name
    .toLowerCase()
    .replace(/\(.*\)$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/(.)(nodeid|node|id|name|vertex)$/, '$1');

function commonPair(names: readonly string[]): readonly [number, number] | undefined {
  const simple = names.map(simplified);
  for (const [from, to] of commonPairs) {
    const [source, target] = [simple.indexOf(from), simple.indexOf(to)];
    if (source >= 0 && target >= 0) return [source, target];
  }
  return undefined;
}

/** Whether these cells name columns of edges, and are not an edge themselves. */
export function isEdgeHeader(cells: readonly string[], { source, target, weight }: EdgeFileOptions): boolean {
  if (source !== undefined || target !== undefined) return true;
  if (commonPair(cells) !== undefined) return true;
  const third = cells[2]?.toLowerCase();
  return cells.length === 3 && (third === 'weight' || (typeof weight === 'string' && third === weight.toLowerCase()));
}

/**
 * The columns of edges in a table with these names. Throws an InputError where a named column does not exist, and where no names
 * are given and none are known.
 */
export function edgeColumns(names: readonly string[], options: EdgeFileOptions, where: string): EdgeColumnIndices {
  const { weight = 'weight' } = options;
  const [source, target] = endColumns(names, options, where);
  const index = weight === false ? -1 : names.findIndex((name) => name.toLowerCase() === weight.toLowerCase());
  if (index < 0 && options.weight !== undefined && weight !== false) failOnColumn(weight, 'weight', names, where);
  const used = index < 0 ? [source, target] : [source, target, index];
  const unused = names.filter((_, i) => !used.includes(i));
  const notes =
    unused.length === 0 || weight === false
      ? []
      : [`${unused.length === 1 ? 'Column' : 'Columns'} not used: ${listNames(unused.map(quote))}.`];
  return { source, target, ...(index >= 0 && { weight: index }), notes };
}

function endColumns(names: readonly string[], options: EdgeFileOptions, where: string): readonly [number, number] {
  const { source, target } = options;
  const found = commonPair(names);
  if (source === undefined && target === undefined) {
    if (found !== undefined) return found;
    // two columns, or two and the weight, need no known names
    if (names.length === 2 || names.length === 3) return [0, 1];
  }
  const indexOf = (name: string | undefined, other: number | undefined, option: string) => {
    if (name === undefined) return other ?? failOnColumns(names, where);
    const index = names.indexOf(name);
    return index >= 0 ? index : failOnColumn(name, option, names, where);
  };
  return [indexOf(source, found?.[0], 'source'), indexOf(target, found?.[1], 'target')];
}

function failOnColumns(names: readonly string[], where: string): never {
  return fail({
    what: `no two of the columns ${listNames(names.map(quote))} are known to name the nodes of an edge`,
    where,
    fix: 'Name them "source" and "target", or say which they are: --source and --target, or { source, target } in a program.',
  });
}

function failOnColumn(name: string, option: string, names: readonly string[], where: string): never {
  const guess = nearest(name, names);
  return fail({
    what: `there is no column ${quote(name)} for the ${option}`,
    where,
    fix: `${guess === undefined ? '' : `Did you mean ${quote(guess)}? `}The columns are: ${listNames(names.map(quote))}.`,
  });
}
