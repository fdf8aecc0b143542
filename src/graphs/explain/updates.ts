/** Methods whose updates can be explained: by what a method says that it trains. */
import type { Check } from '../../explain/check.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingMethod } from '../method.ts';
import { checkLine, explainLine } from './explain-line.ts';
import { checkUpdate, explainUpdate } from './explain-update.ts';
import { lineUpdate } from './line-update.ts';
import { skipGramUpdate } from './skip-gram-update.ts';

/** An update of a run, which is explained or checked when that is asked for. */
export interface ExplainableUpdate {
  readonly explain: () => ExplainedStep;
  readonly check: () => Check;
}

interface Run {
  readonly graph: NodeGraph;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

type Kind = (method: EmbeddingMethod, run: Run, step: number) => ExplainableUpdate | undefined;

const kinds: readonly Kind[] = [
  (method, { graph, options, seed }, step) => {
    if (method.skipGram === undefined) return undefined;
    const update = skipGramUpdate(graph, method.skipGram(options), seed, step);
    return { explain: () => explainUpdate(update, method.name), check: () => checkUpdate(update) };
  },
  (method, { graph, options, seed }, step) => {
    if (method.line === undefined) return undefined;
    const update = lineUpdate(graph, method.line(options), seed, step);
    return { explain: () => explainLine(update, method.name), check: () => checkLine(update) };
  },
];

export const isExplainable = ({ skipGram, line }: EmbeddingMethod): boolean =>
  skipGram !== undefined || line !== undefined;

/** The update number `step`, from 1; undefined for a method that makes none. Throws an InputError for a number without an update. */
export function updateOf(method: EmbeddingMethod, run: Run, step: number): ExplainableUpdate | undefined {
  for (const kind of kinds) {
    const update = kind(method, run, step);
    if (update !== undefined) return update;
  }
  return undefined;
}
