/**
 * A plan: the steps of a graph in order, over one arena. `compile` makes a simple one: steps in topological order, each
 * value with memory of its own, and no steps with unused results. Engines run plans; they never see a graph.
 */
import { type Shape, showShape, size } from '../base/shape.ts';
import type { Formula } from '../core/formula.ts';
import {
  type Graph,
  type Letters,
  type Node,
  type NumberType,
  type Op,
  type SourceRole,
  showLetters,
} from '../core/graph.ts';
import type { Kernel } from '../core/ops/kernels.ts';
import { inputsFirst } from '../core/walk.ts';

/** Formulas over the same inputs and axes, element by element: one loop computes one output for each formula. */
export interface MapStep {
  readonly kind: 'map';
  readonly name: string;
  readonly letters: Letters;
  readonly formulas: readonly Formula[];
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
}

export interface ContractStep {
  readonly kind: 'contract';
  readonly letters: Letters;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly [Slot];
}

export interface KernelStep {
  readonly kind: 'kernel';
  readonly kernel: Kernel;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly [Slot];
}

export type Step = MapStep | ContractStep | KernelStep;

/** A place in the arena. */
export interface Slot {
  readonly id: number;
  /** In elements, from the start of the arena. */
  readonly offset: number;
  readonly shape: Shape;
  readonly size: number;
  readonly type: NumberType;
  readonly name?: string;
  readonly role?: SourceRole;
}

export type Source = Slot & { readonly initial?: ArrayLike<number> | number };

export interface Plan {
  readonly steps: readonly Step[];
  readonly sources: readonly Source[];
  readonly updates: readonly { readonly target: Slot; readonly value: Slot }[];
  /** The values to keep, in addition to the updates. */
  readonly kept: readonly Slot[];
  /** In elements. */
  readonly arenaSize: number;
  /** All slots, by node and by address in the graph. */
  readonly slots: ReadonlyMap<Node, Slot>;
  readonly names: ReadonlyMap<string, Slot>;
}

/** Compiles a graph. `keep` are the nodes to compute in addition to the updates; 'all' keeps every value, to explain a step. */
export function compile(graph: Graph, keep: readonly Node[] | 'all'): Plan {
  const live = new Set(
    inputsFirst([
      ...(keep === 'all' ? graph.nodes : keep),
      ...graph.updates.flatMap(({ target, value }) => [target, value]),
      // inputs and slots can always be written, whether or not a step reads them (plain descent ignores the count)
      ...graph.nodes.filter(({ op }) => op.kind === 'source' && (op.role === 'input' || op.role === 'slot')),
    ]),
  );

  const slots = new Map<Node, Slot>();
  const sources: Source[] = [];
  const steps: Step[] = [];
  let arenaSize = 0;
  for (const node of graph.nodes) {
    if (!live.has(node)) continue;
    const slot: Slot = {
      id: node.id,
      offset: arenaSize,
      shape: node.shape,
      size: size(node.shape),
      type: node.type,
      name: node.name,
      role: node.op.kind === 'source' ? node.op.role : undefined,
    };
    arenaSize += slot.size;
    slots.set(node, slot);
    if (node.op.kind === 'source') {
      const { initial } = node.op;
      sources.push({ ...slot, initial: typeof initial === 'object' ? initial.data : initial });
    } else {
      const inputs = node.inputs.map((input) => slots.get(input)!);
      steps.push(stepOf(node.op, inputs, slot));
    }
  }
  const names = new Map<string, Slot>();
  for (const [name, node] of graph.names()) {
    const slot = slots.get(node);
    if (slot !== undefined) names.set(name, slot);
  }
  const updates = graph.updates.map(({ target, value }) => ({ target: slots.get(target)!, value: slots.get(value)! }));
  const kept = keep === 'all' ? [...slots.values()] : keep.map((node) => slots.get(node)!);
  return { steps, sources, updates, kept, arenaSize, slots, names };
}

function stepOf(op: Exclude<Op, { kind: 'source' }>, inputs: readonly Slot[], output: Slot): Step {
  switch (op.kind) {
    case 'map': {
      const { name, formula } = op.map;
      return { kind: 'map', name, letters: op.letters, formulas: [formula], inputs, outputs: [output] };
    }
    case 'contract':
      return { kind: 'contract', letters: op.letters, inputs, outputs: [output] };
    case 'kernel':
      return { kind: 'kernel', kernel: op.kernel, inputs, outputs: [output] };
  }
}

/** The plan as text, one line for each step: what it computes, its inputs, and its place in the arena. */
export function show(plan: Plan): string {
  const label = (slot: Slot) => slot.name ?? `#${slot.id}`;
  const place = (slot: Slot) => `${label(slot)} ${showShape(slot.shape)} @${slot.offset}`;
  const row = ({ outputs }: Step, text: string) => `${outputs.map(place).join(', ')} = ${text}`;
  const lines = plan.sources.map((source) => `${place(source)} = ${source.role}`);
  for (const step of plan.steps) {
    const from = step.inputs.map(label).join(', ');
    if (step.kind === 'map') lines.push(row(step, `${step.name}(${from}) ${showLetters(step.letters)}`));
    if (step.kind === 'contract') lines.push(row(step, `contract ${showLetters(step.letters)}  ${from}`));
    if (step.kind === 'kernel') lines.push(row(step, `${step.kernel.name}(${from})`));
  }
  for (const { target, value } of plan.updates) lines.push(`${label(target)} := ${label(value)}`);
  return lines.join('\n');
}
