/** What the map shows besides the places of the nodes. */
import type { Groups, ShownGraph } from '../protocol.ts';

/** An update of a walk on the map, by indices of nodes. */
export interface ShownWalk {
  readonly walk: readonly number[];
  readonly centre: number;
  readonly inputs: readonly number[];
  readonly negatives: readonly number[];
}

export interface Scene {
  readonly graph: ShownGraph;
  readonly groups: Groups;
  readonly isDark: boolean;
  /** A group that is emphasized; the others are faint. */
  readonly emphasized?: number;
  readonly hovered?: number;
  readonly selected?: number;
  /** The nearest nodes of the hovered node, or else of the selected one. */
  readonly near: readonly number[];
  readonly walk?: ShownWalk;
}

/** The radius of a node in pixels of the page: smaller where there are many. */
export function radiusOf(nodes: number): number {
  if (nodes <= 100) return 6.5;
  if (nodes <= 500) return 5;
  if (nodes <= 3000) return 3.6;
  return 2.6;
}

const named = new WeakMap<ShownGraph, readonly number[]>();

/** Nodes whose names are written: all of a small graph, the larger degrees first. */
export function namedNodes(graph: ShownGraph): readonly number[] {
  const { degrees, names } = graph;
  let nodes = named.get(graph);
  if (nodes === undefined) {
    nodes = Array.from({ length: names.length <= 120 ? names.length : 0 }, (_, node) => node).sort(
      (a, b) => degrees[b] - degrees[a] || a - b,
    );
    named.set(graph, nodes);
  }
  return nodes;
}

/** Colors of a page. */
export interface Inks {
  readonly page: string;
  readonly text: string;
  readonly soft: string;
  readonly edge: string;
  readonly accent: string;
  readonly negative: string;
  readonly input: string;
}

export const inksOf = (isDark: boolean): Inks =>
  isDark
    ? {
        page: '#1b1e24',
        text: '#e8e6e1',
        soft: '#a4a8b2',
        edge: '#a4a8b2',
        accent: '#8ab8ff',
        negative: '#ff9f62',
        input: '#6fd3b4',
      }
    : {
        page: '#ffffff',
        text: '#1d1e22',
        soft: '#5b5e67',
        edge: '#5b5e67',
        accent: '#1a57b0',
        negative: '#b3470c',
        input: '#14705a',
      };
