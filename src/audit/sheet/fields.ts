/** The fields of a sheet: what is filled in, beside what it should be. */
import { fail } from '../../base/errors.ts';
import type { PrintedQuantity } from '../index.ts';
import { agrees, type Printed, readPrinted } from '../printed.ts';
import type { Request } from '../run.ts';
import type { Subject } from '../subject.ts';
import type { Workings } from '../workings.ts';

/** A filled field. */
export interface Field {
  /** The position in the list of printed numbers. */
  readonly index: number;
  readonly text: string;
  readonly printed: Printed;
  /** The number that it should be. */
  readonly computed: number;
  readonly agrees: boolean;
  /** The number in the workings; -1 if it was not decomposed. */
  readonly cell: number;
}

/**
 * The filled fields, and the example as single operations if one of them has a mistake, or fewer than `digits` digits. Throws an
 * InputError naming `printed[i]` for what is not a number, an address or a number of updates.
 */
export function readFields(
  subject: Subject,
  printed: readonly PrintedQuantity[],
  digits: number,
): { readonly fields: readonly Field[]; readonly workings: Workings | undefined } {
  const requests = printed.map(({ quantity, after = 0 }, i): Request => {
    if (!Number.isSafeInteger(after) || after < 0) {
      fail({
        what: `${after} is not a number of updates`,
        where: `printed[${i}].after`,
        fix: 'Give an integer from 0.',
      });
    }
    return { quantity: subject.parse(quantity, `printed[${i}].quantity`), after, where: `printed[${i}].quantity` };
  });
  const base = subject.run(requests);
  const filled = printed.flatMap(({ value }, index) => {
    if (value.trim() === '') return [];
    const print = readPrinted(value, `printed[${index}].value`);
    const computed = base[index].value;
    return { index, text: value.trim(), printed: print, computed, agrees: agrees(print, computed) };
  });
  const isPlain = filled.every(({ agrees, printed }) => agrees && printed.digits >= digits);
  const workings = isPlain ? undefined : subject.workings(requests);
  return { fields: filled.map((field) => ({ ...field, cell: workings?.rows[field.index] ?? -1 })), workings };
}
