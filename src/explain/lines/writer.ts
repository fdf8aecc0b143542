/** Writes the lines of a step's nodes: each number with its name, its formula in names and in numbers, and its value. */
import { size } from '../../base/shape.ts';
import type { Graph, Node } from '../../core/graph.ts';
import type { Declared } from '../declared.ts';
import { type Expression, expressionOf, leavesOf } from '../expression.ts';
import { GraphNaming, namingOptions } from '../naming.ts';
import { type Notation, notationOf } from '../notation.ts';
import { rounded } from '../numbers.ts';
import { writeQuantity } from '../quantity.ts';
import type { Scalar, Tape } from '../tape.ts';
import { mixesSamples, notationText } from '../text.ts';
import type { Trace } from '../trace.ts';
import { type Variable, variableText } from '../variable.ts';
import type { Phase, ReadNumber, Row } from './line.ts';
import type { Shown } from './shown.ts';

/** A name, address and formula for a line instead of those of its node. */
interface Own {
  readonly variable: Variable;
  readonly quantity: string;
  readonly expression: Expression;
}

/** The phase, heading and layer of some lines, and the chain rule and notes to write with them. */
export interface Emission {
  readonly phase: Phase;
  readonly heading: string;
  readonly layer?: number;
  readonly tape?: Tape;
  /** The chain rule in symbols, for an index. */
  readonly rule?: (index: readonly number[]) => Notation | undefined;
  /** Replaces the node's own name and formula. */
  readonly as?: (scalar: Scalar) => Own;
  /** For an index, or only for the first line. */
  readonly note?: string | ((index: readonly number[]) => string | undefined);
}

export class LineWriter {
  readonly trace: Trace;
  readonly shown: Shown;
  readonly naming: GraphNaming;
  readonly rows: Row[] = [];
  /** The names of the loss after the update, primed. */
  private readonly nextNaming: GraphNaming;
  /** The quantities that the layers declare, by address. */
  readonly declared: ReadonlyMap<string, Declared>;
  private readonly written = new Set<string>();
  private readonly noted = new Set<string>();
  /** The number of updates before each written number. */
  private readonly afterOf = new Map<Scalar, number>();

  constructor(trace: Trace, shown: Shown) {
    this.trace = trace;
    this.shown = shown;
    const naming = namingOptions(trace.problem, trace.batch.rows);
    this.declared = naming.declared;
    this.naming = new GraphNaming(trace.tape.graph, naming);
    this.nextNaming = new GraphNaming(trace.next.graph, naming, true);
  }

  find(name: string): Node | undefined {
    return this.trace.tape.graph.find(name);
  }

  /** The gradient with respect to a node, under any of its names. */
  gradientOf(...names: readonly string[]): Node | undefined {
    return names.map((name) => this.find(`gradient(${name})`)).find((node) => node !== undefined);
  }

  /**
   * The quantities that a layer declares and this step computes, except the output, with their nodes, in the order of
   * computation.
   */
  computed(layer: number, graph: Graph = this.trace.tape.graph): (Declared & { readonly node: Node })[] {
    return [...this.declared.values()].flatMap((each) => {
      const node = each.layer === layer && each.rank === 1 ? graph.find(each.address) : undefined;
      return node === undefined || node.op.kind === 'source' ? [] : [{ ...each, node }];
    });
  }

  /** The parameters of a layer. */
  parameters(layer: number): Node[] {
    const { parameterNames } = this.trace.problem.network.layers[layer];
    return parameterNames.flatMap((name) => this.find(`layers.${layer}.${name}`) ?? []);
  }

  layerTitle(layer: number): string {
    const { nodes, problem } = this.trace;
    const last = nodes.layers.findLastIndex(({ weighted }) => weighted !== undefined);
    const { weighted } = nodes.layers[layer];
    const kind =
      weighted === undefined ? problem.network.layers[layer].kind : layer === last ? 'output layer' : 'hidden layer';
    return `layer ${layer + 1}, ${kind}`;
  }

  emit(node: Node | undefined, emission: Emission, place?: number): void {
    if (node === undefined) return;
    const tape = emission.tape ?? this.trace.tape;
    const shown = this.shown.indices(node, place);
    const all = place === undefined ? size(node.shape) : size(node.shape) / node.shape[0];
    shown.forEach((index, i) => {
      const missing = i === shown.length - 1 ? all - shown.length : 0;
      const left = missing > 0 ? `${missing} more elements of ${node.name} are left out` : undefined;
      const { note } = emission;
      const scalar = tape.at(node, index);
      const noted: Emission['note'] = (at) =>
        [typeof note === 'function' ? note(at) : this.once(note, emission.heading), left].filter(Boolean).join('; ') ||
        undefined;
      this.row(scalar, { ...emission, note: noted }, emission.as?.(scalar));
    });
  }

  emitSamples(node: Node | undefined, emission: Emission): void {
    for (const place of this.shown.places) this.emit(node, emission, place);
  }

  row(scalar: Scalar, { phase, heading, layer, tape = this.trace.tape, rule, note }: Emission, own?: Own): void {
    const naming = tape === this.trace.next ? this.nextNaming : this.naming;
    const isGiven = scalar.definition.kind === 'given';
    const expression =
      own?.expression ?? (isGiven ? undefined : expressionOf(scalar, tape, naming.of, this.shown.terms));
    if (expression !== undefined) this.helpers(expression, naming, { phase, heading, layer, tape });
    const variable = own?.variable ?? naming.of(scalar)!;
    const formula = expression === undefined ? undefined : notationOf(expression);
    const marked = expression !== undefined && mixesSamples(expression);
    const chained = rule?.(scalar.index);
    const perSample = naming.perSample(scalar.node);
    const text = typeof note === 'function' ? note(scalar.index) : this.once(note, heading);
    const after = phase === 'update' ? this.trace.step : scalar.after;
    const reads = expression === undefined ? [] : this.readsOf(expression, naming);
    this.afterOf.set(scalar, after);
    this.rows.push({
      heading,
      variable,
      rule: chained,
      formula,
      expression,
      reads,
      marked,
      value: scalar.value,
      line: {
        phase,
        quantity: own?.quantity ?? this.quantity(scalar, naming, variable),
        name: variableText(variable, false),
        ...(chained !== undefined && { rule: notationText(chained, { as: 'names', marked: false }) }),
        formula: formula === undefined ? '' : notationText(formula, { as: 'names', marked }),
        numbers: formula === undefined ? '' : notationText(formula, { as: 'numbers', digits: this.shown.digits }),
        value: rounded(scalar.value),
        after,
        ...(layer !== undefined && { layer }),
        ...(perSample && { sample: this.trace.batch.rows[scalar.index[0]] }),
        ...(text !== undefined && { note: text }),
      },
    });
  }

  /** A note about all lines under a heading is written on the first of them. */
  private once(note: string | undefined, heading: string): string | undefined {
    if (note === undefined || this.noted.has(`${heading} ${note}`)) return undefined;
    this.noted.add(`${heading} ${note}`);
    return note;
  }

  /** Row maxima, sums of exponentials and similar helpers come before the line that reads them. */
  private helpers(expression: Expression, naming: GraphNaming, emission: Emission): void {
    for (const { scalar } of leavesOf(expression)) {
      if (scalar === undefined || !naming.isHelper(scalar.node)) continue;
      // nodes with equal computations have one name and one line
      const key = `${naming.representative(scalar.node).id} ${scalar.index} ${scalar.after}`;
      if (this.written.has(key)) continue;
      this.written.add(key);
      this.row(scalar, emission);
    }
  }

  private readsOf(expression: Expression, naming: GraphNaming): ReadNumber[] {
    const reads: ReadNumber[] = [];
    for (const { variable, value, scalar } of leavesOf(expression)) {
      if (scalar === undefined) continue;
      const quantity = this.quantity(scalar, naming, variable);
      const isNew = naming.stateOf(scalar.node) !== undefined || scalar.node.name?.startsWith('updated(');
      const after = this.afterOf.get(scalar) ?? (isNew ? this.trace.step : scalar.after);
      reads.push({ variable, quantity, after, value, isGiven: scalar.definition.kind === 'given' });
    }
    return reads;
  }

  /** The address of a number, with the file's row as its sample. */
  private quantity({ node, index }: Scalar, naming: GraphNaming, variable: Variable): string {
    const name = naming.isHelper(node) ? variableText(variable, false) : (naming.stateOf(node) ?? node.name!);
    return writeQuantity(name, naming.perSample(node) ? [this.trace.batch.rows[index[0]], ...index.slice(1)] : index);
  }
}
