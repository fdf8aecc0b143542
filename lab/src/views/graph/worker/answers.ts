/** Answers to the page's questions about a graph and the present vectors of its nodes. */
import { explainGraphExample, graphExample, typesetLines } from 'chainrule/explain';
import { mapNodes, neighbors, type UpdateExplainer, updateExplainer, vectorFiles } from 'chainrule/graphs';
import type { ExplainedExample, QuestionKind, Questions, ShownLine } from '../protocol.ts';
import { groupsOf, type LoadedGraph } from './load.ts';
import { messageTo } from './message.ts';
import { scaled } from './projection.ts';
import type { Training } from './training.ts';

export type Answers = {
  readonly [Kind in QuestionKind]: (
    ask: Questions[Kind]['ask'],
    loaded: LoadedGraph,
    training: Training,
  ) => Questions[Kind]['answer'] | Promise<Questions[Kind]['answer']>;
};

/** Parts of an update that are shown. */
const shownParts = { steps: 3, pairs: 6, components: 2, terms: 2 };
const explainers = new WeakMap<Training, UpdateExplainer | undefined>();

export const answers: Answers = {
  groups: ({ by }, { graph, labels }) => groupsOf(graph, labels, by),

  neighbors({ node, count }, { graph, shown }, training) {
    const index = new Map(shown.names.map((_, i) => [graph.ids[i], i]));
    return neighbors(training.vectors(), graph.ids[node], { count }).map(({ id, similarity }) => ({
      node: index.get(id)!,
      similarity,
    }));
  },

  explain({ node }, { graph }, training) {
    if (!explainers.has(training)) explainers.set(training, updateExplainer(graph, training.options));
    const state = training.state();
    const explain = explainers.get(training);
    if (state === undefined || explain === undefined) return undefined;
    const next = explain(state, node === undefined ? undefined : graph.ids[node], shownParts);
    if (next === undefined) return undefined;
    const { explained, ...where } = next;
    return { ...where, ...exampleOf(explained) };
  },

  example({ json }) {
    const example = graphExample(json);
    if (example === undefined) throw new Error('This is not a worked example of a graph method.');
    return exampleOf(explainGraphExample(example));
  },

  message: ({ node }, { graph }, training) => messageTo(node, graph, training.vectors()),

  async files({ name }, _, training) {
    const files = vectorFiles(training.vectors(), name);
    return Promise.all(
      files.map(async (file) => {
        const pieces: BlobPart[] = [];
        for await (const piece of file.pieces()) pieces.push(new Uint8Array(piece));
        return { name: file.name, bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()) };
      }),
    );
  },

  async map({ kind, seed }, { graph }, training) {
    const { x, y } = await mapNodes(training.vectors(), { kind, seed });
    const centred = (values: Float64Array) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / graph.ids.length;
      return Float32Array.from(values, (value) => value - mean);
    };
    return scaled({ x: centred(x), y: centred(y) });
  },
};

function exampleOf(explained: Parameters<typeof typesetLines>[0]): ExplainedExample {
  const { title, setting, leftOut, lines } = explained;
  const groups: { heading: string; lines: ShownLine[] }[] = [];
  for (const [i, tex] of typesetLines(explained).entries()) {
    const { phase, quantity, after, value, note } = lines[i];
    if (groups.at(-1)?.heading !== tex.heading) groups.push({ heading: tex.heading, lines: [] });
    groups.at(-1)!.lines.push({ phase, quantity, after, value, ...(note !== undefined && { note }), tex });
  }
  return { title, setting, leftOut, groups };
}
