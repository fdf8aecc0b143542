/** One update of a skip-gram run explained: its walk, the negatives drawn, and every number of the update. */
import type { Check } from '../../explain/check.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import type { Row } from '../../explain/lines/line.ts';
import { numberText } from '../../explain/numbers.ts';
import { checkPairs } from './check-pairs.ts';
import { explainPairs, type PairExplanationOptions } from './explain-pairs.ts';
import { noiseRows } from './noise-rows.ts';
import { pairStepOf, type WindowUpdate } from './skip-gram-update.ts';
import type { WalkModel } from './walk-graph.ts';
import { walkRows } from './walk-lines.ts';
import { WalkNames } from './walk-names.ts';

/** Nodes of a walk that a line has room for. */
const shownNodes = 40;

export interface UpdateExplanationOptions extends PairExplanationOptions {
  /** Steps of the walk that are shown on each side of the centre. Default 5. */
  readonly steps?: number;
}

/**
 * The update as the renderers write it.
 *
 * `method` is the name of the method, for the title. An update without a number is the next one.
 */
export function explainUpdate(
  update: WindowUpdate & { readonly step?: number },
  method = 'node2vec',
  { steps = 5, ...options }: UpdateExplanationOptions = {},
): ExplainedStep {
  const step = pairStepOf(update);
  const which = update.step === undefined ? 'The next update' : `Update ${update.step}`;
  const pairs = explainPairs(step, { title: `${which} of ${method}, number by number`, ...options });
  const walk = walkPart(update, steps);
  const [centre, ...negatives] = update.window.outputs;
  const noise = noiseRows(negatives, {
    names: walk.names,
    counts: update.counts,
    weights: update.noise,
    counted: 'how often the walks visit a node',
    note: (node) => (node === centre ? 'it is the centre itself, and counts as absent' : undefined),
  });
  const rows = [...walk.rows, ...noise, ...pairs.rows];
  return {
    ...pairs,
    setting: [...settingOf(update, walk.names), ...pairs.setting],
    leftOut: [...walk.leftOut, ...pairs.leftOut],
    rows,
    lines: rows.map(({ line }) => line),
  };
}

/** The gradients of the update, compared with central differences of its loss. */
export function checkUpdate(update: WindowUpdate, options: { readonly limit?: number } = {}): Check {
  return checkPairs(pairStepOf(update), options);
}

/** The steps of the walk around the centre, with their probabilities. */
function walkPart(
  { graph, options, walk, kept, place, walkNumber }: WindowUpdate,
  shownSteps: number,
): {
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

function settingOf({ options, walk, kept, place, window, rate, walkNumber }: WindowUpdate, names: WalkNames): string[] {
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
