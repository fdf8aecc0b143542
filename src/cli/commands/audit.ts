/** `chainrule audit`: the printed numbers of a worked example, checked row by row. */

import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { type Audit, type AuditStatus, audit } from '../../explain/audit/index.ts';
import { numberText } from '../../explain/numbers.ts';
import { open } from '../open.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';

export function auditCommand(program: Command): void {
  program
    .command('audit')
    .summary('check the printed numbers of a worked example')
    .description(
      'Computes each printed number of a worked example and explains where the print disagrees; exit code 1 where the print is wrong.',
    )
    .argument('<file>', 'a worked example: an experiment with "printed"')
    .addHelpText('after', '\nExample:\n  chainrule audit textbook-3-2-1.json')
    .action((file: string, flags: TerminalFlags) => {
      const terminal = new Terminal(flags);
      const { setup } = open(file, {});
      if (setup.worked === undefined) {
        fail({
          what: 'nothing is printed in it, so there is nothing to check',
          where: file,
          mend: 'Write { "experiment": …, "printed": [{ "quantity": "loss", "value": "0.234" }] }.',
        });
      }
      const found = audit(setup, setup.worked.printed);
      if (setup.worked.title) terminal.title(setup.worked.title);
      if (setup.worked.source) terminal.say(terminal.wrap(setup.worked.source));
      terminal.result({ rows: found.rows }, auditText(found, terminal));
      process.exitCode = found.ok ? 0 : 1;
    });
}

/** The audit as people read it: a table, then each disagreement in words, then the verdict. */
export function auditText({ rows, ok }: Audit, terminal: Terminal): string {
  const { colors } = terminal;
  const paint: Readonly<Record<AuditStatus, (text: string) => string>> = {
    agrees: colors.green,
    convention: colors.yellow,
    rounded: colors.yellow,
    slip: colors.red,
    unexplained: colors.red,
  };
  const table = terminal.table(
    ['quantity', 'after', 'printed', 'computed', 'status'],
    rows.map(({ quantity, after, printed, computed, status }) => [
      quantity,
      String(after),
      printed,
      numberText(computed, 9),
      paint[status](status),
    ]),
    [1, 2, 3],
  );
  const explained = new Map<string, string[]>();
  for (const { quantity, after, status, explanation } of rows) {
    if (explanation === '') continue;
    const key = `${status === 'agrees' ? '' : `${paint[status](status)}: `}${explanation}`;
    explained.set(key, [...(explained.get(key) ?? []), after > 0 ? `${quantity} after ${after}` : quantity]);
  }
  const words = [...explained].map(([why, quantities]) => {
    const names =
      quantities.length > 6
        ? `${quantities.slice(0, 5).join(', ')} and ${quantities.length - 5} more`
        : quantities.join(', ');
    return `${colors.bold(names)}\n${terminal.wrap(why, '  ')}`;
  });
  const wrong = rows.filter(({ status }) => status === 'slip' || status === 'unexplained').length;
  const agree = rows.filter(({ status }) => status === 'agrees').length;
  const verdict = ok
    ? `${agree} of ${rows.length} rows agree as they stand, and the rest are explained by a convention or by rounding.`
    : `${agree} of ${rows.length} rows agree as they stand; ${wrong} ${wrong === 1 ? 'is' : 'are'} wrong in print.`;
  return [table, ...words, agree === rows.length ? `All ${rows.length} rows agree.` : verdict].join('\n\n');
}
