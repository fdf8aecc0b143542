/** Labels of nodes: several a node, one `node<TAB>label` a line. */

import { aText, type Kind, kind } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { inside } from '../../base/reference.ts';
import type { NodeGraph } from '../graph.ts';

/** A node, by its id written as text, and one of its labels. */
export type LabelOfNode = readonly [node: string, label: string];

/** Labels of nodes by their form; an iterable that is no list is checked as it is read. */
export const someLabels: Kind = (value, where) => {
  if (!Array.isArray(value)) anIterable(value, where);
  else value.forEach((each, i) => void aLabel(each, inside(where, i)));
};

const anIterable = kind(
  'a list of labels',
  (value: Iterable<unknown>) => typeof value === 'object' && typeof value[Symbol.iterator] === 'function',
  'Pass parseLabels(text).',
);
const aLabel = kind(
  'a pair of texts',
  (value: unknown) => Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string'),
  "Write a node and its label, such as ['ada', 'red'].",
);

/** The labels of a graph's nodes. */
export interface NodeLabels {
  /** The names of the classes, in ascending order of code units. */
  readonly classes: readonly string[];
  /** The labeled nodes: indices of nodes, ascending. Those that the graph lacks are -1, at the end. */
  readonly nodes: Int32Array;
  /** The classes of each labeled node, ascending, each once. */
  readonly of: readonly (readonly number[])[];
  /** How many labeled nodes the graph lacks. Their vectors count as 0. */
  readonly missing: number;
}

/**
 * Reads lines `node<TAB>label`. A node with several labels has several lines. Empty lines and lines that begin with `#` are
 * skipped. Throws an InputError that names the first line without exactly two fields.
 *
 * @example parseLabels('1\tred\n2\tblue\n')  // [['1', 'red'], ['2', 'blue']]
 */
export function parseLabels(text: string, where = 'labels'): LabelOfNode[] {
  aText(text, 'parseLabels: text');
  aText(where, 'parseLabels: where');
  const found: LabelOfNode[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const fields = line.split('\t').map((field) => field.trim());
    if (fields.length !== 2 || fields.includes('')) {
      fail({
        what: `line ${i + 1} has ${fields.filter((field) => field !== '').length} of the 2 fields node and label`,
        where,
        fix: 'Write a node, a tab and a label on each line. A node with several labels has several lines.',
      });
    }
    found.push([fields[0], fields[1]]);
  });
  return found;
}

/** Classes times labeled nodes: the targets of a classifier, as float64, take 800 MB. */
const maxTargets = 1e8;

/**
 * Finds the labeled nodes in a graph. Throws an InputError if there are fewer than two classes, or so many that a classifier for each
 * does not fit in memory, and if no labeled node is in the graph.
 */
export function labelsOf({ ids }: Pick<NodeGraph, 'ids'>, labels: Iterable<LabelOfNode>, where = 'labels'): NodeLabels {
  const byNode = new Map<string, Set<string>>();
  const names = new Set<string>();
  for (const pair of labels) {
    aLabel(pair, where);
    const [node, label] = pair;
    const own = byNode.get(node) ?? new Set();
    byNode.set(node, own.add(label));
    names.add(label);
  }
  if (names.size < 2) {
    fail({
      what: `there ${names.size === 1 ? 'is 1 class' : 'are no labels'}`,
      where,
      fix: 'Pass labels of at least two classes.',
    });
  }
  if (names.size * byNode.size > maxTargets) {
    fail({
      what: `there are ${names.size.toLocaleString('en-US')} classes among ${byNode.size.toLocaleString('en-US')} labeled nodes, too many for a classifier for each class`,
      where,
      fix: 'Pass labels that many nodes share, or evaluate links.',
    });
  }
  const classes = [...names].sort();
  const classIndex = new Map(classes.map((name, k) => [name, k]));
  const classesOf = (own: Set<string>) => [...own].map((name) => classIndex.get(name)!).sort((a, b) => a - b);
  const nodes: number[] = [];
  const of: number[][] = [];
  const left = new Map(byNode);
  ids.forEach((id, node) => {
    const name = String(id);
    const own = left.get(name);
    if (own === undefined) return;
    left.delete(name);
    nodes.push(node);
    of.push(classesOf(own));
  });
  if (nodes.length === 0) {
    fail({
      what: `none of the ${byNode.size} labeled nodes is in the graph (the first is "${byNode.keys().next().value}")`,
      where,
      fix: 'Use the ids of the graph in the file of labels.',
    });
  }
  for (const own of left.values()) {
    nodes.push(-1);
    of.push(classesOf(own));
  }
  return { classes, nodes: Int32Array.from(nodes), of, missing: left.size };
}
