/**
 * What is audited: an example whose numbers have addresses and can be computed, under its own rule and under others. A
 * network's training is one; the methods for graphs bring their own.
 */
import { GraphNaming, namingOptions } from '../explain/naming.ts';
import { numberText } from '../explain/numbers.ts';
import { parseQuantity, type Quantity, writeQuantity } from '../explain/quantity.ts';
import { type QuantityName, typesetNames } from '../explain/quantity-names.ts';
import type { Scalar } from '../explain/tape.ts';
import { type Variable, variableText } from '../explain/variable.ts';
import type { Problem } from '../net/problem.ts';
import { type Convention, conventions } from './conventions.ts';
import { type Reading, type Request, run } from './run.ts';
import { workings } from './take-apart.ts';
import { fits, type Row } from './trials.ts';
import type { Workings } from './workings.ts';

/** What a reader calls the numbers of some workings. */
export interface NumberNames {
  /** Undefined for a number without a name, which is written out. */
  readonly of: (scalar: Scalar) => Variable | undefined;
  readonly address: (scalar: Scalar) => string;
  /** Write which sample a number belongs to. */
  readonly marked: boolean;
}

export interface Subject {
  /** Throws an InputError naming `where` for a text that is not an address. */
  readonly parse: (text: string, where: string) => Quantity;
  /** Throws an InputError naming the request's `where` for a number that is not there. */
  readonly run: (requests: readonly Request[]) => Reading[];
  /** What other rules would make of the requested numbers. */
  readonly conventions: (requests: readonly Request[], base: readonly Reading[]) => readonly Convention[];
  /** The example as single operations, to look for slips and rounding; undefined where it is too large. */
  readonly workings: (requests: readonly Request[]) => Workings | undefined;
  readonly names: (workings: Workings) => NumberNames;
  /** What a reader calls the number at an address. */
  readonly nameOf: (quantity: string) => QuantityName;
  /** Remarks on rows that agree, by row. */
  readonly notes?: (requests: readonly Request[], rows: readonly Row[]) => ReadonlyMap<number, string>;
}

/** The training of a network. */
export function networkSubject(problem: Problem): Subject {
  let names: ((quantity: string) => QuantityName) | undefined;
  return {
    parse: parseQuantity,
    run: (requests) => run(problem, requests),
    conventions: (requests, base) => conventions(problem, requests, base),
    workings: (requests) => workings(problem, requests),
    names: ({ graph }) => namesOf(problem, graph),
    nameOf: (quantity) => {
      names ??= typesetNames(problem);
      return names(quantity);
    },
    notes: (requests, rows) => ruleNotes(problem, requests, rows),
  };
}

function namesOf(problem: Problem, graph: Workings['graph']): NumberNames {
  const samples = Array.from({ length: problem.inputs.shape[0] }, (_, row) => row);
  const options = namingOptions(problem, samples);
  const [before, after] = [new GraphNaming(graph, options), new GraphNaming(graph, options, true)];
  return {
    of: (scalar) => (scalar.after > 0 ? after : before).of(scalar),
    address: ({ node, index }) => writeQuantity(node.name!, index),
    marked: samples.length > 1,
  };
}

/** Under a rule that is not the gradient, a row that agrees says so if the gradient would give another number. */
function ruleNotes(problem: Problem, requests: readonly Request[], rows: readonly Row[]): Map<number, string> {
  const notes = new Map<number, string>();
  if (problem.recipe.gradient === 'exact') return notes;
  const exact = run({ ...problem, recipe: { ...problem.recipe, gradient: 'exact' } }, requests);
  rows.forEach((row, r) => {
    if (!row.agrees || fits(row, exact[r].value)) return;
    notes.set(r, `under averaged factors; the exact gradient gives ${numberText(exact[r].value)}`);
  });
  return notes;
}

/** The text of a number's name, if it has one. */
export function nameText({ of, marked }: NumberNames, scalar: Scalar): string | undefined {
  const variable = of(scalar);
  return variable === undefined ? undefined : variableText(variable, marked);
}
