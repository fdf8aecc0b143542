/** The verdict on a print in a sentence, and the words and signs of the statuses. */
import type { AuditStatus } from 'chainrule/explain';
import type { Marked, Marks } from './protocol.ts';

export interface StatusWords {
  readonly sign: string;
  readonly word: string;
  readonly about: string;
}

export const statuses: Readonly<Record<AuditStatus, StatusWords>> = {
  agrees: {
    sign: '✓',
    word: 'agrees',
    about: 'The computed number, rounded to the printed digits, is the printed one.',
  },
  convention: {
    sign: '≈',
    word: 'convention',
    about:
      'The printed number is right under another convention, such as the opposite sign or another order of updates.',
  },
  rounded: {
    sign: '≈',
    word: 'rounded',
    about: 'The printed number follows if intermediate numbers were rounded on the way.',
  },
  slip: {
    sign: '✗',
    word: 'slip',
    about: 'The printed number is wrong, and one slip explains it, such as one number used in place of another.',
  },
  unexplained: { sign: '?', word: 'unexplained', about: 'The printed number differs, and no single cause was found.' },
};

export const isWrong = (status: AuditStatus) => status === 'slip' || status === 'unexplained';

/** `25 of 29 printed numbers agree. 4 are wrong: E, E after 1 update, …` */
export function verdictText({ rows }: Marks, labelOf: (row: Marked) => string): string {
  if (rows.length === 0) return 'There are no printed numbers yet.';
  const agree = rows.filter(({ status }) => status === 'agrees').length;
  const wrong = rows.filter(({ status }) => isWrong(status));
  if (agree === rows.length) {
    return rows.length === 1
      ? 'The printed number agrees.'
      : `All ${rows.length} printed numbers agree with the computed ones.`;
  }
  const other = rows.length - agree - wrong.length;
  const parts = [`${agree} of ${rows.length} printed numbers agree.`];
  if (wrong.length > 0) {
    const names = wrong.slice(0, 6).map(labelOf);
    const more = wrong.length > names.length ? `, and ${wrong.length - names.length} more` : '';
    parts.push(`${wrong.length} ${wrong.length === 1 ? 'is' : 'are'} wrong: ${names.join(', ')}${more}.`);
  }
  if (other > 0) {
    parts.push(
      `${other === 1 ? '1 follows' : `${other} follow`} under another convention or with rounding on the way.`,
    );
  }
  if (wrong.length === 0) parts.push('None is wrong.');
  return parts.join(' ');
}

/** For each row its explanation, or the earlier row with the same one: a text is written once. */
export function explanations(
  rows: readonly Marked[],
): ReadonlyMap<number, { readonly text: string } | { readonly as: Marked }> {
  const first = new Map<string, Marked>();
  const out = new Map<number, { readonly text: string } | { readonly as: Marked }>();
  for (const row of rows) {
    if (row.explanation === '') continue;
    const key = `${row.status} ${row.explanation}`;
    const known = row.status === 'agrees' ? undefined : first.get(key);
    out.set(row.index, known === undefined ? { text: row.explanation } : { as: known });
    if (known === undefined) first.set(key, row);
  }
  return out;
}
