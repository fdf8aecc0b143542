/**
 * The rows of one update of LINE, in the kernel's order: the target and the negatives one after another, each with its dot product,
 * error, gradient and new vector, then the source. A vector that occurs twice is found changed the second time.
 */
import { type Expression, leaf } from '../../explain/expression.ts';
import { derivative } from '../../explain/lines/chain-rule.ts';
import type { Row } from '../../explain/lines/line.ts';
import { chain, total } from '../../explain/notation.ts';
import { make, number } from '../../explain/tidy.ts';
import { letter, type Variable } from '../../explain/variable.ts';
import { pairLoss } from '../skip-gram/arithmetic.ts';
import { type LineNumbers, type LineTarget, type LineUpdate, numbersOf } from './line-update.ts';
import { type RowParts, rowOf } from './rows.ts';

export interface LineRowOptions {
  /** Components of each vector that are shown; default 8. */
  readonly components?: number;
  /** Terms of a sum that are written out; default 8. */
  readonly terms?: number;
}

/** The present name of a vector's component: `u21`, and after an update `u21′`. */
type Component = (j: number) => Variable;

const energy = letter('E');
const rateName = letter('η');

export class LineRows {
  readonly update: LineUpdate;
  readonly numbers: LineNumbers;
  readonly rows: Row[] = [];
  /** In sentences. */
  readonly leftOut: readonly string[];
  readonly components: number;
  private readonly terms: number;
  private readonly isWide: boolean;
  /** The names of the vectors that this update has changed or used, by node. */
  private readonly present = new Map<number, Component>();

  constructor(update: LineUpdate, { components = 8, terms = 8 }: LineRowOptions = {}) {
    this.update = update;
    this.numbers = numbersOf(update);
    const { dimensions } = update.run;
    this.components = Math.min(components, dimensions);
    this.terms = terms;
    this.isWide = dimensions > 9 || update.sample.targets.length > 9;
    this.leftOut = leftOutOf(dimensions, this.components, terms);
    if (update.run.order === 1) this.present.set(update.sample.source, (j) => this.sourceName(j));
    for (const [k, target] of this.numbers.targets.entries()) this.target(target, k);
    this.loss();
    this.source();
    this.push({
      ...{ phase: 'loss', heading: 'Loss after the update', quantity: 'loss', value: this.numbers.loss.after },
      variable: letter('E', { primed: true }),
      note: 'of the same pairs, with all vectors after the update',
    });
  }

  /** v1, before the update. */
  sourceName(j: number, primed = false): Variable {
    return letter('v', { indices: [j + 1], wide: this.isWide, primed });
  }

  /** u21 of the second target, as it finds it. */
  targetName(k: number, j: number, primed = false): Variable {
    return letter('u', { indices: [k + 1, j + 1], wide: this.isWide, primed });
  }

  pairName(base: string, k: number): Variable {
    return letter(base, { indices: [k + 1] });
  }

  /** `target[0]`, `negative[1][0]`. */
  private address(k: number, j: number): string {
    return k === 0 ? `target[${j}]` : `negative[${k - 1}][${j}]`;
  }

  private idOf(node: number): string {
    return String(this.update.graph.ids[node]);
  }

  private push(parts: RowParts): void {
    this.rows.push(rowOf(parts));
  }

  private eachComponent(write: (j: number) => RowParts): void {
    for (let j = 0; j < this.components; j++) this.push(write(j));
  }

  /** The name of the source's vector as a target finds it. */
  private currentSource(): Component {
    const { run, sample } = this.update;
    return run.order === 1 ? this.present.get(sample.source)! : (j) => this.sourceName(j);
  }

  private target(target: LineTarget, k: number): void {
    const { source, found, dot, probability } = target;
    const id = this.idOf(target.node);
    const heading = k === 0 ? `Target "${id}", label 1` : `Negative ${k}: "${id}", label 0`;
    const before = this.present.get(target.node);
    if (before !== undefined) this.repeated(target, k, before, heading);
    const v = this.currentSource();
    const u: Component = (j) => this.targetName(k, j);
    const [z, y, t, error] = ['z', 'y', 't', 'δ'].map((base) => this.pairName(base, k));
    const products = this.some((j) => make('mul', leaf(v(j), source[j]), leaf(u(j), found[j])), found.length);
    this.push({ phase: 'forward', heading, quantity: `dot[${k}]`, variable: z, value: dot, expression: products });
    const one = number(1);
    this.push({
      ...{ phase: 'forward', heading, quantity: `sigmoid[${k}]`, variable: y, value: probability },
      expression: make('div', one, make('add', one, make('exp', make('neg', leaf(z, dot))))),
    });
    const likelihood = k === 0 ? leaf(y, probability) : make('sub', one, leaf(y, probability));
    this.push({
      ...{ phase: 'loss', heading, quantity: `loss[${k}]`, variable: this.pairName('E', k) },
      value: pairLoss(k === 0 ? probability : 1 - probability),
      expression: make('neg', make('log', likelihood)),
    });
    const label = k === 0 ? 1 : 0;
    const delta = probability - label;
    const ofPair = this.pairName('E', k);
    this.push({
      ...{ phase: 'backward', heading, quantity: `error[${k}]`, variable: error, value: delta },
      rule: chain(derivative(ofPair, y), derivative(y, z)),
      expression: make('sub', leaf(y, probability), leaf(t, label)),
    });
    const slope = (j: number) => derivative(ofPair, u(j));
    this.eachComponent((j) => ({
      ...{ phase: 'backward', heading, quantity: `gradient(${this.address(k, j)})`, variable: slope(j) },
      value: delta * source[j],
      rule: chain(derivative(ofPair, z), derivative(z, u(j))),
      expression: make('mul', leaf(error, delta), leaf(v(j), source[j])),
    }));
    this.eachComponent((j) => ({
      ...{ phase: 'update', heading, quantity: this.address(k, j), variable: this.targetName(k, j, true) },
      value: target.updated[j],
      expression: this.descent(leaf(u(j), found[j]), leaf(slope(j), delta * source[j])),
    }));
    this.present.set(target.node, (j) => this.targetName(k, j, true));
  }

  /** The vector of a node that occurs again, or of the source as a target. */
  private repeated({ node, found }: LineTarget, k: number, before: Component, heading: string): void {
    const { sample, run } = this.update;
    const isSource = run.order === 1 && node === sample.source;
    const note = isSource
      ? `"${this.idOf(node)}" is the source itself`
      : `"${this.idOf(node)}" occurs again, with the vector that this update has given it`;
    this.eachComponent((j) => ({
      ...{ phase: 'forward', heading, quantity: this.address(k, j), variable: this.targetName(k, j), value: found[j] },
      expression: leaf(before(j), found[j]),
      ...(j === 0 && { note }),
    }));
  }

  private loss(): void {
    const { targets, loss } = this.numbers;
    const term = (k: number) => {
      const { probability } = targets[k];
      return leaf(this.pairName('E', k), pairLoss(k === 0 ? probability : 1 - probability));
    };
    this.push({
      ...{ phase: 'loss', heading: 'Loss', quantity: 'loss', variable: energy, value: loss.before },
      expression: this.some(term, targets.length),
    });
  }

  /** The source's gradient is the sum over the pairs, and its vector changes last. */
  private source(): void {
    const { targets, source } = this.numbers;
    const heading = 'Source: gradient and update';
    const slopeAt = (j: number) =>
      targets.reduce((sum, { probability, found }, k) => {
        return sum + (probability - (k === 0 ? 1 : 0)) * found[j];
      }, 0);
    const v = this.currentSource();
    const pairs = targets.length <= this.terms + 1 ? targets.length : this.terms;
    const by = (j: number) => derivative(energy, this.sourceName(j));
    this.eachComponent((j) => ({
      ...{ phase: 'backward', heading, quantity: `gradient(source[${j}])`, variable: by(j), value: slopeAt(j) },
      rule: total(
        Array.from({ length: pairs }, (_, k) => {
          const z = this.pairName('z', k);
          return chain(derivative(energy, z), derivative(z, this.sourceName(j)));
        }),
        targets.length - pairs,
      ),
      expression: this.some((k) => {
        const { probability, found } = targets[k];
        const error = leaf(this.pairName('δ', k), probability - (k === 0 ? 1 : 0));
        return make('mul', error, leaf(this.targetName(k, j), found[j]));
      }, targets.length),
    }));
    const last = targets.findLast(({ node }) => this.update.run.order === 1 && node === this.update.sample.source);
    const now = last === undefined ? targets[0].source : last.updated;
    this.eachComponent((j) => ({
      ...{ phase: 'update', heading, quantity: `source[${j}]`, variable: this.sourceName(j, true), value: source[j] },
      expression: this.descent(leaf(v(j), now[j]), leaf(by(j), slopeAt(j))),
    }));
  }

  /** w − η·slope. */
  private descent(before: Expression, slope: Expression): Expression {
    return make('sub', before, make('mul', leaf(rateName, this.update.rate), slope));
  }

  /** A sum of `count` terms, of which the first are written. */
  private some(term: (at: number) => Expression, count: number): Expression {
    const shown = count <= this.terms + 1 ? count : this.terms;
    const terms = Array.from({ length: shown }, (_, at) => term(at));
    return count === 1 ? terms[0] : { kind: 'sum', terms, count };
  }
}

function leftOutOf(dimensions: number, components: number, terms: number): string[] {
  return [
    ...(components < dimensions
      ? [`Components: the first ${components} of ${dimensions} of each vector are shown.`]
      : []),
    ...(dimensions > terms + 1
      ? [`Sums of more than ${terms + 1} terms show their first ${terms}; their values count all of them.`]
      : []),
  ];
}
