/** `chainrule lab`: serves the lab to this machine. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { addressOf, serveLab } from '../lab/server.ts';
import { readSite } from '../lab/site.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';

interface Flags extends TerminalFlags {
  readonly port: string;
}

/** The built lab, beside the compiled code. */
const folder = fileURLToPath(new URL('../../lab', import.meta.url));

export function labCommand(program: Command): void {
  program
    .command('lab')
    .summary('open the page that shows a network learn, number by number')
    .description(
      'Serves the lab, a web page, on 127.0.0.1 and prints its address. Your data stay in the page: nothing is uploaded, and no other machine is answered.',
    )
    .option('--port <number>', 'the port; 0 for any free one', '4242')
    .addHelpText('after', '\nExample:\n  chainrule lab\n  chainrule lab --port 0')
    .action(async (flags: Flags) => {
      const terminal = new Terminal(flags);
      const server = await serveLab(readSite(folder), portOf(flags.port));
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.once(signal, () => {
          server.close();
          server.closeAllConnections();
        });
      }
      const address = addressOf(server);
      terminal.result({ address }, `The lab is at ${address}\nPress Ctrl-C to end it.`);
      await once(server, 'close');
    });
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  return fail({ what: `"${text}" is not a port`, where: '--port', fix: 'Give a whole number from 0 to 65535.' });
}
