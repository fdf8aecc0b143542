/** Decimal numbers in text. `number-spelling.ts` has the other spellings, which a whole column must share. */

/** The form of a number, which may still be too large for one: 1e999. */
export const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The powers of ten that a float64 holds exactly. */
const tens = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/**
 * The number of a plain decimal of up to 15 digits, or NaN for any other text. Digits and power of ten are exact, so their
 * quotient is the nearest number, as `Number` gives it. Source: Clinger (1990).
 */
function plainDecimal(cell: string): number {
  const { length } = cell;
  let at = cell.charCodeAt(0) === 45 ? 1 : 0;
  const isNegative = at === 1;
  if (length - at > 16) return Number.NaN;
  let digits = 0;
  let value = 0;
  let point = -1;
  for (; at < length; at++) {
    const code = cell.charCodeAt(at) - 48;
    if (code >= 0 && code <= 9) {
      value = 10 * value + code;
      digits++;
    } else if (code === -2 && point < 0) point = digits;
    else return Number.NaN;
  }
  if (digits === 0 || digits > 15) return Number.NaN;
  const size = point < 0 ? value : value / tens[digits - point];
  return isNegative ? -size : size;
}

/** The minus sign of typesetting (U+2212), the small and the full-width one. */
const typesetMinus = /^[\u2212\uFE63\uFF0D]/;

/** The text with its minus sign as a hyphen, which programs write. */
export const withHyphen = (text: string): string => (typesetMinus.test(text) ? `-${text.slice(1)}` : text);

/** The finite number in a cell (a decimal, with or without an exponent; its minus may be typeset), or undefined. */
export function parseNumber(cell: string): number | undefined {
  const plain = plainDecimal(cell);
  if (!Number.isNaN(plain)) return plain;
  const text = withHyphen(cell.trim());
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const integer = /^[+-]?0*(\d+?)(?:\.0*)?$/;

/**
 * A number in the form in which numbers are compared: "1.0" is "1". An integer that a float64 would round keeps its digits, so
 * that two 64-bit identifiers stay two.
 */
export function canonicalNumber(cell: string): string {
  const value = parseNumber(cell);
  if (value === undefined) return cell;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  const text = withHyphen(cell.trim());
  const digits = integer.exec(text)?.[1];
  return digits === undefined ? String(value) : `${text.startsWith('-') ? '-' : ''}${digits}`;
}

/** Whether a number in canonical form is an integer with more digits than a float64 holds. */
export const exceedsFloat = (value: string): boolean =>
  /^-?\d{16,}$/.test(value) && !Number.isSafeInteger(Number(value));
