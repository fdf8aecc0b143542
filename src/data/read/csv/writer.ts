/** Writes CSV text. */

/**
 * CSV text with a header and rows, comma-delimited, with lines ended by \n. Cells are quoted if reading needs it, and
 * undefined gives an empty cell. `parseCsv` reads back the same cells.
 */
export function writeCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | boolean | undefined)[])[],
): string {
  return csvLine(header) + rows.map(csvLine).join('');
}

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
