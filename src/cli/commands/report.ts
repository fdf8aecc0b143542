/** `chainrule report`: a run's page again, from its record and history. */
import type { Command } from 'commander';
import type { RunRecord } from '../../report/record.ts';
import { parseRecord } from '../../report/record-schema.ts';
import { parseHistory } from '../../train/history.ts';
import { readText, writeWhole } from '../files.ts';
import { runFiles } from '../folder.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';

export function reportCommand(program: Command): void {
  program
    .command('report')
    .summary("a run's page again")
    .description("Writes a run's report.html again, from its run.json and history.csv.")
    .argument('<run>', "the run's folder")
    .option('--out <file>', "default: the run's report.html")
    .addHelpText('after', '\nExample:\n  chainrule report runs/penguins-1 --out penguins.html')
    .action(async (folder: string, flags: TerminalFlags & { readonly out?: string }) => {
      const terminal = new Terminal(flags);
      const files = runFiles(folder);
      const { renderReport } = await import('../../report/page.ts');
      const page = renderReport(readRecord(folder), parseHistory(readText(files.history), files.history));
      const out = flags.out ?? files.report;
      writeWhole(out, page);
      terminal.result({ report: out }, `Written to ${terminal.path(out)}.`);
    });
}

export function readRecord(folder: string): RunRecord {
  const { record } = runFiles(folder);
  return parseRecord(readText(record), record);
}
