/** `chainrule explain`: shows every number of a training step as text, HTML, LaTeX or JSON. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import { type Explanation, explanation } from '../../explain/explanation.ts';
import { checkedDigits } from '../../explain/numbers.ts';
import { renderJson } from '../../explain/render/json.ts';
import { renderLatex } from '../../explain/render/latex.ts';
import { renderTerminal } from '../../explain/render/terminal.ts';
import type { Setup } from '../../net/setup.ts';
import { addExperimentFlags } from '../flags/add.ts';
import { inFlags } from '../flags/notation.ts';
import { type FlagValues, numberFlag } from '../flags/values.ts';
import { addGraphFlags, type GraphStep, type GraphStepFlags, openGraphStep } from '../graphs/graph-step.ts';
import { open } from '../input/open.ts';
import { Terminal } from '../output/terminal.ts';
import { writeWhole } from '../system/write.ts';

type Format = 'text' | 'html' | 'latex' | 'json';

interface Flags extends FlagValues, GraphStepFlags {
  readonly step?: string;
  readonly sample?: string;
  readonly layer?: string;
  readonly digits?: string;
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
    .argument('<file>', 'experiment.json, a worked example, table.csv with --target, or edges.csv with --method')
    .option('--step <number>', 'the training step to explain, counted from 1; default 1')
    .option('--sample <index>', 'show only this row of the data, counted from 0')
    .option('--layer <index>', 'show only this layer, counted from 0')
    .option('--digits <count>', 'significant digits of the numbers, from 1 to 17; default 6')
    .addOption(
      new Option('--format <format>', 'output format; default: from the extension of --out, or text').choices([
        'text',
        'html',
        'latex',
        'json',
      ]),
    )
    .option('--blank', 'leave the results blank: an exercise sheet; with --format json, audit can mark the answers')
    .option('--out <file>', 'write to a file instead of standard output');
  addGraphFlags(addExperimentFlags(command))
    .addHelpText(
      'after',
      '\nExamples:\n  chainrule explain experiment.json\n  chainrule explain experiment.json --step 3 --sample 0 --out step.html\n  chainrule explain experiment.json --blank --format json > sheet.json\n  chainrule explain edges.csv --method node2vec --step 100 --dimensions 8',
    )
    .action(async (file: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const format = formatOf(flags);
      const { explained, experiment, isAddress } = await explainFile(file, flags, command, terminal);
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
        json: () => renderJson(explained, { blank, experiment, isAddress }),
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

/** What a command explains: the step, and, for a worksheet, the experiment and which lines have addresses in it. */
interface Explained {
  readonly explained: ExplainedStep;
  readonly experiment: unknown;
  readonly isAddress?: (quantity: string) => boolean;
}

async function explainFile(file: string, flags: Flags, command: Command, terminal: Terminal): Promise<Explained> {
  const ofGraph = await openGraphStep(file, flags, integer(flags.step, '--step'), command);
  if (ofGraph === undefined) {
    const { setup } = await open(file, flags, { withoutStop: true });
    terminal.alert(setup.warnings);
    return { explained: explainSetup(setup, flags), experiment: setup.json };
  }
  refuseForGraphs(flags, ofGraph);
  const { example } = ofGraph;
  const explained = { ...ofGraph.explain(), digits: checkedDigits(integer(flags.digits, '--digits'), '--digits') };
  return { explained, experiment: example?.experiment, isAddress: example?.isAddress };
}

/** Throws an InputError for flags that only steps of networks have. */
function refuseForGraphs({ sample, layer, blank, format, json }: Flags, { example }: GraphStep): void {
  for (const [flag, value] of [
    ['--sample', sample],
    ['--layer', layer],
  ] as const) {
    if (value !== undefined) {
      fail({ what: 'an update of a graph method has neither samples nor layers', where: flag, fix: 'Leave it out.' });
    }
  }
  if (blank && (json || format === 'json') && example === undefined) {
    fail({
      what: 'audit cannot mark a worksheet of an update on a graph',
      where: '--blank',
      fix: 'Use --format html, latex or text, or a worked example with "skipGram".',
    });
  }
}

function explainSetup(setup: Setup, flags: Flags): Explanation {
  const chosen = {
    step: integer(flags.step, '--step'),
    sample: integer(flags.sample, '--sample'),
    layer: integer(flags.layer, '--layer'),
    digits: integer(flags.digits, '--digits'),
  };
  try {
    return explanation(setup, chosen);
  } catch (error) {
    throw inFlags(error, flags as FlagValues, {
      own: { step: '--step', sample: '--sample', layer: '--layer', digits: '--digits' },
    });
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
