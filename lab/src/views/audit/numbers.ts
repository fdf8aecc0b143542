/** Numbers for people: nine significant digits, a true minus sign, and powers of ten where they are needed. */

const digits = 9;

const raised: Readonly<Record<string, string>> = Object.fromEntries(
  [...'-0123456789'].map((c, i) => [c, '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'[i]]),
);

/** `−1.5·10⁻⁷`; the audit's table on the command line writes the same. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return minus(String(value));
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < digits) return minus(String(Number(value.toPrecision(digits))));
  const short = minus(String(Number(mantissa)));
  const ten = `10${[...String(power)].map((c) => raised[c]).join('')}`;
  return /^−?1$/.test(short) ? short.replace('1', ten) : `${short}·${ten}`;
}

const minus = (text: string) => text.replace('-', '−');
