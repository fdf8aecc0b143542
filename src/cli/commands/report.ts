/** `chainrule report`: rebuilds the report of a run from its record and history. */
import type { Command } from 'commander';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';
import { runFiles, settleRun } from '../run-folder/folder.ts';
import { refuseForeign } from '../run-folder/own-files.ts';
import { readHistory, readRecord } from '../run-folder/run-record.ts';
import { writeWhole } from '../system/write.ts';

export function reportCommand(program: Command): void {
  program
    .command('report')
    .summary('rebuild the report of a run')
    .description("Rebuilds a run's report.html from its run.json and history.csv.")
    .argument('<run>', "the run's folder")
    .option('--out <file>', "write the report to this file; default: the run's report.html")
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
