/**
 * From a `state_dict` of PyTorch to the parameters of a network. The shapes and the names of the tensors decide which module is
 * which layer. PyTorch's weights are [out, in], chainrule's are [in, out].
 */
import { aCount, aText, checkCall, listOf, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import type { Shape } from '../base/shape.ts';
import { show } from '../base/show.ts';
import { someTensors, type Tensor } from '../base/tensor.ts';
import type { Layer } from '../net/layer.ts';
import { aNetwork, type Network, type Parameters } from '../net/network.ts';
import { moduleOrders } from './module-order.ts';
import { transposed } from './transpose.ts';

export interface StateDictOptions {
  /** The name of the file in errors. Default: "state_dict". */
  readonly file?: string;
  /**
   * The modules in the order of the network's layers: `['inp', 'hidden', 'out']`. It is needed only if neither names nor shapes
   * tell the order.
   */
  readonly modules?: readonly string[];
}

const stateDictOptions = record({ file: optional(aText), modules: optional(listOf(aText)) });

/** A tensor that a layer needs: its name in the module, and the parameter of the network that it becomes. */
interface WantedTensor {
  readonly address: string;
  readonly shape: Shape;
  readonly isTransposed: boolean;
}

/** Tensors by their names in one module. */
type WantedModule = ReadonlyMap<string, WantedTensor>;
interface GivenModule {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** `layers.0` and `weight` of `layers.0.weight`. */
function split(name: string): [module: string, tensor: string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
}

/** The modules of a layer and of the layers inside of it, in order. */
function modulesOf(layer: Layer, input: Shape, address: string): WantedModule[] {
  if (layer.layers !== undefined) return modulesOfAll(layer.layers, input, `${address}.layers`);
  const modules = new Map<string, Map<string, WantedTensor>>();
  const names = new Map<string, { readonly theirs: string; readonly isPlain: boolean }>();
  for (const { parameters = {}, source } of layer.torch?.(input) ?? []) {
    for (const [own, theirs] of Object.entries(parameters)) names.set(own, { theirs, isPlain: source !== undefined });
  }
  for (const { name, shape } of layer.parameters(input)) {
    const { theirs, isPlain } = names.get(name) ?? { theirs: name, isPlain: false };
    const [module, tensor] = split(theirs);
    const isTransposed = !isPlain && shape.length === 2;
    const held = modules.get(module) ?? new Map<string, WantedTensor>();
    modules.set(module, held);
    held.set(tensor, {
      address: `${address}.${name}`,
      shape: isTransposed ? [...shape].reverse() : shape,
      isTransposed,
    });
  }
  return [...modules.values()];
}

function modulesOfAll(layers: readonly Layer[], input: Shape, address: string): WantedModule[] {
  let shape = input;
  return layers.flatMap((layer, index) => {
    const found = modulesOf(layer, shape, `${address}.${index}`);
    shape = layer.shape(shape);
    return found;
  });
}

/** Names in the order of their numbers: `2.weight` before `10.weight`. */
const byNumber = new Intl.Collator('en', { numeric: true });

/** The order of a module's tensors in messages. */
const usualOrder = ['weight', 'bias', 'running_mean', 'running_var'];

/** The modules of a `state_dict`, in the order of the numbers in their names. */
function givenModules(tensors: ReadonlyMap<string, Tensor>): GivenModule[] {
  const modules = new Map<string, Map<string, Tensor>>();
  for (const [name, found] of tensors) {
    const [module, tensor] = split(name);
    const held = modules.get(module) ?? new Map<string, Tensor>();
    modules.set(module, held);
    held.set(tensor, found);
  }
  // A count of batches, which only a running average without momentum needs.
  for (const held of modules.values()) if (held.has('running_mean')) held.delete('num_batches_tracked');
  const rank = (tensor: string) => (usualOrder.indexOf(tensor) + usualOrder.length + 1) % (usualOrder.length + 1);
  return [...modules]
    .map(([name, held]) => ({ name, tensors: new Map([...held].sort(([a], [b]) => rank(a) - rank(b))) }))
    .sort((a, b) => byNumber.compare(a.name, b.name));
}

/** A module's tensors with their shapes, as a text. */
const signatureOf = (tensors: ReadonlyMap<string, { readonly shape: Shape }>) =>
  [...tensors]
    .map(([name, { shape }]) => `${name} [${shape}]`)
    .sort()
    .join(', ');

const qualified = ({ name }: GivenModule, tensor: string) => (name === '' ? tensor : `${name}.${tensor}`);

/** Each tensor with its whole name, in the order of the modules. */
const allTensors = (given: readonly GivenModule[]) =>
  given.flatMap((module) => [...module.tensors].map(([name, { shape }]) => ({ name: qualified(module, name), shape })));

const layersFix = 'Give the network the layers that were saved.';

/** Throws an InputError that names the first difference between the modules and the layers. */
function refuseShapes(given: readonly GivenModule[], wanted: readonly WantedModule[], where: string): never {
  const known = new Set([...usualOrder, ...wanted.flatMap((module) => [...module.keys()])]);
  const tensors = allTensors(given);
  const other = tensors.find(({ name }) => !known.has(split(name)[1]));
  if (other !== undefined) {
    fail({
      what: `${show(other.name)} is not a tensor of a layer that chainrule has`,
      where,
      fix: 'Give the state_dict of linear layers, normalizations and embeddings.',
    });
  }
  const needed = wanted.flatMap((module) => [...module.values()]);
  if (tensors.length !== needed.length) {
    const list = tensors.slice(0, 20).map(({ name, shape }) => `${clip(name)} [${shape.slice(0, 8)}]`);
    fail({
      what: `it holds ${tensors.length} tensors, and the network has ${needed.length}`,
      where,
      fix: `Give the network the layers that were saved: ${list.join(', ')}${tensors.length > 20 ? ', …' : ''}.`,
    });
  }
  const at = needed.findIndex(({ shape }, i) => String(shape) !== String(tensors[i].shape));
  if (at === -1) fail({ what: 'its tensors have other names than those of the network', where, fix: layersFix });
  return fail({
    what: `${clip(tensors[at].name)} is [${tensors[at].shape.slice(0, 8)}], but ${needed[at].address} needs [${needed[at].shape}]`,
    where,
    fix: layersFix,
  });
}

/** Throws an InputError for modules whose order is not known; it names two of them. */
function refuseOrder(
  orders: readonly (readonly number[])[] | undefined,
  given: readonly GivenModule[],
  where: string,
): never {
  const names = given.slice(0, 8).map(({ name }) => `model.${clip(name)}`);
  const save = `save_file({f"{i}.{name}": tensor for i, module in enumerate([${names.join(', ')}${given.length > 8 ? ', …' : ''}]) for name, tensor in module.state_dict().items()}, "ordered.safetensors")`;
  const fix = `List the modules in the order of the layers and save them, in PyTorch: ${save}. In your own program, pass modules: [ … ] with their names in order.`;
  if (orders?.length === 0) {
    return fail({ what: 'the numbers in its names give another order than the shapes of its tensors', where, fix });
  }
  const [first, second] = orders ?? [];
  if (first === undefined) return fail({ what: 'neither names nor shapes tell the order of its modules', where, fix });
  const at = first.findIndex((module, i) => module !== second[i]);
  const two = [first[at], second[at]].map((module) => show(given[module].name));
  return fail({ what: `neither names nor shapes tell whether ${two.join(' or ')} comes first`, where, fix });
}

/** The modules in the order that shapes and names tell. Throws an InputError if they leave several. */
function inOrder(
  given: readonly GivenModule[],
  have: readonly string[],
  need: readonly string[],
  where: string,
): GivenModule[] {
  const orders = moduleOrders(
    given.map(({ name }) => name),
    have,
    need,
  );
  if (orders?.length !== 1) return refuseOrder(orders, given, where);
  return orders[0].map((module) => given[module]);
}

/** The modules that the caller listed. Throws an InputError for a name that is not among them, or is missing. */
function listed(names: readonly string[], given: readonly GivenModule[], where: string): GivenModule[] {
  const found = names.map((name) => given.find((each) => each.name === name));
  const missing = names.find((_, i) => found[i] === undefined) ?? given.find(({ name }) => !names.includes(name))?.name;
  if (missing !== undefined || names.length !== given.length) {
    fail({
      what: `modules should list each module once; ${show(missing ?? names[0] ?? '')} is missing or extra`,
      where,
      fix: `Its modules are ${given
        .slice(0, 20)
        .map(({ name }) => clip(name))
        .join(', ')}.`,
    });
  }
  return found as GivenModule[];
}

/**
 * A network's parameters from a `state_dict`. Which module belongs to which layer follows from the shapes of its tensors. Modules of
 * the same shapes are taken in the order of the numbers in their names (`0`, `2`; `fc1`, `fc2`), or as `modules` lists them.
 * `num_batches_tracked` of a batch normalization is not needed.
 *
 * Throws an InputError if there are more or fewer tensors, if shapes differ, or if neither shapes nor names tell the order.
 */
export function fromStateDict(
  tensors: ReadonlyMap<string, Tensor>,
  network: Network,
  inputs: number,
  options: StateDictOptions = {},
): Parameters {
  checkCall('fromStateDict(tensors, network, inputs, { file, modules })', {
    tensors: [tensors, someTensors],
    network: [network, aNetwork],
    inputs: [inputs, aCount],
    options: [options, stateDictOptions],
  });
  const { file: where = 'state_dict', modules } = options;
  const wanted = modulesOfAll(network.layers, [inputs], 'layers').filter(({ size }) => size > 0);
  const given = givenModules(tensors);
  const [have, need] = [given.map(({ tensors: held }) => signatureOf(held)), wanted.map(signatureOf)];
  if (String([...have].sort()) !== String([...need].sort())) refuseShapes(given, wanted, where);
  const ordered = modules === undefined ? inOrder(given, have, need, where) : listed(modules, given, where);
  if (ordered.some(({ tensors: held }, i) => signatureOf(held) !== need[i])) refuseShapes(ordered, wanted, where);
  return new Map(
    wanted.flatMap((module, i) =>
      [...module].map(([name, { address, isTransposed }]) => {
        const found = ordered[i].tensors.get(name)!;
        return [address, isTransposed ? transposed(found) : found] as const;
      }),
    ),
  );
}
