/** Mistakes in writing a result down: its sign, its decimal point, two digits exchanged, the rest cut off. */
import { type Printed, readPrinted } from '../printed.ts';
import { shiftText } from '../words.ts';
import type { MistakeKind } from './mistake.ts';

export interface WrittenWrong {
  readonly kind: MistakeKind;
  /** Completes "follows if …". */
  readonly text: string;
}

/** Digits that a number needs for its point or the order of its digits to be called wrong: fewer fit by chance. */
const minDigits = 2;
const shifts = [1, -1, 2, -2, 3, -3];

/** What is wrong with a written number if the result is `value`; undefined if nothing of this kind. */
export function writtenWrong(text: string, printed: Printed, value: number): WrittenWrong | undefined {
  if (value === 0 || printed.value === 0 || !Number.isFinite(value)) return undefined;
  if (isCutOff(printed, value)) return { kind: 'cutOff', text: 'its last digit is cut off, not rounded' };
  if (isNear(printed, -value)) return { kind: 'sign', text: 'it has the opposite sign' };
  // one digit is evidence if nothing was rounded
  const near = printed.digits < minDigits ? { ...printed, half: 1e-9 * Math.abs(printed.value) } : printed;
  const shift = shifts.find((places) => isNear(near, places > 0 ? value * 10 ** places : value / 10 ** -places));
  if (shift !== undefined) {
    return { kind: 'decimal', text: `its decimal point is ${shiftText(shift)} of its correct position` };
  }
  if (printed.digits >= minDigits && exchanged(text).some((other) => isNear(other, value))) {
    return { kind: 'digits', text: 'two neighboring digits are exchanged' };
  }
  return undefined;
}

const isNear = ({ value, half }: Printed, wanted: number) => Math.abs(value - wanted) <= half * (1 + 1e-9);

/** Whether the written digits are the first ones of the value, which rounds up. */
function isCutOff({ value, half }: Printed, wanted: number): boolean {
  const unit = 2 * half;
  const rest = Math.abs(wanted) - Math.abs(value);
  return Math.sign(value || wanted) === Math.sign(wanted) && rest > half && rest < unit * (1 - 1e-9);
}

/** The number with each pair of neighboring digits exchanged. */
function exchanged(text: string): Printed[] {
  const [mantissa, ...rest] = text.split(/(?=[e·×*])/i);
  const out: Printed[] = [];
  const places = [...mantissa].flatMap((c, i) => (/\d/.test(c) ? [i] : []));
  places.slice(1).forEach((b, k) => {
    const a = places[k];
    if (mantissa[a] === mantissa[b]) return;
    const letters = [...mantissa];
    [letters[a], letters[b]] = [letters[b], letters[a]];
    out.push(readPrinted(letters.join('') + rest.join(''), 'value'));
  });
  return out;
}
