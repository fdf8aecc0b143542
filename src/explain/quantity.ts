/**
 * Addresses of single numbers: `layers.0.sum[0][1]`, `gradient(layers.1.weight[0][0])`,
 * `factor(layers.1.output[mean][0], layers.1.sum[mean][0])`. Parses and writes them, and finds the node and the index that
 * an address refers to. If the graph has no such node yet (an average, a local derivative), it is added.
 */
import { fail } from '../base/errors.ts';
import { type Shape, showShape } from '../base/shape.ts';
import { add, constant, div, type Formula } from '../core/formula.ts';
import { gradient } from '../core/gradient.ts';
import type { Graph, Node } from '../core/graph.ts';
import { map, mapOf } from '../core/op.ts';
import type { LayerNodes } from '../net/layer.ts';

/** A parsed address: `layers.0.sum`, with an index for each axis, the first of which may be `mean`. */
export interface Place {
  readonly name: string;
  readonly index: readonly (number | 'mean')[];
}

export type Quantity =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'gradient'; readonly place: Place }
  | { readonly kind: 'factor'; readonly of: Place; readonly in: Place };

/** Any layer may have quantities of its own, so the graph decides whether an address exists. */
const placePattern = /^(loss|target|layers\.\d+(?:\.\w+)+)((?:\[(?:\d+|mean)\])*)$/;

const forms =
  'Write loss, loss[s][k], target[s][k], layers.N.input|sum|output[s][k], layers.N.weight[i][j] or layers.N.bias[j], or gradient(…) or factor(…, …) of them; s may be mean.';

/** Throws an InputError for a text that is not the address of a number. */
export function failPlace(text: string, where = 'quantity'): never {
  return fail({ what: `"${text}" is not the address of a number`, where, fix: forms });
}

/** Throws an InputError if the text is not an address. */
export function parseQuantity(text: string, where = 'quantity'): Quantity {
  const place = (part: string): Place => {
    const match = placePattern.exec(part.trim());
    if (match === null) failPlace(part.trim(), where);
    const index = [...match[2].matchAll(/\[(\d+|mean)\]/g)].map(([, i]) => (i === 'mean' ? 'mean' : Number(i)));
    return { name: match[1], index };
  };
  const call = /^(gradient|factor)\((.*)\)$/.exec(text.trim());
  if (call === null) return { kind: 'place', place: place(text) };
  const parts = call[2].split(',');
  if (call[1] === 'gradient' && parts.length === 1) return { kind: 'gradient', place: place(parts[0]) };
  if (call[1] === 'factor' && parts.length === 2) return { kind: 'factor', of: place(parts[0]), in: place(parts[1]) };
  return fail({ what: `${call[1]} takes ${call[1] === 'gradient' ? 'one place' : 'two places'}`, where, fix: forms });
}

/** The address of one element of a named node. */
export function writeQuantity(name: string, index: readonly number[]): string {
  const tail = index.map((i) => `[${i}]`).join('');
  const call = /^(gradient|updated|clipped|factor)\((.*)\)$/.exec(name);
  if (call === null) return name === 'loss.terms' ? `loss${tail}` : `${name}${tail}`;
  const [, kind, inner] = call;
  if (kind === 'updated') return writeQuantity(inner, index);
  const parts = inner.split(', ').map((part) => (part === 'loss' ? part : writeQuantity(part, index)));
  return `${kind}(${parts.join(', ')})`;
}

/** The location of a quantity: a node of the graph and an index in it. */
export interface Found {
  readonly node: Node;
  readonly index: readonly number[];
}

/** Finds quantities in a graph, and adds missing averages and local derivatives. */
export class Quantities {
  private readonly graph: Graph;
  private readonly layers: readonly LayerNodes[];
  /** Whether the step's rule is that of averaged factors: its graph then has δ̄ from the start. */
  private readonly isAveraged: boolean;

  constructor(graph: Graph, layers: readonly LayerNodes[]) {
    this.graph = graph;
    this.layers = layers;
    this.isAveraged = graph.find(`gradient(${layers[0].weighted?.sum.name}[mean])`) !== undefined;
  }

  /** Throws an InputError if the network has no such number. */
  find(quantity: Quantity, where = 'quantity'): Found {
    switch (quantity.kind) {
      case 'place':
        return this.element(this.place(quantity.place, where), quantity.place, where);
      case 'gradient':
        return this.element(this.gradientOf(quantity.place, where), quantity.place, where);
      case 'factor':
        return this.factor(quantity.of, quantity.in, where);
    }
  }

  private node(name: string, where: string): Node {
    return (
      this.graph.find(name) ??
      fail({
        what: `there is no ${name}`,
        where,
        fix: `The network has layers.0 to layers.${this.layers.length - 1}.`,
      })
    );
  }

  private place({ name, index }: Place, where: string): Node {
    if (name === 'loss') return this.node(index.length === 0 ? 'loss' : 'loss.terms', where);
    const node = this.node(name, where);
    return index[0] === 'mean' ? this.mean(name, node) : node;
  }

  /** The mean over samples, [units]. */
  private mean(name: string, node: Node): Node {
    return this.once(`${name}[mean]`, () => this.average(node));
  }

  private average(node: Node): Node {
    const samples = constant(node.shape[0], 'm');
    return this.graph.map(map('mean', { f: (sum) => div(sum, samples) }), [this.graph.contract('bo->o', [node])]);
  }

  private once(name: string, make: () => Node): Node {
    return this.graph.find(name) ?? this.graph.name(name, make());
  }

  private gradientOf(place: Place, where: string): Node {
    const mean = place.index[0] === 'mean';
    const name = place.name === 'loss' && place.index.length > 0 ? 'loss.terms' : place.name;
    const known = this.graph.find(`gradient(${name}${mean ? '[mean]' : ''})`);
    if (known !== undefined) return known;
    const node = this.node(name, where);
    const whole =
      this.graph.find(`gradient(${name})`) ??
      this.averagedGradient(name, node) ??
      this.graph.name(`gradient(${name})`, gradient(this.graph, this.graph.get('loss'), [node], { unnamed: true })[0]);
    // the same change made to every sample's value: the samples' gradients add up
    return mean ? this.once(`gradient(${name}[mean])`, () => this.graph.contract('bo->o', [whole])) : whole;
  }

  /**
   * Under averaged factors, the gradient with which an untrained weight or bias would be updated: δ̄·ā or δ̄, plus the
   * penalty's.
   */
  private averagedGradient(name: string, node: Node): Node | undefined {
    const layer = this.layers.findIndex(({ weighted }) => weighted?.weight === node || weighted?.bias === node);
    if (!this.isAveraged || layer < 0) return undefined;
    const { sum, bias } = this.layers[layer].weighted!;
    const delta = this.graph.get(`gradient(${sum.name}[mean])`);
    const input = this.graph.get(`layers.${layer}.input[mean]`);
    const data = bias === node ? delta : this.graph.contract('o,i->io', [delta, input]);
    const penalty = this.graph.find('loss.penalty');
    if (bias === node || penalty === undefined)
      return data === delta ? data : this.graph.name(`gradient(${name})`, data);
    const [extra] = gradient(this.graph, penalty, [node], { unnamed: true });
    return this.graph.name(`gradient(${name})`, this.graph.map(map('sum', { f: (a, b) => add(a, b) }), [data, extra]));
  }

  private element(node: Node, { name, index }: Place, where: string): Found {
    const inner = index[0] === 'mean' ? index.slice(1) : index;
    if (inner.length !== node.shape.length || inner.some((i, axis) => i === 'mean' || i >= node.shape[axis])) {
      const shape: Shape = index[0] === 'mean' ? [Number.NaN, ...node.shape] : node.shape;
      fail({
        what: `${name}${index.map((i) => `[${i}]`).join('')} is not in ${name}, which is ${showShape(shape).replace('NaN', 'samples')}`,
        where,
        fix: 'Indices count from 0.',
      });
    }
    return { node, index: inner as readonly number[] };
  }

  /**
   * A local derivative: of the loss with respect to an output, an output to its sum, a sum to a weight, bias or input.
   */
  private factor(of: Place, by: Place, where: string): Found {
    const mean = of.index[0] === 'mean' || by.index[0] === 'mean';
    const unknown = (): never =>
      fail({
        what: 'these two quantities are not adjacent in the chain rule',
        where,
        fix: 'Give the loss and an output, an output and its sum, or a sum and a weight, bias or input of its layer.',
      });
    const sample = by.index[0] === 'mean' ? of.index[0] : by.index[0];
    const pick = (node: Node, name: string, unit: number | 'mean', atSample = sample): Found =>
      mean
        ? this.element(
            this.once(name, () => this.average(node)),
            { name, index: ['mean', unit] },
            where,
          )
        : this.element(node, { name, index: [atSample, unit] }, where);

    if (layerOf(by.name) === undefined) unknown();
    if (of.name === 'loss') {
      const perSample = this.gradientOf({ name: by.name, index: [0, 0] }, where);
      if (!mean) return this.element(perSample, by, where);
      const name = `factor(loss, ${by.name}[mean])`;
      return this.element(
        this.once(name, () => this.graph.contract('bo->o', [perSample])),
        { name, index: ['mean', by.index[1]] },
        where,
      );
    }
    const m = layerOf(of.name) ?? unknown();
    const { activation, sum, weight, bias } = this.layers[m]?.weighted ?? unknown();
    const output = `layers.${m}.output`;
    if (of.name === output && by.name === sum.name) {
      const slope: Formula | undefined = activation.map?.partials[0];
      if (slope === undefined || of.index[1] !== by.index[1]) return unknown();
      const slopes = this.once(`factor(${output}, ${sum.name})`, () =>
        this.graph.map(mapOf(`${activation.name}'`, slope, 2), [sum, this.layers[m].output]),
      );
      return pick(slopes, `factor(${output}[mean], ${sum.name}[mean])`, of.index[1]);
    }
    if (of.name !== sum.name) return unknown();
    const unit = of.index[1];
    const input = `layers.${m}.input`;
    if (by.name === weight.name) {
      if (by.index[1] !== unit) return unknown();
      return pick(this.layers[m].input, `${input}[mean]`, by.index[0], of.index[0]);
    }
    if (by.name === bias?.name && by.index[0] === unit) {
      return { node: this.once('one', () => this.graph.constant({ shape: [], data: Float64Array.of(1) })), index: [] };
    }
    const isInput = by.name === input || by.name === `layers.${m - 1}.output`;
    if (!isInput || by.index[1] === undefined) return unknown();
    return this.element(weight, { name: weight.name!, index: [by.index[1], unit] }, where);
  }
}

/** The index of the layer that an address belongs to. */
function layerOf(address: string): number | undefined {
  const [, index] = /^layers\.(\d+)\./.exec(address) ?? [];
  return index === undefined ? undefined : Number(index);
}
