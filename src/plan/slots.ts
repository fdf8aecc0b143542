/** A plan with each slot replaced. */
import type { Plan, Slot, Source, Step } from './plan.ts';

export function mapSlots(plan: Plan, replace: (slot: Slot) => Slot): Plan {
  const all = (slots: readonly Slot[]) => slots.map(replace);
  return {
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, inputs: all(step.inputs), outputs: all(step.outputs) }) as Step),
    sources: plan.sources.map((source): Source => ({ ...replace(source), initial: source.initial })),
    updates: plan.updates.map(({ target, value }) => ({ target: replace(target), value: replace(value) })),
    kept: all(plan.kept),
    slots: new Map([...plan.slots].map(([node, slot]) => [node, replace(slot)])),
    names: new Map([...plan.names].map(([name, slot]) => [name, replace(slot)])),
  };
}

/** The slots whose values can be read after a step: sources, kept values, and new values of sources. */
export function lasting(plan: Plan): Set<number> {
  return new Set([...plan.sources, ...plan.kept, ...plan.updates.map(({ value }) => value)].map(({ id }) => id));
}

/** Parameters and states outlive a step: plans that belong together share their memory by name. */
export function isShared({ role }: Slot): boolean {
  return role === 'parameter' || role === 'state';
}
