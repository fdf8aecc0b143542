/** A network: layers in order, the number of inputs, a seed. It contains no trained numbers; parameters are separate. */

import { anyValue, type Kind, listOf, record, refuse } from '../base/arguments.ts';
import { showBytes } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { refuseCopy } from '../base/options.ts';
import { inside } from '../base/reference.ts';
import { lastOf, type Shape, sameShape, showShape, size } from '../base/shape.ts';
import { show } from '../base/show.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Graph, Node } from '../core/graph.ts';
import { checkFeedName, stepAddresses } from './addresses.ts';
import {
  aLayer,
  childIndex,
  isBuiltIn,
  isTrained,
  type Layer,
  type LayerFeed,
  type LayerNodes,
  type ParameterSpec,
} from './layer.ts';
import { layerKinds } from './layers/kinds.ts';
export interface Network {
  readonly layers: readonly Layer[];
  /** Undefined if the data decide it. */
  readonly inputs?: number;
  readonly seed: number;
}

/** Parameters by address (`layers.0.weight`), in the order of the layers. */
export type Parameters = ReadonlyMap<string, Tensor>;

export interface NetworkOptions {
  readonly inputs?: number | undefined;
  /** An integer from 0 to 2^32-1; default 1. */
  readonly seed?: number | undefined;
}

/** The maximum number of layers. In a file, layers inside of other layers count too. */
export const maxLayers = 1000;

/** A list of layers. A layer by itself is a common mistake. */
const someLayers: Kind = (value, where) => {
  if (typeof value === 'object' && value !== null && 'config' in value) {
    const [kind, units] = Object.entries(value.config as object)[0] ?? ['dense', 1];
    fail({
      what: 'it is a layer, not a list of layers',
      where,
      fix: `Put it into a list: network([${kind}(${typeof units === 'number' ? units : '…'})]).`,
    });
  }
  if (!Array.isArray(value)) refuse(value, where, 'a list of layers', 'Pass network([dense(8), dense(1)]).');
  listOf(aLayer)(value, where);
};

/** A network by its form. */
export const aNetwork: Kind = (value, where) => {
  const { layers, seed } = Object(value) as Network;
  if (!Array.isArray(layers) || typeof seed !== 'number')
    refuse(value, where, 'a network', 'Pass network([dense(1)]).');
  listOf(aLayer, 1)(layers, inside(where, 'layers'));
};

/**
 * Throws an InputError if there is no layer or too many, if the seed or the number of inputs is out of range, or if a layer
 * that is not chainrule's has the name of one.
 */
export function network(layers: readonly Layer[], options: NetworkOptions = {}): Network {
  someLayers(layers, ['network', 'layers']);
  record({ inputs: anyValue, seed: anyValue })(options, 'network: options');
  const { inputs, seed = 1 } = options;
  if (layers.length === 0) {
    fail({ what: 'there are no layers', where: ['network', 'layers'], fix: 'Give at least one, such as dense(1).' });
  }
  if (layers.length > maxLayers) {
    fail({
      what: `there are ${layers.length.toLocaleString('en-US')} layers`,
      where: ['network', 'layers'],
      fix: `Give at most ${maxLayers}.`,
    });
  }
  layers.forEach(refuseLayerCopy);
  const late = layers.findIndex(({ embeds }, index) => index > 0 && embeds !== undefined);
  if (late > 0) {
    fail({
      what: 'an embedding reads indices, but the layer before it does not output indices',
      where: `network.layers[${late}]`,
      fix: 'Make it the first layer. The other columns pass through unchanged.',
    });
  }
  if (inputs !== undefined && (!Number.isSafeInteger(inputs) || inputs < 1)) {
    fail({
      what: `${show(inputs)} is not a number of inputs`,
      where: ['network', 'inputs'],
      fix: 'Give a positive integer, or leave it out.',
    });
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    fail({ what: `${show(seed)} is not a seed`, where: ['seed'], fix: 'Give an integer from 0 to 4294967295.' });
  }
  feedsOfLayers({ layers, seed });
  return { layers, inputs, seed };
}

const builtInKinds = layerKinds.map((name) => ({ name }));

/** A file holds a layer's `config` alone, so it would read another layer of that name back as the built-in one. */
function refuseLayerCopy(layer: Layer): void {
  layer.layers?.forEach(refuseLayerCopy);
  if (isBuiltIn(layer)) return;
  for (const name of [layer.kind, ...Object.keys(layer.config)]) refuseCopy('layer', name, builtInKinds);
}

/** The shape of each layer's output for one sample's input of the given shape, both without the batch axis. */
export function layerShapes(net: Network, input: Shape): Shape[] {
  let shape = input;
  return net.layers.map((layer) => {
    shape = layer.shape(shape);
    return shape;
  });
}

/** The length of the last axis of the network's output, for rows of `inputs` numbers. */
export function outputWidth(net: Network, inputs: number): number {
  return lastOf(net.layers.reduce((shape, layer) => layer.shape(shape), [inputs] as Shape));
}

/** Visits each parameter: its address, its layer and its declaration. */
export function eachParameter<T>(
  net: Network,
  inputs: number,
  visit: (address: string, layer: Layer, spec: ParameterSpec, index: number, place: number) => T,
): T[] {
  const out: T[] = [];
  let shape: Shape = [inputs];
  net.layers.forEach((layer, index) => {
    for (const spec of layer.parameters(shape)) {
      const place = (spec.path ?? []).reduce(childIndex, index);
      out.push(visit(`layers.${index}.${spec.name}`, layer, spec, index, place));
    }
    shape = layer.shape(shape);
  });
  return out;
}

/** The shape of each parameter by address, in the order of the layers. It draws and allocates nothing. */
export function parameterShapes(net: Network, inputs: number): Map<string, Shape> {
  return new Map(eachParameter(net, inputs, (address, _layer, { shape }) => [address, shape] as const));
}

/** The maximum number of parameters: 2 GiB in float64. */
const maxParameters = 2 ** 28;

/**
 * The initial parameters: a function of the network and its seed alone. Random numbers are drawn when a parameter is first
 * read, so a description of a large network costs nothing by itself.
 * Throws an InputError if a given shape does not fit, or if there are more parameters than memory can hold.
 */
export function initialize(net: Network, inputs: number): Map<string, Tensor> {
  checkCount(net, inputs);
  return new Map(
    eachParameter(net, inputs, (address, _layer, { shape, start }, _index, place) => {
      const draw = () => {
        const data = new Float64Array(size(shape));
        if (typeof start === 'number') data.fill(start);
        else if ('data' in start) data.set(start.data);
        else start.fill(data, shape, net.seed, place);
        return data;
      };
      return [address, drawnLater(shape, draw)] as const;
    }),
  );
}

function drawnLater(shape: Shape, draw: () => Float64Array): Tensor {
  let drawn: Float64Array | undefined;
  return {
    shape,
    get data() {
      drawn ??= draw();
      return drawn;
    },
  };
}

function checkCount(net: Network, inputs: number): void {
  const count = countParameters(net, inputs);
  if (count <= maxParameters) return;
  fail({
    what: `the network has ${count.toLocaleString('en-US')} parameters, which need ${showBytes(8 * count)} of memory`,
    where: ['network', 'layers'],
    fix: `Give its layers fewer units: at most ${maxParameters.toLocaleString('en-US')} parameters are possible.`,
  });
}

/** The number of parameters of a network. */
export function countParameters(net: Network, inputs: number): number {
  return eachParameter(net, inputs, (_address, _layer, spec) => size(spec.shape)).reduce((a, b) => a + b, 0);
}

/** The network's nodes in a graph. */
export interface NetworkNodes {
  readonly input: Node;
  readonly layers: readonly LayerNodes[];
  readonly output: Node;
  /** Each parameter's node, whether it is trained, and whether penalties apply to it. */
  readonly parameters: readonly { readonly node: Node; readonly trained: boolean; readonly penalized: boolean }[];
}

export interface ForwardOptions {
  readonly batch: number;
  readonly inputs: number;
  readonly training: boolean;
  /** The number of the update. */
  readonly count: Node;
  /** The address of the running average that is read instead of a parameter. */
  readonly averaged?: (parameter: string) => string;
}

/**
 * The feeds that the layers of a network read by name, each once.
 * Throws an InputError if a feed has the name of an address, or if two layers declare one name with different shapes or types.
 */
export function feedsOfLayers({ layers }: Network): readonly LayerFeed[] {
  const found = new Map<string, LayerFeed>();
  layers.forEach(({ feeds = [] }, index) => {
    for (const feed of feeds) {
      checkFeedName(feed.name, `network.layers[${index}]`);
      const known = found.get(feed.name) ?? feed;
      found.set(feed.name, known);
      if (known.type === feed.type && sameShape(known.rowShape, feed.rowShape)) continue;
      fail({
        what: `it reads the feed "${feed.name}" as ${feed.type} ${showShape(feed.rowShape)}, but a layer before it as ${known.type} ${showShape(known.rowShape)}`,
        where: `network.layers[${index}]`,
        fix: 'Give one of the two feeds another name.',
      });
    }
  });
  return [...found.values()];
}

/** Adds the network to a graph, for a batch of `batch` rows of `inputs` numbers. */
export function forward(
  graph: Graph,
  net: Network,
  { batch, inputs, training, count, averaged }: ForwardOptions,
): NetworkNodes {
  const parameters: { node: Node; trained: boolean; penalized: boolean }[] = [];
  const byLayer = net.layers.map((): Record<string, Node> => ({}));
  eachParameter(net, inputs, (address, layer, spec, index) => {
    const trained = !spec.buffer && isTrained(layer, spec.name);
    const node =
      averaged === undefined || !trained
        ? graph.source('parameter', address, spec.shape)
        : graph.source('state', averaged(address), spec.shape, 0);
    byLayer[index][spec.name] = node;
    parameters.push({ node, trained, penalized: spec.penalized });
  });
  const input = graph.source('input', stepAddresses.input, [batch, inputs]);
  const feeds: Record<string, Node> = {};
  for (const { name, rowShape, type } of feedsOfLayers(net)) {
    const shape = [batch, ...rowShape];
    feeds[name] = type === 'int32' ? graph.integerInput(name, shape) : graph.source('input', name, shape);
  }
  let current = input;
  const layers = net.layers.map((layer, index) => {
    const address = `layers.${index}`;
    if (index > 0) graph.name(`${address}.input`, current);
    const nodes = layer.forward(
      { graph, address, index, training, seed: net.seed, count, feeds },
      current,
      byLayer[index],
    );
    current = nodes.output;
    return nodes;
  });
  return { input, layers, output: current, parameters };
}
