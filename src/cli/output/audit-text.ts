/** The result of an audit on a terminal. */
import type { Audit, AuditOptions, AuditRow, AuditStatus } from '../../audit/index.ts';
import { numberText } from '../../explain/numbers.ts';
import { count, type Terminal } from './terminal.ts';

/** The possible causes of a difference that are listed, unless all are wanted: more of them prove nothing. */
export const maxListed = 2;

/** The width of the columns other than the address. */
const widthOfOthers = 58;

/** The audit as text: a table, then each disagreement in a sentence, then the verdict. */
export function auditText(
  { rows, ok }: Audit,
  names: (quantity: string) => string,
  terminal: Terminal,
  { maxListed = Number.POSITIVE_INFINITY }: AuditOptions = {},
): string {
  const { colors } = terminal;
  const paint: Readonly<Record<AuditStatus, (text: string) => string>> = {
    agrees: colors.green,
    convention: colors.yellow,
    rounded: colors.yellow,
    slip: colors.red,
    unexplained: colors.red,
  };
  // a narrow terminal has no room for the addresses next to the names
  const isWide = terminal.width >= widthOfOthers + Math.max(0, ...rows.map(({ quantity }) => quantity.length));
  const table = terminal.table(
    ['', ...(isWide ? ['quantity'] : []), 'updates', 'printed', 'computed', 'status'],
    rows.map(({ quantity, after, printed, computed, status }) => [
      names(quantity),
      ...(isWide ? [quantity] : []),
      String(after),
      printed,
      numberText(computed, 9),
      paint[status](status),
    ]),
    isWide ? [2, 3, 4] : [1, 2, 3],
  );
  const nameOf = ({ quantity, after }: AuditRow) =>
    `${names(quantity)}${after > 0 ? ` after ${count(after, 'update')}` : ''}`;
  // rows with the same explanation share one paragraph; notes on rows that agree are a list of their own
  const explained = new Map<string, AuditRow[]>();
  for (const row of rows) {
    if (row.status === 'agrees' || row.explanation === '') continue;
    const key = `${paint[row.status](row.status)}: ${row.explanation}`;
    explained.set(key, [...(explained.get(key) ?? []), row]);
  }
  const words = [...explained].map(([why, which]) => {
    const list = which.map(nameOf);
    const shown = list.length > 8 ? [...list.slice(0, 7), `and ${list.length - 7} more`] : list;
    return `${colors.bold(shown.join(', '))}\n${terminal.wrap(why, '  ')}`;
  });
  const notes = rows
    .filter(({ status, explanation }) => status === 'agrees' && explanation !== '')
    .map((row) => `  ${nameOf(row).padEnd(22)} ${row.explanation}`);
  const wrong = rows.filter(({ status }) => status === 'slip' || status === 'unexplained').length;
  const agree = rows.filter(({ status }) => status === 'agrees').length;
  const verdict = ok
    ? `${agree} of ${rows.length} rows agree, and a convention or rounding explains the rest.`
    : `${agree} of ${rows.length} rows agree; ${wrong} printed ${wrong === 1 ? 'number is' : 'numbers are'} wrong.`;
  const isShortened = rows.some(({ candidates }) => candidates.length > maxListed);
  return [
    table,
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    ...words,
    ...(isShortened ? ['The most likely causes are listed; --all lists every one.'] : []),
    agree === rows.length ? `All ${rows.length} rows agree.` : verdict,
  ].join('\n\n');
}
