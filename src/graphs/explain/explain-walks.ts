/** Walks explained: what the renderers write. */
import type { ExplainedStep } from '../../explain/explained.ts';
import { numberText } from '../../explain/numbers.ts';
import { letter } from '../../explain/variable.ts';
import { type WalkModel, walkGraph } from './walk-graph.ts';
import { walkRows, walkTape } from './walk-lines.ts';

/** The probability of each step of some walks, and the likelihood of each walk, number by number. */
export function explainWalks(model: WalkModel): ExplainedStep {
  const rows = walkRows(model);
  const { ids, isDirected, weights } = model.graph;
  const made = walkGraph(model);
  const tape = walkTape(made);
  const value = (name: string) => tape.at(made.graph.get(name), []).value;
  return {
    title: `${model.walks.length === 1 ? 'A walk' : `${model.walks.length} walks`}, step by step`,
    setting: [
      `Graph: ${ids.length} nodes, ${isDirected ? 'directed' : 'undirected'}, ${weights === undefined ? 'every edge has the weight 1' : 'weighted'}`,
      `Return parameter p = ${numberText(model.p)}: a step back to the node before has the weight 1/p`,
      `In-out parameter q = ${numberText(model.q)}: a step to a node that is not a neighbor of the node before has the weight 1/q`,
      ...model.walks.map((walk, w) => `Walk ${w + 1}: ${walk.map((node) => ids[node]).join(', ')}`),
    ],
    observations: [],
    leftOut: [],
    parameters: [],
    table: {
      title: 'walks as a table',
      rowName: 'walk',
      columns: [
        { variable: { kind: 'word', text: 'steps', tex: '\\text{steps}' }, given: true },
        { variable: letter('L'), given: false },
        { variable: letter('ln L'), given: false },
      ],
      rows: model.walks.map((walk, w) => ({
        number: w + 1,
        values: [walk.length - 1, value(`likelihood[${w}]`), value(`logLikelihood[${w}]`)],
      })),
      leftOut: 0,
    },
    rows,
    lines: rows.map(({ line }) => line),
    functions: [],
  };
}
