/** `chainrule audit`: checks the printed numbers of a worked example. */

import type { Command } from 'commander';
import { type Audit, type AuditOptions, audit } from '../../audit/index.ts';
import { fail } from '../../base/errors.ts';
import { quantityNames } from '../../explain/quantity-names.ts';
import { auditGraphExample, type GraphExample } from '../../graphs/explain/worked-examples.ts';
import { openGraphExample } from '../graphs/graph-step.ts';
import { walksText } from '../graphs/walks-text.ts';
import { open } from '../input/open.ts';
import { auditText, maxListed } from '../output/audit-text.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';

export function auditCommand(program: Command): void {
  program
    .command('audit')
    .summary('check the printed numbers of a worked example')
    .description(
      'Computes each printed number of a worked example, and explains each difference; exits with 1 if a printed number is wrong.',
    )
    .argument('<file>', 'a worked example: an experiment with "printed"')
    .option('--all', `list every possible cause of a difference; default: the ${maxListed} most likely`)
    .addHelpText(
      'after',
      '\nExamples:\n  chainrule audit textbook-3-2-1.json\n  chainrule audit textbook-3-2-1.json --all',
    )
    .action(async (file: string, flags: TerminalFlags & { readonly all?: boolean }) => {
      const terminal = new Terminal(flags);
      const options = flags.all ? {} : { maxListed };
      const ofGraph = openGraphExample(file);
      if (ofGraph !== undefined) {
        reportGraphAudit(ofGraph, options, terminal);
        return;
      }
      const { setup } = await open(file, {}, { withoutStop: true });
      if (setup.worked === undefined) {
        fail({
          what: 'it has no printed numbers, so there is nothing to check',
          where: file,
          fix: 'Write { "experiment": …, "printed": [{ "quantity": "loss", "value": "0.234" }] }.',
        });
      }
      const found = audit(setup, setup.worked.printed, options);
      introduce(setup.worked, terminal);
      terminal.result({ rows: listed(found, options) }, auditText(found, quantityNames(setup), terminal, options));
      process.exitCode = found.ok ? 0 : 1;
    });
}

/** The rows, each with as many candidates as its explanation lists. */
function listed({ rows }: Audit, { maxListed }: AuditOptions): Audit['rows'] {
  return rows.map((row) => ({ ...row, candidates: row.candidates.slice(0, maxListed) }));
}

function introduce({ title, source }: Pick<GraphExample, 'title' | 'source'>, terminal: Terminal): void {
  if (title) terminal.title(title);
  for (const line of source?.split('\n') ?? []) terminal.say(terminal.wrap(line));
}

/** Prints the audit of a graph method's example; of walks with the likelihood of each walk and step. */
function reportGraphAudit(example: GraphExample, options: AuditOptions, terminal: Terminal): void {
  const found = auditGraphExample(example, options);
  introduce(example, terminal);
  const { walks } = found;
  const parts = [
    ...(walks === undefined ? [] : [walksText(walks, terminal)]),
    ...(found.rows.length > 0 || walks === undefined
      ? [auditText(found, (quantity) => example.subject.nameOf(quantity).text, terminal, options)]
      : []),
  ];
  terminal.result({ rows: listed(found, options), ...(walks !== undefined && { walks }) }, parts.join('\n\n'));
  process.exitCode = found.ok ? 0 : 1;
}
