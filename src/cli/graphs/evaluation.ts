/** `--evaluate`: the scores of vectors beside those of methods without training, of random vectors and of scores without vectors. */
import { fail } from '../../base/errors.ts';
import { numberText } from '../../explain/numbers.ts';
import { type EmbeddingPlan, embed } from '../../graphs/embed.ts';
import { type ClassificationScores, classifyNodes } from '../../graphs/evaluation/classification.ts';
import { evaluateLinks, type LabelOfNode, type LinkScore, meanScore } from '../../graphs/evaluation/index.ts';
import { labelsOf } from '../../graphs/evaluation/labels.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import type { EmbeddingMethod } from '../../graphs/method.ts';
import { optionsOf } from '../../graphs/method-options.ts';
import { embeddingMethods } from '../../graphs/methods/index.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import type { ScoreTable } from '../../report/embedding/record.ts';
import type { Terminal } from '../output/terminal.ts';

export type EvaluationTask = 'labels' | 'links';

/** The task of `--evaluate`: labels where there are some, else links. Throws an InputError. */
export function evaluationTask(
  asked: string | boolean | undefined,
  labels: string | undefined,
): EvaluationTask | undefined {
  if (asked === undefined || asked === false) return undefined;
  if (asked === true) return labels === undefined ? 'links' : 'labels';
  if (asked === 'links') return 'links';
  if (asked !== 'labels') {
    fail({ what: `unknown task "${asked}"`, where: '--evaluate', fix: 'Write --evaluate labels or --evaluate links.' });
  }
  if (labels !== undefined) return 'labels';
  return fail({ what: 'there are no labels', where: '--evaluate labels', fix: 'Pass --labels labels.tsv.' });
}

/** Throws an InputError for labels that a classifier cannot learn, before anything is computed. */
export const checkLabels = (graph: NodeGraph, labels: readonly LabelOfNode[] = []): unknown =>
  labelsOf(graph, labels, '--labels');

/** Scores as tables, which the terminal, the report and JSON show. */
export interface Evaluation {
  readonly task: EvaluationTask;
  readonly tables: readonly ScoreTable[];
}

export interface EvaluationInput {
  readonly graph: NodeGraph;
  readonly embedding: NodeVectors & { readonly method: string };
  readonly plan: EmbeddingPlan;
  readonly labels?: readonly LabelOfNode[] | undefined;
  /** The k of hits@k. */
  readonly hitsAt: number;
}

const [ratios, shuffles] = [[0.1, 0.5, 0.9], 10];

/** Vectors to compare with: each method without training except the method itself, with as many dimensions. */
async function comparisons({ graph, embedding, plan }: EvaluationInput, terminal: Terminal) {
  const found: { name: string; vectors: ArrayLike<number> }[] = [];
  for (const method of embeddingMethods.filter(({ isBaseline }) => isBaseline === true)) {
    if (method.name === embedding.method) continue;
    terminal.live(`evaluation: ${method.name}`);
    found.push({ name: method.name, vectors: await vectorsBy(method, graph, embedding.dimensions, plan) });
  }
  return found;
}

async function vectorsBy(method: EmbeddingMethod, graph: NodeGraph, dimensions: number, plan: EmbeddingPlan) {
  const { seed, threads } = plan;
  const hasDimensions = optionsOf(method).some(({ name }) => name === 'dimensions');
  const { vectors } = await embed(graph, { method, seed, threads, ...(hasDimensions && { dimensions }) });
  return vectors;
}

const percent = (ratio: number) => `${Math.round(100 * ratio)} %`;

/** Node classification by DeepWalk's protocol. */
async function classification(input: EvaluationInput, terminal: Terminal): Promise<ScoreTable[]> {
  const { graph, embedding, plan, labels = [] } = input;
  const known = labelsOf(graph, labels, '--labels');
  const scored: { name: string; isOwn: boolean; scores: readonly ClassificationScores[] }[] = [];
  const own = { name: embedding.method, vectors: embedding.vectors as ArrayLike<number> };
  for (const { name, vectors } of [own, ...(await comparisons(input, terminal))]) {
    const dimensions = vectors.length / graph.ids.length;
    const scores = await classifyNodes(vectors, dimensions, known, {
      ratios,
      shuffles,
      seed: plan.seed,
      onProgress: ({ done }) => terminal.live(`evaluation: ${name} ${Math.floor(100 * done)} %`),
    });
    scored.push({ name, isOwn: name === embedding.method, scores });
  }
  const columns = ['raw', 'standardized'].flatMap((kind) => ratios.map((ratio) => `${percent(ratio)}, ${kind}`));
  return (['micro', 'macro'] as const).map((average) => ({
    title: `Node classification, ${average} F1 in %`,
    caption:
      `One-vs-rest logistic regression on 10, 50 and 90 % of ${known.of.length.toLocaleString('en-US')} labeled nodes, ${known.classes.length} classes, ` +
      `mean of ${shuffles} shuffles. The number of labels of each node is known. Raw: the vectors as they are, C = 1. ` +
      'Standardized: columns of mean 0 and variance 1, C chosen in the training part.',
    columns,
    rows: scored.map(({ name, isOwn, scores }) => ({
      name,
      isOwn,
      values: (['raw', 'standardized'] as const).flatMap((kind) =>
        scores.map((score) => 100 * meanScore(score[kind].map((f1) => f1[average])).mean),
      ),
    })),
  }));
}

const heuristicNames: Readonly<Record<string, string>> = {
  commonNeighbors: 'common neighbors',
  jaccard: 'Jaccard',
  adamicAdar: 'Adamic–Adar',
  degreeProduct: 'degree product',
};

const rowName = ({ name, of }: LinkScore, method: string) =>
  of === 'heuristic' ? (heuristicNames[name] ?? name) : `${of === 'vectors' ? method : of}, ${name}`;

/** `1st`, `22nd`, `113th`. */
function ordinal(k: number): string {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
  const kind = new Intl.PluralRules('en', { type: 'ordinal' }).select(k);
  return `${k.toLocaleString('en-US')}${endings[kind] ?? 'th'}`;
}

/** Link prediction: half the edges held out. */
async function links({ graph, plan, hitsAt }: EvaluationInput, terminal: Terminal): Promise<ScoreTable[]> {
  const { method, seed, threads, options } = plan;
  const found = await evaluateLinks(
    graph,
    async (rest) => {
      terminal.live(`evaluation: ${method.name} on the rest of the edges`);
      return method.embed(rest, options, { seed, threads });
    },
    {
      seed,
      hitsAt,
      onProgress: ({ done }) => terminal.live(`evaluation: link prediction ${Math.floor(100 * done)} %`),
    },
  );
  const names = [...new Set(found.scores.map((score) => rowName(score, method.name)))];
  const scoreOf = (name: string, negatives: LinkScore['negatives']) =>
    found.scores.find((score) => rowName(score, method.name) === name && score.negatives === negatives);
  return [
    {
      title: 'Link prediction',
      caption:
        `${percent(found.share)} of the edges were held out, and the remaining edges keep the connected components. ${found.pairs.toLocaleString('en-US')} of them are ranked among as many pairs without an edge: ` +
        `drawn uniformly, or with the degrees of the edges. hits@${found.hitsAt}: the share of the edges that scores above the ${ordinal(found.hitsAt)} of those pairs.`,
      columns: [
        'AUC, uniform',
        'AUC, degree-matched',
        `hits@${found.hitsAt}, uniform`,
        `hits@${found.hitsAt}, degree-matched`,
      ],
      rows: names.map((name) => {
        const [uniform, matched] = [scoreOf(name, 'uniform'), scoreOf(name, 'degreeMatched')];
        return {
          name,
          isOwn: uniform?.of === 'vectors',
          values: [uniform?.auc, matched?.auc, uniform?.hits, matched?.hits],
        };
      }),
    },
  ];
}

/** Evaluates vectors. Throws an InputError for labels that do not fit the graph. */
export async function evaluateRun(
  task: EvaluationTask,
  input: EvaluationInput,
  terminal: Terminal,
): Promise<Evaluation> {
  const tables = await (task === 'labels' ? classification : links)(input, terminal);
  if (terminal.isLive) terminal.settle(true);
  return { task, tables };
}

/** The tables on a terminal. */
export function evaluationText({ tables }: Evaluation, terminal: Terminal): string {
  return tables
    .map(({ title, caption, columns, rows }, t) => {
      const body = rows.map(({ name, values }) => [
        name,
        ...values.map((value) => (value === undefined ? '–' : numberText(value, 3))),
      ]);
      const table = terminal.table(
        ['', ...columns],
        body,
        columns.map((_, i) => i + 1),
      );
      // The tables of one evaluation share a caption, which is shown once.
      const isLast = tables[t + 1]?.caption !== caption;
      return `${terminal.colors.bold(title)}\n${table}${isLast ? `\n${terminal.wrap(caption)}` : ''}`;
    })
    .join('\n\n');
}
