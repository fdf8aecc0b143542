/** `chainrule export`: a model in the files of others. */
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { didYouMean, fail } from '../../base/errors.ts';
import { toTypeScript } from '../../formats/typescript.ts';
import type { Model } from '../../train/model.ts';
import { writeWhole } from '../files.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';
import { openModel } from './train.ts';

/** What a model can be written as, and how; the names are the files' endings. */
const formats: Readonly<Record<string, { readonly note: string; write(model: Model): string | Uint8Array }>> = {
  ts: {
    note: 'a TypeScript file that imports nothing, with a function predict',
    write: toTypeScript,
  },
  json: { note: 'network, encoding and weights', write: (model) => `${JSON.stringify(model)}\n` },
  safetensors: { note: 'the model file itself', write: (model) => model.save() },
};
const names = Object.keys(formats);

interface Flags extends TerminalFlags {
  readonly format?: string;
}

export function exportCommand(program: Command): void {
  program
    .command('export')
    .summary('a model as TypeScript, JSON or safetensors')
    .description(`Writes a model as\n${names.map((name) => `  ${name.padEnd(12)} ${formats[name].note}`).join('\n')}`)
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<out>', 'the file to write; its ending says the format')
    .addOption(new Option('--format <format>', 'where the ending does not say it').choices(names))
    .addHelpText('after', '\nExample:\n  chainrule export runs/penguins-1 penguins.ts')
    .action((modelPath: string, out: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const format = flags.format ?? extname(out).slice(1);
      if (!names.includes(format)) {
        fail({
          what: format === '' ? 'the file has no ending that says a format' : `"${format}" is no format`,
          where: out,
          mend: `${didYouMean(format, names)} Give the file such an ending, or --format.`,
        });
      }
      const content = formats[format].write(openModel(modelPath));
      writeWhole(out, content);
      terminal.result({ out, format, bytes: Buffer.byteLength(content) }, `Written to ${terminal.colors.cyan(out)}.`);
    });
}
