/** `chainrule audit`: checks the printed numbers of a worked example. */

import type { Command } from 'commander';
import { audit } from '../../audit/index.ts';
import { fail } from '../../base/errors.ts';
import { open } from '../input/open.ts';
import { auditText } from '../output/audit-text.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';

export function auditCommand(program: Command): void {
  program
    .command('audit')
    .summary('check the printed numbers of a worked example')
    .description(
      'Computes each printed number of a worked example, and explains each difference; exits with 1 if a printed number is wrong.',
    )
    .argument('<file>', 'a worked example: an experiment with "printed"')
    .addHelpText('after', '\nExample:\n  chainrule audit textbook-3-2-1.json')
    .action(async (file: string, flags: TerminalFlags) => {
      const terminal = new Terminal(flags);
      const { setup } = await open(file, {});
      if (setup.worked === undefined) {
        fail({
          what: 'it has no printed numbers, so there is nothing to check',
          where: file,
          fix: 'Write { "experiment": …, "printed": [{ "quantity": "loss", "value": "0.234" }] }.',
        });
      }
      const found = audit(setup, setup.worked.printed);
      if (setup.worked.title) terminal.title(setup.worked.title);
      for (const line of setup.worked.source?.split('\n') ?? []) terminal.say(terminal.wrap(line));
      terminal.result({ rows: found.rows }, auditText(found, setup, terminal));
      process.exitCode = found.ok ? 0 : 1;
    });
}
