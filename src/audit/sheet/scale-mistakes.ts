/** Mistakes in the size of a whole result: a factor 2, the number of samples or the learning rate too many or missing. */
import { type Mistake, type MistakeKind, mistakeAt, type SheetWorkings } from './mistake.ts';
import { isSetting } from './operation-mistakes.ts';

export function scaleMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const { workings } = sheet;
  const sizes = new Map<number, { readonly kind: MistakeKind; readonly text: string; readonly rank: 0 | 1 }>([
    [2, { kind: 'divisor', text: '2', rank: 0 }],
  ]);
  for (const [each, { text, samples }] of workings.cells.entries()) {
    const value = workings.values[each];
    const count = samples === undefined ? 0 : new Set(samples).size;
    if (count > 2) sizes.set(count, { kind: 'divisor', text: `the ${count} samples`, rank: 0 });
    if (workings.isConstant(each) && value > 2 && !sizes.has(value)) {
      sizes.set(value, { kind: 'divisor', text: text === String(value) ? text : `${text} = ${value}`, rank: 0 });
    }
    if (isSetting(sheet, each) && value !== 0 && !sizes.has(value)) {
      sizes.set(value, { kind: 'rate', text: sheet.label(each), rank: 1 });
    }
  }
  return [...sizes].flatMap(([size, { kind, text, rank }]) => [
    mistakeAt(cell, kind, rank, `it is multiplied by ${text} too often`, (now) => workings.compute(cell, now) * size),
    mistakeAt(cell, kind, rank, `it is divided by ${text} too often`, (now) => workings.compute(cell, now) / size),
  ]);
}
