/** A graph from a file of edges, or from standard input: the flags of every command that reads one. */
import { type Command, Option } from 'commander';
import type { EdgeFile } from '../../graphs/read/read-edges.ts';
import { readEdges } from '../../graphs/read/read-edges.ts';
import { addLimitFlags, limitsFrom } from '../flags/limit-flags.ts';
import type { FlagValues } from '../flags/values.ts';
import { nameOf, openStream } from '../input/files.ts';
import { showReading } from '../output/progress.ts';
import { count, type Terminal } from '../output/terminal.ts';

export interface EdgeFlags extends FlagValues {
  readonly directed?: boolean;
  readonly weight?: string | false;
  readonly source?: string;
  readonly target?: string;
  readonly header?: boolean;
  readonly nodes?: string;
  readonly nodeColumn?: string;
}

/** What the argument of these commands accepts. */
export const edgeArgument =
  'edges as CSV, TSV, space-separated lines, JSON, JSON Lines, GraphML, GEXF, Parquet or Arrow, also with gzip; - for standard input';

const group = 'Reading edges:';

export function addEdgeFlags(command: Command): Command {
  const options = [
    new Option('--directed', 'follow edges from source to target only; default: as the file says, otherwise both ways'),
    new Option('--no-directed', 'follow edges both ways although the file says that they are directed'),
    new Option('--weight <column>', 'the column or property with the weights; default weight'),
    new Option('--no-weight', 'ignore weights: every edge has the weight 1'),
    new Option(
      '--source <column>',
      'the column with the first node of an edge; default source, or another common name',
    ),
    new Option('--target <column>', 'the column with the second node; default target, or another common name'),
    new Option('--header', 'the first line names the columns; default: recognized by common names'),
    new Option('--no-header', 'the first line is an edge'),
    new Option('--nodes <file>', 'a table of nodes, which adds those without edges'),
    new Option(
      '--node-column <column>',
      'the column of that table with the names of the nodes; default: the one with the names in the edges',
    ),
  ];
  // a command that reads tables too has some of them
  const has = (name: string | undefined) => command.options.some(({ long }) => long === name);
  for (const option of options) if (!has(option.long)) command.addOption(option.helpGroup(group));
  return addLimitFlags(command);
}

/** Reads the graph of a file, and prints what was found. Throws an InputError. */
export async function readGraph(path: string, flags: EdgeFlags, terminal: Terminal): Promise<EdgeFile> {
  const { directed, weight, source, target, header, nodes, nodeColumn } = flags;
  const { chunks, size } = openStream(path);
  const { reading, done } = showReading(terminal);
  const name = nameOf(path);
  const file = await readEdges(chunks, {
    name,
    size,
    directed,
    weight,
    source,
    target,
    header,
    limits: limitsFrom(flags),
    ...(nodes !== undefined && {
      nodes: openStream(nodes).chunks,
      nodesOptions: { name: nameOf(nodes), column: nodeColumn },
    }),
    onProgress: ({ bytes, edges }) => reading(name, { bytes, rows: edges, size }),
  });
  done();
  sayGraph(name, file, terminal);
  return file;
}

/** Prints what a graph is. */
function sayGraph(name: string, file: EdgeFile, terminal: Terminal): void {
  terminal.say(graphText(name, file));
  for (const note of file.notes) terminal.say(terminal.wrap(`  ${note}`, '  '));
}

/** Edges of a graph, each pair of nodes once. */
export function edgeCount(graph: EdgeFile['graph']): number {
  const { neighbors, isDirected } = graph;
  // an undirected edge is in two rows, a self-loop in one
  const loops = selfLoops(graph);
  return isDirected ? neighbors.length : (neighbors.length - loops) / 2 + loops;
}

/** `karate.tsv: 34 nodes, 78 edges, undirected, unweighted`, and unusual properties. */
function graphText(name: string, { graph, counts, format }: EdgeFile): string {
  const { ids, isDirected, weights } = graph;
  const loops = selfLoops(graph);
  const distinct = edgeCount(graph);
  const repeated = counts.edges - distinct;
  const parts = [
    count(ids.length, 'node'),
    count(distinct, 'edge'),
    isDirected ? 'directed' : 'undirected',
    weights === undefined ? 'unweighted' : 'weighted',
  ];
  const more = [
    loops > 0 && `${count(loops, 'self-loop')} kept`,
    repeated > 0 && `the weights of ${count(repeated, 'repeated edge')} added`,
    counts.zeroWeights > 0 && `${count(counts.zeroWeights, 'edge')} of weight 0 left out`,
  ].filter((text) => text !== false);
  return `${name} (${format}): ${parts.join(', ')}${more.length === 0 ? '' : `; ${more.join('; ')}`}`;
}

function selfLoops({ offsets, neighbors }: EdgeFile['graph']): number {
  let loops = 0;
  for (let node = 0; node + 1 < offsets.length; node++) {
    for (let i = offsets[node]; i < offsets[node + 1]; i++) if (neighbors[i] === node) loops++;
  }
  return loops;
}
