/** The interface of a source of edges. Each source is defined in its own file; `sources/index.ts` lists them. */
import type { GraphBuilder } from './graph-builder.ts';
import type { EdgeOptions } from './options.ts';

/** A value that holds the edges of a graph. */
export interface EdgeSource<Source = unknown> {
  /** The name for people, as in "a graphology graph". */
  readonly title: string;
  matches(source: unknown): boolean;
  /** Whether the source states that its edges have a direction. Left out if it cannot. */
  isDirected?(source: Source): boolean | undefined;
  /** Adds the nodes and edges. Throws an InputError that names the edge. */
  add(source: Source, builder: GraphBuilder, options: EdgeOptions): void;
}

/** One edge, or one node, in a list. */
export interface EdgeForm<Item = unknown> {
  readonly title: string;
  matches(item: unknown): boolean;
  add(item: Item, builder: GraphBuilder, options: EdgeOptions, where: () => string): void;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
