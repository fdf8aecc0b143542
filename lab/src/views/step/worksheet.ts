/** A worksheet as a worked-example file, which `chainrule audit` and the view Audit mark once it is filled in. */
import { blankSheet, type Explanation } from 'chainrule/explain';

export function worksheetOf(experiment: unknown, { lines, title }: Explanation): string {
  return `${JSON.stringify({ title, source: 'A worksheet of chainrule.', experiment, printed: blankSheet(lines) }, null, 2)}\n`;
}
