/**
 * A worked example as one long list of numbers, each with how it follows from earlier ones: a forward pass and as many
 * updates as the printed rows need. It is the tape flattened down to single operations, equal ones merged, so that what
 * would follow from one changed number is found in about a microsecond.
 */
import { ravel, size, unravel } from '../base/shape.ts';
import { argument, argumentsOf, evaluate, type Formula, type Primitive, primitives } from '../core/formula.ts';
import { type Graph, isRandom, keptAxis, type Node } from '../core/graph.ts';
import { mapOf } from '../core/op.ts';
import { Quantities } from '../explain/quantity.ts';
import { type Scalar, Tape } from '../explain/tape.ts';
import type { Loss } from '../net/losses.ts';
import { eachFed, type FedRows, type Problem, stepSizeOf } from '../net/problem.ts';
import { buildStep } from '../net/step.ts';
import { constantText, divisorOf } from './divisor.ts';
import type { Request } from './run.ts';

/** Updates that are taken apart: rows after more are compared, but not searched for slips. */
export const mostUpdates = 3;
/** Numbers beyond which nothing is searched. */
const mostCells = 6000;

const given = 0;
const constant = 1;
const sum = 2;
const maximum = 3;
const names = Object.keys(primitives) as Primitive[];
const first = 4;
const opcode = Object.fromEntries(names.map((name, i) => [name, first + i])) as Record<Primitive, number>;
const calls = [undefined, undefined, undefined, undefined, ...names.map((name) => primitives[name])] as ((
  ...operands: number[]
) => number)[];
const { add, sub, mul, div, neg } = opcode;
/** Operations whose result is proportional to their first operand, or to each. */
const proportional: readonly Primitive[] = ['mul', 'div', 'neg'];

/** One number of the workings. */
export interface Cell {
  readonly op: number;
  /** Of a primitive: what it reads. */
  readonly from: readonly number[];
  /** Of a sum: its terms' two factors, one after the other; -1 where there is but one. */
  readonly terms?: Int32Array;
  /** Of a sum over samples: the sample of each term. */
  readonly samples?: Int32Array;
  /** How many updates were made when it was computed. */
  readonly time: number;
  /** The number that it is, apart from time: a weight is one number before and after its update. */
  readonly same: number;
  /** The tensor that it is an element of, apart from time. */
  readonly group: number;
  /** The number of the graph whose definition it is part of. */
  readonly host: Scalar;
  /** The number of the graph that it is, where it is one. */
  scalar?: Scalar;
  /** Of a constant: `2m`. */
  readonly text?: string;
}

/** A place where a number is read: the reader, and which of its operands (of a sum: which factor in `terms`). */
export interface Read {
  readonly by: number;
  readonly position: number;
}

/** A number's whole definition, where it is more than one operation: a formula, and the cells of its arguments. */
export interface Written {
  readonly formula: Formula;
  readonly args: readonly number[];
}

export class Workings {
  readonly cells: readonly Cell[];
  /** The values that follow without any departure. */
  readonly values: Float64Array;
  /** By cell: the definition that it is the result of. */
  readonly written: ReadonlyMap<number, Written>;
  /** Each row's cell; -1 where it was not taken apart. */
  readonly rows: readonly number[];
  /** By cell: the places where it is read. */
  readonly reads: readonly (readonly Read[])[];
  readonly graph: Graph;
  /** By number and time: the cell. */
  private readonly moments = new Map<string, number>();
  private readonly op: Uint8Array;
  private readonly a: Int32Array;
  private readonly b: Int32Array;
  private readonly c: Int32Array;
  private readonly below: readonly Uint32Array[];

  constructor(graph: Graph, { cells, givens, written, rows }: Taken) {
    this.graph = graph;
    this.cells = cells;
    this.written = written;
    this.rows = rows;
    const operand = (k: number) => Int32Array.from(cells, ({ from }) => from[k] ?? 0);
    this.op = Uint8Array.from(cells, ({ op }) => op);
    [this.a, this.b, this.c] = [operand(0), operand(1), operand(2)];
    this.values = new Float64Array(cells.length);
    const reads: Read[][] = cells.map(() => []);
    cells.forEach(({ from, terms, same, time }, by) => {
      const operands = terms ?? from;
      for (let position = 0; position < operands.length; position++) {
        if (operands[position] >= 0) reads[operands[position]].push({ by, position });
      }
      this.values[by] = givens.get(by) ?? this.compute(by, this.values);
      const moment = `${same} ${time}`;
      if (!this.moments.has(moment)) this.moments.set(moment, by);
    });
    this.reads = reads;

    const words = Math.ceil(cells.length / 32);
    const below: Uint32Array[] = new Array(cells.length);
    for (let cell = cells.length - 1; cell >= 0; cell--) {
      const bits = new Uint32Array(words);
      bits[cell >>> 5] |= 1 << (cell & 31);
      let before = -1;
      for (const { by } of reads[cell]) {
        if (by === before) continue;
        before = by;
        const more = below[by];
        for (let word = cell >>> 5; word < words; word++) bits[word] |= more[word];
      }
      below[cell] = bits;
    }
    this.below = below;
  }

  /** The same number at another time. */
  at(cell: number, time: number): number | undefined {
    return this.moments.get(`${this.cells[cell].same} ${time}`);
  }

  /** Whether each of some cells depends on one of the given. */
  reach(seeds: readonly number[], cells: readonly number[]): boolean {
    return cells.every((cell) => seeds.some((seed) => (this.below[seed][cell >>> 5] >>> (cell & 31)) & 1));
  }

  /** The cells that depend on some of the given, those included, in order of computation. */
  dependents(seeds: readonly number[]): Int32Array {
    const bits = this.below[seeds[0]].slice();
    for (const seed of seeds.slice(1)) {
      const more = this.below[seed];
      for (let word = 0; word < bits.length; word++) bits[word] |= more[word];
    }
    const out: number[] = [];
    for (let word = 0; word < bits.length; word++) {
      for (let rest = bits[word]; rest !== 0; rest &= rest - 1) out.push(word * 32 + 31 - Math.clz32(rest & -rest));
    }
    return Int32Array.from(out);
  }

  /** The value of a cell when those that it reads have the values `now`. */
  compute(cell: number, now: Float64Array): number {
    switch (this.op[cell]) {
      case given:
      case constant:
        return this.values[cell];
      case sum: {
        const terms = this.cells[cell].terms!;
        let total = 0;
        for (let t = 0; t < terms.length; t += 2) {
          total += terms[t + 1] < 0 ? now[terms[t]] : now[terms[t]] * now[terms[t + 1]];
        }
        return total;
      }
      case maximum: {
        let most = Number.NEGATIVE_INFINITY;
        for (const from of this.cells[cell].from) most = Math.max(most, now[from]);
        return most;
      }
      case add:
        return now[this.a[cell]] + now[this.b[cell]];
      case sub:
        return now[this.a[cell]] - now[this.b[cell]];
      case mul:
        return now[this.a[cell]] * now[this.b[cell]];
      case div:
        return now[this.a[cell]] / now[this.b[cell]];
      case neg:
        return -now[this.a[cell]];
      default:
        return calls[this.op[cell]](now[this.a[cell]], now[this.b[cell]], now[this.c[cell]]);
    }
  }

  /** As `compute`, with the operands at `positions` having another value. */
  computeWith(cell: number, now: Float64Array, positions: readonly number[], value: number): number {
    const { op, from, terms } = this.cells[cell];
    const read = (operand: number, position: number) => (positions.includes(position) ? value : now[operand]);
    if (op === sum) {
      let total = 0;
      for (let t = 0; t < terms!.length; t += 2) {
        total += terms![t + 1] < 0 ? read(terms![t], t) : read(terms![t], t) * read(terms![t + 1], t + 1);
      }
      return total;
    }
    if (op === maximum) return Math.max(...from.map(read));
    return calls[op](...from.map(read));
  }

  /** As `compute`, with one argument of the cell's whole definition having another value wherever the definition has it. */
  computeWithin(cell: number, now: Float64Array, argument: number, value: number): number {
    const { formula, args } = this.written.get(cell)!;
    return evaluate(
      formula,
      args.map((from, i) => (i === argument ? value : now[from])),
    );
  }

  isGiven(cell: number): boolean {
    return this.op[cell] === given;
  }

  isConstant(cell: number): boolean {
    return this.op[cell] === constant;
  }

  isSum(cell: number): boolean {
    return this.op[cell] === sum;
  }

  primitive(cell: number): Primitive | undefined {
    return this.op[cell] < first ? undefined : names[this.op[cell] - first];
  }

  /** The divisor, with the number of samples in it, that every term of a sum already carries, or the sum is divided by. */
  divisor(cell: number): { readonly value: number; readonly text: string } | undefined {
    for (const { by, position } of this.reads[cell]) {
      if (this.op[by] === div && position === 0) {
        const found = this.samplesDivisor(this.b[by]);
        if (found !== undefined) return found;
      }
    }
    const { terms } = this.cells[cell];
    const carried = (from: number, depth: number): { value: number; text: string } | undefined => {
      if (depth > 40) return undefined;
      const inner = this.cells[from];
      if (this.op[from] === sum) {
        return inner.samples === undefined
          ? (carried(inner.terms![0], depth + 1) ??
              (inner.terms![1] < 0 ? undefined : carried(inner.terms![1], depth + 1)))
          : undefined;
      }
      const name = this.primitive(from);
      if (name === undefined || !proportional.includes(name)) return undefined;
      if (name === 'div') {
        const found = this.samplesDivisor(inner.from[1]);
        return found ?? carried(inner.from[0], depth + 1);
      }
      for (const operand of inner.from) {
        const found = carried(operand, depth + 1);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return carried(terms![0], 0) ?? (terms![1] < 0 ? undefined : carried(terms![1], 0));
  }

  private samplesDivisor(cell: number): { value: number; text: string } | undefined {
    const { text } = this.cells[cell];
    return this.isConstant(cell) && text?.includes('m') ? { value: this.values[cell], text } : undefined;
  }
}

/** A loss computed with its activation, written as its definition: people work with the output, not with the sum. */
function writtenOut(loss: Loss): Loss {
  if (!loss.joint) return loss;
  return {
    ...loss,
    terms(graph, inputs) {
      const joint = loss.terms(graph, inputs);
      const divisor = joint.op.kind === 'map' ? joint.op.map.formula : undefined;
      if (
        divisor?.kind !== 'apply' ||
        divisorOf(divisor) === undefined ||
        inputs.activation.logarithmic ||
        inputs.weights
      )
        return joint;
      const definition = {
        kind: 'apply',
        primitive: 'div',
        operands: [loss.definition(argument(0), argument(1)), divisor.operands[1]],
      } as const;
      const terms = graph.map(mapOf(loss.name, definition, 2), [inputs.output, inputs.target]);
      terms.backward = joint.backward;
      return terms;
    },
  };
}

/**
 * Takes an example apart, as far as the rows that come after at most `mostUpdates` updates need. Undefined where it cannot
 * be: batches of some of the samples, dropout, too many numbers, no such rows.
 */
export function workings(problem: Problem, requests: readonly Request[]): Workings | undefined {
  const whole = problem.batchSize === 'full' || problem.batchSize >= problem.inputs.shape[0];
  if (!whole) return undefined;
  const { loss } = problem.recipe;
  const taken = takeApart(problem, writtenOut(loss), requests);
  const isWhole = taken?.rows.every((cell) => cell < 0 || Number.isFinite(taken.values[cell]));
  // ln(1 - y) of a saturated y: the joint form has no such gap
  return isWhole || !loss.joint ? taken : takeApart(problem, loss, requests);
}

function takeApart(problem: Problem, loss: Loss, requests: readonly Request[]): Workings | undefined {
  const { network, recipe, parameters } = problem;
  const fed = new Map<string, FedRows['data']>();
  eachFed(problem, (address, { data }) => fed.set(address, data));
  const { graph, nodes } = buildStep(network, { ...recipe, loss }, stepSizeOf(problem));
  const quantities = new Quantities(graph, nodes.layers);
  const found = requests.map(({ quantity, where }) => quantities.find(quantity, where));
  const slopes = nodes.layers.flatMap(({ weighted, output }, l) => {
    if (weighted?.activation.map === undefined || weighted.sum === output) return [];
    const [of, by] = ['output', 'sum'].map((name) => ({ name: `layers.${l}.${name}`, index: [0, 0] }));
    return [quantities.find({ kind: 'factor', of, in: by }).node];
  });
  if (graph.nodes.some(({ op }) => isRandom(op))) return undefined;

  const numbers =
    (after: number) =>
    (node: Node): ArrayLike<number> => {
      const rows = node.name === undefined ? undefined : fed.get(node.name);
      if (rows !== undefined) return rows;
      if (node.name === 'count') return [after + 1];
      const parameter = node.name === undefined ? undefined : parameters.get(node.name);
      if (parameter !== undefined) return parameter.data;
      if (node.op.kind !== 'source') throw new Error(`node ${node.id} is not given`);
      const { initial = 0 } = node.op;
      return typeof initial === 'object' ? initial.data : new Float64Array(size(node.shape)).fill(initial);
    };
  const last = Math.max(...requests.map(({ after }) => (after <= mostUpdates ? after : 0)));
  const tapes: Tape[] = [];
  for (let after = 0; after <= last; after++) tapes.push(new Tape(graph, after, numbers(after), tapes[after - 1]));

  const builder = new Builder(graph);
  const rows: number[] = [];
  for (const [r, { after }] of requests.entries()) {
    rows.push(after > mostUpdates ? -1 : builder.visit(tapes[after].at(found[r].node, found[r].index)));
    if (builder.cells.length > mostCells) return undefined;
  }
  // local derivatives are numbers of the example, printed or not
  const isBackward = requests.some(({ after, quantity }) => after === last && quantity.kind !== 'place');
  for (const tape of isBackward ? tapes : tapes.slice(0, last)) {
    for (const node of slopes) {
      for (let offset = 0; offset < size(node.shape); offset++)
        builder.visit(tape.at(node, unravel(offset, node.shape)));
    }
  }
  return rows.some((cell) => cell >= 0) ? new Workings(graph, builder.ordered(rows)) : undefined;
}

interface Taken {
  readonly cells: readonly Cell[];
  readonly givens: ReadonlyMap<number, number>;
  readonly written: ReadonlyMap<number, Written>;
  readonly rows: readonly number[];
}

class Builder {
  readonly cells: Cell[] = [];
  readonly givens = new Map<number, number>();
  readonly written = new Map<number, Written>();
  private readonly targets: ReadonlyMap<Node, Node>;
  private readonly known = new Map<Scalar, number>();
  private readonly byKey = new Map<string, number>();
  private readonly interned = new Map<string, number>();
  /** By cell: the first number of the graph, in the order of computation, that it is part of. */
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
    held: Map<Formula, number>,
    update?: { readonly target: Node; readonly offset: number },
  ): number {
    const before = held.get(f);
    if (before !== undefined) return before;
    let cell: number;
    if (f.kind === 'argument') cell = args.get(f.index)!;
    else if (f.kind === 'constant' || argumentsOf(f).size === 0) {
      const value = evaluate(f, []);
      const text = constantText(f);
      const same = this.intern(`constant ${value} ${text}`);
      cell = this.push(`constant ${value} ${text}`, host, { op: constant, from: [], same, group: same, value, text });
    } else {
      const from = f.operands.map((operand) => this.walk(operand, args, host, held));
      const isOne = (k: number) => this.cells[from[k]]?.op === constant && this.givens.get(from[k]) === 1;
      if (f.primitive === 'div' && isOne(1)) cell = from[0];
      else if (f.primitive === 'mul' && isOne(0)) cell = from[1];
      else if (f.primitive === 'mul' && isOne(1)) cell = from[0];
      else cell = this.operation(opcode[f.primitive], this.key(f.primitive, from), from, host, update);
    }
    held.set(f, cell);
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
    // the value that an update gives is the parameter itself, one update later
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

  /** The cells in the order of computation, whatever order they were asked for in: what was there before is told by it. */
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

  /** Which axis of a node counts samples; -1 where none does. */
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
