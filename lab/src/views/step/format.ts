/** Numbers as text on the page: a true minus sign, at most so many significant digits. */
export function shortNumber(value: number, digits = 6): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value).replace('-', '−');
  const size = Math.abs(value);
  const text =
    size >= 1e-4 && size < 1e6
      ? String(Number(value.toPrecision(digits)))
      : value.toExponential(Math.max(0, digits - 3));
  return text.replaceAll('-', '−').replace('e+', 'e');
}

/** All digits that a float64 has in decimal numbers: 2.4, not 2.3999999999999995. */
export const fullNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(15))).replaceAll('-', '−') : shortNumber(value);
