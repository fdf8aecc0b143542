/** `chainrule embed`: vectors for the nodes of a graph. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { planEmbedding } from '../../graphs/embed.ts';
import { parseLabels } from '../../graphs/evaluation/index.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import { auto } from '../../graphs/method-choice.ts';
import { embeddingMethods } from '../../graphs/methods/index.ts';
import { optionNamed } from '../../graphs/option-aliases.ts';
import { presets } from '../../graphs/presets.ts';
import { readNodeFeatures } from '../../graphs/read/node-features.ts';
import { vectorEndings } from '../../graphs/vector-files/vector-files.ts';
import { numberFlag, wholeFlag } from '../flags/values.ts';
import { addDatabaseFlags } from '../graphs/database-input.ts';
import { addEdgeFlags, type EdgeFlags, edgeArgument } from '../graphs/edge-input.ts';
import { addCheckpointFlags } from '../graphs/embedding-checkpoints.ts';
import { showEstimate } from '../graphs/embedding-estimate.ts';
import { type RunFlags, runEmbedding } from '../graphs/embedding-run.ts';
import { evaluationTask } from '../graphs/evaluation.ts';
import { readSource } from '../graphs/graph-source.ts';
import { addMethodFlags, methodOptions } from '../graphs/method-flags.ts';
import { presetText } from '../graphs/preset-text.ts';
import { addStartFlags, vectorsAt } from '../graphs/resumable-run.ts';
import { nameOf, openStream, readText } from '../input/files.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';

interface Flags extends TerminalFlags, EdgeFlags, RunFlags {
  readonly method: string;
  readonly preset?: string;
  readonly estimate?: boolean;
  readonly labels?: string;
  readonly evaluate?: string | boolean;
  readonly features?: string;
  readonly hitsAt?: string;
  readonly maxSeconds?: string;
}

export function embedCommand(program: Command): void {
  const command = program
    .command('embed')
    .summary('vectors for the nodes of a graph')
    .description('Computes a vector for each node of a graph, from its edges.')
    .argument('<edges>', `${edgeArgument}; or a graph database`)
    .option('--out <file>', `where the vectors go; the ending chooses the format: ${vectorEndings()}`)
    .option('--method <name>', methodsHelp(), auto)
    .option('--preset <name>', presetsHelp())
    .option('--max-seconds <number>', 'auto: the processor time that the method may take; default no limit')
    .option('--report <file>', 'write a page with a map, the nearest nodes and the scores, such as report.html')
    .option('--map <kind>', 'pca or umap; also writes x and y where the format of --out stores them; default pca')
    .option('--labels <file>', 'labels of nodes, one "node<TAB>label" on each line: colors the map, and --evaluate')
    .option('--evaluate [task]', 'score the vectors beside other methods: labels or links; default as there are labels')
    .option(
      '--features <file>',
      'fastrp: a table of nodes whose numeric columns are features, with --property-ratio; --node-column names the nodes',
    )
    .option('--hits-at <k>', 'link prediction: the k of hits@k; default 100')
    .option('--estimate', 'print the memory and the time that the run would take, and stop')
    .option('--seed <number>', 'equal seeds give equal bytes, with any number of threads; default 1')
    .option(
      '--threads <number>',
      `default: 1 for fewer than ${(smallGraph / 2).toLocaleString('en-US')} edges, otherwise one for each core`,
    );
  addStartFlags(command);
  addCheckpointFlags(command);
  addEdgeFlags(command);
  addDatabaseFlags(command);
  const own = new Set(command.options.map((option) => option.attributeName()));
  for (const key of ['seed', 'threads']) own.delete(key);
  for (const key of ['json', 'quiet', 'debug']) own.add(key);
  addMethodFlags(command, embeddingMethods, 'Options of the methods:');
  command
    .addHelpText(
      'after',
      '\nExamples:\n  chainrule embed edges.tsv --out vectors.vec --report report.html\n  chainrule neighbors vectors.vec ada',
    )
    .action(async (path: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const given = {
        ...methodOptions(command, embeddingMethods, own),
        method: flags.method,
        ...(flags.preset !== undefined && { preset: flags.preset }),
        ...(flags.maxSeconds !== undefined && { maxSeconds: numberFlag(flags.maxSeconds, '--max-seconds') }),
      };
      const mapKind = checkFlags(flags);
      const task = evaluationTask(flags.evaluate, flags.labels);
      if (task === 'links' && flags.extend !== undefined) refuseLinks();
      const hitsAt = flags.hitsAt === undefined ? 100 : wholeFlag(flags.hitsAt, '--hits-at');
      const labels = flags.labels === undefined ? undefined : parseLabels(readText(flags.labels), flags.labels);
      const [warmStart, extend] = [await vectorsAt(flags.warmStart), await vectorsAt(flags.extend)];
      const start = performance.now();
      const source = await readSource(path, flags, terminal);
      try {
        const features = await featuresAt(flags, source.graph);
        const options = {
          ...withThreads(given, threadsFor(source.graph)),
          ...(warmStart && { warmStart }),
          ...(features && { features }),
        };
        const plan = planEmbedding(source.graph, options);
        for (const [used, name] of Object.entries(plan.aliases)) terminal.say(`${used} is the option ${name}.`);
        if (plan.preset !== undefined) terminal.say(terminal.wrap(presetText(plan.preset)));
        if (plan.why !== undefined && extend === undefined)
          terminal.say(terminal.wrap(`${auto} chose ${plan.method.name}: ${plan.why}.`));
        if (extend === undefined) for (const warning of plan.warnings) terminal.warn(warning);
        if (flags.estimate) return await showEstimate(source, plan, terminal);
        const seconds = { reading: (performance.now() - start) / 1000 };
        await runEmbedding(
          { path, flags, options, plan, source, extend, mapKind, task, labels, hitsAt, seconds },
          terminal,
        );
      } finally {
        await source.queried?.database.close();
      }
    });
}

/** Throws an InputError for flags that do not fit together. Returns the kind of map. */
function checkFlags({ map = 'pca', ...flags }: Flags): 'pca' | 'umap' {
  const { out, estimate, writeProperty } = flags;
  if (out === undefined && writeProperty === undefined && !estimate) {
    fail({ what: 'there is no file for the vectors', where: '--out', fix: 'Pass --out vectors.vec, for example.' });
  }
  if (map !== 'pca' && map !== 'umap') {
    fail({ what: `unknown kind of map "${map}"`, where: '--map', fix: 'Write --map pca or --map umap.' });
  }
  return map as 'pca' | 'umap';
}

/** The features in the table that a flag names, for the nodes of the graph. */
async function featuresAt({ features, nodeColumn }: Flags, { ids }: NodeGraph) {
  if (features === undefined) return undefined;
  return readNodeFeatures(openStream(features).chunks, ids, { name: nameOf(features), column: nodeColumn });
}

/** Link prediction makes vectors again without some of the edges, which given vectors have seen. */
function refuseLinks(): never {
  return fail({
    what: 'an extension has no edges to hold out, because its vectors were made with all of them',
    where: '--evaluate',
    fix: 'Pass --labels labels.tsv to score the vectors by labels.',
  });
}

/** Entries of rows below which threads wait for one another longer than they work. */
const smallGraph = 20_000;

const threadsFor = ({ neighbors }: NodeGraph): number => (neighbors.length < smallGraph ? 1 : availableParallelism());

/** The options with a number of threads, unless they have one under any of its names. */
const withThreads = (given: Readonly<Record<string, unknown>>, threads: number) =>
  Object.keys(given).some((key) => optionNamed(key, ['threads']) !== undefined) ? given : { ...given, threads };

const methodsHelp = (): string =>
  [{ name: auto, summary: 'chooses by the size, the weights and the direction of the graph' }, ...embeddingMethods]
    .map(({ name, summary }) => `${name}: ${summary}`)
    .join('. ');

const presetsHelp = (): string =>
  `the options of a published protocol, which single options override. ${presets.map(({ name, summary, source }) => `${name}: ${summary} (${source})`).join('. ')}`;
