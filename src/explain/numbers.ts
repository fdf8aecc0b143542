/** Numbers for people: six significant digits, a true minus sign, and powers of ten if needed. */

import { fail } from '../base/errors.ts';

/** The default number of digits. */
const digitsShown = 6;

/** The digits that tell any two float64 numbers apart. */
const maxDigits = 17;

/** Throws an InputError, naming `where`, for a number of digits that a float64 does not have. */
export function checkedDigits(digits: number | undefined, where: string | string[] = ['digits']): number | undefined {
  if (digits === undefined || (Number.isInteger(digits) && digits >= 1 && digits <= maxDigits)) return digits;
  return fail({
    what: `${digits} is not a number of digits`,
    where,
    fix: `Give an integer from 1 to ${maxDigits}.`,
  });
}

/** The parts of a written number: `-1.5` and, with a power of ten, `-7`. */
export interface Written {
  readonly mantissa: string;
  readonly exponent?: number;
}

/**
 * Rounds to `digits` significant digits; trailing zeros are left out. Whole numbers below 1e15 are written in full.
 * Throws an InputError for a value that is not a number, which an unchecked record may contain.
 */
function write(value: number, digits = digitsShown): Written {
  if (typeof value !== 'number') {
    fail({ what: `${JSON.stringify(value)} is not a number`, where: 'a number to write', fix: 'Give a number.' });
  }
  if (Number.isNaN(value)) return { mantissa: 'NaN' };
  if (!Number.isFinite(value)) return { mantissa: value > 0 ? '∞' : '-∞' };
  if (value === 0) return { mantissa: '0' };
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return { mantissa: String(value) };
  const [mantissa, power] = value.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < digits) return { mantissa: String(Number(value.toPrecision(digits))) };
  return { mantissa: String(Number(mantissa)), exponent };
}

const raised: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** Digits as superscripts: `-7` is ⁻⁷. */
export function superscript(text: string): string {
  return [...text].map((letter) => raised[letter] ?? letter).join('');
}

/** As text: `−1.5·10⁻⁷`. */
export function numberText(value: number, digits?: number): string {
  const { mantissa, exponent } = write(value, digits);
  const signed = mantissa.replace('-', '−');
  if (exponent === undefined) return signed;
  const power = `10${superscript(String(exponent))}`;
  return /^−?1$/.test(signed) ? signed.replace('1', power) : `${signed}·${power}`;
}

/** As TeX: `-1.5 \cdot 10^{-7}`. */
export function numberTex(value: number, digits?: number): string {
  const { mantissa, exponent } = write(value, digits);
  const shown = mantissa === 'NaN' ? '\\mathrm{NaN}' : mantissa.replace('∞', '\\infty');
  if (exponent === undefined) return shown;
  const power = `10^{${exponent}}`;
  return /^-?1$/.test(shown) ? shown.replace('1', power) : `${shown} \\cdot ${power}`;
}

/**
 * Rounded to 15 digits, which a float64 keeps of every decimal number: 0.3 + 1.8 + 0.3 is 2.4, not 2.3999999999999995.
 */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : value;
}
