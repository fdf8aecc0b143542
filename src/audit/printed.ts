/** Printed numbers: the text shows the precision. A computed number agrees within half a unit of the last digit. */
import { fail } from '../base/errors.ts';

export interface Printed {
  readonly value: number;
  /** Half a unit of the last digit. */
  readonly half: number;
  /** Significant digits: 3 for 0.0374 and 0.970. */
  readonly digits: number;
}

const pattern = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:(?:e|·10\^|×10\^|\*10\^)([+-]?\d+))?$/i;

/** Reads `0.0000351085`, `-.70`, `1e-5`. Throws an InputError naming `where` if it is not a number. */
export function readPrinted(text: string, where: string): Printed {
  const plain = text.trim().replaceAll('−', '-').replaceAll(/\s/g, '');
  const match = pattern.exec(plain);
  if (match === null) {
    return fail({
      what: `"${text}" is not a number`,
      where,
      fix: 'Write the digits as printed: "0.234" or "1.5e-7".',
    });
  }
  const [, sign, whole = '', after = '', alone = '', power = '0'] = match;
  const decimals = after + alone;
  const exponent = Number(power);
  const magnitude = Number(`${whole || '0'}.${decimals || '0'}e${exponent}`);
  const significant = (whole + decimals).replace(/^0+/, '').length;
  return {
    value: sign === '-' ? -magnitude : magnitude,
    half: 0.5 * Number(`1e${exponent - decimals.length}`),
    digits: Math.max(significant, 1),
  };
}

/**
 * The range of numbers that round to the printed value. It tolerates the float64 noise of another order of summation.
 */
export function interval({ value, half }: Printed, room = 0): readonly [number, number] {
  const reach = (half + room) * (1 + 1e-9) + 1e-14 * Math.abs(value);
  return [value - reach, value + reach];
}

export function agrees(printed: Printed, computed: number): boolean {
  const [low, high] = interval(printed);
  return low <= computed && computed <= high;
}
