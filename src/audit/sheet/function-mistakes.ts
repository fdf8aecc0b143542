/** Mistakes with the functions of a network: an activation not applied, applied twice, another one, its derivative elsewhere. */
import { argumentsOf, evaluate, sameFormula } from '../../core/formula.ts';
import { type Activation, type ActivationFamily, activations } from '../../core/ops/activations.ts';
import { type Mistake, mistakeAt, type SheetWorkings } from './mistake.ts';

/** The activations that a learner can take for another: those of one number, without options, that bend it. */
const functions = activations.flatMap((each: Activation | ActivationFamily) =>
  'map' in each && each.map?.arity === 1 && (each.saturates || each.dies)
    ? [{ name: each.name, formula: each.map.formula }]
    : [],
);

/** The mistakes in computing a function, and in the numbers that a definition such as y·(1 − y) reads. */
export function functionMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const written = sheet.workings.written.get(cell);
  const read = written === undefined ? [] : [...argumentsOf(written.formula)];
  return [...ofFunction(sheet, cell), ...read.flatMap((argument) => ofArgument(sheet, cell, argument))];
}

/** A function of one number. */
function ofFunction(sheet: SheetWorkings, cell: number): Mistake[] {
  const found = sheet.functionOf(cell);
  if (found === undefined) return [];
  const { formula, argument } = found;
  const from = sheet.label(argument);
  const apply = (value: number) => evaluate(formula, [value]);
  const { workings } = sheet;
  const isNegated = workings.reads[argument].some(({ by }) => workings.primitive(by) === 'neg');
  const copied = `the function is not applied: ${sheet.label(cell)} is ${from}`;
  return [
    mistakeAt(cell, 'activation', 0, copied, (now) => now[argument]),
    mistakeAt(cell, 'activation', 0, 'the function is applied twice', (now) => apply(apply(now[argument]))),
    // of e^(−z), the exponent says more
    ...(isNegated ? [] : [mistakeAt(cell, 'sign', 0, `the sign of ${from} is wrong`, (now) => apply(-now[argument]))]),
    ...functions
      .filter((other) => !sameFormula(other.formula, formula))
      .map((other) =>
        mistakeAt(cell, 'activation', 1, `the function is ${other.name}`, (now) =>
          evaluate(other.formula, [now[argument]]),
        ),
      ),
  ];
}

/** An argument that is the output of an activation, taken before or after it. */
function ofArgument(sheet: SheetWorkings, cell: number, argument: number): Mistake[] {
  const { workings } = sheet;
  const from = workings.written.get(cell)!.args[argument];
  const [name, of] = [sheet.label(from), sheet.label(cell)];
  const using = (text: string, value: (now: Float64Array) => number) =>
    mistakeAt(cell, 'derivative', 0, text, (now) => workings.computeWithin(cell, now, argument, value(now)));
  const out: Mistake[] = [];
  const inner = sheet.functionOf(from);
  if (inner !== undefined) {
    const before = `${sheet.label(inner.argument)}, before the activation, is used in place of ${name} in ${of}`;
    out.push(
      using(before, (now) => now[inner.argument]),
      using(`the activation is applied to ${name} once more in ${of}`, (now) => evaluate(inner.formula, [now[from]])),
    );
  }
  for (const after of sheet.functionsOf(from)) {
    if (after >= cell) continue;
    out.push(
      using(`${sheet.label(after)}, after the activation, is used in place of ${name} in ${of}`, (now) => now[after]),
    );
  }
  return out;
}

/** An activation applied to a sum that has none. */
export function appliedMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  if (!sheet.nodeName(cell).endsWith('.sum')) return [];
  const { workings } = sheet;
  return functions.map(({ name, formula }) =>
    mistakeAt(cell, 'activation', 1, `${name} is applied to it already`, (now) =>
      evaluate(formula, [workings.compute(cell, now)]),
    ),
  );
}
