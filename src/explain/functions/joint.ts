import { gradient } from '../../core/gradient.ts';
import { Graph, type Node } from '../../core/graph.ts';
import type { Activation } from '../../core/ops/activations.ts';
import type { Loss } from '../../net/losses.ts';
import { type DerivationStep, derivative } from '../derivation.ts';
import { type Expression, expressionOf, fromFormula, type Leaf, leaf } from '../expression.ts';
import { Tape } from '../tape.ts';
import { make, multiplyOut, tidy } from '../tidy.ts';
import { letter, variableText } from '../variable.ts';
import { type Derivation, d, E, y } from './page.ts';

/** A joint loss: ∂E/∂s through the activation, and its simplified form. */
export function jointDerivation(loss: Loss, activation: Activation, definition: Expression): Derivation[] {
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
  // ∂E/∂s = Σ over outputs of ∂E/∂y · ∂y/∂s, each from its own derivation; the logarithm of an output is not an
  // additional factor
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
    { reason: 'both factors substituted', rules: [], expression: chained },
    { reason: 'factors cancelled', rules: [], expression: cancelled },
    {
      reason:
        loss.targets === 'probabilities' ? 'the targets of a sample sum to 1; here m = 1' : 'expanded; here m = 1',
      rules: [],
      expression: declared,
    },
  ];
  return [{ left: d(E, by), steps }];
}
