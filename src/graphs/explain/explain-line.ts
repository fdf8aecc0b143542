/** One update of a run of LINE explained: its edge, the negatives that were drawn, and every number in the kernel's order. */
import type { Check } from '../../explain/check.ts';
import type { ExplainedStep, StepTable } from '../../explain/explained.ts';
import type { Row } from '../../explain/lines/line.ts';
import { numberText } from '../../explain/numbers.ts';
import { letter } from '../../explain/variable.ts';
import { checkPairs } from './check-pairs.ts';
import { LineRows } from './line-rows.ts';
import type { LineUpdate } from './line-update.ts';
import { noiseRows } from './noise-rows.ts';
import { pairFunctions } from './pair-functions.ts';
import { checked, lineMethod, type NamedVector, type PairStep } from './pair-step.ts';
import { WalkNames } from './walk-names.ts';

/** The update as the renderers write it. `method` is the name of the method, for the title. */
export function explainLine(update: LineUpdate, method = 'line'): ExplainedStep {
  const made = new LineRows(update);
  const names = new WalkNames({ graph: update.graph, p: 1, q: 1, walks: [] });
  const [, ...negatives] = update.sample.targets;
  const noise: readonly Row[] = noiseRows(negatives, {
    names,
    counts: update.degrees,
    weights: update.noise,
    counted: "the weight of a node's edges at both ends",
  });
  const rows = [...noise, ...made.rows];
  return {
    title: `Update ${update.step} of ${method}, number by number`,
    setting: settingOf(update, names),
    observations: observationsOf(made).map((text) => ({ text })),
    leftOut: made.leftOut,
    parameters: parametersOf(made),
    table: tableOf(made),
    rows,
    lines: rows.map(({ line }) => line),
    functions: pairFunctions('target', 'negative'),
  };
}

/**
 * The gradients of the update's loss, compared with central differences. The loss is of the vectors before the update; a node that
 * occurs twice is one row.
 */
export const checkLine = (update: LineUpdate): Check => checkPairs(linePairs(update));

/** The update as a step over pairs, all at the vectors before it. */
function linePairs({ graph, run, sample, rate, vectors, contexts }: LineUpdate): PairStep {
  const { dimensions } = run;
  const vector = (table: Float64Array, node: number): NamedVector => ({
    name: String(graph.ids[node]),
    row: node,
    vector: [...table.subarray(node * dimensions, (node + 1) * dimensions)],
  });
  const [target, ...negatives] = sample.targets;
  return checked(
    {
      method: lineMethod(run.order),
      centres: [vector(vectors, sample.source)],
      contexts: [vector(contexts, target)],
      negatives: negatives.map((node) => vector(contexts, node)),
      learningRate: rate,
    },
    'step',
  );
}

function settingOf({ graph, run, number, sample, rate }: LineUpdate, names: WalkNames): string[] {
  const [target, ...negatives] = sample.targets;
  const { dimensions, order } = run;
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const arrow = graph.isDirected ? '→' : '–';
  return [
    `Sample ${number + 1} of the ${order === 1 ? 'first' : 'second'} order: the edge ${names.idText(sample.source)} ${arrow} ${names.idText(target)}`,
    `Negatives: ${negatives.map((node) => names.idText(node)).join(', ')}`,
    `Learning rate of this sample: ${numberText(rate)}`,
    `Method: LINE, ${order === 1 ? 'first' : 'second'} order, ${counted(dimensions, 'dimension')}`,
    `Vectors: the source (v), then the target and ${counted(negatives.length, 'negative')} (u)${order === 1 ? ', all of one table' : '; those of u are context vectors'}`,
    'Loss: −ln σ(v·u) for the target, −ln σ(−v·u) = −ln(1 − σ(v·u)) for each negative, added',
    'Update: gradient descent. The target and the negatives change one after another, each from the vector that it finds; the source changes last',
  ];
}

function observationsOf({ numbers, update }: LineRows): string[] {
  const { loss, targets } = numbers;
  const out: string[] = [];
  if (loss.after > loss.before) {
    out.push(
      `The loss of these pairs rose from ${numberText(loss.before)} to ${numberText(loss.after)}: the learning rate of ${numberText(update.rate)} is too large for this step.`,
    );
  }
  const { run, sample } = update;
  const used = run.order === 1 ? [sample.source, ...sample.targets] : sample.targets;
  if (new Set(used).size < used.length) {
    out.push(
      'A node occurs twice in this update. Its second occurrence finds the vector that the first one has left, as in LINE, so the update is not exactly the gradient of the loss at one point.',
    );
  }
  if (targets.every(({ found }) => found.every((x) => x === 0))) {
    out.push(
      'The vectors of the target and the negatives are all 0, as before the first update. Every dot product is then 0, every sigmoid 0.5, and the source does not move.',
    );
  }
  return out;
}

function parametersOf(made: LineRows): ExplainedStep['parameters'] {
  const { numbers, update } = made;
  const { dimensions } = update.run;
  // a vector that occurs again is not a parameter of its own
  const uses = numbers.targets.flatMap(({ node }, k) => (update.sample.targets.indexOf(node) === k ? [k] : []));
  const at = (k: number) => update.sample.targets[k] * dimensions;
  return [
    {
      name: 'source',
      shape: [dimensions],
      numbers: numbers.targets[0].source,
      variable: ([j]) => made.sourceName(j),
    },
    {
      name: 'target and negative',
      shape: [uses.length, dimensions],
      numbers: Float64Array.from(uses.flatMap((k) => [...update.contexts.subarray(at(k), at(k) + dimensions)])),
      variable: ([i, j]) => made.targetName(uses[i], j),
    },
  ];
}

/** A row for each pair: its dot product, sigmoid, label and error. */
function tableOf({ numbers }: LineRows): StepTable {
  return {
    title: 'pairs as a table',
    rowName: 'pair',
    columns: ['z', 'y', 't', 'δ'].map((base) => ({ variable: letter(base), given: base === 't' })),
    rows: numbers.targets.map(({ dot, probability }, k) => {
      const label = k === 0 ? 1 : 0;
      return { number: k + 1, values: [dot, probability, label, probability - label] };
    }),
    leftOut: 0,
  };
}
