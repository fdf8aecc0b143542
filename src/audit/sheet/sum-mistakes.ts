/** Mistakes in a sum of products: a term left out, a factor, a sign, weights exchanged, samples averaged at another place. */
import { evaluate } from '../../core/formula.ts';
import { type Mistake, type MistakeKind, mistakeAt, type SheetWorkings } from './mistake.ts';

export const termKind = (sheet: SheetWorkings, cell: number): MistakeKind =>
  sheet.nodeName(cell).endsWith('.bias') ? 'bias' : 'term';

/** The terms of a sum: the two factors of each, or one. */
function termsOf({ workings }: SheetWorkings, cell: number): (readonly [number] | readonly [number, number])[] {
  const terms = workings.cells[cell].terms!;
  return Array.from({ length: terms.length / 2 }, (_, t) =>
    terms[2 * t + 1] < 0 ? ([terms[2 * t]] as const) : ([terms[2 * t], terms[2 * t + 1]] as const),
  );
}

export function sumMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const terms = termsOf(sheet, cell);
  const value = (now: Float64Array, term: readonly number[]) =>
    term.reduce((product, factor) => product * now[factor], 1);
  const total = (now: Float64Array) => terms.reduce((sum, term) => sum + value(now, term), 0);
  const label = (term: readonly number[]) => term.map((factor) => sheet.label(factor)).join('·');
  const { samples } = sheet.workings.cells[cell];
  const out: Mistake[] = [];
  for (const [t, term] of terms.entries()) {
    const kind = samples === undefined ? termKind(sheet, term[0]) : 'sample';
    out.push(mistakeAt(cell, kind, 0, `${label(term)} is left out`, (now) => total(now) - value(now, term)));
    out.push(
      mistakeAt(cell, 'sign', 0, `${label(term)} has the opposite sign`, (now) => total(now) - 2 * value(now, term)),
    );
    out.push(mistakeAt(cell, kind, 1, `only ${label(term)} is written`, (now) => value(now, term)));
    out.push(mistakeAt(cell, 'term', 1, `${label(term)} is added twice`, (now) => total(now) + value(now, term)));
    for (const [a, b] of term.length === 2 ? [term, [term[1], term[0]]] : []) {
      const text = `the factor ${sheet.label(b)} is left out of ${label(term)}`;
      out.push(mistakeAt(cell, 'factor', 0, text, (now) => total(now) - value(now, term) + now[a]));
    }
    for (const other of terms.slice(t + 1)) {
      if (term.length < 2 || other.length < 2) continue;
      const text = `${sheet.label(term[1]!)} and ${sheet.label(other[1]!)} are exchanged`;
      const exchanged = (now: Float64Array) =>
        total(now) -
        value(now, term) -
        value(now, other) +
        now[term[0]] * now[other[1]!] +
        now[other[0]] * now[term[1]!];
      out.push(mistakeAt(cell, 'index', 0, text, exchanged));
    }
  }
  return [...out, ...transposed(sheet, cell, terms), ...joined(sheet, cell, terms), ...averaged(sheet, cell, terms)];
}

/** Every weight of the sum with its indices exchanged. */
function transposed(sheet: SheetWorkings, cell: number, terms: readonly (readonly number[])[]): Mistake[] {
  return [0, 1].flatMap((side) => {
    const others = terms.map((term) => (term.length < 2 ? undefined : sheet.transposed(term[side])));
    if (others.every((other) => other === undefined)) return [];
    const first = others.findIndex((other) => other !== undefined);
    const text = `the indices are exchanged: ${sheet.label(others[first]!)} in place of ${sheet.label(terms[first][side])}`;
    const value = (now: Float64Array) =>
      terms.reduce(
        (sum, term, t) => sum + now[others[t] ?? term[side]] * (term.length < 2 ? 1 : now[term[1 - side]]),
        0,
      );
    return [mistakeAt(cell, 'index', 0, text, value)];
  });
}

/** Terms multiplied, factors added. */
function joined(sheet: SheetWorkings, cell: number, terms: readonly (readonly number[])[]): Mistake[] {
  const factors = terms.flat();
  const product = (now: Float64Array) => factors.reduce((all, factor) => all * now[factor], 1);
  const sum = (now: Float64Array) => factors.reduce((all, factor) => all + now[factor], 0);
  const ofTerms = mistakeAt(
    cell,
    'operation',
    1,
    `the terms of ${sheet.label(cell)} are multiplied, not added`,
    product,
  );
  const ofFactors = mistakeAt(
    cell,
    'operation',
    1,
    `the factors of each term of ${sheet.label(cell)} are added, not multiplied`,
    sum,
  );
  return factors.length > terms.length ? [ofTerms, ofFactors] : [ofTerms];
}

/** Sums over samples: averaged instead of added, and the numbers averaged before they are put in the formula. */
function averaged(sheet: SheetWorkings, cell: number, terms: readonly (readonly number[])[]): Mistake[] {
  const { workings } = sheet;
  const { samples } = workings.cells[cell];
  if (samples === undefined) return [];
  const count = new Set(samples).size;
  if (count < 2) return [];
  const label = sheet.label(cell);
  const out = [
    mistakeAt(
      cell,
      'average',
      0,
      `${label} is divided by the ${count} samples once more`,
      (now) => workings.compute(cell, now) / count,
    ),
  ];
  const mean = (now: Float64Array, cells: readonly number[]) =>
    cells.reduce((sum, each) => sum + now[each], 0) / cells.length;
  const before = `the numbers are averaged before ${sheet.label(terms[0][0])} and the others are computed, not after`;
  const formulas = terms.map(([first]) => workings.written.get(first));
  const [one] = formulas;
  if (terms.every((term) => term.length === 2)) {
    const product = (now: Float64Array) =>
      terms.length *
      mean(
        now,
        terms.map(([a]) => a),
      ) *
      mean(
        now,
        terms.map(([, b]) => b),
      );
    out.push(mistakeAt(cell, 'average', 0, `the averages of the factors are multiplied in ${label}`, product));
  } else if (one !== undefined && formulas.every((each) => each?.formula === one.formula)) {
    const value = (now: Float64Array) =>
      terms.length *
      evaluate(
        one.formula,
        one.args.map((_, i) =>
          mean(
            now,
            formulas.map((each) => each!.args[i]),
          ),
        ),
      );
    out.push(mistakeAt(cell, 'average', 0, before, value));
  }
  return out;
}
