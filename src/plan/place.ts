/**
 * Places the values of plans that belong together in one arena: first parameters and states by name; then what each plan
 * owns, its inputs and the values that can be read after a step; then a region that all plans share for values that do not
 * outlive a step. In that region, a value reuses the memory of one that no later step reads.
 */
import type { Plan, Slot, Step } from './plan.ts';
import { isShared, lasting, mapSlots } from './slots.ts';

export interface Placement {
  /** The plans with offsets into the arena. Only sources and kept values have names, as other values do not last. */
  readonly plans: readonly Plan[];
  /** The size of the arena, in elements. */
  readonly size: number;
}

/** Offsets are multiples of this many elements: 16 bytes in float32, so that the tail of a vector belongs to one value. */
export const alignment = 4;

const rounded = (size: number) => Math.ceil(size / alignment) * alignment;

/** With `inPlace`, the new value of a source is written over the old one if no later step reads the old one. */
export function place(plans: readonly Plan[], { inPlace = true }: { readonly inPlace?: boolean } = {}): Placement {
  let end = 0;
  const take = ({ size }: Slot) => {
    const start = end;
    end += rounded(size);
    return start;
  };

  const shared = new Map<string, number>();
  for (const role of ['parameter', 'state']) {
    for (const source of plans.flatMap(({ sources }) => sources)) {
      if (source.role === role && !shared.has(source.name!)) shared.set(source.name!, take(source));
    }
  }
  const owned = plans.map((plan) => {
    const written = inPlace ? writtenInPlace(plan) : new Map<number, Slot>();
    const offsets = new Map<number, number>();
    for (const source of plan.sources) {
      offsets.set(source.id, isShared(source) ? shared.get(source.name!)! : take(source));
    }
    for (const [value, target] of written) offsets.set(value, offsets.get(target.id)!);
    const lasts = lasting(plan);
    for (const slot of plan.steps.flatMap(({ outputs }) => outputs)) {
      if (lasts.has(slot.id) && !offsets.has(slot.id)) offsets.set(slot.id, take(slot));
    }
    return { plan, written, offsets };
  });

  let size = end;
  const placed = owned.map(({ plan, written, offsets }) => {
    size = Math.max(size, placeValues(plan, end, offsets, inPlace));
    const visible = new Set([...plan.sources, ...plan.kept].map(({ id }) => id));
    const only = <K>(slots: ReadonlyMap<K, Slot>) => new Map([...slots].filter(([, { id }]) => visible.has(id)));
    const updates = plan.updates.filter(({ target, value }) => written.get(value.id)?.id !== target.id);
    return mapSlots({ ...plan, updates, slots: only(plan.slots), names: only(plan.names) }, (slot) => ({
      ...slot,
      offset: offsets.get(slot.id)!,
    }));
  });
  return { plans: placed.map((plan) => ({ ...plan, arenaSize: size })), size };
}

/** Whether a step reads elements of a slot other than the one that it writes next. */
function readsAcross(step: Step, slot: Slot): boolean {
  return step.inputs.some(
    ({ id }, i) => id === slot.id && !(step.kind === 'map' && step.letters.inputs[i] === step.letters.output),
  );
}

/** The new values that can be computed in the memory of their source: value id -> source. */
function writtenInPlace({ steps, updates }: Plan): Map<number, Slot> {
  const count = new Map<number, number>();
  for (const id of updates.flatMap(({ target, value }) => [target.id, value.id])) {
    count.set(id, (count.get(id) ?? 0) + 1);
  }
  const written = new Map<number, Slot>();
  for (const { target, value } of updates) {
    if (count.get(target.id) !== 1 || count.get(value.id) !== 1) continue;
    const at = steps.findIndex(({ outputs }) => outputs.some(({ id }) => id === value.id));
    const readLater = steps.slice(at + 1).some(({ inputs }) => inputs.some(({ id }) => id === target.id));
    if (!readLater && !readsAcross(steps[at], target)) written.set(value.id, target);
  }
  return written;
}

/** An input that is read for the last time, element by element, so that an output may reuse its memory. */
function findOver(step: Step, dying: Iterable<Slot>, size: number): Slot | undefined {
  for (const slot of dying) if (rounded(slot.size) === size && !readsAcross(step, slot)) return slot;
  return undefined;
}

/** Places the values that do not last, from `start` on. Returns the end. */
function placeValues({ steps }: Plan, start: number, offsets: Map<number, number>, inPlace: boolean): number {
  const lastRead = new Map<number, number>();
  steps.forEach(({ inputs, outputs }, at) => {
    for (const { id } of [...inputs, ...outputs]) lastRead.set(id, at);
  });
  const placed = new Set<number>();
  const free = new FreeList(start);
  steps.forEach((step, at) => {
    const dying = new Map(
      step.inputs.filter(({ id }) => placed.has(id) && lastRead.get(id) === at).map((slot) => [slot.id, slot]),
    );
    for (const output of step.outputs) {
      if (offsets.has(output.id)) continue;
      const size = rounded(output.size);
      const over = inPlace && step.kind === 'map' ? findOver(step, dying.values(), size) : undefined;
      if (over !== undefined) dying.delete(over.id);
      offsets.set(output.id, over === undefined ? free.take(size) : offsets.get(over.id)!);
      placed.add(output.id);
    }
    if (!inPlace) return;
    const unread = step.outputs.filter(({ id }) => placed.has(id) && lastRead.get(id) === at);
    for (const slot of [...dying.values(), ...unread]) free.give(offsets.get(slot.id)!, rounded(slot.size));
  });
  return free.end;
}

/** Free memory from `start` on: `take` uses the first gap that fits, or else the end. */
class FreeList {
  private gaps: { start: number; size: number }[] = [];
  end: number;

  constructor(start: number) {
    this.end = start;
  }

  take(size: number): number {
    const gap = this.gaps.find((each) => each.size >= size);
    if (gap === undefined) {
      // extend a gap at the end
      const last = this.gaps[this.gaps.length - 1];
      const start = last !== undefined && last.start + last.size === this.end ? this.gaps.pop()!.start : this.end;
      this.end = start + size;
      return start;
    }
    const { start } = gap;
    gap.start += size;
    gap.size -= size;
    if (gap.size === 0) this.gaps.splice(this.gaps.indexOf(gap), 1);
    return start;
  }

  give(start: number, size: number): void {
    this.gaps.push({ start, size });
    this.gaps.sort((a, b) => a.start - b.start);
    this.gaps = this.gaps.reduce<{ start: number; size: number }[]>((merged, gap) => {
      const last = merged[merged.length - 1];
      if (last !== undefined && last.start + last.size === gap.start) last.size += gap.size;
      else merged.push({ ...gap });
      return merged;
    }, []);
  }
}
