/** Merges equal steps with equal inputs into one, such as the bias corrections of all parameters. No bit changes. */
import { type Formula, interned } from '../core/formula.ts';
import { showLetters } from '../core/graph.ts';
import type { Plan, Slot, Step } from './plan.ts';
import { mapSlots } from './slots.ts';

export function mergeEqual(plan: Plan): Plan {
  const formulas = interned();
  const first = new Map<string, readonly Slot[]>();
  const instead = new Map<number, Slot>();
  const resolve = (slot: Slot) => instead.get(slot.id) ?? slot;
  const steps: Step[] = [];
  for (const step of plan.steps) {
    const inputs = step.inputs.map(resolve);
    const key = `${what(step, formulas)} ${inputs.map(({ id }) => id).join()}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, step.outputs);
      steps.push({ ...step, inputs } as Step);
    } else for (const [i, { id }] of step.outputs.entries()) instead.set(id, before[i]);
  }
  return mapSlots({ ...plan, steps }, resolve);
}

/** The computation of a step, without its inputs. It includes the shape, as a map of scalars may have any shape. */
function what(step: Step, formulas: (f: Formula) => number): string {
  switch (step.kind) {
    case 'map':
      return `map ${showLetters(step.letters)} ${step.outputs[0].shape} ${step.formulas.map(formulas).join()}`;
    case 'contract':
      return `contract ${showLetters(step.letters)}`;
    case 'kernel':
      return JSON.stringify(step.kernel);
  }
}
