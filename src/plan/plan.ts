/**
 * A plan: the steps of a graph in order, over one arena. This is the trivial plan: topological order, every value kept in
 * a place of its own, steps that nothing asks for left out. Engines run plans; they never see a graph.
 */
import { type Shape, showShape, size } from '../base/shape.ts';
import { type Graph, type Node, type Op, type SourceRole, showLetters } from '../core/graph.ts';

export interface Step {
  readonly op: Exclude<Op, { kind: 'source' }>;
  readonly inputs: readonly Slot[];
  readonly output: Slot;
}

/** A place in the arena. */
export interface Slot {
  readonly id: number;
  /** In elements from the arena's start. */
  readonly offset: number;
  readonly shape: Shape;
  readonly size: number;
  readonly name?: string;
  readonly role?: SourceRole;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly sources: readonly (Slot & { readonly initial?: ArrayLike<number> | number })[];
  readonly updates: readonly { readonly target: Slot; readonly value: Slot }[];
  /** In elements. */
  readonly arenaSize: number;
  /** Every kept slot by node, and by the addresses of the graph. */
  readonly slots: ReadonlyMap<Node, Slot>;
  readonly names: ReadonlyMap<string, Slot>;
}

/** Compiles a graph. `keep` are the nodes wanted besides the updates; 'all' keeps everything, for the explanation. */
export function compile(graph: Graph, keep: readonly Node[] | 'all'): Plan {
  const live = new Set<Node>();
  const visit = (node: Node) => {
    if (live.has(node)) return;
    live.add(node);
    node.inputs.forEach(visit);
  };
  for (const node of keep === 'all' ? graph.nodes : keep) visit(node);
  for (const { target, value } of graph.updates) {
    visit(target);
    visit(value);
  }
  // what is fed in can always be written, whether or not a step reads it (plain descent does not count its updates)
  for (const node of graph.nodes) {
    if (node.op.kind === 'source' && (node.op.role === 'input' || node.op.role === 'slot')) visit(node);
  }

  const slots = new Map<Node, Slot>();
  const sources: Plan['sources'][number][] = [];
  const steps: Step[] = [];
  let arenaSize = 0;
  for (const node of graph.nodes) {
    if (!live.has(node)) continue;
    const slot: Slot = {
      id: node.id,
      offset: arenaSize,
      shape: node.shape,
      size: size(node.shape),
      name: node.name,
      role: node.op.kind === 'source' ? node.op.role : undefined,
    };
    arenaSize += slot.size;
    slots.set(node, slot);
    if (node.op.kind === 'source') {
      const { initial } = node.op;
      sources.push({ ...slot, initial: typeof initial === 'object' ? initial.data : initial });
    } else {
      steps.push({ op: node.op, inputs: node.inputs.map((input) => slots.get(input)!), output: slot });
    }
  }
  const names = new Map<string, Slot>();
  for (const [name, node] of graph.names()) {
    const slot = slots.get(node);
    if (slot !== undefined) names.set(name, slot);
  }
  const updates = graph.updates.map(({ target, value }) => ({ target: slots.get(target)!, value: slots.get(value)! }));
  return { steps, sources, updates, arenaSize, slots, names };
}

/** The plan as text, one line a step: what it computes, from what, and where in the arena. */
export function show(plan: Plan): string {
  const label = (slot: Slot) => slot.name ?? `#${slot.id}`;
  const row = (slot: Slot, text: string) => `${label(slot)} ${showShape(slot.shape)} @${slot.offset} = ${text}`;
  const lines = plan.sources.map((source) => row(source, source.role ?? ''));
  for (const { op, inputs, output } of plan.steps) {
    const from = inputs.map(label).join(', ');
    if (op.kind === 'map') lines.push(row(output, `${op.map.name}(${from}) ${showLetters(op.letters)}`));
    if (op.kind === 'contract') lines.push(row(output, `contract ${showLetters(op.letters)}  ${from}`));
    if (op.kind === 'kernel') lines.push(row(output, `${op.kernel.name}(${from})`));
  }
  for (const { target, value } of plan.updates) lines.push(`${label(target)} := ${label(value)}`);
  return lines.join('\n');
}
