import { Graph, type Node } from '../../core/graph.ts';
import type { Activation } from '../../core/ops/activations.ts';
import { derive } from '../derivation.ts';
import { type Expression, evaluate, expressionOf, type Leaf, leaf } from '../expression.ts';
import { Tape } from '../tape.ts';
import { number, tidy } from '../tidy.ts';
import { letter, variableText } from '../variable.ts';
import { addDeclared, type Derivation, d } from './page.ts';

/** An activation that mixes units, shown on three of them. */
export function mixingPage(activation: Activation) {
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
      // the declared rule, applied to 1 for the first output and 0 for the others
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
      'The formulas show three units; each output depends on all sums.',
      'The largest sum is first subtracted from all of them, which changes no output and keeps the exponentials small.',
    ],
  };
}

/** The row maximum is a shift that changes nothing, so 0 has the same effect. */
function withoutShift(e: Expression): Expression {
  if (e.kind === 'maximum') return number(0);
  if (e.kind === 'apply') return { ...e, operands: e.operands.map(withoutShift) };
  if (e.kind === 'sum') return { ...e, terms: e.terms.map(withoutShift) };
  return e;
}
