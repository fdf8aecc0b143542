/** From the stages of a graph to the layers of a network. Scalings become a part of the product next to them. */
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { type Activation, linear } from '../../core/ops/activations.ts';
import type { Description } from '../../net/describe-model.ts';
import type { Layer } from '../../net/layer.ts';
import { activate } from '../../net/layers/activate.ts';
import { dense } from '../../net/layers/dense.ts';
import { layerNorm } from '../../net/layers/norm.ts';
import { residual } from '../../net/layers/residual.ts';
import { binaryCrossEntropy, crossEntropy, mse } from '../../net/losses.ts';
import { maxLayers, network, type Parameters } from '../../net/network.ts';
import { adam } from '../../net/optimizers.ts';
import { chainFix as fix } from './constants.ts';
import {
  composed,
  diagonal,
  identity,
  type Scaling,
  type Sums,
  scaledAfter,
  scaledBefore,
  spread,
} from './scalings.ts';
import type { Stage } from './values.ts';

/** The parts of a model. */
export interface ReadModel extends Description {
  readonly parameters: Parameters;
  readonly precision: 'float64' | 'float32';
  /** What the file contains and the model does not, such as labels of classes. */
  readonly notes: readonly string[];
}

export interface GraphOrigin {
  readonly where: string;
  charge(count: number): void;
  readonly notes: Iterable<string>;
  /** The names of the graph's inputs. */
  readonly inputs: readonly string[];
}

type Part =
  | Scaling
  | Sums
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'normalization'; readonly epsilon: number; readonly scaling: Scaling }
  | { readonly kind: 'addition'; readonly parts: readonly Part[] };

/** A stage, or a residual with the stages inside of it. */
type Item = { readonly stage: Stage } | { readonly inside: readonly Item[]; readonly width?: number };

/** The stages after `from`, the oldest first. */
function itemsAfter(from: Stage | undefined, end: Stage, where: string): Item[] {
  const items: Item[] = [];
  let stage: Stage | undefined = end;
  while (stage !== from) {
    if (stage === undefined) return fail({ what: 'the graph adds branches that overlap', where, fix });
    if (stage.step.kind === 'addition') {
      items.push({ inside: itemsAfter(stage.step.from, stage.before!, where), width: stage.width });
      stage = stage.step.from;
    } else {
      items.push({ stage });
      stage = stage.before;
    }
  }
  return items.reverse();
}

/** Collects the parts of a network from its stages. */
class Parts {
  readonly list: Part[] = [];
  private width: number | undefined;
  private readonly origin: GraphOrigin;

  constructor(items: readonly Item[], origin: GraphOrigin) {
    this.origin = origin;
    for (const item of items) {
      if ('stage' in item) this.add(item.stage);
      else this.addResidual(item.inside);
      this.width = 'stage' in item ? item.stage.width : item.width;
    }
    this.settle();
  }

  get last(): Part | undefined {
    return this.list[this.list.length - 1];
  }

  private replaceLast(part: Part): void {
    this.list[this.list.length - 1] = part;
  }

  /** A scaling that no product takes up becomes a layer. */
  private settle(): void {
    const { last, width } = this;
    if (last?.kind !== 'scaling') return;
    if (width === undefined) fail({ what: 'the number of inputs is not known', where: this.origin.where, fix });
    this.replaceLast(diagonal(last, width!, this.origin.charge));
  }

  private addResidual(inside: readonly Item[]): void {
    this.settle();
    const { list } = new Parts(inside, this.origin);
    if (list.length === 0 || list.some(({ kind }) => kind === 'addition')) {
      fail({ what: 'the graph adds branches inside of branches', where: this.origin.where, fix });
    }
    this.list.push({ kind: 'addition', parts: list });
  }

  private add({ step }: Stage): void {
    if (step.kind === 'product') this.addProduct(step.weight);
    else if (step.kind === 'affine') {
      this.addScaling({
        kind: 'scaling',
        scale: step.scale ?? 1,
        ...(step.shift !== undefined && { shift: step.shift }),
      });
    } else if (step.kind === 'activation') this.addActivation(step.activation);
    else if (step.kind === 'normalization') {
      this.settle();
      this.list.push({ kind: 'normalization', epsilon: step.epsilon, scaling: identity });
    }
  }

  private addProduct(weight: Tensor): void {
    if (this.last?.kind === 'scaling') this.replaceLast(scaledBefore(this.last, weight));
    else this.list.push({ kind: 'sums', weight });
  }

  private addScaling(scaling: Scaling): void {
    const { last } = this;
    if (last?.kind === 'sums' && last.activation === undefined) this.replaceLast(scaledAfter(last, scaling));
    else if (last?.kind === 'scaling') this.replaceLast(composed(last, scaling));
    else if (last?.kind === 'normalization') this.replaceLast({ ...last, scaling: composed(last.scaling, scaling) });
    else this.list.push(scaling);
  }

  private addActivation(activation: Activation): void {
    this.settle();
    const { last } = this;
    if (last?.kind === 'sums' && last.activation === undefined) this.replaceLast({ ...last, activation });
    else this.list.push({ kind: 'activation', activation });
  }
}

/** A network ends with weighted sums, because losses read them: another end gets the identity as its product. */
function endedBySums(parts: readonly Part[], width: number | undefined, origin: GraphOrigin): Part[] {
  const last = parts[parts.length - 1];
  if (last.kind === 'sums') return [...parts];
  if (width === undefined) return fail({ what: 'the number of inputs is not known', where: origin.where, fix });
  const sums = diagonal(identity, width, origin.charge);
  return last.kind === 'activation'
    ? [...parts.slice(0, -1), { ...sums, activation: last.activation }]
    : [...parts, sums];
}

/** The layer of a part; it puts its parameters into `parameters`, under names that begin with `address`. */
function layerOf(part: Part, width: number, address: string, parameters: Map<string, Tensor>): Layer {
  switch (part.kind) {
    case 'sums': {
      const { weight, bias, activation = linear } = part;
      const units = weight.shape[1];
      parameters.set(`${address}.weight`, weight);
      if (bias !== undefined) parameters.set(`${address}.bias`, tensor([units], bias));
      return dense(units, { activation, bias: bias !== undefined });
    }
    case 'activation':
      return activate(part.activation);
    case 'normalization': {
      const { epsilon, scaling } = part;
      parameters.set(`${address}.weight`, tensor([width], spread(scaling.scale, width)));
      parameters.set(`${address}.bias`, tensor([width], spread(scaling.shift ?? 0, width)));
      return layerNorm({ epsilon });
    }
    case 'addition':
      return residual(layersOf(part.parts, width, `${address}.layers`, parameters).layers);
    case 'scaling':
      throw new Error('a scaling is not a layer');
  }
}

function layersOf(parts: readonly Part[], inputs: number, address: string, parameters: Map<string, Tensor>) {
  let width = inputs;
  const layers = parts.map((part, index) => {
    const layer = layerOf(part, width, `${address}.${index}`, parameters);
    [width] = layer.shape([width]);
    return layer;
  });
  return { layers, width };
}

const isProduct = (part: Part): boolean =>
  part.kind === 'sums' || (part.kind === 'addition' && part.parts.some(isProduct));

/** The numbers in a row, from the first part that knows. */
function inputsOf(parts: readonly Part[]): number | undefined {
  for (const part of parts) {
    if (part.kind === 'sums') return part.weight.shape[0];
    const inside = part.kind === 'addition' ? inputsOf(part.parts) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** The model of the stage that is the output. The last activation decides the loss. */
export function modelOf(end: Stage, origin: GraphOrigin): ReadModel {
  const { where, notes } = origin;
  const items = itemsAfter(undefined, end, where);
  checkInputs(items, origin);
  const { list } = new Parts(items, origin);
  const inputs = inputsOf(list);
  if (inputs === undefined || !list.some(isProduct))
    return fail({ what: 'there is no product with a matrix', where, fix });
  const parts = endedBySums(list, end.width, origin);
  if (parts.length > maxLayers) {
    fail({ what: `it has ${parts.length} layers, more than ${maxLayers}`, where, fix });
  }
  const parameters = new Map<string, Tensor>();
  const { layers } = layersOf(parts, inputs, 'layers', parameters);
  const last = layers[layers.length - 1].activation;
  const loss =
    [crossEntropy, binaryCrossEntropy].find(({ takes }) => last !== undefined && takes?.includes(last.name)) ?? mse;
  // Scalings that became a part of weights need float64.
  const isNarrow = [...parameters.values()].every(({ data }) =>
    data.every((value) => Object.is(Math.fround(value), value)),
  );
  const precision = isNarrow ? 'float32' : 'float64';
  return {
    network: network(layers, { inputs }),
    inputs,
    parameters,
    precision,
    loss,
    optimizer: adam(),
    notes: [...notes],
  };
}

/** Throws an InputError if the output depends on fewer inputs than the graph has. */
function checkInputs([first]: readonly Item[], { inputs, where }: GraphOrigin): void {
  const names = 'stage' in first && first.stage.step.kind === 'input' ? first.stage.step.names : [];
  const unused = inputs.find((name) => !names.includes(name));
  if (unused === undefined) return;
  const what = `the graph has ${inputs.length} inputs, and its output does not depend on ${show(unused)} in a way that chainrule knows`;
  fail({ what, where, fix: 'Export a model with one input, the rows.' });
}
