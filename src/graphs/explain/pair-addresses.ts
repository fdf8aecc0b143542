/**
 * Addresses and names of the numbers of a pair step: `dot[0]`, `gradient(centre[1])`, `negative[2][0]`, and what a reader
 * calls them: z1, ∂E/∂v2, u41. Pairs are counted over the contexts, then the negatives; with several centres, the centre's
 * index comes first: `dot[1][0]`.
 */
import { fail } from '../../base/errors.ts';
import type { Quantity } from '../../explain/quantity.ts';
import type { Scalar } from '../../explain/tape.ts';
import { letter, type Variable } from '../../explain/variable.ts';
import type { PairRows } from './pair-graph.ts';
import type { PairStep } from './pair-step.ts';

/** A node of the step's graph, and an index in it. */
export interface NodePlace {
  readonly node: string;
  readonly index: readonly number[];
}

/** Tensors over pairs, [m, n], and their letters. */
const pairLetters: Readonly<Record<string, string>> = { dot: 'z', sigmoid: 'y', label: 't', error: 'δ' };

export class PairAddresses {
  private readonly step: PairStep;
  private readonly rows: PairRows;
  readonly centreCount: number;
  readonly otherCount: number;
  readonly dimensions: number;
  private readonly positives: number;

  constructor(step: PairStep, rows: PairRows) {
    this.step = step;
    this.rows = rows;
    this.centreCount = step.centres.length;
    this.otherCount = rows.others.length;
    this.positives = step.contexts.length;
    this.dimensions = step.centres[0].vector.length;
  }

  /** Throws an InputError for a text that is not an address. */
  parse(text: string, where = 'quantity'): Quantity {
    const [, call, inner] = /^(gradient)\((.*)\)$/.exec(text.trim()) ?? [undefined, undefined, text.trim()];
    const match = /^(\w+)((?:\[\d+\])*)$/.exec(inner);
    const names = ['loss', ...Object.keys(pairLetters), ...this.vectorNames];
    if (match === null || !names.includes(match[1])) {
      return fail({ what: `"${text}" is not an address of this step`, where, fix: this.forms });
    }
    const index = [...match[2].matchAll(/\d+/g)].map(([digits]) => Number(digits));
    return { kind: call === undefined ? 'place' : 'gradient', place: { name: match[1], index } };
  }

  /** Where a quantity is. Throws an InputError for an index that is out of range and a gradient that a step has not. */
  locate(quantity: Quantity, where = 'quantity'): NodePlace {
    if (quantity.kind === 'factor') {
      return fail({ what: 'a step over pairs has no factor(…)', where, fix: this.forms });
    }
    const { name } = quantity.place;
    const index = quantity.place.index as readonly number[];
    const place = this.place(name, index);
    if (place === undefined) {
      const counts = `${this.centreCount} × ${this.otherCount} pairs of ${this.dimensions} dimensions`;
      return fail({
        what: `${name}${index.map((i) => `[${i}]`).join('')} is not in this step of ${counts}`,
        where,
        fix: 'Indices count from 0.',
      });
    }
    if (quantity.kind === 'place') return place;
    if (place.node === 'dot') return { ...place, node: 'error' };
    if (this.vectorNames.includes(name)) return { ...place, node: `gradient(${place.node})` };
    return fail({ what: `there is no gradient in ${name}`, where, fix: this.forms });
  }

  private get vectorNames(): readonly string[] {
    const { centre, context, negative } = this.step.method;
    return [centre, context, negative];
  }

  private get forms(): string {
    const { method } = this.step;
    const [centre, context] = [this.centreCount === 1 ? '[j]' : '[i][j]', method.hasOneContext ? '[j]' : '[k][j]'];
    const pair = this.centreCount === 1 ? '[k]' : '[i][k]';
    return `Write loss, loss${pair}, dot${pair}, sigmoid${pair}, error${pair}, ${method.centre}${centre}, ${method.context}${context} or ${method.negative}[k][j], or gradient(…) of a vector's element or of dot${pair}.`;
  }

  private place(name: string, index: readonly number[]): NodePlace | undefined {
    const { method, negatives } = this.step;
    const { centreCount, otherCount, dimensions, positives } = this;
    const full = (outer: boolean) => (outer ? index : [0, ...index]);
    const within = (at: readonly number[], ...limits: number[]) =>
      at.length === limits.length && at.every((i, axis) => i < limits[axis]);
    if (name === 'loss' && index.length === 0) return { node: 'loss', index: [] };
    if (name === method.centre) {
      const at = full(centreCount > 1);
      return within(at, centreCount, dimensions)
        ? { node: 'centre', index: [this.rows.centres[at[0]], at[1]] }
        : undefined;
    }
    if (name === method.context || name === method.negative) {
      const isContext = name === method.context;
      const at = full(!isContext || !method.hasOneContext);
      if (!within(at, isContext ? positives : negatives.length, dimensions)) return undefined;
      return { node: 'context', index: [this.rows.others[at[0] + (isContext ? 0 : positives)], at[1]] };
    }
    const [i, k] = full(centreCount > 1);
    if (!within(full(centreCount > 1), centreCount, otherCount)) return undefined;
    return { node: name === 'loss' ? 'loss.terms' : name, index: [i, k] };
  }

  /** The address of an element of a node: the inverse of `locate`. */
  address(node: string, index: readonly number[]): string {
    const [, call, inner] = /^(gradient|updated)\((.*)\)$/.exec(node) ?? [undefined, undefined, node];
    const tail = (list: readonly number[]) => list.map((i) => `[${i}]`).join('');
    const plain = (): string => {
      const { method } = this.step;
      const [first, second] = index;
      const outer = this.centreCount > 1 ? [first] : [];
      if (inner === 'centre') {
        return `${method.centre}${tail(this.centreCount > 1 ? [this.rows.centres.indexOf(first), second] : [second])}`;
      }
      if (inner === 'loss.terms') return `loss${tail([...outer, second])}`;
      if (inner === 'context') {
        const k = this.rows.others.indexOf(first);
        if (k >= this.positives) return `${method.negative}${tail([k - this.positives, second])}`;
        return `${method.context}${tail(method.hasOneContext ? [second] : [k, second])}`;
      }
      return inner in pairLetters ? `${inner}${tail([...outer, second])}` : inner;
    };
    return call === 'gradient' ? `gradient(${plain()})` : plain();
  }

  /** What a reader calls an element of a node; undefined for a node without a name. */
  variable(node: string | undefined, index: readonly number[], primed = false): Variable | undefined {
    if (node === undefined) return undefined;
    const call = /^(gradient|updated)\((.*)\)$/.exec(node);
    if (call?.[1] === 'updated') return this.variable(call[2], index, true);
    if (call !== null) {
      const by = this.variable(call[2], index, primed);
      return by && { kind: 'derivative', of: letter('E', { primed }), by };
    }
    const { centreCount, dimensions, otherCount } = this;
    const [first, second] = index;
    const outer = centreCount > 1 ? [first + 1] : [];
    const wide = centreCount > 9 || otherCount > 9 || dimensions > 9;
    if (node === 'loss') return letter('E', { primed });
    if (node === 'learningRate') return letter('η');
    if (node === 'centre') {
      const i = centreCount > 1 ? [this.rows.centres.indexOf(first) + 1] : [];
      return letter('v', { indices: [...i, second + 1], wide, primed });
    }
    if (node === 'context') {
      return letter('u', { indices: [this.rows.others.indexOf(first) + 1, second + 1], wide, primed });
    }
    if (node === 'loss.terms') return letter('E', { indices: [...outer, second + 1], wide, primed });
    const base = pairLetters[node];
    // labels are the same before and after
    return base === undefined
      ? undefined
      : letter(base, { indices: [...outer, second + 1], wide, primed: primed && node !== 'label' });
  }

  /** The name of a number of a tape. A vector after an update is primed. */
  readonly of = (scalar: Scalar): Variable | undefined =>
    this.variable(scalar.node.name, scalar.index, scalar.after > 0);
}
