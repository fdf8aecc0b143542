/** `chainrule export`: a model in the files of others. */
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { didYouMean, fail } from '../../base/errors.ts';
import { printableJson } from '../../base/printable.ts';
import { checkFileNames, toNpy, toNpz } from '../../formats/npy.ts';
import { toPyTorch } from '../../formats/pytorch.ts';
import { toTypeScript } from '../../formats/typescript/write.ts';
import type { Model } from '../../model/model.ts';
import { openModel } from '../model.ts';
import { whose } from '../ours.ts';
import { Terminal, type TerminalFlags } from '../terminal.ts';
import { makeFolder, writeTogether } from '../write.ts';

interface Format {
  readonly note: string;
  /** Of the file, where that is not the format's name. */
  readonly ending?: string;
  /** One file, or several by their names. */
  write(model: Model, out: string): Content | ReadonlyMap<string, Content> | Promise<Content>;
}
type Content = string | Uint8Array;

/** What a model can be written as, and how; the names are the files' endings. */
const formats: Readonly<Record<string, Format>> = {
  onnx: {
    note: 'raw columns in, labels or numbers out, for onnxruntime and the like',
    write: async (model) => (await import('../../formats/onnx/write.ts')).toOnnx(model),
  },
  ts: {
    note: 'a TypeScript file that imports nothing, with a function predict',
    write: toTypeScript,
  },
  json: { note: 'network, encoding and weights', write: (model) => `${printableJson(JSON.stringify(model))}\n` },
  safetensors: { note: 'the model file itself', write: (model) => model.save() },
  npz: { note: 'the weights, for numpy.load', write: ({ parameters, precision }) => toNpz(parameters, precision) },
  npy: {
    note: 'the weights, one file each, in a folder of that name',
    write({ parameters, precision }) {
      checkFileNames(parameters.keys());
      return new Map([...parameters].map(([name, tensor]) => [`${name}.npy`, toNpy(tensor, precision)]));
    },
  },
  pytorch: {
    note: 'a Python file that rebuilds the model, and a file of its weights',
    ending: 'py',
    write(model, out) {
      const weights = weightsOf(out);
      const { python, safetensors } = toPyTorch(model, weights);
      return new Map<string, string | Uint8Array>([
        [basename(out), python],
        [weights, safetensors],
      ]);
    },
  },
};
const names = Object.keys(formats);
const endingOf = (name: string) => formats[name].ending ?? name;

const weightsOf = (out: string) => `${basename(out, '.py')}.safetensors`;

/** The file of the weights was not named: one that is there already is replaced only where it came with such a file. */
function refuseOthersWeights(out: string): void {
  const weights = join(dirname(out), weightsOf(out));
  if (!existsSync(weights) || whose(out, 'python') === 'own') return;
  fail({
    what: 'the weights would replace a file that was not written by an earlier export',
    where: weights,
    fix: 'Move it away, or give the Python file another name.',
  });
}

interface Flags extends TerminalFlags {
  readonly format?: string;
}

export function exportCommand(program: Command): void {
  program
    .command('export')
    .summary('write a model as ONNX, PyTorch, TypeScript, JSON and others')
    .description(`Writes a model as\n${names.map((name) => `  ${name.padEnd(12)} ${formats[name].note}`).join('\n')}`)
    .argument('<model>', "model.safetensors, or a run's folder")
    .argument('<out>', 'the file to write; its extension selects the format')
    .addOption(new Option('--format <format>', 'if the extension does not select it').choices(names))
    .addHelpText('after', '\nExample:\n  chainrule export runs/penguins-1 penguins.ts')
    .action(async (modelPath: string, out: string, flags: Flags) => {
      const terminal = new Terminal(flags);
      const ending = extname(out).slice(1);
      const format = flags.format ?? names.find((name) => endingOf(name) === ending) ?? ending;
      if (!names.includes(format)) {
        fail({
          what:
            format === '' ? 'the file name has no extension, so the format is unknown' : `"${format}" is not a format`,
          where: out,
          fix: `${didYouMean(format, names)} Use one of these extensions, or pass --format.`,
        });
      }
      if (format === 'pytorch') refuseOthersWeights(out);
      const content = await formats[format].write(await openModel(modelPath), out);
      const isFolder = format === 'npy';
      const folder = isFolder ? out : dirname(out);
      if (isFolder) makeFolder(out);
      const files =
        content instanceof Map
          ? [...content].map(([name, each]) => ({ path: join(folder, name), content: each as Content }))
          : [{ path: out, content: content as Content }];
      writeTogether(files);
      const bytes = files.reduce((sum, file) => sum + Buffer.byteLength(file.content), 0);
      const paths = files.map(({ path }) => path);
      const shown = isFolder ? [out] : paths;
      terminal.result(
        { out, format, bytes, files: paths },
        `Written to ${shown.map((path) => terminal.path(path)).join(' and ')}.`,
      );
    });
}
