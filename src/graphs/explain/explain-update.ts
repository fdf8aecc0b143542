/** One update of a skip-gram run explained: its walk, the negatives drawn, and every number of the update. */
import type { Check } from '../../explain/check.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import { type Expression, leaf } from '../../explain/expression.ts';
import type { Row } from '../../explain/lines/line.ts';
import { notationOf } from '../../explain/notation.ts';
import { numberText, rounded } from '../../explain/numbers.ts';
import { notationText } from '../../explain/text.ts';
import { make } from '../../explain/tidy.ts';
import { letter, variableText } from '../../explain/variable.ts';
import { checkPairs } from './check-pairs.ts';
import { explainPairs } from './explain-pairs.ts';
import { pairStepOf, type SkipGramUpdate } from './skip-gram-update.ts';
import type { WalkModel } from './walk-graph.ts';
import { walkRows } from './walk-lines.ts';
import { WalkNames } from './walk-names.ts';

/** Steps of the walk that are shown on each side of the centre. */
const shownSteps = 5;
const threeQuarters: Expression = { kind: 'constant', value: 0.75, name: '3/4' };
/** Nodes of a walk that a line has room for. */
const shownNodes = 40;

/**
 * The update as the renderers write it.
 *
 * `method` is the name of the method, for the title.
 */
export function explainUpdate(update: SkipGramUpdate, method = 'node2vec'): ExplainedStep {
  const step = pairStepOf(update);
  const pairs = explainPairs(step, { title: `Update ${update.step} of ${method}, number by number` });
  const walk = walkPart(update);
  const rows = [...walk.rows, ...noiseRows(update, walk.names), ...pairs.rows];
  return {
    ...pairs,
    setting: [...settingOf(update, walk.names), ...pairs.setting],
    leftOut: [...walk.leftOut, ...pairs.leftOut],
    rows,
    lines: rows.map(({ line }) => line),
  };
}

/** The gradients of the update, compared with central differences of its loss. */
export function checkUpdate(update: SkipGramUpdate, options: { readonly limit?: number } = {}): Check {
  return checkPairs(pairStepOf(update), options);
}

/** The steps of the walk around the centre, with their probabilities. */
function walkPart({ graph, options, walk, kept, place, walkNumber }: SkipGramUpdate): {
  readonly names: WalkNames;
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
} {
  // with subsampling, the place in the walk itself is not known: that of the first such node is close enough to show
  const centre = kept.length === walk.length ? place : walk.indexOf(kept[place]);
  const positions = [Math.max(1, centre - shownSteps), Math.min(walk.length - 1, centre + shownSteps)] as const;
  const model: WalkModel = { graph, p: options.p, q: options.q, walks: [walk], positions };
  const names = new WalkNames(model);
  if (options.extended) {
    return {
      names,
      rows: [],
      leftOut: ['Walk: its probabilities are left out; those of node2vec+ depend on the weights of two edges at once.'],
    };
  }
  const count = positions[1] - positions[0] + 1;
  return {
    names,
    rows: walkRows(model, { heading: () => `Walk ${walkNumber + 1}, step by step` }),
    leftOut:
      count < walk.length - 1
        ? [`Walk: ${count} of its ${walk.length - 1} steps are shown, those around the centre.`]
        : [],
  };
}

/** The probability of each negative in the noise distribution, n^¾ over its sum, n being how often a node occurs. */
function noiseRows({ window, counts, noise, graph }: SkipGramUpdate, names: WalkNames): Row[] {
  const total = noise.reduce((sum, weight) => sum + weight, 0);
  const sum = letter('Z_n');
  const rows: Row[] = [];
  const heading = 'Negatives drawn from the noise distribution';
  const push = (row: Pick<Row, 'variable' | 'expression' | 'value'>, quantity: string, note?: string) => {
    const formula = row.expression && notationOf(row.expression);
    rows.push({
      ...row,
      heading,
      formula,
      marked: false,
      line: {
        phase: 'negatives',
        quantity,
        name: variableText(row.variable, false),
        formula: formula === undefined ? '' : notationText(formula, { as: 'names' }),
        numbers: formula === undefined ? '' : notationText(formula, { as: 'numbers' }),
        value: rounded(row.value),
        after: 0,
        ...(note !== undefined && { note }),
      },
    });
  };
  push(
    { variable: sum, value: total },
    'noiseSum',
    `the sum of n^(3/4) over the ${graph.ids.length} nodes, where n is how often the walks visit a node`,
  );
  const [centre, ...negatives] = window.outputs;
  negatives.forEach((node, k) => {
    const count = leaf(names.visits(node), counts[node]);
    push(
      {
        variable: names.noise(node),
        expression: make('div', make('pow', count, threeQuarters), leaf(sum, total)),
        value: noise[node] / total,
      },
      `noise[${k}]`,
      node === centre ? 'it is the centre itself, and counts as absent' : undefined,
    );
  });
  return rows;
}

function settingOf(
  { options, walk, kept, place, window, rate, walkNumber }: SkipGramUpdate,
  names: WalkNames,
): string[] {
  const list = (nodes: readonly number[]) =>
    `${nodes
      .slice(0, shownNodes)
      .map((node) => names.idText(node))
      .join(', ')}${nodes.length > shownNodes ? `, and ${nodes.length - shownNodes} more` : ''}`;
  const [centre, ...negatives] = window.outputs;
  const dropped = walk.length - kept.length;
  return [
    `Walk ${walkNumber + 1} (p = ${numberText(options.p)}, q = ${numberText(options.q)}): ${list(walk)}`,
    ...(dropped > 0 ? [`Subsampling: ${dropped} of its ${walk.length} nodes are dropped`] : []),
    `Centre: ${names.idText(centre)}, node ${place + 1} of the walk; in its window: ${list(window.inputs)}`,
    `Negatives, shared by the window: ${list(negatives)}`,
    `Learning rate of this walk: ${numberText(rate)}`,
  ];
}
