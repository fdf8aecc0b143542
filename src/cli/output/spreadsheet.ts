/**
 * Cells of a CSV file that a spreadsheet would run: it takes a text that begins with =, +, - or @ for a formula, and a
 * formula can send data away or start a program. Source: OWASP, CSV Injection.
 */
import { clip } from '../../base/printable.ts';
import { parseNumber } from '../../data/table/columns.ts';

/** The signs, also in full width, and what a spreadsheet passes over in front of them. */
const start = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A formula has something to compute: signs alone, such as the class "-", are text to a spreadsheet as well. */
const signsAlone = /^[=+\-@]+$/;

/** Whether a spreadsheet takes the text of a cell for a formula; a number with a sign, such as -5, it may have. */
export function isFormula(text: string): boolean {
  return start.test(text) && !signsAlone.test(text) && parseNumber(text) === undefined;
}

/** The cells of a table on their way into a CSV file, and how many of them are changed. */
export class SpreadsheetCells {
  private cells = 0;
  /** The first text that was changed. */
  private first = '';

  /** A number as it is; a text that is a formula with an apostrophe in front, which makes it text. */
  cell(value: unknown): string {
    const text = String(value);
    if (typeof value !== 'string' || !isFormula(text)) return text;
    if (this.cells === 0) this.first = text;
    this.cells++;
    return `'${text}`;
  }

  /** What people are told, where a cell was changed. */
  warnings(): string[] {
    if (this.cells === 0) return [];
    const [cells, begin, have] =
      this.cells === 1 ? ['1 cell', 'begins', 'has'] : [`${this.cells.toLocaleString('en-US')} cells`, 'begin', 'have'];
    return [
      `${cells} of the CSV ${begin} like a formula of a spreadsheet, such as ${JSON.stringify(clip(this.first, 40))}, and ${have} an apostrophe in front. --format json writes the exact text.`,
    ];
  }
}
