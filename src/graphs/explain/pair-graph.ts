/**
 * The update of a pair step as a graph of core ops: dot products, sigmoids, errors, loss, gradients and new vectors. The
 * reference engine runs it, and the kernels of this folder's methods are checked against it.
 *
 * With v the centres [m, d], u the contexts and then the negatives [n, d], and labels t [m, n]:
 * z = v·uᵀ, y = σ(z), E = −Σ ln y over label 1 − Σ ln(1 − y) over label 0, ∂E/∂z = y − t.
 * Source: Mikolov et al., Distributed Representations of Words and Phrases (2013), equation 4, with the opposite sign.
 */
import { tensor } from '../../base/tensor.ts';
import { add, log, max, mul, neg, sub, where } from '../../core/formula.ts';
import { gradient } from '../../core/gradient.ts';
import { Graph, type Node } from '../../core/graph.ts';
import { map } from '../../core/op.ts';
import { sigmoid } from '../../core/ops/activations.ts';
import { gather, scatterAdd } from '../../core/ops/gather.ts';
import { concat, padKernel, reshape, slice } from '../../core/ops/pieces.ts';
import type { LaneOrder, NamedVector, PairStep } from './pair-step.ts';

export interface PairGraph {
  readonly graph: Graph;
  /** The rows of the centres [rows, d], each once. */
  readonly centre: Node;
  /** The rows of contexts and negatives [rows, d], each once. */
  readonly context: Node;
  readonly rows: PairRows;
  /** The numbers of the sources, by name. */
  readonly given: ReadonlyMap<string, Float64Array>;
}

/** The row of each vector in its table: vectors of one name share a row. */
export interface PairRows {
  readonly centres: readonly number[];
  /** Of each context, then of each negative. */
  readonly others: readonly number[];
}

/** How a step is computed. */
export interface PairRule {
  /**
   * As it is written (default), or in the kernel's order of operations: dot products by lanes, errors times the learning rate
   * before they are summed. The two differ by the rounding of the last bits alone.
   */
  readonly form?: 'written' | 'kernel';
  /** Whether one kind of vector is updated before the gradients of the other are taken; default: neither. */
  readonly order?: 'centreFirst' | 'contextsFirst';
  /** Vectors that no update changes; default: none. */
  readonly held?: 'centre' | 'context';
}

/** The smallest probability whose logarithm is taken: the smallest normal number of float32. */
const leastProbability = 2 ** -126;

const subtract = map('difference', { f: (a, b) => sub(a, b) });
const plus = map('sum', { f: (a, b) => add(a, b) });
const times = map('product', { f: (a, b) => mul(a, b) });
const descend = map('descend', { f: (w, rate, g) => sub(w, mul(rate, g)) });
const positiveTerm = map('−ln y', { f: (y) => neg(log(y)) });
const negativeTerm = map('−ln(1 − y)', { f: (y) => neg(log(sub(1, y))) });
const anyTerm = map('pair loss', { f: (y, t) => neg(log(max(where(t, y, sub(1, y)), leastProbability))) });

/** The graph of a step, with the numbers of its sources. */
export function pairGraph(step: PairStep, rule: PairRule = {}): PairGraph {
  return new PairGraphBuilder(step, rule).build();
}

/** A table of vectors, and how its rows are used. */
class Table {
  readonly parameter: Node;
  readonly indices?: Node;
  /** The vector of each use, [uses, d]. */
  readonly used: Node;
  private readonly graph: Graph;
  private readonly rows: readonly number[];

  constructor(graph: Graph, name: string, rows: readonly number[], dimensions: number) {
    this.graph = graph;
    this.rows = rows;
    const count = Math.max(...rows) + 1;
    this.parameter = graph.source('parameter', name, [count, dimensions]);
    if (count < rows.length) this.indices = graph.integers([rows.length], Int32Array.from(rows));
    this.used = this.spread(this.parameter);
  }

  /** A row for each use, [uses, d]. */
  spread(table: Node): Node {
    return this.indices === undefined ? table : gather(this.graph, table, this.indices);
  }

  /** The sum of what all uses of a row give, [rows, d]. */
  collect(each: Node): Node {
    const { indices, graph, parameter } = this;
    return indices === undefined ? each : scatterAdd(graph, each, indices, parameter.shape[0]);
  }

  /** The table minus a change for each use, one use after the other. */
  minus(changes: Node): Node {
    const { graph, rows, parameter } = this;
    if (this.indices === undefined) return graph.map(subtract, [parameter, changes]);
    // a row of zeros stands for "no further use"
    const padded = graph.kernel(padKernel, [changes], { axis: 0, start: 0, length: rows.length + 1 });
    const uses = Array.from({ length: parameter.shape[0] }, (_, row) =>
      rows.flatMap((each, k) => (each === row ? [k] : [])),
    );
    const most = Math.max(...uses.map(({ length }) => length));
    let table = parameter;
    for (let turn = 0; turn < most; turn++) {
      const which = graph.integers(
        [uses.length],
        Int32Array.from(uses, (list) => list[turn] ?? rows.length),
      );
      table = graph.map(subtract, [table, gather(graph, padded, which)]);
    }
    return table;
  }
}

class PairGraphBuilder {
  private readonly step: PairStep;
  private readonly rule: PairRule;
  private readonly graph = new Graph();
  private readonly rows: PairRows;
  private readonly rate: Node;
  private readonly centres: Table;
  private readonly others: Table;

  constructor(step: PairStep, rule: PairRule) {
    this.step = step;
    this.rule = rule;
    const { centres, learningRate } = step;
    const [{ vector }] = centres;
    this.rows = { centres: rowsOf(centres), others: rowsOf([...step.contexts, ...step.negatives]) };
    this.rate = this.graph.source('slot', 'learningRate', [], learningRate);
    this.centres = new Table(this.graph, 'centre', this.rows.centres, vector.length);
    this.others = new Table(this.graph, 'context', this.rows.others, vector.length);
  }

  build(): PairGraph {
    const { graph, step, rows } = this;
    const [m, n, positives] = [rows.centres.length, rows.others.length, step.contexts.length];
    const dot = graph.name('dot', this.dot());
    const y = graph.name('sigmoid', graph.map(sigmoid.map!, [dot]));
    const labels = Float64Array.from({ length: m * n }, (_, pair) => Number(pair % n < positives));
    const label = graph.name('label', graph.constant(tensor([m, n], labels)));
    const terms = graph.name('loss.terms', this.terms(y, label));
    const loss = graph.name('loss', graph.contract('mn->', [terms]));
    const error = graph.name('error', graph.map(subtract, [y, label]));
    // sigmoid and logarithm together: ∂E/∂z = y − t, which neither overflows nor loses digits
    loss.backward = { to: [dot], rule: () => [error] };
    this.updates(loss, error);
    const centre = this.centres.parameter;
    const context = this.others.parameter;
    const given = new Map([
      ['learningRate', Float64Array.of(step.learningRate)],
      ['centre', numbersOf(step.centres, rows.centres)],
      ['context', numbersOf([...step.contexts, ...step.negatives], rows.others)],
    ]);
    return { graph, centre, context, rows, given };
  }

  private dot(): Node {
    const [v, u] = [this.centres.used, this.others.used];
    return this.rule.form === 'kernel'
      ? laneDots(this.graph, v, u, this.step.method.order)
      : this.graph.contract('mi,ni->mn', [v, u]);
  }

  /** −ln of the probability that each pair has its label, [m, n]. */
  private terms(y: Node, label: Node): Node {
    const { graph, rule, step } = this;
    if (rule.form === 'kernel') return graph.map(anyTerm, [y, label]);
    const [positives, n] = [step.contexts.length, this.rows.others.length];
    const positive = graph.map(positiveTerm, [slice(graph, y, 1, 0, positives)]);
    if (positives === n) return positive;
    return concat(graph, [positive, graph.map(negativeTerm, [slice(graph, y, 1, positives, n)])], 1);
  }

  private updates(loss: Node, error: Node): void {
    const { graph, centres, others } = this;
    const gradientOf = ({ parameter }: Table) => gradient(graph, loss, [parameter])[0];
    switch (this.rule.order) {
      case 'centreFirst': {
        const moved = centres.spread(this.update(centres, gradientOf(centres), error));
        const slope = others.collect(graph.contract('mn,mi->ni', [error, moved]));
        this.update(others, graph.name('gradient(context)', slope), error);
        break;
      }
      case 'contextsFirst': {
        const moved = others.spread(this.update(others, gradientOf(others), error));
        const slope = centres.collect(graph.contract('mn,ni->mi', [error, moved]));
        this.update(centres, graph.name('gradient(centre)', slope), error);
        break;
      }
      default: {
        const slopes = gradient(graph, loss, [centres.parameter, others.parameter]);
        [centres, others].forEach((table, i) => {
          this.update(table, slopes[i], error);
        });
      }
    }
  }

  private update(table: Table, slope: Node, error: Node): Node {
    const { graph, rate, rule, centres, others } = this;
    const { parameter } = table;
    let value: Node;
    if (rule.form === 'kernel') {
      const scaled = graph.map(times, [error, rate]);
      value = table.minus(
        table === centres
          ? graph.contract('mn,ni->mi', [scaled, others.used])
          : graph.contract('mn,mi->ni', [scaled, centres.used]),
      );
    } else value = graph.map(descend, [parameter, rate, slope]);
    graph.name(`updated(${parameter.name})`, value);
    if (rule.held !== parameter.name) graph.update(parameter, value);
    return value;
  }
}

/**
 * Dot products as a kernel sums them: within a slice of the dimensions one sum for each lane; then the upper half of the lanes is
 * added to the lower half until one is left, and the slices are added in order.
 */
function laneDots(graph: Graph, v: Node, u: Node, { lanes, maxWidth }: LaneOrder): Node {
  const [, d] = v.shape;
  const slices = Math.ceil(d / maxWidth);
  const width = Math.ceil(d / slices / lanes) * lanes;
  const divided = (rows: Node) => {
    const length = slices * width;
    const padded = length === d ? rows : graph.kernel(padKernel, [rows], { axis: 1, start: 0, length });
    return reshape(graph, padded, [rows.shape[0], slices, width / lanes, lanes]);
  };
  let sums = graph.contract('mswl,nswl->mnsl', [divided(v), divided(u)]);
  for (let half = lanes / 2; half >= 1; half /= 2) {
    sums = graph.map(plus, [slice(graph, sums, 3, 0, half), slice(graph, sums, 3, half, 2 * half)]);
  }
  return graph.contract('mnsl->mn', [sums]);
}

/** The row of each vector: vectors of one row, or else of one name, share it. */
function rowsOf(vectors: readonly NamedVector[]): number[] {
  const known = new Map<string | number, number>();
  let next = 0;
  return vectors.map(({ name, row }) => {
    const key = row ?? name;
    const place = (key === undefined ? undefined : known.get(key)) ?? next++;
    if (key !== undefined) known.set(key, place);
    return place;
  });
}

/** A table's numbers, row after row. */
function numbersOf(vectors: readonly NamedVector[], rows: readonly number[]): Float64Array {
  return Float64Array.from([...new Set(rows)].flatMap((row) => [...vectors[rows.indexOf(row)].vector]));
}
