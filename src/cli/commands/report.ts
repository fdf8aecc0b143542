/** `chainrule report`: rebuilds the report of a run from its record and history. */
import type { Command } from 'commander';
import { runFiles, settleRun } from '../folder.ts';
import { refuseForeign } from '../ours.ts';
import { readHistory, readRecord } from '../run-record.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';
import { writeWhole } from '../write.ts';

export function reportCommand(program: Command): void {
  program
    .command('report')
    .summary('rebuild the report of a run')
    .description("Rebuilds a run's report.html from its run.json and history.csv.")
    .argument('<run>', "the run's folder")
    .option('--out <file>', "default: the run's report.html")
    .addHelpText('after', '\nExample:\n  chainrule report runs/penguins-1 --out penguins.html')
    .action(async (folder: string, flags: TerminalFlags & { readonly out?: string }) => {
      const terminal = new Terminal(flags);
      const out = flags.out ?? runFiles(folder).report;
      if (flags.out === undefined) {
        refuseForeign(out, 'page');
        settleRun(folder);
      }
      const { renderReport } = await import('../../report/page.ts');
      const page = renderReport(readRecord(folder), readHistory(folder));
      writeWhole(out, page);
      terminal.result({ report: out }, `Written to ${terminal.path(out)}.`);
    });
}
