/** A step over pairs explained: what the renderers write. */
import type { ExplainedStep, ParameterBlock, StepTable } from '../../explain/explained.ts';
import { numberText } from '../../explain/numbers.ts';
import { letter } from '../../explain/variable.ts';
import { pairFunctions } from './pair-functions.ts';
import { type PairLineOptions, PairLines } from './pair-lines.ts';
import type { NamedVector, PairStep } from './pair-step.ts';

export interface PairExplanationOptions extends PairLineOptions {
  /** The heading; default names the method. */
  readonly title?: string;
}

/** Every number of one update of skip-gram with negative sampling, or of LINE. */
export function explainPairs(step: PairStep, { title, ...options }: PairExplanationOptions = {}): ExplainedStep {
  const lines = new PairLines(step, options);
  const { method } = step;
  return {
    title: title ?? `One update of ${method.title}, number by number`,
    setting: settingOf(step),
    observations: observationsOf(lines),
    leftOut: lines.shown.leftOut,
    parameters: parametersOf(lines),
    table: tableOf(lines),
    rows: lines.rows,
    lines: lines.rows.map(({ line }) => line),
    functions: pairFunctions(method.context, method.negative),
  };
}

/** Names that a page has room for. */
const maxNames = 20;

function settingOf({ method, centres, contexts, negatives, learningRate }: PairStep): string[] {
  const [{ vector }] = centres;
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const legend = (vectors: readonly NamedVector[], base: string, from: number, isAlone: boolean): string[] =>
    vectors.flatMap(({ name }, i) => {
      const isRepeated = vectors.slice(0, i).some((other) => other.name === name);
      return name === undefined || isRepeated ? [] : [`${base}${isAlone ? '' : from + i} is "${name}"`];
    });
  const names = [
    ...legend(centres, 'v', 1, centres.length === 1),
    ...legend(contexts, 'u', 1, false),
    ...legend(negatives, 'u', 1 + contexts.length, false),
  ];
  return [
    `Method: ${method.title}, ${counted(vector.length, 'dimension')}`,
    `Vectors: ${counted(centres.length, method.centre)} (v), ${counted(contexts.length, method.context)} and ${counted(negatives.length, method.negative)} (u)`,
    ...(names.length === 0
      ? []
      : [
          `Names: ${names.slice(0, maxNames).join(', ')}${names.length > maxNames ? `, and ${names.length - maxNames} more` : ''}`,
        ]),
    `Loss: −ln σ(v·u) for each ${method.context}, −ln σ(−v·u) = −ln(1 − σ(v·u)) for each ${method.negative}, added`,
    `Update: gradient descent, learning rate ${numberText(learningRate)}; all gradients are taken before any vector changes`,
  ];
}

function observationsOf({ tape, made, rows, step }: PairLines): { text: string }[] {
  const out: { text: string }[] = [];
  const before = tape.at(made.graph.get('loss'), []).value;
  const after = rows.at(-1)!.value;
  if (after > before) {
    out.push({
      text: `The loss of these pairs rose from ${numberText(before)} to ${numberText(after)}: the learning rate of ${numberText(step.learningRate)} is too large for this step.`,
    });
  }
  const isZero = (vectors: readonly NamedVector[]) => vectors.every(({ vector }) => vector.every((x) => x === 0));
  if (isZero([...step.contexts, ...step.negatives])) {
    out.push({
      text: `The vectors of the ${step.method.context} and the negatives are all 0, as before the first update. Every dot product is then 0, every sigmoid 0.5, and the ${step.method.centre} does not move.`,
    });
  }
  return out;
}

function parametersOf({ made, addresses, step }: PairLines): ParameterBlock[] {
  const block = (name: string, node: 'centre' | 'context'): ParameterBlock => ({
    name,
    shape: made[node].shape,
    numbers: made.given.get(node)!,
    variable: (index) => addresses.variable(node, index)!,
  });
  const { centre, context, negative } = step.method;
  return [block(centre, 'centre'), block(`${context} and ${negative}`, 'context')];
}

/** A row for each pair: its dot product, sigmoid, label and error. */
function tableOf({ tape, made, shown, addresses }: PairLines): StepTable {
  const columns = [
    { node: 'dot', variable: letter('z'), given: false },
    { node: 'sigmoid', variable: letter('y'), given: false },
    { node: 'label', variable: letter('t'), given: true },
    { node: 'error', variable: letter('δ'), given: false },
  ];
  const pairs = Array.from({ length: shown.centres }, (_, i) =>
    Array.from({ length: shown.others }, (_, k) => [i, k]),
  ).flat();
  return {
    title: 'pairs as a table',
    rowName: 'pair',
    columns: columns.map(({ variable, given }) => ({ variable, given })),
    rows: pairs.map(([i, k]) => ({
      number: i * addresses.otherCount + k + 1,
      values: columns.map(({ node }) => tape.at(made.graph.get(node), [i, k]).value),
    })),
    leftOut: 0,
  };
}
