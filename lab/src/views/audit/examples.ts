/** The worked examples of the package, each loaded when it is opened. */
import type { PrintedQuantity } from 'chainrule/explain';

export interface ExampleFile {
  readonly title?: string;
  readonly source?: string;
  readonly experiment: unknown;
  readonly printed: readonly PrintedQuantity[];
}

export interface Example {
  /** The name of its file, without the ending. */
  readonly name: string;
  readonly title: string;
  readonly load: () => Promise<ExampleFile>;
}

const file = (name: string, title: string, load: () => Promise<{ default: unknown }>): Example => ({
  name,
  title,
  load: async () => (await load()).default as ExampleFile,
});

export const examples: readonly Example[] = [
  file('textbook-3-2-1', 'A 3-2-1 step by hand', () => import('../../../../examples/textbook-3-2-1.json')),
  file('mazur-2-2-2', 'Mazur’s 2-2-2 step', () => import('../../../../examples/mazur-2-2-2.json')),
  file('sklearn-3-2-1', 'scikit-learn’s step', () => import('../../../../examples/sklearn-3-2-1.json')),
  file('skip-gram-2d', 'Skip-gram in 2-D', () => import('../../../../examples/skip-gram-2d.json')),
  file('skip-gram-four-nodes', 'Skip-gram on a graph', () => import('../../../../examples/skip-gram-four-nodes.json')),
  file('walks-four-nodes', 'Walks on a graph', () => import('../../../../examples/walks-four-nodes.json')),
];

export const exampleNamed = (name: string): Example | undefined => examples.find((example) => example.name === name);
