/** `chainrule explain`: shows every number of a training step as text, HTML, LaTeX or JSON. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { type Explanation, explanation } from '../../explain/explanation.ts';
import { renderJson } from '../../explain/render/json.ts';
import { renderLatex } from '../../explain/render/latex.ts';
import { renderTerminal } from '../../explain/render/terminal.ts';
import type { Setup } from '../../net/setup.ts';
import { addExperimentFlags } from '../flags/add.ts';
import { inFlags } from '../flags/notation.ts';
import { type FlagValues, numberFlag } from '../flags/values.ts';
import { open } from '../input/open.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';
import { writeWhole } from '../system/write.ts';

type Format = 'text' | 'html' | 'latex' | 'json';

interface Flags extends FlagValues, TerminalFlags {
  readonly step?: string;
  readonly sample?: string;
  readonly layer?: string;
  readonly format?: Format;
  readonly blank?: boolean;
  readonly out?: string;
}

const endings: Readonly<Record<string, Format>> = { html: 'html', tex: 'latex', json: 'json', txt: 'text' };

export function explainCommand(program: Command): void {
  const command = program
    .command('explain')
    .summary('show every number of a training step')
    .description('Shows every number of one training step: forward pass, loss, chain rule, update, loss after.')
    .argument('<file>', 'experiment.json, a worked example, or table.csv with --target')
    .option('--step <number>', 'the training step to explain, counted from 1; default 1')
    .option('--sample <index>', 'show only this row of the data, counted from 0')
    .option('--layer <index>', 'show only this layer, counted from 0')
    .addOption(
      new Option('--format <format>', 'default text, or from the extension of --out').choices([
        'text',
        'html',
        'latex',
        'json',
      ]),
    )
    .option('--blank', 'leave the results blank: an exercise sheet; with --format json, audit can mark the answers')
    .option('--out <file>', 'write to a file instead of standard output');
  addExperimentFlags(command)
    .addHelpText(
      'after',
      '\nExamples:\n  chainrule explain experiment.json\n  chainrule explain experiment.json --step 3 --sample 0 --out step.html\n  chainrule explain experiment.json --blank --format json > sheet.json',
    )
    .action(async (file: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const format = formatOf(flags);
      const { setup } = await open(file, flags);
      terminal.alert(setup.warnings);
      const explained = explainSetup(setup, flags);
      const { blank } = flags;
      const text = await {
        text: () =>
          renderTerminal(explained, {
            blank,
            width: terminal.width,
            heading: flags.out ? undefined : terminal.colors.bold,
          }),
        html: async () => (await import('../../explain/render/html.ts')).renderHtml(explained, { blank }),
        latex: () => renderLatex(explained, { blank }),
        json: () => renderJson(explained, { blank, experiment: setup.json }),
      }[format]();
      if (flags.out === undefined) {
        // these formats contain invisible characters, such as MathML's product sign; the renderers escape those of the input
        if (format === 'text') terminal.document(text);
        else process.stdout.write(text);
      } else {
        writeWhole(flags.out, text);
        terminal.say(`Written to ${terminal.path(flags.out)}.`);
      }
    });
}

function explainSetup(setup: Setup, flags: Flags): Explanation {
  const chosen = {
    step: integer(flags.step, '--step'),
    sample: integer(flags.sample, '--sample'),
    layer: integer(flags.layer, '--layer'),
  };
  try {
    return explanation(setup, chosen);
  } catch (error) {
    throw inFlags(error, flags as FlagValues, { own: { step: '--step', sample: '--sample', layer: '--layer' } });
  }
}

function formatOf({ format, json, out }: Flags): Format {
  if (json && format !== undefined && format !== 'json') {
    fail({
      what: `--json and --format ${format} cannot be combined`,
      where: '--format',
      fix: 'Leave one of them out.',
    });
  }
  if (json) return 'json';
  return format ?? endings[out?.split('.').pop() ?? ''] ?? 'text';
}

function integer(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = numberFlag(text, flag);
  if (!Number.isSafeInteger(value)) fail({ what: `${value} is not an integer`, where: flag, fix: `Write ${flag} 1.` });
  return value;
}
