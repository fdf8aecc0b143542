/** `chainrule neighbors`: the nodes nearest to a node. */
import type { Command } from 'commander';
import { printableLine } from '../../base/printable.ts';
import { neighbors, nodeIndex } from '../../graphs/neighbors.ts';
import { companionOf, readVectors } from '../../graphs/vector-files/vector-files.ts';
import { wholeFlag } from '../flags/values.ts';
import { openStream } from '../input/files.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';

interface Flags extends TerminalFlags {
  readonly count?: string;
  readonly ids?: string;
}

export function neighborsCommand(program: Command): void {
  program
    .command('neighbors')
    .summary('list the nodes nearest to a node')
    .description(
      'Lists the nodes whose vectors have the largest cosine with the vector of a node. All nodes are compared.',
    )
    .argument('<vectors>', 'a file that chainrule embed or another tool wrote; its extension selects the format')
    .argument('<id>', 'the name of a node')
    .option('--count <number>', 'the number of nodes to list; default 10')
    .option('--ids <file>', 'for npy: the file with the names of the nodes; default: <name>.ids.jsonl')
    .addHelpText('after', '\nExample:\n  chainrule neighbors vectors.vec ada --count 3')
    .action(async (path: string, id: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const count = wholeFlag(flags.count ?? '10', '--count');
      const idsPath = flags.ids ?? companionOf(path);
      const vectors = await readVectors({
        name: path,
        chunks: openStream(path).chunks,
        ...(idsPath !== undefined && { companion: openStream(idsPath).chunks }),
      });
      const node = vectors.ids[nodeIndex(vectors.ids, id)];
      const found = neighbors(vectors, node, { count });
      const rows = found.map((each) => [printableLine(String(each.id)), each.similarity.toFixed(4)]);
      terminal.result(
        { id: jsonId(node), neighbors: found.map((each) => ({ ...each, id: jsonId(each.id) })) },
        terminal.table(['node', 'cosine'], rows, [1]),
      );
    });
}

/** JSON has no bigints: the digits as a text. */
const jsonId = (id: string | number | bigint): string | number => (typeof id === 'bigint' ? String(id) : id);
