/** An explained step: its lines, the functions it uses, observations, and the forward pass as a table. */

import { aCount, aNumber, anObject, anyValue, oneOf, options, record } from '../base/arguments.ts';
import type { Node } from '../core/graph.ts';
import { layerText } from '../net/layer.ts';
import { type ProblemSource, problemOf, rowsIn } from '../net/problem.ts';
import type { ExplainedStep, ParameterBlock, StepTable } from './explained.ts';
import { functionsOf } from './functions/functions.ts';
import type { Line, LineOptions } from './lines/line.ts';
import { linesOf } from './lines/lines.ts';
import { GraphNaming, namingOptions } from './naming.ts';
import { numberText } from './numbers.ts';
import { type Observation, observe } from './observations.ts';
import { type Trace, trace, traceUnder } from './trace.ts';
import { variableText } from './variable.ts';

export interface ExplainOptions extends LineOptions {
  /** The number of the update to explain, from 1; default 1. */
  readonly step?: number;
}

export interface Explanation extends ExplainedStep {
  readonly trace: Trace;
  readonly observations: readonly Observation[];
  readonly naming: GraphNaming;
  readonly step: number;
}

const parts = {
  sample: aNumber,
  layer: aNumber,
  terms: aCount,
  lines: aCount,
  // checked where numbers are written
  digits: anyValue,
};
const partOptions = options(parts);
const anExplanation = record(
  { trace: record({ problem: anObject, tape: anObject }, { isOpen: true }) },
  { isOpen: true },
);
const explainOptions = options({ step: aNumber, ...parts });

/** Explains one step of training. Throws an InputError if the step, the sample or the layer does not exist. */
export function explanation(source: ProblemSource, given: ExplainOptions = {}): Explanation {
  explainOptions(given, 'explain: options');
  const { step = 1, ...options } = given;
  return explained(trace(problemOf(source), step), options);
}

/**
 * The same step under another rule of the gradient: with its batch, its parameters and the states of its optimizer, so that the
 * two backward passes can be compared number by number. `options` select a part, as those of `explanation` do; `step` is that
 * of the explanation. Throws an InputError if the rule is not defined for the network.
 *
 * @example
 * const textbook = explanation(experiment(json)); // with "gradient": "averagedFactors"
 * underRule(textbook, 'exact').lines.find(({ name }) => name === '∂E/∂w1').value; // 0.0592621
 */
export function underRule(
  other: Explanation,
  gradient: 'exact' | 'averagedFactors',
  given: LineOptions = {},
): Explanation {
  anExplanation(other, 'underRule: explanation');
  partOptions(given, 'underRule: options');
  oneOf('exact', 'averagedFactors')(gradient, 'underRule: gradient');
  return explained(traceUnder(other.trace, gradient), given);
}

function explained(traced: Trace, options: LineOptions): Explanation {
  const { problem, step } = traced;
  const { rows, leftOut, places } = linesOf(traced, options);
  const naming = new GraphNaming(traced.tape.graph, namingOptions(problem, traced.batch.rows));
  return {
    title: `Step ${step} of training, number by number`,
    trace: traced,
    rows,
    lines: rows.map(({ line }) => line),
    parameters: parametersOf(traced, naming),
    table: forwardTable(traced, naming, places),
    network: { trace: traced, naming, sample: places.length > 0 ? traced.batch.rows[places[0]] : undefined },
    functions: functionsOf(traced),
    observations: observe(traced),
    leftOut,
    naming,
    step,
    digits: options.digits,
    setting: settingOf(traced, naming),
  };
}

/**
 * Every number of one step of training, in the order of computation.
 *
 * `step` is the number of the update, from 1; `sample` (the file's row) and `layer`, from 0, select a part. Throws an
 * InputError if one of them does not exist.
 */
export function explain(source: ProblemSource, options: ExplainOptions = {}): Line[] {
  explainOptions(options, 'explain: options');
  const { step = 1, ...rest } = options;
  return linesOf(trace(problemOf(source), step), rest).rows.map(({ line }) => line);
}

/** The maximum number of columns that fit on a page. */
const maxColumns = 14;

function parametersOf({ parameters, tape }: Trace, naming: GraphNaming): ParameterBlock[] {
  return [...parameters].map(([name, numbers]) => ({
    name,
    shape: tape.graph.get(name).shape,
    numbers,
    variable: (index) => naming.ofName(name, index),
  }));
}

/** The forward pass of the samples shown, a row each. */
function forwardTable(traced: Trace, naming: GraphNaming, places: readonly number[]): StepTable {
  const { tape, nodes, batch } = traced;
  const isShown = new Set<Node>();
  const parts: { node: Node; given: boolean; name: string; optional: boolean }[] = [];
  const push = (node: Node, name: string, given: boolean, optional: boolean) => {
    if (isShown.has(node)) return;
    isShown.add(node);
    parts.push({ node, given, name, optional });
  };
  push(nodes.input, 'layers.0.input', true, false);
  nodes.layers.forEach(({ weighted, output }, l) => {
    const isLast = l === nodes.layers.length - 1;
    if (weighted !== undefined) push(weighted.sum, weighted.sum.name!, false, !isLast || weighted.sum !== output);
    push(output, output.name!, false, !isLast);
  });
  push(tape.graph.get('target'), 'target', true, false);
  const width = (list: typeof parts) => list.reduce((sum, { node }) => sum + node.shape[1], 0);
  // if it is too wide, omit the hidden layers first, then all but the first few columns of each part
  const kept = width(parts) <= maxColumns ? parts : parts.filter(({ optional }) => !optional);
  const each = width(kept) <= maxColumns ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(maxColumns / kept.length));
  const columns = kept.flatMap(({ node, given, name }) =>
    Array.from({ length: Math.min(each, node.shape[1]) }, (_, unit) => ({ node, given, name, unit })),
  );
  return {
    title: 'forward pass as a table',
    rowName: 'sample',
    columns: columns.map(({ name, unit, given }) => ({ variable: naming.ofName(name, [0, unit]), given })),
    rows: places.map((place) => ({
      number: batch.rows[place] + 1,
      values: columns.map(({ node, unit }) => tape.at(node, [place, unit]).value),
    })),
    leftOut: width(parts) - columns.length,
  };
}

/** The maximum number of names of inputs or outputs on a page. */
const maxNames = 20;

/** The symbols of a table's columns and classes: `Inputs: x1 is age, x2 is income`. */
function namesOf(title: string, node: string, names: readonly string[] | undefined, naming: GraphNaming): string[] {
  if (names === undefined) return [];
  const parts = names
    .slice(0, maxNames)
    .map((name, k) => `${variableText(naming.ofName(node, [0, k]), false)} is ${name}`);
  const more = names.length > maxNames ? `, and ${names.length - maxNames} more` : '';
  return [`${title}: ${parts.join(', ')}${more}`];
}

function settingOf({ problem, batch, step }: Trace, naming: GraphNaming): string[] {
  const { recipe, network } = problem;
  const shown = (value: unknown): string => {
    if (typeof value === 'number') return numberText(value);
    if (typeof value !== 'object' || value === null) return String(value);
    const { name, ...rest } = value as Record<string, unknown>;
    return withOptions(String(name), rest);
  };
  const options = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .filter(([, value]) => value !== 0 && value !== false)
      .map(([name, value]) => `${name} ${shown(value)}`)
      .join(', ');
  const withOptions = (name: string, values: Readonly<Record<string, unknown>>) => {
    const text = options(values);
    return text === '' ? name : `${name} (${text})`;
  };
  const layers = network.layers.map(({ config }) => layerText(config));
  const extras = [
    recipe.l1 > 0 && `l1 ${recipe.l1}`,
    recipe.l2 > 0 && `l2 ${recipe.l2}`,
    recipe.clipNorm !== undefined && `clipNorm ${recipe.clipNorm}`,
    recipe.clipValue !== undefined && `clipValue ${recipe.clipValue}`,
  ].filter((each) => each !== false);
  const [rows] = problem.inputs.shape;
  const all = rowsIn(problem);
  const whole =
    rows < all ? `the first ${rows} of ${all} samples` : rows === 1 ? 'the one sample' : `all ${rows} samples`;
  const part = rows < all ? whole : `${rows} samples`;
  return [
    `Network: ${problem.inputs.shape[1]} inputs, ${layers.join(', ')}`,
    ...namesOf('Inputs', 'layers.0.input', problem.inputNames, naming),
    ...namesOf('Outputs', `layers.${network.layers.length - 1}.output`, problem.outputNames, naming),
    `Loss: ${withOptions(recipe.loss.name, recipe.loss.options)}${extras.length > 0 ? `, ${extras.join(', ')}` : ''}`,
    `Optimizer: ${withOptions(recipe.optimizer.name, recipe.optimizer.options)}`,
    `Gradient: ${recipe.gradient}${recipe.gradient === 'exact' ? '' : ' (not the gradient of the loss)'}; updates ${recipe.update}`,
    `Step ${step}: epoch ${batch.epoch + 1}, ${batch.rows.length === rows ? whole : `a batch of ${batch.rows.length} of ${part}`}`,
  ];
}
