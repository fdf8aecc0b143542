/**
 * Random graphs of every kind of op at ranks 0 to 4, one for each seed: maps that repeat axes, contractions, every
 * kernel. Each ends in a scalar, whose gradient with respect to all parameters is part of the graph.
 */
import { fillUniform } from '../src/base/random.ts';
import { type Shape, size } from '../src/base/shape.ts';
import { add, cos, mul, sin, square } from '../src/core/formula.ts';
import { gradient } from '../src/core/gradient.ts';
import { Graph, type Node } from '../src/core/graph.ts';
import { map } from '../src/core/op.ts';
import { columnGather } from '../src/core/ops/column-gather.ts';
import { gather, scatterAdd } from '../src/core/ops/gather.ts';
import type { KernelName } from '../src/core/ops/kernels.ts';
import { concat, padKernel, reshape, slice } from '../src/core/ops/pieces.ts';
import { rowMaximum } from '../src/core/ops/row-maximum.ts';
import { sampledProduct, sparsePattern, spmm } from '../src/core/ops/sparse.ts';
import { uniform } from '../src/core/ops/uniform.ts';

export interface RandomGraph {
  readonly graph: Graph;
  readonly parameters: readonly Node[];
  /** A scalar, and its gradient with respect to each parameter. */
  readonly output: Node;
  readonly gradients: readonly Node[];
  readonly used: ReadonlySet<KernelName>;
}

const maxRank = 4;
const maxSize = 400;
const unaries = [map('sin', { f: (x) => sin(x) }), map('cos', { f: (x) => cos(x) })];
const binaries = [map('add', { f: (a, b) => add(a, b) }), map('mul', { f: (a, b) => mul(a, b) })];
const half = map('half', { f: (x) => mul(0.5, square(x)) });
const letters = 'abcdefgh';

class Draws {
  private readonly numbers = new Float64Array(4096);
  private at = 0;

  constructor(seed: number) {
    fillUniform(this.numbers, seed, 'check', 7);
  }

  uniform(): number {
    return this.numbers[this.at++];
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.uniform() * (max - min + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)];
  }

  shape(minRank = 0): Shape {
    return Array.from({ length: this.integer(minRank, maxRank) }, () => this.integer(1, 4));
  }

  integers(count: number, below: number): Int32Array {
    return Int32Array.from({ length: count }, () => this.integer(0, below - 1));
  }
}

/** `scale` multiplies the rows of the larger kernels, so that threads share them. */
export function randomGraph(seed: number, scale = 1): RandomGraph {
  const draws = new Draws(seed);
  const graph = new Graph();
  const parameters: Node[] = [];
  const used = new Set<KernelName>();
  const parameter = (shape: Shape) => {
    const data = new Float64Array(size(shape));
    fillUniform(data, seed, 'check', 100 + parameters.length);
    const node = graph.source('parameter', `p${parameters.length}`, shape, { shape, data: data.map((x) => 2 * x - 1) });
    parameters.push(node);
    return node;
  };
  const pool: Node[] = [parameter([]), parameter(draws.shape(1)), parameter(draws.shape(2)), parameter([3, 4])];
  const any = (minRank = 0) => draws.pick(pool.filter(({ shape }) => shape.length >= minRank));
  const axisOf = ({ shape }: Node) => draws.integer(0, shape.length - 1);
  const namesOf = ({ shape }: Node) => letters.slice(0, shape.length);

  /** Each returns a node that depends on nodes of the pool, or undefined if it does not fit. */
  const makers: Record<string, () => Node | undefined> = {
    unary: () => graph.map(draws.pick(unaries), [any()]),
    /** The second lacks some axes of the first and is repeated along them. */
    binary() {
      const first = any();
      const kept = [...namesOf(first)].filter(() => draws.uniform() < 0.6);
      const second = parameter(kept.map((letter) => first.shape[letters.indexOf(letter)]));
      return graph.map(draws.pick(binaries), [first, second], {
        inputs: [namesOf(first), kept.join('')],
        output: namesOf(first),
      });
    },
    /** Some letters of the first are summed over, and some of the second are new. */
    contract() {
      const first = any();
      const shared = [...namesOf(first)].filter(() => draws.uniform() < 0.5);
      const fresh = draws.integer(0, maxRank - shared.length);
      const own = letters.slice(maxRank, maxRank + fresh);
      const second = parameter([
        ...shared.map((letter) => first.shape[letters.indexOf(letter)]),
        ...[...own].map(() => draws.integer(1, 4)),
      ]);
      const output = [...namesOf(first), ...own].filter(() => draws.uniform() < 0.6).slice(0, maxRank);
      return graph.contract({ inputs: [namesOf(first), shared.join('') + own], output: output.join('') }, [
        first,
        second,
      ]);
    },
    // Differentiation treats it as constant, which is correct only for users that a shift does not change, so it is
    // multiplied by 0 here.
    rowMaximum() {
      const rows = any(1);
      used.add('rowMaximum');
      return graph.map(map('addConstant', { f: (a, b) => add(a, mul(0, b)) }), [rows, rowMaximum(graph, rows)], {
        inputs: [namesOf(rows), namesOf(rows).slice(0, -1)],
        output: namesOf(rows),
      });
    },
    uniform() {
      const like = any();
      used.add('uniform');
      return graph.map(binaries[1], [
        like,
        uniform(graph, like, graph.constant({ shape: [], data: new Float64Array([3]) }), seed, 5),
      ]);
    },
    reshape() {
      const input = any();
      const parts: number[] = [];
      let left = size(input.shape);
      for (const prime of [2, 3, 2, 3])
        if (left % prime === 0 && parts.length < 3) {
          parts.push(prime);
          left /= prime;
        }
      used.add('reshape');
      return reshape(graph, input, draws.uniform() < 0.5 ? [...parts, left] : [left, ...parts]);
    },
    slice() {
      const input = any(1);
      const axis = axisOf(input);
      const start = draws.integer(0, input.shape[axis] - 1);
      used.add('slice');
      return slice(graph, input, axis, start, draws.integer(start + 1, input.shape[axis]));
    },
    pad() {
      const input = any(1);
      const axis = axisOf(input);
      const start = draws.integer(0, 2);
      used.add('pad');
      return graph.kernel(padKernel, [input], { axis, start, length: input.shape[axis] + start + draws.integer(0, 2) });
    },
    concat() {
      const input = any(1);
      const axis = axisOf(input);
      used.add('concat');
      return concat(graph, [input, parameter(input.shape.with(axis, draws.integer(1, 3))), input], axis);
    },
    gather() {
      const table = any(1);
      const shape = draws.shape().slice(0, maxRank - table.shape.length + 1);
      used.add('gather');
      return gather(graph, table, graph.integers(shape, draws.integers(size(shape), table.shape[0])));
    },
    scatterAdd() {
      const values = any(1);
      const shape = values.shape.slice(0, draws.integer(0, values.shape.length));
      const rows = draws.integer(1, 5);
      used.add('scatterAdd');
      return values.shape.length - shape.length + 1 > maxRank
        ? undefined
        : scatterAdd(graph, values, graph.integers(shape, draws.integers(size(shape), rows)), rows);
    },
    columnGather() {
      const [batch, categories] = [draws.integer(1, 4), draws.integer(2, 4)];
      const rows = parameter([batch, 2]);
      used.add('columnGather').add('columnScatterAdd');
      return columnGather(graph, rows, [
        { column: 1 },
        { column: 0, table: parameter([categories, draws.integer(1, 5)]) },
      ]);
    },
    sparse() {
      const [rows, columns, width] = [
        draws.integer(1, 5) * scale,
        draws.integer(1, 5) * scale,
        draws.integer(1, 9) * scale,
      ];
      const lengths = Array.from({ length: rows }, () => draws.integer(0, 3) * scale);
      let entries = 0;
      const starts = [0, ...lengths.map((length) => (entries += length))];
      const count = starts[rows];
      if (count === 0) return undefined;
      const pattern = sparsePattern(graph, { columns, starts, indices: draws.integers(count, columns) });
      used.add('spmm').add('sampledProduct');
      const product = spmm(graph, pattern, parameter([count]), parameter([columns, width]));
      return draws.uniform() < 0.5
        ? product
        : spmm(graph, pattern, sampledProduct(graph, pattern, product, parameter([columns, width])), product, true);
    },
  };
  const names = Object.keys(makers);
  for (let made = 0; made < 6; ) {
    const node = makers[draws.pick(names)]();
    made++;
    if (node === undefined || size(node.shape) > maxSize * scale * scale || node.shape.length > maxRank) continue;
    pool.push(node);
  }
  const terms = pool.map((node) => graph.contract({ inputs: [namesOf(node)], output: '' }, [graph.map(half, [node])]));
  const output = graph.name(
    'output',
    terms.reduce((a, b) => graph.map(binaries[0], [a, b])),
  );
  const gradients = gradient(graph, output, parameters);
  gradients.forEach((node, i) => {
    if (graph.find(`g${i}`) === undefined) graph.name(`g${i}`, node);
  });
  return { graph, parameters, output, gradients, used };
}
