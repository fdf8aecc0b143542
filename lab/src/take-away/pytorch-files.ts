/** The files of the PyTorch program: itself, the starting weights, and the rows as the network takes them. */
import { experiment, type Setup, train } from 'chainrule';
import { toPyTorch, toSafetensors } from 'chainrule/formats';
import { strToU8, zipSync } from 'fflate';
import { tableIn } from '../training/table-file.ts';
import type { Order, Products } from './protocol.ts';
import { fileNames, pytorchProgram } from './pytorch-program.ts';

/** Each file by its name, and the program's text. */
export async function pytorchParts({
  document: { experiment: json, files },
  tables,
}: Pick<Order & { kind: 'pytorch' }, 'document' | 'tables'>): Promise<{
  readonly python: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}> {
  const table = await tableIn(json, tables);
  const read = (path: string) => table ?? files[path] ?? '';
  const setup = experiment(json, { read });
  const before = { ...json, training: { ...json.training, stop: { epochs: 0 }, keep: 'last' as const } };
  const { model } = await train(experiment(before, { read }));
  const { python, safetensors } = toPyTorch(model, fileNames.start);
  const program = pytorchProgram(python, setup, json);
  return {
    python: program,
    files: {
      'train.py': strToU8(program),
      [fileNames.start]: safetensors,
      [fileNames.data]: toSafetensors({ tensors: tensorsOf(setup), metadata: { format: 'pt' } }, model.precision),
    },
  };
}

export async function pytorchFiles(order: Order & { kind: 'pytorch' }): Promise<Products['pytorch']> {
  const { python, files } = await pytorchParts(order);
  // the numbers hardly compress, and a fixed time makes the same archive each time
  return { python, zip: zipSync({ ...files }, { level: 1, mtime: '1980-01-01T00:00:00' }) };
}

function tensorsOf({ inputs, targets, weights, validation }: Setup) {
  return new Map([
    ['inputs', inputs],
    ['targets', targets],
    ...(weights === undefined ? [] : ([['weights', weights]] as const)),
    ...(validation === undefined
      ? []
      : ([
          ['validation.inputs', validation.inputs],
          ['validation.targets', validation.targets],
        ] as const)),
  ]);
}
