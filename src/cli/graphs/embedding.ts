/** An embedding on the command line: reads the graph, computes the vectors, and writes them. */
import { availableParallelism } from 'node:os';
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { isDatabase } from '../../graphs/databases/index.ts';
import { type EmbeddingPlan, embed, planEmbedding } from '../../graphs/embed.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import { optionNamed } from '../../graphs/option-aliases.ts';
import type { EdgeFile } from '../../graphs/read/read-edges.ts';
import { checkVectorFile, vectorFiles } from '../../graphs/vector-files/vector-files.ts';
import { shellPath } from '../output/shell.ts';
import { duration, Terminal, type TerminalFlags } from '../output/terminal.ts';
import { isInput } from '../system/input-files.ts';
import { writeParts } from '../system/write.ts';
import { type DatabaseFlags, type DatabaseGraph, readDatabase } from './database-input.ts';
import { type EdgeFlags, readGraph, sayGraph } from './edge-input.ts';
import { showEmbedding } from './embedding-progress.ts';

export type EmbedFlags = TerminalFlags &
  EdgeFlags &
  DatabaseFlags & { readonly method: string; readonly out?: string; readonly estimate?: boolean };

type Options = Readonly<Record<string, unknown>>;

/** The graph of a file or of a database. */
type Source = { readonly file: EdgeFile } & Partial<DatabaseGraph>;

export async function runEmbedding(path: string, flags: EmbedFlags, options: Options): Promise<void> {
  const terminal = new Terminal(flags);
  if (flags.out === undefined && flags.writeProperty === undefined && !flags.estimate) {
    fail({ what: 'there is no file for the vectors', where: '--out', fix: 'Pass --out vectors.vec, for example.' });
  }
  const source = await openSource(path, flags, terminal);
  try {
    await embedSource(source, flags, options, terminal);
  } finally {
    await source.close?.();
  }
}

async function openSource(path: string, flags: EmbedFlags, terminal: Terminal): Promise<Source> {
  if (isDatabase(path)) {
    const source = await readDatabase(path, flags);
    sayGraph(path, source.file, terminal);
    return source;
  }
  const wrong = (['query', 'writeProperty', 'label'] as const).find((name) => flags[name] !== undefined);
  if (wrong !== undefined) {
    const flag = wrong === 'writeProperty' ? '--write-property' : `--${wrong}`;
    fail({ what: `${path} is a file of edges, not a graph database`, where: flag, fix: 'Leave the flag out.' });
  }
  return { file: await readGraph(path, flags, terminal) };
}

async function embedSource(
  { file, writeVectors }: Source,
  flags: EmbedFlags,
  given: Options,
  terminal: Terminal,
): Promise<void> {
  const { graph } = file;
  const { method, out } = flags;
  const threads = graph.neighbors.length < smallGraph ? 1 : availableParallelism();
  const options = { ...withThreads(given, threads), method };
  const plan = planEmbedding(graph, options);
  for (const [used, name] of Object.entries(plan.aliases)) terminal.say(`${used} is the option ${name}.`);
  const facts = { graph: graphFacts(file), method: plan.method.name, options: plan.options, aliases: plan.aliases };
  if (flags.estimate) {
    estimate(plan, facts, terminal);
    return;
  }
  if (out !== undefined) checkOutput(out, graph);
  const { onProgress, end } = showEmbedding(terminal);
  const embedding = await embed(graph, { ...options, onProgress });
  end();
  const { ids, vectors, dimensions, seed, seconds } = embedding;
  const files = out === undefined ? [] : await writeVectorFiles({ ids, vectors, dimensions }, out);
  const nodesWritten = await writeVectors?.(embedding);
  const places = [
    ...files.map((name) => terminal.path(name)),
    ...(nodesWritten === undefined ? [] : [`property ${flags.writeProperty} of ${nodesWritten} nodes`]),
  ];
  const text = `${ids.length.toLocaleString('en-US')} vectors of ${dimensions} numbers by ${plan.method.name} in ${duration(seconds)}: ${places.join(', ')}`;
  const next = out === undefined ? '' : `\nNext: chainrule neighbors ${shellPath(out)} ${shellPath(String(ids[0]))}`;
  const document = { ...facts, seed, threads: plan.threads, dimensions, seconds, files };
  terminal.result({ ...document, ...(nodesWritten !== undefined && { nodesWritten }) }, text + next);
}

/** Entries of rows below which threads wait for one another longer than they work. */
export const smallGraph = 20_000;

/** The options with a number of threads, unless they have one under any of its names. */
const withThreads = (given: Options, threads: number): Options =>
  Object.keys(given).some((key) => optionNamed(key, ['threads']) !== undefined) ? given : { ...given, threads };

const graphFacts = ({ graph, format, counts, notes }: EdgeFile) => ({
  nodes: graph.ids.length,
  entries: graph.neighbors.length,
  isDirected: graph.isDirected,
  isWeighted: graph.weights !== undefined,
  format,
  counts,
  notes,
});

/**
 * Prints the memory that the run would take. The graph has been read, so that what this process holds by now is measured, and only
 * the method's part is computed.
 */
function estimate(plan: EmbeddingPlan, facts: object, terminal: Terminal): void {
  const read = process.memoryUsage().rss;
  const peak = Math.max(1024 * process.resourceUsage().maxRSS, read + plan.memory);
  const parts = `${showBytes(read)} with the graph in memory, and ${showBytes(plan.memory)} for the method`;
  terminal.result(
    { ...facts, bytes: { read, method: plan.memory, peak } },
    `${plan.method.name} takes at most about ${showBytes(peak)} of memory: ${parts}.`,
  );
}

/** Throws an InputError for an output that could not be written, before anything is computed. */
function checkOutput(out: string, { ids }: NodeGraph): void {
  if (isInput(out)) fail({ what: 'the output would overwrite an input', where: out, fix: 'Choose another path.' });
  checkVectorFile(ids, out);
}

async function writeVectorFiles(vectors: NodeVectors, out: string): Promise<string[]> {
  const files: string[] = [];
  for (const { name, pieces } of vectorFiles(vectors, out)) {
    await writeParts(name, async (write) => {
      for await (const piece of pieces()) await write(piece);
    });
    files.push(name);
  }
  return files;
}
