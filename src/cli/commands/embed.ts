/** `chainrule embed`: vectors for the nodes of a graph. */
import type { Command } from 'commander';
import { embeddingMethods } from '../../graphs/methods/index.ts';
import { vectorEndings } from '../../graphs/vector-files/vector-files.ts';
import { addEdgeFlags, edgeArgument } from '../graphs/edge-input.ts';
import { type EmbedFlags, runEmbedding, smallGraph } from '../graphs/embedding.ts';
import { addMethodFlags, methodOptions } from '../graphs/method-flags.ts';

const databaseGroup = 'Graph databases:';

export function embedCommand(program: Command): void {
  const command = program
    .command('embed')
    .summary('vectors for the nodes of a graph')
    .description('Computes a vector for each node of a graph, from its edges.')
    .argument('<edges>', `${edgeArgument}. Or a database: graph.lbug, neo4j://host:7687`)
    .option('--out <file>', `where the vectors go; the ending chooses the format: ${vectorEndings()}`)
    .option('--method <name>', methodsHelp(), embeddingMethods[0].name)
    .option('--estimate', 'print the memory that the run would take, and stop')
    .option('--seed <number>', 'equal seeds give equal bytes, with any number of threads; default 1')
    .option(
      '--threads <number>',
      `default: 1 for fewer than ${(smallGraph / 2).toLocaleString('en-US')} edges, otherwise one for each core`,
    )
    .optionsGroup(databaseGroup)
    .option('--query <cypher>', 'the query for the edges: MATCH (a)-[r]->(b) RETURN a.id, b.id, r.weight')
    .option('--write-property <name>', 'the property of the nodes that gets the vectors')
    .option('--label <name>', 'the label of those nodes; default: found by the property in the query');
  addEdgeFlags(command);
  const own = new Set(command.options.map((option) => option.attributeName()));
  for (const key of ['seed', 'threads']) own.delete(key);
  for (const key of ['json', 'quiet', 'debug']) own.add(key);
  addMethodFlags(command, embeddingMethods, 'Options of the methods:');
  command.addHelpText('after', example).action(async (path: string, flags: EmbedFlags) => {
    await runEmbedding(path, flags, methodOptions(command, embeddingMethods, own));
  });
}

const methodsHelp = (): string => embeddingMethods.map(({ name, summary }) => `${name}: ${summary}`).join('. ');

const example = `
Examples:
  chainrule embed edges.tsv --out vectors.vec
  chainrule neighbors vectors.vec ada
  chainrule embed graph.lbug --query "MATCH (a)-[r]->(b) RETURN a.id, b.id" --write-property embedding`;
