/** `chainrule demo`: audits a worked example under two gradient rules, then trains on a real data set. */
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { plot } from 'simple-ascii-chart';
import { audit } from '../../audit/index.ts';
import { explanation } from '../../explain/explanation.ts';
import { numberText } from '../../explain/numbers.ts';
import { quantityNames } from '../../explain/quantity-names.ts';
import { variableText } from '../../explain/variable.ts';
import type { GradientRule } from '../../net/step.ts';
import type { HistoryRow } from '../../train/history.ts';
import { train } from '../../train/train.ts';
import { type Opened, open } from '../input/open.ts';
import { auditText, maxListed } from '../output/audit-text.ts';
import { confusionText } from '../output/confusion-text.ts';
import { shellPath } from '../output/shell.ts';
import { count, Terminal, type TerminalFlags } from '../output/terminal.ts';
import type { FolderFlags } from '../run-folder/folder.ts';
import { refuseForeign } from '../run-folder/own-files.ts';
import { writeWhole } from '../system/write.ts';
import { runTraining } from '../training/train.ts';

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));

/** The number of updates after which the error under the exact gradient is below 1e-30. */
const updates = 1949;

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .summary('audit a worked example, then train on a real data set')
    .description(
      'Computes every number of a textbook example and audits the printed numbers. Then trains a network that classifies penguins, and writes a report.',
    )
    .option('--out <folder>', 'folder for the run; default runs/demo-<n>')
    .option(
      '--overwrite',
      'replace the run in the folder when the new one is complete; files that chainrule did not write are kept',
    )
    .action(async (flags: TerminalFlags & FolderFlags) => {
      const terminal = new Terminal(flags);
      if (flags.out !== undefined) {
        refuseForeign(pagesIn(flags.out).step, 'page');
        refuseForeign(pagesIn(flags.out).curves, 'curves');
      }
      const worked = await open(example('textbook-3-2-1.json'), {});
      const page = await showWorkedExample(worked, terminal);

      terminal.title('A real data set: Palmer penguins, 344 birds of three species, some measurements missing');
      const table = await open(example('penguins.csv'), { target: 'species', test: '0.2' });
      const run = await runTraining({ ...table, name: 'demo' }, flags, terminal, { silent: true });
      const { confusion, test } = run.trained;
      if (confusion !== undefined && test !== undefined) {
        const birds = confusion.matrix.flat().reduce((a, b) => a + b);
        const share = `${(100 * test.accuracy).toFixed(1)} %`;
        terminal.say(`\n${terminal.colors.bold(share)} of ${birds} held-out birds are classified correctly.`);
        terminal.say(confusionText(confusion.matrix, table.setup.prepared?.classes, terminal));
      }
      const pages = pagesIn(run.folder);
      const { renderHtml } = await import('../../explain/render/html.ts');
      writeWhole(pages.step, renderHtml(explanation(worked.setup)));
      writeWhole(pages.curves, page.curves);
      terminal.say(`\nThe worked example with every formula typeset: ${terminal.path(pages.step)}`);
      terminal.title('Try next');
      const { cyan } = terminal.colors;
      terminal.say(
        `  ${cyan(`chainrule explain ${shellPath(shown('textbook-3-2-1.json'))} --step 2`)}   every number of the second step`,
      );
      terminal.say(
        `  ${cyan(`chainrule train ${shellPath(shown('penguins.csv'))} --target body_mass_g`)}   predict a bird's weight instead`,
      );
      terminal.say(`  ${cyan('chainrule data your-table.csv')}   how training would encode your table`);
      terminal.result({ audit: page.rows, rules: page.ends, penguins: run.document, files: pages });
    });
}

const pagesIn = (folder: string) => ({ step: `${folder}/worked-example.html`, curves: `${folder}/two-rules.svg` });

/** The path of an example, relative to the working folder if possible. */
function shown(name: string): string {
  const path = example(name);
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

async function showWorkedExample({ setup }: Opened, terminal: Terminal) {
  terminal.title('A textbook example: a 3-2-1 network, three samples, one step of gradient descent');
  const explained = explanation(setup);
  const { columns, rows } = explained.table;
  terminal.say(
    terminal.table(
      ['sample', ...columns.map(({ variable }) => variableText(variable, false))],
      rows.map(({ number, values }) => [String(number), ...values.map((value) => numberText(value))]),
      [0, ...columns.map((_, i) => i + 1)],
    ),
  );
  for (const { text } of explained.observations) terminal.say(`• ${terminal.wrap(text, '  ').trimStart()}`);

  const printed = setup.worked!.printed;
  const names = quantityNames(setup);
  const underRule = (gradient: GradientRule) =>
    audit({ ...setup, recipe: { ...setup.recipe, gradient } }, printed, { maxListed });
  const byRule = { averagedFactors: underRule('averagedFactors'), exact: underRule('exact') };
  terminal.title("The printed numbers, the numbers under the book's rule (averaged factors), and the true gradient");
  const interesting = byRule.averagedFactors.rows
    .map((row, i) => ({ row, exact: byRule.exact.rows[i] }))
    .filter(({ row }) => row.after > 0 || /^(loss|gradient)/.test(row.quantity));
  terminal.say(
    terminal.table(
      ['', 'printed', "the book's rule", 'the true gradient'],
      interesting.map(({ row, exact }) => [
        `${names(row.quantity)}${row.after > 0 ? ` after ${count(row.after, 'update')}` : ''}`,
        row.printed,
        numberText(row.computed),
        numberText(exact.computed),
      ]),
      [1, 2, 3],
    ),
  );

  terminal.title('The audit: are the printed numbers consistent?');
  const found = byRule[setup.recipe.gradient];
  terminal.say(auditText(found, quantityNames(setup), terminal, { maxListed }));

  terminal.title(`The error E under the two rules during ${updates.toLocaleString('en-US')} updates`);
  const histories: Record<GradientRule, readonly HistoryRow[]> = {
    exact: await descend(setup, 'exact'),
    averagedFactors: await descend(setup, 'averagedFactors'),
  };
  terminal.say(chart(histories, terminal));
  const ends = { exact: last(histories.exact), averagedFactors: last(histories.averagedFactors) };
  terminal.say(
    terminal.wrap(
      `With the true gradient, E falls to ${numberText(ends.exact)}. With the book's rule, it levels off at ${numberText(ends.averagedFactors, 5)}, because averaged factors are not the gradient of E.`,
    ),
  );
  const points = (history: readonly HistoryRow[]) =>
    history.map(({ step, loss }): [number, number] => [step - 1, loss]);
  const { renderCurves } = await import('../../report/curves.ts');
  const curves = renderCurves(
    'The error under two rules',
    [
      { label: 'true gradient', points: points(histories.exact) },
      { label: 'averaged factors', points: points(histories.averagedFactors) },
    ],
    { logY: true, xLabel: 'updates', alone: true },
  );
  return { rows: found.rows, ends, curves: String(curves) };
}

/** Trains the worked example for the demo's number of updates instead of its own stop conditions. */
async function descend(setup: Opened['setup'], gradient: GradientRule): Promise<readonly HistoryRow[]> {
  const { recipe, schedule } = setup;
  const longer = {
    ...setup,
    recipe: { ...recipe, gradient },
    schedule: { ...schedule, stop: { epochs: updates + 1 } },
  };
  return (await train(longer)).history;
}

/** The loss of the last epoch. It is measured before the update of that epoch, so after all other updates. */
const last = (history: readonly HistoryRow[]) => history[history.length - 1].loss;

/** Both curves, the logarithm of E over updates. */
function chart(histories: Record<GradientRule, readonly HistoryRow[]>, terminal: Terminal): string {
  const width = Math.max(30, Math.min(70, terminal.width - 12));
  const every = Math.ceil(updates / (2 * width));
  const line = (history: readonly HistoryRow[]) =>
    history.filter((_, i) => i % every === 0).map(({ step, loss }): [number, number] => [step - 1, Math.log10(loss)]);
  const text = plot([line(histories.exact), line(histories.averagedFactors)], {
    width,
    height: 12,
    yRange: [-31, 0],
    customYAxisTicks: [0, -10, -20, -30],
    customXAxisTicks: [0, 500, 1000, 1500],
    color: terminal.colors.isColorSupported ? ['ansiGreen', 'ansiYellow'] : undefined,
    formatter: (value, { axis }) => (axis === 'y' ? `1e${value}` : value),
  });
  return terminal.drawing(text.replace(/^\n|\n\s*$/g, ''));
}
