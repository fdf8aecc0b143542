/** Numbers as people type them: a decimal comma is read as a point, and a mark that can be both is asked about. */

export interface Typed {
  /** As the audit reads it; empty if nothing can be read. */
  readonly value: string;
  /** What was read, if it is not what was typed. */
  readonly note?: string;
  /** What to type instead. */
  readonly problem?: string;
}

/** Reads what was typed. Everything without a comma is left as it is: the audit says what is wrong with it. */
export function readTyped(text: string): Typed {
  const value = text.trim();
  const [, sign, digits, power = ''] = /^([+\-−]?)([\d.,]*\d[\d.,]*)((?:e|·10\^|×10\^|\*10\^).*)?$/i.exec(value) ?? [];
  if (digits === undefined || !digits.includes(',')) return { value };
  const read = (number: string): Typed => {
    const shown = `${sign}${number}${power}`;
    return { value: shown, note: `Read as ${shown}: the decimal mark here is a point.` };
  };
  const ask = (...numbers: string[]): Typed => {
    const shown = numbers.map((number) => `${sign}${number}${power}`);
    return { value: '', problem: `"${value}" can be read in two ways: type ${shown.join(' or ')}.` };
  };
  const plain = digits.replaceAll(',', '');
  // 1,234.5 and 12,345,678: groups of three digits
  if (/^\d{1,3}(,\d{3})+\.\d*$/.test(digits) || /^\d{1,3}(,\d{3}){2,}$/.test(digits)) return read(plain);
  // 1.234,5
  if (/^\d{1,3}(\.\d{3})+,\d*$/.test(digits)) return read(digits.replaceAll('.', '').replace(',', '.'));
  // 1,234 may be a group or three decimals; 0,234 has no group
  if (/^[1-9]\d{0,2},\d{3}$/.test(digits)) return ask(digits.replace(',', '.'), plain);
  if (/^\d*,\d*$/.test(digits)) return read(digits.replace(',', '.').replace(/^\./, '0.'));
  return { value: '', problem: `"${value}" is not a number: type it with one point, such as 0.84.` };
}

/** The significant digits that a number is written with: 2 for 0.91, 3 for 0.910. */
export function digitsIn(text: string): number {
  const [mantissa] = text.trim().split(/[e·×*]/i);
  return mantissa.replaceAll(/\D/g, '').replace(/^0+/, '').length;
}
