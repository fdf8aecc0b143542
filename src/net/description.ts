/**
 * The description of a model: its network, the loss and the optimizer that trained it, and the encoding of its table. Model
 * files and ONNX files hold it as JSON; messages to a worker and `run.json` describe networks in the same form.
 *
 * Reading trusts nothing. A description is checked against its schema, its parts against each other, and its shapes against
 * the tensors of the file, before anything of their size is made.
 */

import { fail } from '../base/errors.ts';
import { lastOf, type Shape } from '../base/shape.ts';
import { type Encoding, indexInputs, inputWidth, targetWidth } from '../data/encode/encoding.ts';
import * as forTables from '../data/encode/for-tables.ts';
import { provideTables } from '../data/encode/provided.ts';
import { readEncoding } from '../data/encode/read-encoding.ts';
import { classesOf } from '../data/encode/targets/stored-target.ts';
import { checkAgainst } from './complaint.ts';
import type { Description } from './describe-model.ts';
import { checkLayerCount } from './experiment.ts';
import { inFile, type Written } from './in-file.ts';
import { parameterShapes } from './network.ts';
import { UnknownRecipe } from './recipe-json.ts';
import { builtIn, type RecipeLists } from './recipes.ts';
import { resolveNetwork, resolveRecipes } from './resolve.ts';
import { codingFor } from './rows-setup.ts';
import { schemasFor } from './schema.ts';
import { checkLastLayer } from './training.ts';

/** The file that contains a description, and the recipes that it may name. */
export interface DescriptionSource extends Pick<Written, 'file' | 'fix' | 'call'> {
  /** The shape of a tensor in the file; undefined if there is no such tensor. */
  readonly shapeOf: (name: string) => Shape | undefined;
  /** Default: the built-in ones. */
  readonly recipes?: RecipeLists;
}

export interface Described extends Description {
  /** The names of the parameters, in the order of the layers. Each is among the tensors, in its shape. */
  readonly names: readonly string[];
}

/** Reads what `describeModel` wrote. Throws an InputError that names the file and the path in it. */
export function readDescription(
  { experiment, data }: { readonly experiment: unknown; readonly data: unknown },
  { shapeOf, recipes = builtIn, ...source }: DescriptionSource,
): Described {
  const { file, fix } = source;
  const training = (experiment as { training?: unknown } | null | undefined)?.training;
  if (typeof training !== 'object' || training === null || Array.isArray(training)) {
    fail({ what: 'its metadata contain no experiment', where: file, fix });
  }
  const written = { ...source, at: 'experiment' };
  const { network, loss, optimizer } = inFile(written, () => {
    checkLayerCount(experiment, 'experiment');
    checkLayerKinds(experiment, recipes);
    const json = checkAgainst(schemasFor(recipes).description, experiment, 'experiment');
    const made = resolveNetwork(json.network, json.seed ?? 1, recipes);
    const named = resolveRecipes(json.training, recipes);
    checkLastLayer(made, named.loss);
    return { network: made, ...named };
  });
  const { inputs } = network;
  if (inputs === undefined) return fail({ what: 'the number of inputs is missing', where: file, fix });
  const names = checkShapes(
    inFile(written, () => parameterShapes(network, inputs)),
    shapeOf,
    source,
  );
  const described = { network, inputs, loss, optimizer, names };
  if (data === null || data === undefined) return described;
  provideTables(forTables);
  const encoding = inFile({ file, fix }, () => readEncoding(data, ['data']));
  const fault = encodingFault(encoding, described);
  if (fault !== undefined) fail({ what: fault, where: `${file}: data`, fix });
  return { ...described, encoding };
}

/** Throws an InputError for a layer of unknown kind. Its first key is then the name of an own layer. */
function checkLayerKinds(experiment: unknown, recipes: RecipeLists): void {
  const kinds = recipes.layer.map(({ kind }) => kind);
  const visit = (layers: unknown, path: string): void => {
    if (!Array.isArray(layers)) return;
    layers.forEach((layer, index) => {
      if (typeof layer !== 'object' || layer === null || Array.isArray(layer)) return;
      const keys = Object.keys(layer);
      if (keys.length > 0 && !keys.some((key) => kinds.includes(key))) {
        throw new UnknownRecipe('layer', keys[0], { where: `${path}[${index}]`, known: kinds });
      }
      visit((layer as { residual?: unknown }).residual, `${path}[${index}].residual`);
    });
  };
  visit((experiment as { network?: { layers?: unknown } }).network?.layers, 'network.layers');
}

/** Compares the shapes that the network needs with those of the tensors; gives the names. */
function checkShapes(
  shapes: ReadonlyMap<string, Shape>,
  shapeOf: DescriptionSource['shapeOf'],
  { file, fix }: Pick<Written, 'file' | 'fix'>,
): string[] {
  for (const [name, shape] of shapes) {
    const found = shapeOf(name);
    if (found !== undefined && String(found) === String(shape)) continue;
    const is = found === undefined ? 'missing' : `[${found.slice(0, 8)}]`;
    fail({ what: `the tensor ${name} is ${is}, not [${shape}]`, where: file, fix });
  }
  return [...shapes.keys()];
}

/** The reason why an encoding does not fit its network; undefined if it fits. */
function encodingFault(encoding: Encoding, { network, inputs, loss }: Description): string | undefined {
  const width = inputWidth(encoding);
  if (width !== inputs) return `it encodes rows as ${width} numbers, but the network has ${inputs} inputs`;
  const outputs = lastOf(network.layers[network.layers.length - 1].shape([1]));
  const targets = targetWidth(encoding);
  if (targets !== outputs) return `it encodes the target as ${targets} numbers, but the network has ${outputs} outputs`;
  const classes = classesOf(encoding.target);
  if (classes !== undefined && classes.coding !== codingFor(loss, outputs)) {
    return `it codes classes as ${classes.coding}, which ${loss.name} does not take`;
  }
  const text = (columns: readonly { readonly input: number; readonly size: number }[]) =>
    [...columns]
      .sort((a, b) => a.input - b.input)
      .map(({ input, size: rows }) => `${input}:${rows}`)
      .join();
  if (text(network.layers[0].embeds?.columns ?? []) === text(indexInputs(encoding))) return undefined;
  return 'its indices are not those of the network';
}
