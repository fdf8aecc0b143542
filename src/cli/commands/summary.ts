/** `chainrule summary`: the layers of a model with their shapes and numbers of parameters. */
import type { Command } from 'commander';
import { openModel } from '../input/model.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';

export function summaryCommand(program: Command): void {
  program
    .command('summary')
    .summary('list the layers of a model with their shapes and parameters')
    .description('Lists the layers of a model with the shapes of their outputs and the numbers of their parameters.')
    .argument('<model>', "model.safetensors, an ONNX file, or a run's folder")
    .addHelpText('after', '\nExample:\n  chainrule summary runs/penguins-1')
    .action(async (path: string, flags: TerminalFlags) => {
      const terminal = new Terminal(flags);
      const summary = (await openModel(path, terminal)).summary();
      const { inputs, layers, parameters, trained } = summary;
      const number = (value: number) => value.toLocaleString('en-US');
      const shape = (lengths: readonly number[]) => `[${lengths.join(', ')}]`;
      const table = terminal.table(
        ['', 'layer', 'output', 'parameters'],
        [
          ['', 'inputs', shape([inputs]), ''],
          ...layers.map((each) => [each.address, each.layer, shape(each.output), number(each.parameters)]),
          ['', 'total', '', number(parameters)],
        ],
        [3],
      );
      const fixed = parameters - trained;
      const note = fixed === 0 ? [] : [`${number(fixed)} of the parameters are not trained.`];
      terminal.result({ inputs, layers, parameters, trained }, [table, ...note].join('\n'));
    });
}
