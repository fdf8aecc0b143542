/** Gives every number of a step an id, so that formulas, the drawing and the lists speak of the same number. */
import type { Explanation, MarkedNumber } from 'chainrule/explain';
import { texOfRow } from 'chainrule/explain';
import type { NumberData, StepPhase } from './protocol.ts';

type Row = Explanation['rows'][number];

export interface Registry {
  readonly numbers: readonly NumberData[];
  /** The id of a number in a formula; a chain rule has names alone. */
  idOf(number: MarkedNumber): number | undefined;
  /** The ids of the numbers that a row reads, in order, each once. */
  readsOf(row: Row): readonly number[];
}

/** The address of a number, with a prime after the update: it does not depend on the number of the step. */
export const keyOf = (quantity: string, after: number, step: number): string =>
  after >= step ? `${quantity}′` : quantity;

export function phaseOf({ line }: Row, step: number): StepPhase {
  if (line.phase === 'update') return 'update';
  if (line.after >= step) return 'after';
  return line.phase === 'forward' || line.phase === 'loss' || line.phase === 'backward' ? line.phase : 'given';
}

/** The numbers of all lines, then those that the lines read and that have no line, such as inputs. */
export function register(rows: readonly Row[], step: number): Registry {
  const numbers: NumberData[] = [];
  const ids = new Map<string, number>();
  const byName = new Map<string, number>();
  const add = (data: NumberData) => {
    ids.set(data.key, numbers.length);
    if (!byName.has(data.name)) byName.set(data.name, numbers.length);
    numbers.push(data);
  };
  rows.forEach((row, line) => {
    const { quantity, after, sample } = row.line;
    const key = keyOf(quantity, after, step);
    if (ids.has(key)) return;
    const own = namesIn(row).get(`${quantity} ${after}`)!;
    add({ key, ...own, value: row.value, phase: phaseOf(row, step), line, ...(sample !== undefined && { sample }) });
  });

  const find = (quantity: string, after: number, value: number): number | undefined => {
    const known = ids.get(keyOf(quantity, after, step));
    if (known !== undefined || after < step) return known;
    // an input is the same number after the update
    const before = ids.get(quantity);
    return before !== undefined && Object.is(numbers[before].value, value) ? before : undefined;
  };
  for (const [at, row] of rows.entries()) {
    let names: ReturnType<typeof namesIn> | undefined;
    for (const { quantity, after, value, isGiven } of row.reads ?? []) {
      if (find(quantity, after, value) !== undefined) continue;
      names ??= namesIn(row);
      const name = names.get(`${quantity} ${after}`) ?? { name: quantity, tex: '' };
      const sample = /^(?:layers\.0\.input|target)\[(\d+)\]/.exec(quantity)?.[1];
      const isNew = after >= step;
      add({
        key: keyOf(quantity, after, step),
        ...name,
        value,
        phase: isNew ? 'after' : isGiven ? 'given' : phaseWithoutLine(quantity),
        // its own line is left out
        ...(!isGiven && { since: at }),
        ...(sample !== undefined && { sample: Number(sample) }),
      });
    }
  }
  return {
    numbers,
    idOf: ({ name, quantity, after }) =>
      quantity === undefined ? byName.get(name) : (ids.get(keyOf(quantity, after!, step)) ?? ids.get(quantity)),
    readsOf: (row) => [
      ...new Set((row.reads ?? []).flatMap(({ quantity, after, value }) => find(quantity, after, value) ?? [])),
    ],
  };
}

const phaseWithoutLine = (quantity: string): StepPhase =>
  /^(gradient|factor)\(|\[mean\]/.test(quantity) ? 'backward' : quantity.startsWith('loss') ? 'loss' : 'forward';

/** The names of a row's numbers, by address and time. A number's name is written before its value. */
function namesIn(row: Row): Map<string, { readonly name: string; readonly tex: string }> {
  const found = new Map<string, { readonly name: string; readonly tex: string }>();
  texOfRow(row, {
    marked: true,
    mark: (tex, { name, quantity, after }) => {
      const key = `${quantity} ${after}`;
      if (!found.has(key)) found.set(key, { name, tex });
      return tex;
    },
  });
  return found;
}
