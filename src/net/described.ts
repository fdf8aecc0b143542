/**
 * A network, its loss, its optimizer and its encoding from the description that a model's file holds. Nothing of the
 * description is believed: it is checked against its schemas, its parts against each other, and its shapes against the
 * tensors that are there, before anything of their size is made.
 */
import { fail } from '../base/errors.ts';
import { lastOf, type Shape } from '../base/shape.ts';
import { type Encoding, indexInputs, inputWidth, targetWidth } from '../data/encode/encoding.ts';
import { encodingSchema } from '../data/encode/encoding-schema.ts';
import { classesOf } from '../data/encode/targets/index.ts';
import { checkAgainst, inFile, type Written } from './complaint.ts';
import { resolveExperiment } from './experiment.ts';
import type { Loss } from './losses.ts';
import { type Network, parameterShapes } from './network.ts';
import type { Optimizer } from './optimizers.ts';
import { codingFor } from './setup.ts';

export interface Described {
  readonly network: Network;
  readonly inputs: number;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly encoding?: Encoding;
  /** The names of the parameters, in the order of the layers; each is among the tensors, in its shape. */
  readonly names: readonly string[];
}

/**
 * Throws an InputError that names `file` and the path inside it. `experiment` and `data` are what stands under these names;
 * `shapeOf` gives the shape of a tensor in the file.
 */
export function readDescription(
  { experiment, data }: { readonly experiment: unknown; readonly data: unknown },
  shapeOf: (name: string) => Shape | undefined,
  { file, fix }: Pick<Written, 'file' | 'fix'>,
): Described {
  const training = (experiment as { training?: unknown } | null | undefined)?.training;
  if (typeof training !== 'object' || training === null || Array.isArray(training)) {
    fail({ what: 'its metadata hold no experiment', where: file, fix });
  }
  // a model needs no data and no end of training; the form of an experiment does
  const whole = {
    ...(experiment as object),
    data: { inputs: [], targets: [] },
    training: { ...training, stop: { epochs: 0 } },
  };
  const written = { file, at: 'experiment', fix };
  const { network, recipe } = inFile(written, () => resolveExperiment(whole));
  const { inputs } = network;
  if (inputs === undefined) return fail({ what: 'it does not say its number of inputs', where: file, fix });
  // the shapes depend on the inputs: a layer may not fit them
  const shapes = inFile(written, () => parameterShapes(network, inputs));
  for (const [name, shape] of shapes) {
    const found = shapeOf(name);
    if (found !== undefined && String(found) === String(shape)) continue;
    const is = found === undefined ? 'missing' : `[${found.slice(0, 8)}]`;
    fail({ what: `the tensor ${name} is ${is}, not [${shape}]`, where: file, fix });
  }
  const names = [...shapes.keys()];
  const parts = { network, inputs, loss: recipe.loss, optimizer: recipe.optimizer, names };
  if (data === null || data === undefined) return parts;
  const encoding = checkAgainst(encodingSchema, data, { file, at: 'data', fix });
  const fault = encodingFault(encoding, parts);
  if (fault !== undefined) fail({ what: fault, where: `${file}: data`, fix });
  return { ...parts, encoding };
}

/** What of an encoding does not suit its network. */
function encodingFault(encoding: Encoding, { network, inputs, loss }: Omit<Described, 'names'>): string | undefined {
  const width = inputWidth(encoding);
  if (width !== inputs) return `it encodes rows as ${width} numbers, but the network has ${inputs} inputs`;
  const outputs = lastOf(network.layers[network.layers.length - 1].shape([1]));
  const targets = targetWidth(encoding);
  if (targets !== outputs) return `it encodes the target as ${targets} numbers, but the network has ${outputs} outputs`;
  const classes = classesOf(encoding.target);
  if (classes !== undefined && classes.coding !== codingFor(loss, outputs)) {
    return `it codes classes as ${classes.coding}, which ${loss.name} does not take`;
  }
  const said = (columns: readonly { readonly input: number; readonly size: number }[]) =>
    [...columns]
      .sort((a, b) => a.input - b.input)
      .map(({ input, size: rows }) => `${input}:${rows}`)
      .join();
  if (said(network.layers[0].embeds?.columns ?? []) === said(indexInputs(encoding))) return undefined;
  return 'its indices are not those of the network';
}
