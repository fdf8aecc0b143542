/** `chainrule export`: writes a model in a format of other programs. */
import { dirname, extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { didYouMean, fail } from '../../base/errors.ts';
import { openModel } from '../input/model.ts';
import { extensionOf, formatNames, modelFormats, refuseForeignCompanion } from '../output/model-formats.ts';
import { Terminal, type TerminalFlags } from '../output/terminal.ts';
import { makeFolder } from '../system/folders.ts';
import type { Content } from '../system/stream-writing.ts';
import { writeTogether } from '../system/write.ts';

interface Flags extends TerminalFlags {
  readonly format?: string;
}

export function exportCommand(program: Command): void {
  program
    .command('export')
    .summary('write a model as ONNX, PyTorch, TypeScript, JSON and others')
    .description(
      `Writes a model in one of these formats:\n${formatNames.map((name) => `  ${name.padEnd(12)} ${modelFormats[name].note}`).join('\n')}`,
    )
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<out>', 'the file to write; its extension selects the format')
    .addOption(new Option('--format <format>', 'the format, if the extension does not select it').choices(formatNames))
    .addHelpText('after', '\nExample:\n  chainrule export runs/penguins-1 penguins.ts')
    .action(async (modelPath: string, out: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const name = formatOf(out, flags);
      const format = modelFormats[name];
      refuseForeignCompanion(format, out);
      const content = await format.write(await openModel(modelPath, terminal), out);
      if (format.isFolder) makeFolder(out);
      const folder = format.isFolder ? out : dirname(out);
      const files =
        content instanceof Map
          ? [...content].map(([file, each]) => ({ path: join(folder, file), content: each as Content }))
          : [{ path: out, content: content as Content }];
      writeTogether(files);
      const bytes = files.reduce((sum, file) => sum + Buffer.byteLength(file.content), 0);
      const paths = files.map(({ path }) => path);
      const shown = format.isFolder ? [out] : paths;
      terminal.result(
        { out, format: name, bytes, files: paths },
        `Written to ${shown.map((path) => terminal.path(path)).join(' and ')}.`,
      );
    });
}

const isWeightsOfPyTorch = (extension: string) => ['pt', 'pth', 'ckpt', 'bin'].includes(extension);

/** Extensions of other programs' models, which no extension of chainrule's resembles. */
const isForeign = (extension: string) =>
  isWeightsOfPyTorch(extension) || ['h5', 'hdf5', 'keras', 'tflite', 'pkl', 'pb'].includes(extension);

const withExtension = (out: string, extension: string) => `${out.slice(0, -extname(out).length)}.${extension}`;

/** The name of the format: from --format, or from the extension of the file. Throws an InputError if neither names one. */
function formatOf(out: string, flags: Flags): string {
  const extension = extname(out).slice(1);
  const name = flags.format ?? formatNames.find((each) => extensionOf(each) === extension) ?? extension;
  if (formatNames.includes(name) && modelFormats[name].companion !== undefined && isWeightsOfPyTorch(extension)) {
    fail({
      what: `the format ${name} writes Python code, not a .${extension} file`,
      where: out,
      fix: `Name the file .py: ${withExtension(out, 'py')}. The weights are written next to it.`,
    });
  }
  if (formatNames.includes(name)) return name;
  if (isForeign(extension)) {
    fail({
      what: `chainrule does not write .${extension} files`,
      where: out,
      fix: `Choose one of: ${formatNames.join(', ')}. ${isWeightsOfPyTorch(extension) ? `For PyTorch, write ${withExtension(out, 'py')} --format pytorch.` : 'Many programs read ONNX.'}`,
    });
  }
  return fail({
    what: name === '' ? 'the file name has no extension, so the format is unknown' : `"${name}" is not a format`,
    where: out,
    fix: `${didYouMean(name, formatNames)} Use one of these extensions, or pass --format.`,
  });
}
