/** Decimals of binary formats: an integer and the number of its digits after the point. */
import type { Cell } from './read.ts';

/** The largest power of ten that a float64 holds exactly. */
const maxScale = 22;

/** A decimal as the nearest number, or as its digits where the integer is beyond the exact range of a number. */
export function decimalCell(value: number | bigint, scale: number): Cell {
  const number = Number(value);
  // both are exact, so the quotient is the number nearest to the decimal
  if (Number.isSafeInteger(number) && scale >= 0 && scale <= maxScale) return number / 10 ** scale;
  const whole = BigInt(value);
  if (scale <= 0) return String(whole * 10n ** BigInt(-scale));
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
