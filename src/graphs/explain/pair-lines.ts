/** The lines of a pair step, in the order of computation, read from its graph. */
import { type Expression, expressionOf, leaf } from '../../explain/expression.ts';
import { derivative } from '../../explain/lines/chain-rule.ts';
import type { Phase, Row } from '../../explain/lines/line.ts';
import { chain, type Notation, notationOf, total } from '../../explain/notation.ts';
import { rounded } from '../../explain/numbers.ts';
import { Tape } from '../../explain/tape.ts';
import { notationText } from '../../explain/text.ts';
import { make, number } from '../../explain/tidy.ts';
import { letter, variableText } from '../../explain/variable.ts';
import { givenBy } from './given.ts';
import { PairAddresses } from './pair-addresses.ts';
import { type PairGraph, pairGraph } from './pair-graph.ts';
import type { PairStep } from './pair-step.ts';

export interface PairLineOptions {
  /** Terms of a sum that are written out; default 8. */
  readonly terms?: number;
  /** Components of each vector that are shown; default 8. */
  readonly components?: number;
  /** Centres and other vectors that are shown, each; default 24 pairs in all. */
  readonly pairs?: number;
}

/** What of a step is shown: the first centres, the first of the other vectors, the first components. */
export interface PairShown {
  readonly centres: number;
  readonly others: number;
  readonly components: number;
  readonly terms: number;
  /** In sentences. */
  readonly leftOut: readonly string[];
}

/** Where a line belongs, and what it says besides its formula. */
interface Emission {
  readonly phase: Phase;
  readonly heading: string;
  readonly tape?: Tape;
  readonly rule?: Notation;
  readonly expression?: Expression;
  readonly note?: string;
}

export class PairLines {
  readonly step: PairStep;
  readonly made: PairGraph;
  readonly addresses: PairAddresses;
  readonly tape: Tape;
  readonly rows: Row[] = [];
  readonly shown: PairShown;
  /** The same numbers after the update. */
  private readonly next: Tape;

  constructor(step: PairStep, options: PairLineOptions = {}) {
    this.step = step;
    this.made = pairGraph(step, { form: 'kernel' });
    this.addresses = new PairAddresses(step, this.made.rows);
    this.shown = shownOf(this.addresses, options);
    const { graph, given } = this.made;
    const numbers = givenBy(given);
    this.tape = new Tape(graph, 0, numbers);
    this.next = new Tape(graph, 1, numbers, this.tape);
    this.write();
  }

  private write(): void {
    const { centres, others } = this.shown;
    for (let i = 0; i < centres; i++) for (let k = 0; k < others; k++) this.forward(i, k);
    this.loss(this.tape, 'Loss');
    for (let i = 0; i < centres; i++) for (let k = 0; k < others; k++) this.error(i, k);
    this.gradients();
    this.updates();
    this.loss(this.next, 'Loss after the update');
  }

  private forward(i: number, k: number): void {
    const emission = { phase: 'forward', heading: 'Dot products and sigmoids' } as const;
    this.row('dot', [i, k], { ...emission, expression: this.products(i, k), note: this.pairNote(i, k) });
    this.row('sigmoid', [i, k], emission);
  }

  /** v·u as a sum of products. The kernel adds them in another order, which is not shown. */
  private products(i: number, k: number): Expression {
    const { tape, made, addresses, shown } = this;
    const count = addresses.dimensions <= shown.terms + 1 ? addresses.dimensions : shown.terms;
    const at = (node: 'centre' | 'context', row: number, j: number) => {
      const scalar = tape.at(made[node], [row, j]);
      return leaf(addresses.of(scalar)!, scalar.value, scalar);
    };
    const terms = Array.from({ length: count }, (_, j) =>
      make('mul', at('centre', made.rows.centres[i], j), at('context', made.rows.others[k], j)),
    );
    return { kind: 'sum', terms, count: addresses.dimensions };
  }

  /** Which two vectors a pair is of, where they have names. */
  private pairNote(i: number, k: number): string | undefined {
    const { centres, contexts, negatives, method } = this.step;
    const isContext = k < contexts.length;
    const other = (isContext ? contexts[k] : negatives[k - contexts.length]).name;
    const centre = centres[i].name;
    if (other === undefined && centre === undefined) return undefined;
    const quoted = (name: string | undefined, index: number) => (name === undefined ? String(index + 1) : `"${name}"`);
    const which = isContext
      ? `${method.context} ${quoted(other, k)}, label 1`
      : `${method.negative} ${quoted(other, k - contexts.length)}, label 0`;
    return `${method.centre} ${quoted(centre, i)} with ${which}`;
  }

  private loss(tape: Tape, heading: string): void {
    const { graph } = this.made;
    const { centres, others } = this.shown;
    const emission = { phase: 'loss', heading, tape } as const;
    for (let i = 0; i < centres; i++) {
      for (let k = 0; k < others; k++) {
        const isContext = k < this.step.contexts.length;
        const y = tape.at(graph.get('sigmoid'), [i, k]);
        const known = leaf(this.addresses.of(y)!, y.value, y);
        const likelihood = isContext ? known : make('sub', number(1), known);
        const isClamped = (isContext ? y.value : 1 - y.value) === 0;
        this.row('loss.terms', [i, k], {
          ...emission,
          expression: make('neg', make('log', likelihood)),
          note: isClamped ? 'a probability that is 0 in floating point counts as 2^(−126)' : undefined,
        });
      }
    }
    this.row('loss', [], emission);
  }

  /** δ = ∂E/∂z: the sigmoid and the loss differentiated together. */
  private error(i: number, k: number): void {
    const { addresses } = this;
    const [z, y] = ['dot', 'sigmoid'].map((name) => addresses.variable(name, [i, k])!);
    this.row('error', [i, k], {
      phase: 'backward',
      heading: 'Backward pass: errors, δ = ∂E/∂z',
      rule: chain(derivative(letter('E'), y), derivative(y, z)),
      note:
        i === 0 && k === 0
          ? 'the logarithm and the sigmoid are differentiated together, as one factor; the functions below show how'
          : undefined,
    });
  }

  private gradients(): void {
    const { addresses, shown, made, step } = this;
    const { method } = step;
    const over = (count: number, terms: (at: number) => Notation) => {
      const first = count <= shown.terms + 1 ? count : shown.terms;
      return total(
        Array.from({ length: first }, (_, at) => terms(at)),
        count - first,
      );
    };
    const link = (i: number, k: number, node: 'centre' | 'context', index: readonly number[]) => {
      const z = addresses.variable('dot', [i, k])!;
      return chain(derivative(letter('E'), z), derivative(z, addresses.variable(node, index)!));
    };
    const write = (node: 'centre' | 'context', heading: string) => {
      const isCentre = node === 'centre';
      const uses = isCentre ? made.rows.centres : made.rows.others;
      for (const row of this.shownRows(node)) {
        const places = uses.flatMap((each, at) => (each === row ? [at] : []));
        const partners = isCentre ? addresses.otherCount : addresses.centreCount;
        const pairs = places.flatMap((at) =>
          Array.from({ length: partners }, (_, other) => (isCentre ? [at, other] : [other, at])),
        );
        for (let j = 0; j < shown.components; j++) {
          this.row(`gradient(${node})`, [row, j], {
            phase: 'backward',
            heading: `Backward pass: ${heading}`,
            rule: over(pairs.length, (at) => link(pairs[at][0], pairs[at][1], node, [row, j])),
            expression: this.errorsTimes(pairs, isCentre ? 'context' : 'centre', j),
            note: places.length > 1 && j === 0 ? `it occurs ${places.length} times in this step` : undefined,
          });
        }
      }
    };
    write('centre', `gradient of the ${method.centre}${addresses.centreCount > 1 ? 's' : ''}`);
    write('context', `gradients of the ${method.context} and the ${method.negative}s`);
  }

  /** The sum of δ·x over pairs, where x is a component of the pair's other vector. The kernel adds zeros for its padding, too. */
  private errorsTimes(pairs: readonly (readonly number[])[], node: 'centre' | 'context', j: number): Expression {
    const { tape, made, addresses, shown } = this;
    const count = pairs.length <= shown.terms + 1 ? pairs.length : shown.terms;
    const terms = pairs.slice(0, count).map(([i, k]) => {
      const row = node === 'centre' ? made.rows.centres[i] : made.rows.others[k];
      const factors = [tape.at(made.graph.get('error'), [i, k]), tape.at(made[node], [row, j])];
      const [error, other] = factors.map((scalar) => leaf(addresses.of(scalar)!, scalar.value, scalar));
      return make('mul', error, other);
    });
    return terms.length === 1 && pairs.length === 1 ? terms[0] : { kind: 'sum', terms, count: pairs.length };
  }

  /** The rows of the shown vectors of a table, each once. */
  private shownRows(node: 'centre' | 'context'): number[] {
    const { made, shown } = this;
    const uses =
      node === 'centre' ? made.rows.centres.slice(0, shown.centres) : made.rows.others.slice(0, shown.others);
    return [...new Set(uses)];
  }

  private updates(): void {
    const { shown, made, tape, addresses } = this;
    for (const node of ['centre', 'context'] as const) {
      for (const row of this.shownRows(node)) {
        for (let j = 0; j < shown.components; j++) {
          const [before, rate, slope] = [
            tape.at(made[node], [row, j]),
            tape.at(made.graph.get('learningRate'), []),
            tape.at(made.graph.get(`gradient(${node})`), [row, j]),
          ].map((scalar) => leaf(addresses.of(scalar)!, scalar.value, scalar));
          const expression = make('sub', before, make('mul', rate, slope));
          this.row(`updated(${node})`, [row, j], { phase: 'update', heading: 'Update', expression });
        }
      }
    }
  }

  private row(name: string, index: readonly number[], emission: Emission): void {
    const { phase, heading, tape = this.tape, rule, note } = emission;
    const scalar = tape.at(this.made.graph.get(name), index);
    const expression = emission.expression ?? expressionOf(scalar, tape, this.addresses.of, this.shown.terms);
    const formula = notationOf(expression);
    const variable = this.addresses.of(scalar)!;
    this.rows.push({
      heading,
      variable,
      rule,
      formula,
      expression,
      marked: false,
      value: scalar.value,
      line: {
        phase,
        quantity: this.addresses.address(name, index),
        name: variableText(variable, false),
        ...(rule !== undefined && { rule: notationText(rule, { as: 'names' }) }),
        formula: notationText(formula, { as: 'names' }),
        numbers: notationText(formula, { as: 'numbers' }),
        value: rounded(scalar.value),
        after: phase === 'update' ? 1 : scalar.after,
        ...(note !== undefined && { note }),
      },
    });
  }
}

function shownOf(
  { centreCount, otherCount, dimensions }: PairAddresses,
  { terms = 8, components = 8, pairs = 24 }: PairLineOptions,
): PairShown {
  const others = Math.min(otherCount, pairs);
  const centres = Math.min(centreCount, Math.max(1, Math.floor(pairs / others)));
  const leftOut: string[] = [];
  if (centres < centreCount || others < otherCount) {
    leftOut.push(
      `Pairs: those of the first ${centres} of ${centreCount} centres with the first ${others} of ${otherCount} other vectors are shown; sums run over all of them.`,
    );
  }
  if (components < dimensions) {
    leftOut.push(`Components: the first ${components} of ${dimensions} of each vector are shown.`);
  }
  if (Math.max(dimensions, centreCount * otherCount) > terms + 1) {
    leftOut.push(`Sums of more than ${terms + 1} terms show their first ${terms}; their values count all of them.`);
  }
  return { centres, others, components: Math.min(components, dimensions), terms, leftOut };
}
