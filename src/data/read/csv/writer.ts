/** Writes CSV text. */
import { aText, checkCall, kind, listOf, optional } from '../../../base/arguments.ts';

/**
 * CSV text with a header and rows, comma-delimited, with lines ended by \n. Cells are quoted if reading needs it, and
 * undefined gives an empty cell. `parseCsv` reads back the same cells.
 */
export function writeCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | boolean | undefined)[])[],
): string {
  checkCall('writeCsv(header, rows)', { header: [header, listOf(aText)], rows: [rows, listOf(listOf(aCell))] });
  return csvLine(header) + rows.map(csvLine).join('');
}

const aCell = optional(
  kind('a text, a number or a boolean', (cell) => ['string', 'number', 'boolean'].includes(typeof cell)),
);

/** One line of `writeCsv`. */
export function csvLine(cells: readonly (string | number | boolean | undefined)[]): string {
  const shown = cells.map((cell) => {
    const text = cell === undefined ? '' : String(cell);
    // semicolons and tabs too: in the header they could look like the delimiter
    return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  // an empty line would be skipped when reading
  return `${shown.join(',') || '""'}\n`;
}
