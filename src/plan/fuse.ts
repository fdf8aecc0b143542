/**
 * Fuses maps over the same elements into one loop. A value that only this loop reads is never stored. A map joins an earlier
 * loop if everything that it reads is computed before. The operations on each element stay the same, so no bit changes.
 */
import { argument, argumentsOf, type Formula, substitute, substituteAll } from '../core/formula.ts';
import type { Letters } from '../core/graph.ts';
import type { MapStep, Plan, Slot, Step } from './plan.ts';
import { lasting } from './slots.ts';

/** Maps that are fused into one loop; `axes` are the letters of the output in order: `ab`. */
interface Loop {
  readonly axes: string;
  readonly shape: string;
  readonly names: string[];
  readonly inputs: Slot[];
  readonly letters: string[];
  readonly values: Map<number, { readonly slot: Slot; readonly formula: Formula }>;
}

const alphabet = 'abcdefgh';

/** Renames letters by their position in the output, so that loops over one shape use the same letters. */
function byPlace({ inputs, output }: Letters): Letters {
  const rename = (axes: string) => [...axes].map((letter) => alphabet[output.indexOf(letter)]).join('');
  return { inputs: inputs.map(rename), output: rename(output) };
}

export function fuseMaps(plan: Plan): Plan {
  const items: (Loop | Step)[] = [];
  // the index of the item that computes a value; sources come before all items
  const producer = new Map<number, number>();
  for (const step of plan.steps) {
    let at = items.length;
    if (step.kind !== 'map') items.push(step);
    else {
      const letters = byPlace(step.letters);
      at = placeFor(step, letters, items, producer);
      if (at === items.length) items.push(emptyLoop(step, letters));
      join(items[at] as Loop, step, letters);
    }
    for (const { id } of step.outputs) producer.set(id, at);
  }

  // backwards: a loop outputs only what a later item reads, and reads only what its outputs need
  const read = lasting(plan);
  const steps: Step[] = [];
  for (const item of items.toReversed()) {
    const step = 'kind' in item ? item : finish(item, read);
    if (!step.outputs.some(({ id }) => read.has(id))) continue;
    for (const { id } of step.inputs) read.add(id);
    steps.push(step);
  }
  return { ...plan, steps: steps.toReversed() };
}

/** The last loop over this shape that comes after everything the map reads, or the end of the list. */
function placeFor(
  { inputs, outputs }: MapStep,
  letters: Letters,
  items: readonly (Loop | Step)[],
  producer: ReadonlyMap<number, number>,
): number {
  const shape = String(outputs[0].shape);
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if ('kind' in item || item.shape !== shape) {
      if (inputs.some(({ id }) => producer.get(id) === at)) break;
      continue;
    }
    // the map reads the loop's own results element by element
    const known = (slot: Slot, i: number) => producer.get(slot.id) !== at || letters.inputs[i] === letters.output;
    if (inputs.every(known)) return at;
    break;
  }
  return items.length;
}

function emptyLoop({ outputs }: MapStep, { output }: Letters): Loop {
  return { axes: output, shape: String(outputs[0].shape), names: [], inputs: [], letters: [], values: new Map() };
}

function join(loop: Loop, step: MapStep, letters: Letters): void {
  const read = step.inputs.map((slot, i) => {
    const inside = loop.values.get(slot.id);
    if (inside !== undefined) return inside.formula;
    const axes = letters.inputs[i];
    let index = loop.inputs.findIndex((other, k) => other.id === slot.id && loop.letters[k] === axes);
    if (index === -1) {
      index = loop.inputs.push(slot) - 1;
      loop.letters.push(axes);
    }
    return argument(index);
  });
  loop.names.push(step.name);
  step.outputs.forEach((slot, i) => {
    loop.values.set(slot.id, { slot, formula: substitute(step.formulas[i], (index) => read[index]) });
  });
}

function finish({ axes, names, inputs, letters, values }: Loop, read: ReadonlySet<number>): MapStep {
  const outputs = [...values.values()].filter(({ slot }) => read.has(slot.id));
  const used = new Set<number>();
  for (const { formula } of outputs) argumentsOf(formula, used);
  const order = [...used].sort((a, b) => a - b);
  // -1: of an input that is not used
  const replaced = inputs.map((_, index): Formula => ({ kind: 'argument', index: order.indexOf(index) }));
  // one object for each formula: what two outputs share is computed once
  const compact = substituteAll(
    outputs.map(({ formula }) => formula),
    (index) => replaced[index],
  );
  return {
    kind: 'map',
    name: names.join(' · '),
    letters: { inputs: order.map((index) => letters[index]), output: axes },
    formulas: compact,
    inputs: order.map((index) => inputs[index]),
    outputs: outputs.map(({ slot }) => slot),
  };
}
