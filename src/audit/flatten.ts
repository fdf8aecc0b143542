/** Flattens a tape to cells: each formula is split into single operations, and equal operations share one cell. */
import { ravel } from '../base/shape.ts';
import { argumentsOf, evaluate, type Formula, type Primitive } from '../core/formula.ts';
import { type Graph, keptAxis, type Node } from '../core/graph.ts';
import type { Scalar } from '../explain/tape.ts';
import { type Cell, constant, given, maximum, mul, opcode, sum, type Taken, type Written } from './cell.ts';
import { constantText } from './divisor.ts';

export class Flattener {
  readonly cells: Cell[] = [];
  readonly givens = new Map<number, number>();
  readonly written = new Map<number, Written>();
  private readonly targets: ReadonlyMap<Node, Node>;
  private readonly known = new Map<Scalar, number>();
  private readonly byKey = new Map<string, number>();
  private readonly interned = new Map<string, number>();
  /** For each cell, the first scalar of the graph, in the order of computation, that it belongs to. */
  private readonly first: { after: number; node: number }[] = [];
  private readonly axes = new Map<Node, number>();

  constructor(graph: Graph) {
    this.targets = new Map(graph.updates.map(({ target, value }) => [value, target]));
  }

  visit(scalar: Scalar): number {
    const before = this.known.get(scalar);
    if (before !== undefined) return before;
    const cell = this.make(scalar);
    this.known.set(scalar, cell);
    const { name } = scalar.node;
    const isNamed = (each: Scalar | undefined) => each?.node.name !== undefined;
    if (this.cells[cell].scalar === undefined || (name !== undefined && !isNamed(this.cells[cell].scalar))) {
      this.cells[cell].scalar = scalar;
    }
    return cell;
  }

  private make(scalar: Scalar): number {
    const { definition, node, index } = scalar;
    const offset = ravel(index, node.shape);
    switch (definition.kind) {
      case 'given': {
        const { value } = scalar;
        return this.push(`given ${node.id} ${offset} ${value}`, scalar, {
          op: given,
          from: [],
          same: this.intern(`given ${node.id} ${offset}`),
          group: this.intern(`given ${node.id}`),
          value,
        });
      }
      case 'formula': {
        const target = this.targets.get(node);
        const args = new Map<number, number>();
        for (const i of argumentsOf(definition.formula)) args.set(i, this.visit(definition.from[i]));
        const cell = this.walk(definition.formula, args, scalar, new Map(), target && { target, offset });
        const isCompound =
          definition.formula.kind === 'apply' &&
          definition.formula.operands.some((operand) => operand.kind === 'apply' && argumentsOf(operand).size > 0);
        if (isCompound && !this.written.has(cell)) {
          const known = Array.from({ length: definition.from.length }, (_, i) => args.get(i) ?? 0);
          this.written.set(cell, { formula: definition.formula, args: known });
        }
        return cell;
      }
      case 'sum': {
        const sample = this.sampleAxis(node) === -1;
        const terms: number[] = [];
        const samples: number[] = [];
        for (const factors of definition.terms) {
          for (const factor of factors) terms.push(this.visit(factor));
          if (factors.length === 1) terms.push(-1);
          const of = sample ? factors.find((factor) => this.sampleAxis(factor.node) >= 0) : undefined;
          if (of !== undefined) samples.push(of.index[this.sampleAxis(of.node)]);
        }
        return this.sum(terms, samples.length === definition.terms.length ? samples : undefined, scalar);
      }
      case 'maximum': {
        const from = definition.from.map((each) => this.visit(each));
        return this.operation(maximum, `maximum ${from.join(' ')}`, from, scalar);
      }
    }
  }

  private sum(terms: readonly number[], samples: readonly number[] | undefined, host: Scalar): number {
    if (terms.length === 2) {
      return terms[1] < 0 ? terms[0] : this.operation(mul, this.key('mul', terms), terms, host);
    }
    const groups = new Set<string>();
    const same: string[] = [];
    for (let t = 0; t < terms.length; t += 2) {
      const pair = terms.slice(t, t + 2).filter((cell) => cell >= 0);
      groups.add(pair.map((cell) => this.cells[cell].group).join('*'));
      same.push(pair.map((cell) => this.cells[cell].same).join('*'));
    }
    // an average of inputs is computed again at each step, and may be computed wrongly at one
    const key = samples === undefined ? `sum ${terms.join(' ')}` : `sum ${terms.join(' ')} after ${host.after}`;
    return this.push(key, host, {
      op: sum,
      from: [],
      terms: Int32Array.from(terms),
      samples: samples === undefined ? undefined : Int32Array.from(samples),
      same: this.intern(`sum ${same.join(' ')}`),
      group: this.intern(`sum ${[...groups].join(' ')}`),
    });
  }

  private walk(
    f: Formula,
    args: ReadonlyMap<number, number>,
    host: Scalar,
    cellOf: Map<Formula, number>,
    update?: { readonly target: Node; readonly offset: number },
  ): number {
    const before = cellOf.get(f);
    if (before !== undefined) return before;
    let cell: number;
    if (f.kind === 'argument') cell = args.get(f.index)!;
    else if (f.kind === 'constant' || argumentsOf(f).size === 0) {
      const value = evaluate(f, []);
      const text = constantText(f);
      const same = this.intern(`constant ${value} ${text}`);
      cell = this.push(`constant ${value} ${text}`, host, { op: constant, from: [], same, group: same, value, text });
    } else {
      const from = f.operands.map((operand) => this.walk(operand, args, host, cellOf));
      const isOne = (k: number) => this.cells[from[k]]?.op === constant && this.givens.get(from[k]) === 1;
      if (f.primitive === 'div' && isOne(1)) cell = from[0];
      else if (f.primitive === 'mul' && isOne(0)) cell = from[1];
      else if (f.primitive === 'mul' && isOne(1)) cell = from[0];
      else cell = this.operation(opcode[f.primitive], this.key(f.primitive, from), from, host, update);
    }
    cellOf.set(f, cell);
    return cell;
  }

  private key(primitive: Primitive, from: readonly number[]): string {
    const order = primitive === 'add' || primitive === 'mul' ? [...from].sort((a, b) => a - b) : from;
    return `${primitive} ${order.join(' ')}`;
  }

  private operation(
    op: number,
    key: string,
    from: readonly number[],
    host: Scalar,
    update?: { readonly target: Node; readonly offset: number },
  ): number {
    const own = { op, from };
    // the result of an update is the parameter itself, one update later
    if (update !== undefined) {
      const { target, offset } = update;
      const same = this.intern(`given ${target.id} ${offset}`);
      return this.push(key, host, { ...own, same, group: this.intern(`given ${target.id}`) }, host.after + 1);
    }
    const same = this.intern(`${op} ${from.map((cell) => this.cells[cell].same).join(' ')}`);
    const group = this.intern(`${op} ${from.map((cell) => this.cells[cell].group).join(' ')}`);
    return this.push(key, host, { ...own, same, group });
  }

  private push(
    key: string,
    host: Scalar,
    { value, ...cell }: Omit<Cell, 'time' | 'host'> & { readonly value?: number },
    time = host.after,
  ): number {
    const before = this.byKey.get(key);
    const { after, node } = host;
    if (before !== undefined) {
      const first = this.first[before];
      if (after < first.after || (after === first.after && node.id < first.node)) {
        this.first[before] = { after, node: node.id };
      }
      return before;
    }
    const id = this.cells.length;
    this.cells.push({ ...cell, host, time });
    this.first.push({ after, node: node.id });
    if (value !== undefined) this.givens.set(id, value);
    this.byKey.set(key, id);
    return id;
  }

  /** The cells in the order of computation: a cell's index shows what was computed before it. */
  ordered(rows: readonly number[]): Taken {
    const { cells, first } = this;
    const order = [...cells.keys()].sort(
      (a, b) => first[a].after - first[b].after || first[a].node - first[b].node || a - b,
    );
    const place = new Int32Array(cells.length);
    order.forEach((cell, at) => {
      place[cell] = at;
    });
    const moved = (cell: number) => (cell < 0 ? cell : place[cell]);
    return {
      cells: order.map((cell) => {
        const { from, terms } = cells[cell];
        return { ...cells[cell], from: from.map(moved), terms: terms?.map(moved) };
      }),
      givens: new Map([...this.givens].map(([cell, value]) => [moved(cell), value])),
      written: new Map(
        [...this.written].map(([cell, { formula, args }]) => [moved(cell), { formula, args: args.map(moved) }]),
      ),
      rows: rows.map(moved),
    };
  }

  private intern(text: string): number {
    const id = this.interned.get(text) ?? this.interned.size;
    this.interned.set(text, id);
    return id;
  }

  /** The axis of a node that counts samples; -1 if there is none. */
  private sampleAxis(node: Node): number {
    const before = this.axes.get(node);
    if (before !== undefined) return before;
    const { op, inputs } = node;
    let axis = -1;
    if (op.kind === 'source') axis = op.role === 'input' ? 0 : -1;
    else if (op.kind === 'kernel') {
      const known = (input: Node) => {
        const from = this.sampleAxis(input);
        return from < 0 ? undefined : from;
      };
      axis = keptAxis(node, known) ?? -1;
    } else {
      inputs.forEach((input, i) => {
        const from = this.sampleAxis(input);
        if (from >= 0 && axis < 0) axis = op.letters.output.indexOf(op.letters.inputs[i][from]);
      });
    }
    this.axes.set(node, axis);
    return axis;
  }
}
