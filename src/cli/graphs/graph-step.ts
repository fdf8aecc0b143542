/**
 * What `explain` and `check` show of graphs: an update of a method on a file of edges (`--method`), or a worked example of a graph
 * method.
 */
import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { Check } from '../../explain/check.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import { planEmbedding } from '../../graphs/embed.ts';
import { isExplainable, updateOf } from '../../graphs/explain/updates.ts';
import {
  checkGraphExample,
  explainGraphExample,
  type GraphExample,
  graphExample,
} from '../../graphs/explain/worked-examples.ts';
import { embeddingMethods } from '../../graphs/methods/index.ts';
import { readText } from '../input/files.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';
import { addEdgeFlags, type EdgeFlags, readGraph } from './edge-input.ts';
import { addMethodFlags, methodOptions } from './method-flags.ts';

export interface GraphStepFlags extends EdgeFlags, TerminalFlags {
  readonly method?: string;
}

/** A step of a graph method, which is computed when it is asked for. */
export interface GraphStep {
  readonly explain: () => ExplainedStep;
  readonly check: () => Check;
  readonly example?: GraphExample;
}

/** The methods whose updates can be explained. */
const explainable = () => embeddingMethods.filter(isExplainable);

/**
 * Adds `--method`, the flags of `embed` for reading edges, and the options of methods, which the help of `embed` lists. Call it
 * after the command's other flags.
 */
export function addGraphFlags(command: Command): Command {
  const names = explainable().map(({ name }) => name);
  command.addOption(
    new Option(
      '--method <name>',
      `FILE has the edges of a graph: an update of ${names.join(', ')}; its options are those of chainrule embed`,
    ).helpGroup('Graphs:'),
  );
  const before = new Set(command.options.map(({ long }) => long));
  addEdgeFlags(command);
  addMethodFlags(command, explainable(), 'Graphs:');
  for (const option of command.options) if (!before.has(option.long)) option.hideHelp();
  return command;
}

/** The flags that are not options of a method: those for reading edges, and the command's own. */
const ownFlags = new Set([
  ...addEdgeFlags(new Command()).options.map((option) => option.attributeName()),
  ...['method', 'step', 'sample', 'layer', 'format', 'blank', 'out', 'json', 'quiet', 'debug'],
]);

/** A worked example's file is small: a larger one is a table. */
const maxExampleBytes = 2 ** 24;

/** The worked example of a graph method in a file; undefined for any other file. Throws an InputError for one that is wrong. */
export function openGraphExample(file: string): GraphExample | undefined {
  if (extname(file) !== '.json' || !existsSync(file) || statSync(file).size > maxExampleBytes) return undefined;
  const text = readText(file);
  if (!text.includes('"experiment"')) return undefined;
  return graphExample(parseJson(text, file), file);
}

/** The step of a graph method that a command is called with; undefined where it is called with something else. */
export async function openGraphStep(
  file: string,
  flags: GraphStepFlags,
  step: number | undefined,
  command: Command,
): Promise<GraphStep | undefined> {
  if (flags.method !== undefined) return openUpdate(file, flags, step ?? 1, command);
  const example = openGraphExample(file);
  if (example === undefined) return undefined;
  if (step !== undefined && step !== 1) {
    fail({ what: 'a worked example of a graph method has one step', where: '--step', fix: 'Leave it out.' });
  }
  return { explain: () => explainGraphExample(example), check: () => checkGraphExample(example), example };
}

async function openUpdate(file: string, flags: GraphStepFlags, step: number, command: Command): Promise<GraphStep> {
  const known = explainable().map(({ name }) => name);
  const named = embeddingMethods.find(({ name }) => name === flags.method);
  if (named !== undefined && !isExplainable(named)) {
    fail({
      what: `${named.name} makes no updates that can be explained`,
      where: '--method',
      fix: `Use ${known.join(', ')}.`,
    });
  }
  const given = methodOptions(command, explainable(), ownFlags);
  // standard output is for the page, whatever its format
  const { graph } = await readGraph(file, flags, new Terminal({ ...flags, json: true }));
  const { method, options, seed } = planEmbedding(graph, { ...given, method: flags.method });
  return updateOf(method, { graph, options, seed }, step)!;
}
