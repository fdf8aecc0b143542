/** A confusion matrix on a terminal. */
import type { Terminal } from './terminal.ts';

/** The maximum number of classes in a table on a terminal. */
const maxClasses = 12;

/** A confusion matrix: one row for each actual class, one column for each predicted class. */
export function confusionText(
  matrix: readonly (readonly number[])[],
  classes: readonly string[] = matrix.map((_, k) => String(k)),
  terminal: Terminal,
): string {
  if (matrix.length > maxClasses) return `(${matrix.length} classes: the report has the confusion matrix)`;
  const rows = matrix.map((row, k) => [
    `is ${classes[k]}`,
    ...row.map((n, j) => (n === 0 ? '·' : j === k ? terminal.colors.green(String(n)) : terminal.colors.red(String(n)))),
  ]);
  return terminal.table(
    ['', ...classes.map((name) => `→ ${name}`)],
    rows,
    matrix.map((_, k) => k + 1),
  );
}
