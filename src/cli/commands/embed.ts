/** `chainrule embed`: vectors for the nodes of a graph. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { planEmbedding } from '../../graphs/embed.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import { embeddingMethods } from '../../graphs/methods/index.ts';
import { checkVectorFile, vectorEndings, vectorFiles } from '../../graphs/vector-files/vector-files.ts';
import { addEdgeFlags, type EdgeFlags, edgeArgument, readGraph } from '../graphs/edge-input.ts';
import { addCheckpointFlags, type CheckpointFlags } from '../graphs/embedding-checkpoints.ts';
import { addStartFlags, runEmbedding, type StartFlags, vectorsAt } from '../graphs/embedding-run.ts';
import { addMethodFlags, methodOptions } from '../graphs/method-flags.ts';
import { shellPath } from '../output/shell.ts';
import { duration, Terminal, type TerminalFlags } from '../output/terminal.ts';
import { isInput } from '../system/input-files.ts';
import { writeParts } from '../system/write.ts';

interface Flags extends TerminalFlags, EdgeFlags, CheckpointFlags, StartFlags {
  readonly method: string;
  readonly out?: string;
  readonly estimate?: boolean;
}

export function embedCommand(program: Command): void {
  const command = program
    .command('embed')
    .summary('vectors for the nodes of a graph')
    .description('Computes a vector for each node of a graph, from its edges.')
    .argument('<edges>', edgeArgument)
    .option('--out <file>', `where the vectors go; the ending chooses the format: ${vectorEndings()}`)
    .option('--method <name>', methodsHelp(), embeddingMethods[0].name)
    .option('--estimate', 'print the memory that the run would take, and stop')
    .option('--seed <number>', 'equal seeds give equal bytes, with any number of threads; default 1')
    .option('--threads <number>', 'default: as many as the processor has cores');
  addStartFlags(command);
  addCheckpointFlags(command);
  addEdgeFlags(command);
  const own = new Set(command.options.map((option) => option.attributeName()));
  for (const key of ['seed', 'threads']) own.delete(key);
  for (const key of ['json', 'quiet', 'debug']) own.add(key);
  addMethodFlags(command, embeddingMethods, 'Options of the methods:');
  command
    .addHelpText(
      'after',
      '\nExample:\n  chainrule embed edges.tsv --out vectors.vec\n  chainrule neighbors vectors.vec ada',
    )
    .action(async (path: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const { method, out, estimate } = flags;
      const [warmStart, extend] = [await vectorsAt(flags.warmStart), await vectorsAt(flags.extend)];
      const given = methodOptions(command, embeddingMethods, own);
      const options = { threads: availableParallelism(), ...given, method, ...(warmStart && { warmStart }) };
      if (out === undefined && !estimate) {
        fail({ what: 'there is no file for the vectors', where: '--out', fix: 'Pass --out vectors.vec, for example.' });
      }
      const { graph, counts, format, notes } = await readGraph(path, flags, terminal);
      const plan = planEmbedding(graph, options);
      const found = { ...graphFacts(graph), format, counts, notes };
      for (const [used, name] of Object.entries(plan.aliases)) terminal.say(`${used} is the option ${name}.`);
      if (estimate) {
        const bytes = { graph: graphBytes(graph), method: plan.memory };
        const text = `${plan.method.name}: ${showBytes(bytes.graph + bytes.method)} of memory: the graph ${showBytes(bytes.graph)}, the method ${showBytes(bytes.method)}. Node itself takes about 60 MiB more.`;
        terminal.result({ graph: found, method: plan.method.name, options: plan.options, bytes }, text);
        return;
      }
      checkOutput(out!, graph);
      const run = { graph, plan, options, out: out!, flags, ...(extend && { extend }) };
      await runEmbedding(run, terminal, async (embedding) => {
        const { vectors, ids, dimensions, seconds, seed, threads, method: name, options: used, aliases } = embedding;
        const files: string[] = [];
        for (const { name: file, pieces } of vectorFiles({ vectors, ids, dimensions }, out!)) {
          await writeParts(file, async (write) => {
            for await (const piece of pieces()) await write(piece);
          });
          files.push(file);
        }
        terminal.result(
          {
            graph: found,
            method: name,
            options: used,
            aliases,
            seed,
            threads,
            dimensions,
            seconds,
            files,
          },
          `${ids.length.toLocaleString('en-US')} vectors of ${dimensions} numbers by ${name} in ${duration(seconds)}: ${files.map((file) => terminal.path(file)).join(', ')}\nNext: chainrule neighbors ${shellPath(out!)} ${shellPath(String(ids[0]))}`,
        );
      });
    });
}

const methodsHelp = (): string => embeddingMethods.map(({ name, summary }) => `${name}: ${summary}`).join('. ');

const graphFacts = ({ ids, neighbors, isDirected, weights }: NodeGraph) => ({
  nodes: ids.length,
  entries: neighbors.length,
  isDirected,
  isWeighted: weights !== undefined,
});

/** Bytes of a name in a list and in an index of all names: measured with names of up to ten letters. */
const idBytes = 80;

/** The memory of a graph. */
const graphBytes = ({ ids, offsets, neighbors, weights }: NodeGraph): number =>
  offsets.byteLength + neighbors.byteLength + (weights?.byteLength ?? 0) + idBytes * ids.length;

/** Throws an InputError for an output that could not be written, before anything is computed. */
function checkOutput(out: string, { ids }: NodeGraph): void {
  if (isInput(out)) fail({ what: 'the output would overwrite an input', where: out, fix: 'Choose another path.' });
  checkVectorFile(ids, out);
}
