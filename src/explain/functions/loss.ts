/** The page of the loss: definition, derivative, and its curve at the targets of the batch. */
import { argument } from '../../core/formula.ts';
import { derivative, derive } from '../derivation.ts';
import { type Expression, evaluate, fromFormula, type Leaf, leaf } from '../expression.ts';
import { numberText } from '../numbers.ts';
import { tidy } from '../tidy.ts';
import type { Trace } from '../trace.ts';
import { variableText } from '../variable.ts';
import { jointDerivation } from './joint.ts';
import {
  addDeclared,
  d,
  E,
  type FunctionPage,
  numbersOf,
  optionsText,
  type Plot,
  resolution,
  span,
  t,
  weightLetters,
  y,
} from './page.ts';

export function lossPage(trace: Trace): FunctionPage {
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
    addDeclared(steps, tidy(fromFormula(partials[0], (i) => weighted[i])), points, 'simplified');
    return {
      ...common,
      definition: { left: E, right: whole },
      derivations: [{ left: d(E, y), steps }],
      remarks: [
        'This is the contribution of one output of one sample; the loss is the sum over all of them.',
        ...countsRemark(trace, whole),
      ],
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
      'This is the contribution of one output of one sample, before the mean is taken.',
      `It is computed together with ${last.activation.name} from the weighted sums, in a form that does not overflow.`,
    ],
    plot,
  };
}

/** What the counts and weights in the definition are; empty if there are none. */
function countsRemark(trace: Trace, definition: Expression): string[] {
  const [samples, outputs] = trace.tape.graph.get('loss.terms').shape;
  const named = namesIn(definition);
  const parts = [
    ...(trace.problem.weights === undefined
      ? []
      : ['ω is the weight of the sample, Ω is the sum of the weights in the batch']),
    ...(named.has('m') ? [`m = ${samples} is the number of samples in the batch`] : []),
    ...(named.has('n') ? [`n = ${outputs} is the number of outputs`] : []),
  ];
  return parts.length === 0 ? [] : [`${parts.join(', ')}.`];
}

/** The names of the constants in an expression. */
function namesIn(e: Expression, into = new Set<string>()): ReadonlySet<string> {
  if (e.kind === 'constant' && e.name !== undefined) into.add(e.name);
  if (e.kind === 'apply') for (const operand of e.operands) namesIn(operand, into);
  return into;
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
  // with the target 0, a cross-entropy term is 0 for every output
  const informative = distinct.filter((target) => outputs.some((at) => value(definition, at, target) !== 0));
  const chosen = (informative.length > 0 ? informative : distinct).slice(0, 3);
  const [low, high] = activation.logarithmic ? [0, 1] : activation.range;
  const [start, end] =
    Number.isFinite(low) && Number.isFinite(high)
      ? [low + (high - low) / 100, high - (high - low) / 100]
      : span([...outputs, ...chosen], Math.min(...chosen) - 1, Math.max(...chosen) + 1);
  const xs = Array.from({ length: resolution }, (_, i) => start + ((end - start) * i) / (resolution - 1));
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
