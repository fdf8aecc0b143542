/** `chainrule walk`: the walks of a graph, for other tools. */
import type { Command } from 'commander';
import { checkedOptions, checkedSeed, optionsOf, ownNames } from '../../graphs/method-options.ts';
import { checkWalkIds, walkLineOptions, walkLines } from '../../graphs/walks/walk-lines.ts';
import { addEdgeFlags, type EdgeFlags, edgeArgument, readGraph } from '../graphs/edge-input.ts';
import { addMethodFlags, methodOptions } from '../graphs/method-flags.ts';
import { count, Terminal, type TerminalFlags } from '../output/terminal.ts';
import { isStandardOutput } from '../system/destination.ts';
import { writeOut } from '../system/standard-output.ts';
import { writeParts } from '../system/write.ts';

interface Flags extends TerminalFlags, EdgeFlags {
  readonly out?: string;
}

const walks = { name: 'walk', options: walkLineOptions };
/** Lines that are written at a time. */
const batchLines = 1000;

export function walkCommand(program: Command): void {
  const command = program
    .command('walk')
    .summary('write random walks of a graph')
    .description(
      'Writes random walks of node2vec or DeepWalk, one on each line: the walks that embed uses with the same options and seed.',
    )
    .argument('<edges>', edgeArgument)
    .option(
      '--out <file>',
      'write the walks to this file; default: standard output. With the extension .jsonl, each line is a JSON list of names',
    )
    .option('--seed <number>', 'equal seeds give equal walks; default 1');
  addEdgeFlags(command);
  const own = new Set(command.options.map((option) => option.attributeName()));
  own.delete('seed');
  for (const key of ['json', 'quiet', 'debug']) own.add(key);
  addMethodFlags(command, [walks], 'Walks:');
  command
    .addHelpText('after', '\nExample:\n  chainrule walk edges.tsv --walk-length 40 --p 0.5 --out walks.txt')
    .action(async (path: string, flags: Flags) => {
      const { out } = flags;
      const isShown = out === undefined || isStandardOutput(out);
      // the walks themselves may be on standard output
      const terminal = new Terminal(isShown ? { ...flags, quiet: true } : flags);
      const known = ['seed', ...optionsOf(walks).map(({ name }) => name)];
      const { values } = ownNames(methodOptions(command, [walks], own), known, 'walk');
      const { seed = 1, ...rest } = values;
      const options = { ...checkedOptions(walks, rest), seed: checkedSeed(seed, 'walk') };
      const { graph } = await readGraph(path, flags, terminal);
      const isDocument = flags.json === true && isShown;
      const isJson = isDocument || out?.endsWith('.jsonl') === true;
      if (!isJson) checkWalkIds(graph, out ?? 'standard output');
      const write = async (piece: (text: string) => Promise<void>) => {
        let held: string[] = [];
        let lines = 0;
        for (const line of walkLines(graph, { ...options, isJson })) {
          // --json makes one document of all lines
          held.push(isDocument ? `${lines === 0 ? '[' : ','}${line}` : line);
          lines++;
          if (held.length < batchLines) continue;
          await piece(held.join(''));
          held = [];
        }
        await piece(held.join('') + (isDocument ? ']\n' : ''));
        return lines;
      };
      if (out === undefined) await write(writeOut);
      else {
        const lines = await writeParts(out, write);
        if (!isShown)
          terminal.result({ walks: lines, files: [out] }, `${count(lines, 'walk')} written to ${terminal.path(out)}.`);
      }
    });
}
