/**
 * Protects CSV files from formulas: a spreadsheet runs a text that begins with =, +, - or @ as a formula, which can send data
 * away or start a program. Source: OWASP, CSV Injection.
 */
import { clip } from '../../base/printable.ts';
import { parseNumber } from '../../data/table/columns.ts';

/** The signs, also in full width, and the characters that a spreadsheet ignores in front of them. */
const start = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Signs alone, such as the class "-", are not a formula. */
const signsAlone = /^[=+\-@]+$/;

/** Whether a spreadsheet would run the text of a cell as a formula. A number with a sign, such as -5, is none. */
export function isFormula(text: string): boolean {
  return start.test(text) && !signsAlone.test(text) && parseNumber(text) === undefined;
}

/** Prepares cells for a CSV file, and counts those that it changes. */
export class SpreadsheetCells {
  private cells = 0;
  /** The first changed text. */
  private first = '';

  /** The cell as text. A formula gets an apostrophe in front, which makes it text. */
  cell(value: unknown): string {
    const text = String(value);
    if (typeof value !== 'string' || !isFormula(text)) return text;
    if (this.cells === 0) this.first = text;
    this.cells++;
    return `'${text}`;
  }

  /** A warning, if a cell was changed. */
  warnings(): string[] {
    if (this.cells === 0) return [];
    const [cells, begin, them] =
      this.cells === 1 ? ['1 cell', 'begins', 'it'] : [`${this.cells.toLocaleString('en-US')} cells`, 'begin', 'them'];
    return [
      `${cells} ${begin} like a spreadsheet formula, such as ${JSON.stringify(clip(this.first, 40))}. The CSV has an apostrophe in front of ${them}; --format json writes the exact text.`,
    ];
  }
}
