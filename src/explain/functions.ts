/**
 * The activations and the loss that a network uses, for people: definition, derivative line by line, and points of both
 * curves with the batch's samples on them. Read from the entries; none is known here by name.
 */
import { argument } from '../core/formula.ts';
import { gradient } from '../core/gradient.ts';
import { Graph, type Node } from '../core/graph.ts';
import type { Activation } from '../core/ops/activations.ts';
import type { Loss } from '../net/losses.ts';
import { agree, type DerivationStep, derivative, derive } from './derivation.ts';
import { type Expression, evaluate, expressionOf, fromFormula, type Leaf, leaf, leavesOf } from './expression.ts';
import { numberText } from './numbers.ts';
import { Tape } from './tape.ts';
import { expressionText } from './text.ts';
import { make, multiplyOut, number, tidy } from './tidy.ts';
import type { Trace } from './trace.ts';
import { letter, type Variable, variableText } from './variable.ts';

export interface Derivation {
  /** What the lines are derivatives of: ∂y/∂s. */
  readonly left: Variable;
  readonly steps: readonly DerivationStep[];
}

export interface Curve {
  readonly label: string;
  /** Which of several of its kind: `t = 0.36`. */
  readonly of?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Dashed: a derivative. */
  readonly derivative: boolean;
}

export interface Plot {
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  /** The batch's numbers on the curves. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly derivative: boolean;
  }[];
}

export interface FunctionPage {
  readonly kind: 'activation' | 'loss';
  readonly name: string;
  /** Options with their values: `slope = 0.01`. */
  readonly options: string;
  /** Where it is used. */
  readonly used: string;
  readonly definition: { readonly left: Variable; readonly right: Expression };
  readonly derivations: readonly Derivation[];
  /** What else there is to know, in sentences. */
  readonly remarks: readonly string[];
  readonly plot?: Plot;
}

const s = letter('s');
const y = letter('y');
const t = letter('t');
const E = letter('E');
/** A sample's weight, and what those of the batch add up to. */
const weightLetters = [letter('ω'), letter('Ω')];

const d = (of: Variable, by: Variable): Variable => ({ kind: 'derivative', of, by });

/** Points of a curve. */
const resolution = 161;
/** Samples that are marked on a curve. */
const mostMarks = 200;

export function functionsOf(trace: Trace): FunctionPage[] {
  const byKey = new Map<string, { activation: Activation; layers: number[] }>();
  trace.nodes.layers.forEach(({ weighted }, layer) => {
    if (weighted === undefined) return;
    const { activation } = weighted;
    const key = `${activation.name} ${JSON.stringify(activation.options)}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { activation, layers: [layer] });
    else known.layers.push(layer);
  });
  return [
    ...[...byKey.values()].map(({ activation, layers }) => activationPage(trace, activation, layers)),
    lossPage(trace),
  ];
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(', ');
}

const layersText = (layers: readonly number[]) =>
  `layer${layers.length > 1 ? 's' : ''} ${layers.map((layer) => layer + 1).join(', ')}`;

// ---- activations

function activationPage(trace: Trace, activation: Activation, layers: readonly number[]): FunctionPage {
  const common = {
    kind: 'activation' as const,
    name: activation.name,
    options: optionsText(activation.options),
    used: layersText(layers),
  };
  return activation.map === undefined
    ? { ...common, ...mixingPage(activation) }
    : { ...common, ...elementwisePage(trace, activation, activation.map, layers) };
}

function elementwisePage(
  trace: Trace,
  activation: Activation,
  map: NonNullable<Activation['map']>,
  layers: readonly number[],
) {
  const x = leaf(s, Number.NaN);
  const value = leaf(y, Number.NaN);
  const definition = tidy(fromFormula(map.formula, () => x));
  const steps = derive(definition, s);
  const declared = tidy(fromFormula(map.partials[0], (i) => (i === 0 ? x : value)));
  const at = (point: number) => (from: Leaf) => (from === value ? evaluate(definition, () => point)! : point);
  const near = Array.from({ length: 41 }, (_, i) => -4 + i / 5 + 0.013);
  const points = near.filter((point) => map.kinks.every((kink) => Math.abs(kink.at - point) > 1e-6)).map(at);
  const usesValue = leavesOf(declared).has(value);
  addDeclared(steps, declared, points, usesValue ? `with y = ${activation.name}(s)` : 'the same, put plainly');

  const sums = layers.flatMap((layer) => numbersOf(trace, trace.nodes.layers[layer].weighted!.sum)).slice(0, mostMarks);
  const [low, high] = span(
    sums,
    Math.min(-5, ...map.kinks.map(({ at }) => at - 1)),
    Math.max(5, ...map.kinks.map(({ at }) => at + 1)),
  );
  const xs = Array.from({ length: resolution }, (_, i) => low + ((high - low) * i) / (resolution - 1));
  const f = (point: number) => evaluate(definition, () => point)!;
  const slope = (point: number) => evaluate(declared, at(point))!;
  return {
    definition: { left: y, right: definition },
    derivations: [{ left: d(y, s), steps }],
    remarks: map.kinks.map(
      ({ at, derivative: chosen }) =>
        `At s = ${numberText(at)} there is a corner; the derivative taken there is ${numberText(chosen)}.`,
    ),
    plot: {
      xLabel: 's',
      curves: [
        { label: 'y', x: xs, y: xs.map(f), derivative: false },
        { label: '∂y/∂s', x: xs, y: xs.map(slope), derivative: true },
      ],
      points: sums.flatMap((point) => [
        { x: point, y: f(point), derivative: false },
        { x: point, y: slope(point), derivative: true },
      ]),
    },
  };
}

/** Adds the declared form as the last line, if it says more than the line before; says so where it is not equal. */
function addDeclared(
  steps: DerivationStep[],
  declared: Expression,
  points: readonly ((leaf: Leaf) => number)[],
  reason: string,
): void {
  const last = steps.at(-1)!.expression;
  const equal = agree(last, declared, points);
  if (equal && expressionText(last) === expressionText(declared)) return;
  steps.push({
    reason: equal ? reason : 'declared, but it is not equal to the line above: the entry has a wrong derivative',
    rules: [],
    expression: declared,
  });
}

/** The range of a curve: the usual one, wide enough for the batch's numbers. */
function span(values: readonly number[], low: number, high: number): [number, number] {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(low, ...finite);
  const most = Math.max(high, ...finite);
  const margin = (most - least) * 0.04;
  return [least < low ? least - margin : low, most > high ? most + margin : high];
}

function numbersOf(trace: Trace, node: Node): number[] {
  return Array.from(trace.tape.numbers(node)).slice(0, mostMarks);
}

/** An activation that mixes units, shown on three of them. */
function mixingPage(activation: Activation) {
  const units = 3;
  const sums = Array.from({ length: units }, (_, k) => leaf(letter('s', { indices: [k + 1] }), Number.NaN));
  const outputs = Array.from({ length: units }, (_, k) => letter('y', { indices: [k + 1] }));

  const graph = new Graph();
  const sum = graph.source('input', 'sum', [1, units]);
  const output = graph.name('output', activation.apply(graph, sum));
  const tape = new Tape(graph, 0, () => new Float64Array(units));
  const nameOf = (k: number, from: readonly Leaf[]) => from[k];
  const over = (node: Node, k: number, named: boolean): Expression => {
    const expression = expressionOf(tape.at(node, [0, k]), tape, (scalar) =>
      scalar.node === sum
        ? sums[scalar.index[1]].variable
        : named && scalar.node === output
          ? outputs[scalar.index[1]]
          : undefined,
    );
    return tidy(withoutShift(expression));
  };
  const definition = over(output, 0, false);
  const derivations = [0, 1].map((by): Derivation => {
    const variable = nameOf(by, sums).variable;
    const steps = derive(definition, variable);
    if (output.backward !== undefined) {
      // the declared rule, fed with 1 for the first output and 0 for the others
      const chosen = graph.constant({
        shape: [1, units],
        data: Float64Array.from({ length: units }, (_, k) => +(k === 0)),
      });
      const [rule] = output.backward.rule(chosen, () => true);
      const given = new Map(
        graph.nodes.flatMap((node) =>
          node.op.kind === 'source' && typeof node.op.initial === 'object'
            ? [[node, node.op.initial.data] as const]
            : [],
        ),
      );
      const ruled = new Tape(graph, 0, (node) => given.get(node) ?? new Float64Array(units));
      const declared = tidy(
        expressionOf(ruled.at(rule!, [0, by]), ruled, (scalar) =>
          scalar.node === output
            ? outputs[scalar.index[1]]
            : scalar.node === sum
              ? sums[scalar.index[1]].variable
              : undefined,
        ),
      );
      const points = [
        [0.3, -0.7, 1.1],
        [2, 0.5, -1],
        [-1.5, 0.2, 0.9],
      ].map((at) => (from: Leaf) => {
        const name = variableText(from.variable, true);
        const k = Number(name.slice(1)) - 1;
        if (name.startsWith('s')) return at[k];
        return evaluate(
          over(output, k, false),
          (inner) => at[Number(variableText(inner.variable, true).slice(1)) - 1],
        )!;
      });
      addDeclared(steps, declared, points, 'written with the outputs');
    }
    return { left: d(outputs[0], variable), steps };
  });
  return {
    definition: { left: outputs[0], right: definition },
    derivations,
    remarks: [
      'Shown on three units; each output depends on all sums.',
      'It is computed with the largest sum taken off all of them, which changes no output and keeps the exponentials small.',
    ],
  };
}

/** The largest of a row serves as a shift that changes nothing: 0 does as well. */
function withoutShift(e: Expression): Expression {
  if (e.kind === 'maximum') return number(0);
  if (e.kind === 'apply') return { ...e, operands: e.operands.map(withoutShift) };
  if (e.kind === 'sum') return { ...e, terms: e.terms.map(withoutShift) };
  return e;
}

// ---- losses

function lossPage(trace: Trace): FunctionPage {
  const { loss } = trace.problem.recipe;
  const last = trace.nodes.layers.findLast(({ weighted }) => weighted !== undefined)!.weighted!;
  const common = { kind: 'loss' as const, name: loss.name, options: optionsText(loss.options), used: 'the loss' };
  const yLeaf = leaf(y, Number.NaN);
  const tLeaf = leaf(t, Number.NaN);
  const args = [yLeaf, tLeaf];
  const definition = fromFormula(loss.definition(argument(0), argument(1)), (i) => args[i]);
  const plot = lossPlot(trace, definition);
  const terms = trace.tape.graph.get('loss.terms');
  const weighted = [...args, ...weightLetters.map((each) => leaf(each, Number.NaN))];
  const reads = (at: readonly number[]) => (from: Leaf) =>
    [...at, 0.7, 1.9][weighted.findIndex(({ variable }) => variable === from.variable)];
  const points = [
    [0.3, 0.8],
    [0.6, 0.1],
    [0.45, 0.5],
    [0.9, 0.2],
  ].map(reads);

  if (!loss.joint && terms.op.kind === 'map') {
    const { formula, partials } = terms.op.map;
    const whole = fromFormula(formula, (i) => weighted[i]);
    const steps = derive(whole, y);
    addDeclared(steps, tidy(fromFormula(partials[0], (i) => weighted[i])), points, 'the same, put plainly');
    return {
      ...common,
      definition: { left: E, right: whole },
      derivations: [{ left: d(E, y), steps }],
      remarks: ['What one output of one sample adds; the loss is the sum over all of them.', ...countsRemark(trace)],
      plot,
    };
  }
  return {
    ...common,
    definition: { left: E, right: definition },
    derivations: [
      { left: d(E, y), steps: derive(definition, y) },
      ...jointDerivation(loss, last.activation, definition),
    ],
    remarks: [
      'What one output of one sample adds, before the mean is taken.',
      `It is computed together with ${last.activation.name} from the weighted sums, in a form that no sum overflows.`,
    ],
    plot,
  };
}

function countsRemark(trace: Trace): string[] {
  const [samples, outputs] = trace.tape.graph.get('loss.terms').shape;
  const isWeighted = trace.problem.weights !== undefined;
  const first = isWeighted
    ? 'ω is the weight of the sample, Ω what those of the batch add up to'
    : `m = ${samples} is the number of samples in the batch`;
  return [`${first}${outputs > 1 ? `, n = ${outputs} ${isWeighted ? 'the number' : 'that'} of outputs` : ''}.`];
}

/** A joint loss: ∂E/∂s through the activation, and the plain form that the two together have. */
function jointDerivation(loss: Loss, activation: Activation, definition: Expression): Derivation[] {
  const mixes = activation.map === undefined;
  const units = mixes ? 3 : 1;
  const indices = (k: number) => (mixes ? [k + 1] : []);
  const graph = new Graph();
  const sum = graph.source('input', 'sum', [1, units]);
  const target = graph.source('input', 'target', [1, units]);
  const output = graph.name('output', activation.apply(graph, sum));
  const terms = loss.terms(graph, { sum, output, target, activation });
  const [g] = gradient(graph, graph.contract('bk->', [terms]), [sum], { unnamed: true });
  const tape = new Tape(graph, 0, () => new Float64Array(units));
  const letters: ReadonlyMap<Node, string> = new Map([
    [sum, 's'],
    [output, activation.logarithmic ? 'l' : 'y'],
    [target, 't'],
  ]);
  const naming = (scalar: { readonly node: Node; readonly index: readonly number[] }) => {
    const base = letters.get(scalar.node);
    return base === undefined ? undefined : letter(base, { indices: indices(scalar.index[1]) });
  };
  const declared = tidy(expressionOf(tape.at(g, [0, 0]), tape, naming));
  const by = letter('s', { indices: indices(0) });
  // ∂E/∂s = Σ over outputs of ∂E/∂y · ∂y/∂s, each from its own derivation; the logarithm of an output is not one more factor
  if (activation.logarithmic || (mixes && output.backward === undefined))
    return [{ left: d(E, by), steps: [{ reason: 'as computed', rules: [], expression: declared }] }];
  const sums = (k: number) => leaf(letter('s', { indices: indices(k) }), Number.NaN);
  const outputs = (k: number) => leaf(letter('y', { indices: indices(k) }), Number.NaN);
  const targets = (k: number) => leaf(letter('t', { indices: indices(k) }), Number.NaN);
  const swap = (e: Expression, replace: (from: Leaf) => Expression): Expression =>
    e.kind === 'leaf'
      ? replace(e)
      : e.kind === 'apply'
        ? { ...e, operands: e.operands.map((operand) => swap(operand, replace)) }
        : e;
  const outer = (k: number) =>
    swap(derivative(definition, y), (from) => (variableText(from.variable, true) === 'y' ? outputs(k) : targets(k)));
  const inner = (k: number): Expression => {
    if (activation.map !== undefined) {
      return tidy(fromFormula(activation.map.partials[0], (i) => (i === 0 ? sums(0) : outputs(0))));
    }
    const upstream = graph.constant({
      shape: [1, units],
      data: Float64Array.from({ length: units }, (_, j) => +(j === k)),
    });
    const [rule] = output.backward!.rule(upstream, () => true);
    const given = (node: Node) =>
      node.op.kind === 'source' && typeof node.op.initial === 'object' ? node.op.initial.data : new Float64Array(units);
    const ruled = new Tape(graph, 0, given);
    return tidy(expressionOf(ruled.at(rule!, [0, 0]), ruled, naming));
  };
  const products = Array.from({ length: units }, (_, k) => make('mul', outer(k), inner(k)));
  const chained: Expression = { kind: 'sum', terms: products, count: units };
  const symbolic: Expression = {
    kind: 'sum',
    count: units,
    terms: Array.from({ length: units }, (_, k) =>
      make('mul', leaf(d(E, outputs(k).variable), Number.NaN), leaf(d(outputs(k).variable, by), Number.NaN)),
    ),
  };
  const whole = tidy(chained);
  const cancelled = tidy(multiplyOut(whole));
  const steps: DerivationStep[] = [
    { reason: 'chain rule', rules: [], expression: symbolic },
    { reason: 'both factors put in', rules: [], expression: chained },
    { reason: 'factors that cancel', rules: [], expression: cancelled },
    {
      reason:
        loss.targets === 'probabilities'
          ? 'the targets of a sample sum to 1; here m = 1'
          : 'multiplied out; here m = 1',
      rules: [],
      expression: declared,
    },
  ];
  return [{ left: d(E, by), steps }];
}

/** The loss over the output, for the targets that the batch has (the first three of them). */
function lossPlot(trace: Trace, definition: Expression): Plot {
  const { graph } = trace.tape;
  const { activation } = trace.nodes.layers.findLast(({ weighted }) => weighted !== undefined)!.weighted!;
  const output = trace.nodes.output;
  const raw = numbersOf(trace, output);
  const outputs = activation.logarithmic ? raw.map(Math.exp) : raw;
  const targets = numbersOf(trace, graph.get('target'));
  const distinct = [...new Set(targets)].sort((a, b) => a - b);
  const slope = derivative(definition, y);
  const value = (e: Expression, at: number, target: number) =>
    evaluate(e, (from) => (variableText(from.variable, true) === 'y' ? at : target))!;
  // with the target 0 a cross-entropy term is 0 whatever the output
  const telling = distinct.filter((target) => outputs.some((at) => value(definition, at, target) !== 0));
  const chosen = (telling.length > 0 ? telling : distinct).slice(0, 3);
  const [low, high] = activation.logarithmic ? [0, 1] : activation.range;
  const [least, most] =
    Number.isFinite(low) && Number.isFinite(high)
      ? [low + (high - low) / 100, high - (high - low) / 100]
      : span([...outputs, ...chosen], Math.min(...chosen) - 1, Math.max(...chosen) + 1);
  const xs = Array.from({ length: resolution }, (_, i) => least + ((most - least) * i) / (resolution - 1));
  return {
    xLabel: 'y',
    curves: chosen.flatMap((target) => [
      {
        label: 'E',
        of: `t = ${numberText(target)}`,
        x: xs,
        y: xs.map((at) => value(definition, at, target)),
        derivative: false,
      },
      {
        label: '∂E/∂y',
        of: `t = ${numberText(target)}`,
        x: xs,
        y: xs.map((at) => value(slope, at, target)),
        derivative: true,
      },
    ]),
    points: outputs.flatMap((at, i) =>
      chosen.includes(targets[i])
        ? [
            { x: at, y: value(definition, at, targets[i]), derivative: false },
            { x: at, y: value(slope, at, targets[i]), derivative: true },
          ]
        : [],
    ),
  };
}
