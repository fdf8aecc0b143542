/** The interface of a layer: its parameters, and the nodes that it adds to the graph. */
import { kind } from '../base/arguments.ts';
import type { OptionSpecs } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Graph, Node } from '../core/graph.ts';
import type { Activation } from '../core/ops/activations.ts';
import type { FeedSpec } from '../data/feeds.ts';
import type { Initializer } from './initializers.ts';
import type { RecipeLists } from './recipes.ts';

export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  /** Given numbers, a fill, or an initializer. */
  readonly start: Tensor | number | Initializer;
  /** Penalties (l1, l2) apply to it: to weights, not biases. */
  readonly penalized: boolean;
  /** Whether it is a statistic that the layer updates from batch to batch. It is never trained. */
  readonly buffer?: boolean;
  /** Its position in a layer of layers: the index at each level. */
  readonly path?: readonly number[];
}

/**
 * A quantity that explanations show, as data: the node that the layer's `forward` names `layers.N.<name>`, or a parameter.
 * How it is computed, and the chain rule through it, follow from the graph. Every layer also has `input` and `output`.
 */
export interface LayerQuantity {
  /** The end of its address: `variance` for `layers.1.variance`. */
  readonly name: string;
  /** Its letter: `V` is shown as `V2` in the second layer. */
  readonly letter: string;
  /** Its first axis counts the samples of the batch. */
  readonly perSample: boolean;
  /** A remark for the first of its lines: `drawn uniformly at random from 0 to 1`. */
  readonly note?: string;
  /** Shown after the letter in place of the layer's number. */
  readonly label?: string;
  /** In a layer of layers: the index at each level, from 0. */
  readonly path?: readonly number[];
}

/** A unique index for a layer in a layer of layers. It distinguishes the random numbers of layers. */
export const childIndex = (index: number, k: number) => (index + 1) * 64 + k;

export interface LayerContext {
  readonly graph: Graph;
  /** The layer's place, for names: `layers.0`. */
  readonly address: string;
  readonly index: number;
  /** False if the network is only evaluated: dropout is then off. */
  readonly training: boolean;
  /** False if training uses no random numbers: dropout is then off too. */
  readonly drawing?: boolean;
  readonly seed: number;
  /** The number of this update, for random numbers. */
  readonly count: Node;
  /** The inputs of the feeds that the network's layers declare, by name: [batch, ...rowShape]. */
  readonly feeds: Readonly<Record<string, Node>>;
}

/** A feed that a layer reads in addition to the output of the layer before it. */
export interface LayerFeed extends FeedSpec {
  /** Its name in the data set (`feeds: { ids: … }`), and the address of its input. */
  readonly name: string;
}

/** The nodes of one layer in the graph; `sum` is before the activation. */
export interface LayerNodes {
  readonly input: Node;
  readonly output: Node;
  /** For a layer of weighted sums. The gradient rule of averaged factors needs these nodes. */
  readonly weighted?: {
    readonly sum: Node;
    readonly weight: Node;
    readonly bias?: Node;
    readonly activation: Activation;
  };
}

/** A column of indices, and the table that its rows are in. */
export interface Embedded {
  /** The column, from 0. */
  readonly input: number;
  /** Rows of the table: indices are from 0 to size - 1. */
  readonly size: number;
  /** Numbers in a row of the table. */
  readonly units?: number;
}

export interface TorchModule {
  /** The call that makes it: `Linear(3, 4)`. */
  readonly module: string;
  /** The class in Python, if PyTorch does not have it. Its parameters are not transposed. */
  readonly source?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Layer {
  /** The key that names it in the experiment file. */
  readonly kind: string;
  /**
   * The shape of one sample's output, from that of one sample's input. The batch axis is in neither: rows of 3 numbers are
   * `[3]`. A layer works along the last axis, and keeps the axes before it. Throws an InputError where the input does not fit.
   */
  shape(input: Shape): Shape;
  /** The names of its parameters, whatever the input's shape. */
  readonly parameterNames: readonly string[];
  /** Its parameters for one sample's input of this shape. */
  parameters(input: Shape): readonly ParameterSpec[];
  forward(context: LayerContext, input: Node, parameters: Readonly<Record<string, Node>>): LayerNodes;
  /**
   * The quantities that explanations show, in the order of computation, in addition to input and output. A
   * parameter without a declaration has its own name.
   */
  readonly quantities?: readonly LayerQuantity[];
  /** The layers inside of a layer of layers. */
  readonly layers?: readonly Layer[];
  /** The feeds that it reads by name, in addition to its input. Layers that declare the same name share the feed. */
  readonly feeds?: readonly LayerFeed[];
  /** The activation of its outputs, if it has one. */
  readonly activation?: Activation;
  /** Whether it uses random numbers in training. */
  readonly random?: boolean;
  /** Whether it keeps statistics of each batch in training. */
  readonly remembers?: boolean;
  /** For a layer that reads indices, the first of a network: the columns of indices if it knows them, and a copy with others. */
  readonly embeds?: { readonly columns?: readonly Embedded[]; with(columns: readonly Embedded[]): Layer };
  /** Which of its parameters are trained. */
  readonly trainable: true | readonly string[];
  /** The equivalent modules of PyTorch's `nn`, in order, with the names of this layer's parameters in them. */
  torch?(input: Shape): readonly TorchModule[] | undefined;
  /** As the experiment file writes it, without numbers. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A layer by its form. */
export const aLayer = kind(
  'a layer',
  ({ kind: name, shape, parameters, forward, parameterNames, config }: Layer) =>
    typeof name === 'string' &&
    [shape, parameters, forward].every((each) => typeof each === 'function') &&
    Array.isArray(parameterNames) &&
    typeof config === 'object',
  'Pass one, such as dense(8).',
);

/** A layer in words, from its form in the experiment file: `dense 4 tanh`, `tanh`, `batchNorm`, `residual (dense 4)`. */
export function layerText(config: Layer['config'], recipeText: (recipe: unknown) => string = nameOf): string {
  const [kind, value] = Object.entries(config)[0];
  if (Array.isArray(value)) return `${kind} (${value.map((each) => layerText(each, recipeText)).join(', ')})`;
  const { activation = config.activate } = config;
  return [
    activation !== value && kind,
    typeof value === 'number' && value,
    activation !== undefined && recipeText(activation),
  ]
    .filter(Boolean)
    .join(' ');
}

const nameOf = (recipe: unknown) => (typeof recipe === 'string' ? recipe : (recipe as { name: string }).name);

/** The same layer without random numbers in training. */
export function withoutDraws(layer: Layer): Layer {
  if (!layer.random) return layer;
  return {
    ...layer,
    random: false,
    forward: (context, input, parameters) => layer.forward({ ...context, drawing: false }, input, parameters),
  };
}

const builtInLayers = new WeakSet<Layer>();

/** Marks a layer as one of chainrule's own. A copy of it is not marked. */
export function builtInLayer(layer: Layer): Layer {
  builtInLayers.add(layer);
  return layer;
}

export const isBuiltIn = (layer: Layer): boolean => builtInLayers.has(layer);

/** Whether a parameter of a layer is trained. */
export function isTrained(layer: Layer, parameter: string): boolean {
  return layer.trainable === true || layer.trainable.includes(parameter);
}

/** How files write a kind of layer: an object with the kind as a key. */
export interface LayerEntry<Json = never> {
  readonly kind: string;
  /** Whether it may be one of the layers inside another layer. Default: yes. */
  readonly nests?: boolean;
  /** For an own kind of layer: the options that the object may have. */
  readonly specs?: OptionSpecs;
  /** From JSON of that kind, whose activations and initializers are those of `recipes`; `where` is its path. */
  make(json: Json, where: string, recipes: RecipeLists): Layer;
}
