/**
 * Names the numbers of a step: `x1`, `v11`, `h1`, `∂E/∂w1`. The letters are the reader's symbols, or those that the layers
 * declare. A number without an address has no name, and formulas write it out in place. The maximum of a row and sums of
 * such numbers (as in softmax) get a letter of their own, because many lines use them.
 */
import { clip, printableLine } from '../base/printable.ts';
import { size } from '../base/shape.ts';
import type { Formula } from '../core/formula.ts';
import { type Graph, isRandom, keptAxis, type Letters, type Node } from '../core/graph.ts';
import { isTrained } from '../net/layer.ts';
import type { Problem } from '../net/problem.ts';
import { type Declared, declaredQuantities } from './declared.ts';
import type { Scalar } from './tape.ts';
import { type Letter, letter, longestSymbol, type Variable } from './variable.ts';

export interface NamingOptions {
  /** Display names by address: `layers.0.weight` -> `v`. */
  readonly symbols: Readonly<Record<string, string>>;
  /** The file's row, from 0, at each place of the batch. */
  readonly rows: ArrayLike<number>;
  /** The quantities that layers declare, by address. */
  readonly declared: ReadonlyMap<string, Declared>;
  /** Parameters that no update changes: they have no prime after one. */
  readonly fixed?: ReadonlySet<string>;
}

/** The names of the numbers in a problem's graphs, for a batch of the file's `rows`. */
export function namingOptions({ symbols, network }: Problem, rows: ArrayLike<number>): NamingOptions {
  const fixed = network.layers.flatMap((layer, l) =>
    layer.parameterNames.filter((name) => !isTrained(layer, name)).map((name) => `layers.${l}.${name}`),
  );
  return { symbols, rows, declared: declaredQuantities(network.layers), fixed: new Set(fixed) };
}

const call = /^(gradient|updated|clipped|factor)\((.*)\)$/;
const ofState = /^optimizer\.(.+)\.(\w+)$/;

/** The names of one graph's numbers. `primed`: the graph belongs to the time after the update. */
export class GraphNaming {
  private readonly graph: Graph;
  private readonly options: NamingOptions;
  private readonly primed: boolean;
  private readonly names = new Map<Node, string[]>();
  /** For each node, the first node that computes the same numbers from the same inputs. */
  private readonly twins = new Map<Node, Node>();
  private readonly helpers = new Map<Node, string>();
  /** The next value of an optimizer's state. */
  private readonly nextState = new Map<Node, Node>();

  constructor(graph: Graph, options: NamingOptions, primed = false) {
    this.graph = graph;
    // a symbol appears in many lines, so it has no line breaks or hidden characters, and is short
    const symbols = Object.entries(options.symbols).map(([address, symbol]) => [
      address,
      clip(printableLine(symbol), longestSymbol),
    ]);
    this.options = { ...options, symbols: Object.fromEntries(symbols) };
    this.primed = primed;
    for (const [name, node] of graph.names()) {
      const list = this.names.get(node);
      if (list === undefined) this.names.set(node, [name]);
      else list.push(name);
    }
    for (const { target, value } of graph.updates) {
      if (target.op.kind === 'source' && target.op.role === 'state') this.nextState.set(value, target);
    }
    this.findTwins();
    this.findHelpers();
  }

  /** The first of the nodes that compute the same numbers from the same inputs. */
  representative(node: Node): Node {
    return this.twins.get(node) ?? node;
  }

  /** Whether the first axis of a node counts samples. */
  perSample(node: Node): boolean {
    const name = this.representative(node).name;
    if (name !== undefined) {
      const plain = (call.exec(name)?.[2] ?? name).split(', ').at(-1)!;
      if (plain.endsWith('[mean]')) return false;
      const known = this.options.declared.get(plain) ?? this.graph.find(plain);
      if (known !== undefined && known !== node) return 'perSample' in known ? known.perSample : this.perSample(known);
    }
    const { op, inputs } = node;
    switch (op.kind) {
      case 'source':
        return op.role === 'input';
      case 'kernel':
        return keptAxis(node, (input) => (this.perSample(input) ? 0 : undefined)) === 0;
      default:
        return inputs.some(
          (input, i) =>
            op.letters.output !== '' && op.letters.inputs[i][0] === op.letters.output[0] && this.perSample(input),
        );
    }
  }

  /** A name for a helper: `M` (a maximum), `S` (a sum), with its layer's number. */
  isHelper(node: Node): boolean {
    return this.helpers.has(this.representative(node));
  }

  /** The address of the optimizer's state whose next value a node is. */
  stateOf(node: Node): string | undefined {
    return this.nextState.get(node)?.name;
  }

  /** The variable of a number; undefined if it has no name. */
  readonly of = (scalar: Scalar): Variable | undefined => {
    const node = this.representative(scalar.node);
    const helper = this.helpers.get(node);
    if (helper !== undefined) {
      const [base, layer] = helper.split(' ');
      return letter(base, { layer: Number(layer), primed: this.primed, sample: this.sample(scalar.index[0]) });
    }
    const state = this.nextState.get(scalar.node);
    if (state !== undefined) return this.ofName(state.name!, scalar.index, true);
    if (node.name === undefined || this.isOnlyTerm(node)) return undefined;
    return this.ofName(node.name, scalar.index, this.primed);
  };

  /** Whether a node is the term of the loss of one output of one sample: it equals the loss, and has no name of its own. */
  isOnlyTerm({ name, shape }: Node): boolean {
    return name === 'loss.terms' && size(shape) === 1;
  }

  private sample(place: number): number {
    return this.options.rows[place] + 1;
  }

  /** The variable at an index of an address. */
  ofName(name: string, index: readonly number[], primed = this.primed): Variable {
    const whole = call.exec(name);
    if (whole !== null) {
      const [, kind, inner] = whole;
      const loss = this.ofName('loss', [], primed);
      if (kind === 'updated') return this.ofName(inner, index, true);
      const parts = inner.split(', ');
      if (kind === 'gradient') return { kind: 'derivative', of: loss, by: this.ofName(inner, index, primed) };
      if (kind === 'clipped') {
        return {
          kind: 'call',
          name: 'clip',
          of: { kind: 'derivative', of: loss, by: this.ofName(inner, index, primed) },
        };
      }
      const [of, by] = parts.map((part) => (part === 'loss' ? loss : this.ofName(part, index, primed)));
      return { kind: 'derivative', of, by };
    }
    const state = ofState.exec(name);
    if (state !== null) {
      const parameter = this.graph.get(state[1]);
      return {
        kind: 'call',
        name: state[2],
        of: this.ofName(state[1], index.length === parameter.shape.length ? index : [], false),
        primed,
      };
    }
    const mean = name.endsWith('[mean]');
    return this.letterOf(mean ? name.slice(0, -'[mean]'.length) : name, index, mean, primed);
  }

  private letterOf(name: string, index: readonly number[], mean: boolean, primed: boolean): Variable {
    const { symbols } = this.options;
    const mark = primed ? '′' : '';
    switch (name) {
      case 'loss':
        return letter(symbols.loss ?? 'E', { primed });
      case 'loss.data':
        return { kind: 'word', text: `E_data${mark}`, tex: `E_{\\text{data}}${primed ? "'" : ''}` };
      case 'loss.penalty':
        return { kind: 'word', text: `E_penalty${mark}`, tex: `E_{\\text{penalty}}${primed ? "'" : ''}` };
      case 'learningRate':
        return letter('η');
      case 'count':
        return { kind: 'word', text: 'step', tex: '\\text{step}' };
      case 'gradientNorm':
        return { kind: 'word', text: '‖∇E‖', tex: '\\lVert \\nabla E\\rVert' };
      default:
    }
    const node = this.graph.get(name);
    const isRow = !mean && this.perSample(node);
    const inner = mean || !isRow ? index : index.slice(1);
    const lengths = isRow || mean ? node.shape.slice(1) : node.shape;
    const indices = inner.filter((_, axis) => lengths[axis] > 1).map((i) => i + 1);
    const wide = indices.length > 1 && lengths.some((length) => length > 9);
    const role = node.op.kind === 'source' ? node.op.role : undefined;
    const rest = {
      indices,
      wide,
      bar: mean,
      // inputs, targets and parameters that are not trained are the same numbers before and after
      primed: primed && role !== 'input' && !this.options.fixed?.has(name),
      sample: isRow ? this.sample(index[0]) : undefined,
    };
    if (name === 'loss.terms') return letter(symbols.loss ?? 'E', { ...rest, distinct: this.options.rows.length > 1 });
    return letter(...this.base(node, name, rest));
  }

  private base(node: Node, name: string, rest: Omit<Letter, 'kind' | 'base'>): [string, Omit<Letter, 'kind' | 'base'>] {
    const { symbols } = this.options;
    const names = this.names.get(node) ?? [name];
    const declared = names.flatMap((each) => this.options.declared.get(each) ?? []).sort((a, b) => a.rank - b.rank);
    const chosen = [...declared.map(({ address }) => address), ...names].find((each) => symbols[each] !== undefined);
    if (chosen !== undefined) return [symbols[chosen], rest];
    if (names.includes('layers.0.input')) return ['x', rest];
    if (names.includes('target')) return ['t', rest];
    if (names.includes('sampleWeight')) return ['ω', rest];
    if (names.includes('sampleWeight.sum')) return ['Ω', { ...rest, primed: false }];
    const [known] = declared;
    return known === undefined ? [name, rest] : [known.letter, { ...rest, layer: known.label }];
  }

  private findTwins(): void {
    const byKey = new Map<string, Node>();
    for (const named of [true, false]) {
      for (const node of this.graph.nodes) {
        if ((node.name !== undefined) !== named) continue;
        const key = this.key(node);
        const first = byKey.get(key);
        if (first === undefined) byKey.set(key, node);
        else if (!named) this.twins.set(node, first);
      }
    }
  }

  private key(node: Node): string {
    const from = node.inputs.map((input) => this.representative(input).id).join(',');
    const { op } = node;
    switch (op.kind) {
      case 'source':
        return `source ${node.id}`;
      case 'map':
        return `map ${formulaKey(op.map.formula)} ${plainLetters(op.letters.inputs, op.letters.output)} ${from}`;
      case 'contract':
        return `contract ${plainLetters(op.letters.inputs, op.letters.output)} ${from}`;
      case 'kernel':
        return isRandom(op) ? `random ${node.id}` : `${JSON.stringify(op.kernel)} ${from}`;
    }
  }

  private findHelpers(): void {
    const used = new Set<string>();
    for (const node of this.graph.nodes) {
      if (node.name !== undefined || this.twins.has(node) || !this.perSample(node)) continue;
      const { op, inputs } = node;
      const isSum =
        op.kind === 'contract' &&
        sums(op.letters) &&
        inputs.some((input) => this.representative(input).name === undefined);
      if (op.kind !== 'kernel' && !isSum) continue;
      const layer = this.layerOf(node);
      const base = ['', 'b', 'c', 'd', 'e', 'f'].map((tail) => (op.kind === 'kernel' ? 'M' : 'S') + tail);
      const free = base.find((candidate) => !used.has(`${candidate} ${layer}`)) ?? `S${node.id}`;
      used.add(`${free} ${layer}`);
      this.helpers.set(node, `${free} ${layer}`);
    }
  }

  /** The layer, from 1, of the first named number that a node reads. */
  private layerOf(node: Node): number {
    const named = this.representative(node).name;
    const match = named === undefined ? null : /layers\.(\d+)/.exec(named);
    if (match !== null) return Number(match[1]) + 1;
    for (const input of node.inputs) {
      const layer = this.layerOf(input);
      if (layer > 0) return layer;
    }
    return 0;
  }
}

/** Whether a contraction sums anything: `bo,o->bo` is only a product. */
function sums({ inputs, output }: Letters): boolean {
  return [...inputs.join('')].some((axis) => !output.includes(axis));
}

function formulaKey(f: Formula): string {
  if (f.kind === 'constant') return `${f.name ?? ''}${f.value}`;
  if (f.kind === 'argument') return `#${f.index}`;
  return `${f.primitive}(${f.operands.map(formulaKey).join(',')})`;
}

/** Letters renamed in order of appearance, so that `bk->b` and `bo->b` are one. */
function plainLetters(inputs: readonly string[], output: string): string {
  const order = new Map<string, number>();
  return [...inputs, output]
    .map((axes) =>
      [...axes]
        .map((axis) => {
          if (!order.has(axis)) order.set(axis, order.size);
          return order.get(axis);
        })
        .join('.'),
    )
    .join(' ');
}
