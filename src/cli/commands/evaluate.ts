/** `chainrule evaluate`: measures loss and metrics of a model on labelled data. */

import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { classesOf } from '../../data/encode/targets/stored-target.ts';
import type { InlineRows } from '../../data/inline/inline.ts';
import { numberText } from '../../explain/numbers.ts';
import type { Evaluated, Model } from '../../model/model.ts';
import { shownScores } from '../../net/metrics.ts';
import { addLimitFlags, limitsFrom } from '../flags/limit-flags.ts';
import { addMarkFlags, marksFrom } from '../flags/mark-flags.ts';
import type { FlagValues } from '../flags/values.ts';
import { inFile } from '../input/files.ts';
import { openModel } from '../input/model.ts';
import { readRows } from '../input/rows.ts';
import { confusionText } from '../output/confusion-text.ts';
import { showReading } from '../output/progress.ts';
import { count, Terminal, type TerminalFlags } from '../output/terminal.ts';

export function evaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('measure loss and metrics on labelled data')
    .description('Prints the loss (without penalties) and the metrics of a model on labelled data.')
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<data>', 'table.csv with the target, rows.json ({ "inputs": …, "targets": … }), or -')
    .option('--weights <column>', 'the column with the weight of each row in the loss');
  addLimitFlags(addMarkFlags(command, 'those that training was told'))
    .addHelpText('after', '\nExample:\n  chainrule evaluate runs/penguins-1 labelled.csv')
    .action(async (modelPath: string, dataPath: string, flags: TerminalFlags & FlagValues & { weights?: string }) => {
      const terminal = new Terminal(flags);
      const model = await openModel(modelPath, terminal);
      const { reading, done } = showReading(terminal);
      const data = await readRows(dataPath, model, { ...marksFrom(flags), limits: limitsFrom(flags), reading });
      done();
      const found = inFile(dataPath, () =>
        'table' in data ? model.evaluate({ ...data, weights: flags.weights }) : model.evaluate(inline(data.rows)),
      );
      terminal.alert(found.warnings);
      const { loss, metrics, confusion, rows } = found;
      terminal.result({ loss, metrics, confusion, rows }, describe(found, model, terminal));
    });
}

function inline(json: unknown): InlineRows {
  // the data section of an experiment is accepted too
  const inner = (json as { data?: unknown } | null)?.data ?? json;
  if (typeof inner === 'object' && inner !== null && 'inputs' in inner && 'targets' in inner)
    return inner as InlineRows;
  return fail({
    what: 'the JSON has no "inputs" and "targets"',
    where: ['data'],
    fix: 'Write { "inputs": [[1, 2]], "targets": [[3]] }.',
  });
}

function describe({ loss, metrics, confusion, rows }: Evaluated, { encoding }: Model, terminal: Terminal): string {
  const lines = [
    terminal.table(
      ['', count(rows, 'row')],
      [
        ['loss', numberText(loss)],
        ...Object.entries(shownScores(metrics)).map(([name, value]) => [name, numberText(value)]),
      ],
      [1],
    ),
  ];
  if (confusion !== undefined) {
    const classes = encoding && classesOf(encoding.target)?.values;
    lines.push(confusionText(confusion, classes, terminal));
  }
  return lines.join('\n');
}
