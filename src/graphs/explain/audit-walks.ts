/**
 * The audit of printed walks: the likelihood of each step and of each walk under the stated p and q. A walk that its own
 * parameters make impossible is named, with the step and the reason.
 */
import type { Convention } from '../../audit/conventions.ts';
import { type Audit, type AuditOptions, auditSubject, type PrintedQuantity } from '../../audit/index.ts';
import type { Reading, Request } from '../../audit/run.ts';
import type { Subject } from '../../audit/subject.ts';
import { takeGraphApart } from '../../audit/take-apart.ts';
import { nameOfVariable } from '../../explain/quantity-names.ts';
import type { NodeId } from '../graph.ts';
import { givenBy } from './given.ts';
import { type StepKind, type WalkModel, walkGraph } from './walk-graph.ts';
import { reasonOf, walkTape } from './walk-lines.ts';
import { WalkNames } from './walk-names.ts';

/** One step of a walk, and how likely it is. */
export interface AuditedStep {
  readonly from: NodeId;
  readonly to: NodeId;
  /** `first`, `return` (1/p), `near` (a neighbor of the node before) or `far` (1/q); null where there is no edge. */
  readonly kind: StepKind | null;
  readonly probability: number;
}

export interface AuditedWalk {
  readonly nodes: readonly NodeId[];
  readonly steps: readonly AuditedStep[];
  /** The product of the probabilities. */
  readonly likelihood: number;
  /** The natural logarithm of the likelihood; −∞ of an impossible walk. */
  readonly logLikelihood: number;
  /** The first step that cannot be made: its position in the walk, from 1, and why. */
  readonly impossible?: { readonly position: number; readonly reason: string };
}

export interface WalkAudit extends Audit {
  readonly walks: readonly AuditedWalk[];
}

/** Gives each walk's likelihood, and marks each printed number. Not `ok` where a walk is impossible or a number is wrong. */
export function auditWalks(
  model: WalkModel,
  printed: readonly PrintedQuantity[] = [],
  options?: AuditOptions,
): WalkAudit {
  const names = new WalkNames(model);
  const made = walkGraph(model);
  const tape = walkTape(made);
  const value = (name: string) => tape.at(made.graph.get(name), []).value;
  const { ids } = model.graph;
  const walks = model.walks.map((walk, w): AuditedWalk => {
    const broken = made.steps[w].find(({ impossible }) => impossible !== undefined);
    return {
      nodes: walk.map((node) => ids[node]),
      steps: made.steps[w].map(({ from, to, kind, position }) => ({
        from: ids[from],
        to: ids[to],
        kind: kind ?? null,
        probability: value(`probability[${w}][${position}]`),
      })),
      likelihood: value(`likelihood[${w}]`),
      logLikelihood: value(`logLikelihood[${w}]`),
      ...(broken !== undefined && { impossible: { position: broken.position, reason: reasonOf(broken, names) } }),
    };
  });
  const found = auditSubject(walkSubject(model), printed, options);
  return { ...found, walks, ok: found.ok && walks.every(({ impossible }) => impossible === undefined) };
}

/** Walks as the audit sees them. */
export function walkSubject(model: WalkModel): Subject {
  const names = new WalkNames(model);
  const run = (requests: readonly Request[], changed = model): Reading[] => {
    const made = walkGraph(changed);
    const tape = walkTape(made);
    return requests.map(({ quantity, where }) => {
      const { value } = tape.at(made.graph.get(names.locate(quantity, where)), []);
      return { value, data: value };
    });
  };
  return {
    parse: (text, where) => names.parse(text, where),
    run,
    conventions: (requests, base) =>
      conventionsOf(
        model,
        requests.map(({ quantity, where }) => names.locate(quantity, where)),
        base,
        (changed) => run(requests, changed),
      ),
    workings: (requests) => {
      const { graph, given } = walkGraph(model);
      return takeGraphApart({
        graph,
        requests,
        found: requests.map(({ quantity, where }) => ({ node: graph.get(names.locate(quantity, where)), index: [] })),
        numbers: () => givenBy(given),
        derivatives: [],
      });
    },
    names: () => ({ of: names.of, address: ({ node }) => node.name!, marked: false }),
    nameOf: (text) => nameOfVariable(names.variable(names.locate(names.parse(text)))!, false),
  };
}

/** What else a print may mean by p, q and the weights. */
function conventionsOf(
  model: WalkModel,
  addresses: readonly string[],
  base: readonly Reading[],
  values: (changed: WalkModel) => Reading[],
): Convention[] {
  const { p, q, graph } = model;
  const under = (which: string, text: string, changed: Partial<WalkModel>): Convention => ({
    kind: 'walk',
    which,
    text,
    values: values({ ...model, ...changed }).map(({ value }) => value),
  });
  return [
    under('swapped', 'p and q change places', { p: q, q: p }),
    under('inverse', 'p and q are the weights themselves, not 1/p and 1/q', { p: 1 / p, q: 1 / q }),
    under('firstOrder', 'p and q are left out: each step goes by weight alone', { p: 1, q: 1 }),
    ...(graph.weights === undefined
      ? []
      : [under('unweighted', 'the weights of the edges are left out', { graph: { ...graph, weights: undefined } })]),
    {
      kind: 'sign',
      which: 'row',
      text: 'it is written with the opposite sign',
      values: base.map(({ value }) => -value),
      // a negative log-likelihood
      alike: addresses.map((name) => (name.startsWith('logLikelihood') ? 'logLikelihood' : undefined)),
    },
  ];
}
