/** Answers to the page's questions about a graph and the present vectors of its nodes. */
import { mapNodes, neighbors, type UpdateExplainer, updateExplainer, vectorFiles } from 'chainrule/graphs';
import type { QuestionKind, Questions } from '../protocol.ts';
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
/** Loaded with the first question that needs it. */
const explained = () => import('./explained.ts');

export const answers: Answers = {
  groups: ({ by }, { graph, labels }) => groupsOf(graph, labels, by),

  neighbors({ node, count }, { graph, shown }, training) {
    const index = new Map(shown.names.map((_, i) => [graph.ids[i], i]));
    return neighbors(training.vectors(), graph.ids[node], { count }).map(({ id, similarity }) => ({
      node: index.get(id)!,
      similarity,
    }));
  },

  async explain({ node }, { graph }, training) {
    if (!explainers.has(training)) explainers.set(training, updateExplainer(graph, training.options));
    const state = training.state();
    const explain = explainers.get(training);
    if (state === undefined || explain === undefined) return undefined;
    const next = explain(state, node === undefined ? undefined : graph.ids[node], shownParts);
    if (next === undefined) return undefined;
    const { explained: update, ...where } = next;
    return { ...where, ...(await explained()).exampleOf(update) };
  },

  example: async ({ json }) => (await explained()).workedExample(json),

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
    const centered = (values: Float64Array) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / graph.ids.length;
      return Float32Array.from(values, (value) => value - mean);
    };
    return scaled({ x: centered(x), y: centered(y) });
  },
};
