/** The formats that `chainrule export` writes. Each entry declares its file extension and what it writes besides the file. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../../base/errors.ts';
import { printableJson } from '../../base/printable.ts';
import { checkFileNames, toNpy, toNpz } from '../../formats/npy.ts';
import { toPyTorch } from '../../formats/pytorch.ts';
import { toTypeScript } from '../../formats/typescript/write.ts';
import type { Model } from '../../model/model.ts';
import { type OwnKind, whose } from '../run-folder/own-files.ts';
import type { Content } from '../system/stream-writing.ts';

export interface ModelFormat {
  readonly note: string;
  /** The file extension. Default: the name of the format. */
  readonly extension?: string;
  /** The model is written as several files into a folder of the given name. */
  readonly isFolder?: true;
  /** A second file that is written next to the first. */
  readonly companion?: { path(out: string): string; readonly firstFile: OwnKind };
  /** The content of the file, or of several files by their names. */
  write(model: Model, out: string): Content | ReadonlyMap<string, Content> | Promise<Content>;
}

/** The file of weights next to a Python file. */
const weightsOf = (out: string) => `${basename(out, '.py')}.safetensors`;

/** The formats by name. */
export const modelFormats: Readonly<Record<string, ModelFormat>> = {
  onnx: {
    note: 'for onnxruntime; raw columns in, labels or numbers out',
    write: async (model) => (await import('../../formats/onnx/write.ts')).toOnnx(model),
  },
  ts: {
    note: 'a TypeScript file without imports that exports a function predict',
    write: toTypeScript,
  },
  json: { note: 'network, encoding and weights', write: (model) => `${printableJson(JSON.stringify(model))}\n` },
  safetensors: { note: 'the model file itself', write: (model) => model.save() },
  npz: { note: 'the weights, for numpy.load', write: ({ parameters, precision }) => toNpz(parameters, precision) },
  npy: {
    note: 'the weights, one file each, in a folder of the given name',
    isFolder: true,
    write({ parameters, precision }) {
      checkFileNames(parameters.keys());
      return new Map([...parameters].map(([name, tensor]) => [`${name}.npy`, toNpy(tensor, precision)]));
    },
  },
  pytorch: {
    note: 'a Python file that rebuilds the model, and its weights',
    extension: 'py',
    companion: { path: (out) => join(dirname(out), weightsOf(out)), firstFile: 'python' },
    write(model, out) {
      const weights = weightsOf(out);
      const { python, safetensors } = toPyTorch(model, weights);
      return new Map<string, Content>([
        [basename(out), python],
        [weights, safetensors],
      ]);
    },
  },
};

export const formatNames: readonly string[] = Object.keys(modelFormats);

export const extensionOf = (name: string): string => modelFormats[name].extension ?? name;

/**
 * Throws an InputError if writing a format's second file would replace a file that no earlier export wrote. The first file
 * shows whether there was an earlier export: the user did not name the second one.
 */
export function refuseForeignCompanion({ companion }: ModelFormat, out: string): void {
  if (companion === undefined) return;
  const path = companion.path(out);
  if (!existsSync(path) || whose(out, companion.firstFile) === 'own') return;
  fail({
    what: 'the weights would replace a file that was not written by an earlier export',
    where: path,
    fix: 'Move it away, or give the Python file another name.',
  });
}
