/**
 * The audit of a worked example: computes every printed number, and finds the reason for each disagreement. It names
 * the smallest departure that corrects the most rows; of several equal ones, it names all.
 */
import { fail } from '../base/errors.ts';
import type { Problem } from '../net/problem.ts';
import { agrees, readPrinted } from './printed.ts';
import type { Request } from './run.ts';
import { networkSubject, type Subject } from './subject.ts';
import type { Row } from './trials.ts';
import { type Candidate, explainRows, type Verdict } from './verdict.ts';

export type { Candidate } from './verdict.ts';

/** A printed number of a worked example. */
export interface PrintedQuantity {
  /** Its address: `gradient(layers.1.weight[0][0])`. */
  readonly quantity: string;
  /** As printed; empty: not filled in, and left out of the audit. */
  readonly value: string;
  /** The number of updates before the value is read; default 0. */
  readonly after?: number;
}

export type AuditStatus = 'agrees' | Verdict['status'];

export interface AuditRow {
  readonly quantity: string;
  readonly after: number;
  readonly printed: string;
  readonly computed: number;
  readonly status: AuditStatus;
  readonly explanation: string;
  /** All departures that would give it, the most likely first. */
  readonly candidates: readonly Candidate[];
}

export interface AuditOptions {
  /** The maximum number of possible causes that a row's `explanation` lists, the most likely first. Default: all. */
  readonly maxListed?: number;
}

export interface Audit {
  readonly rows: readonly AuditRow[];
  /** No row is a slip or unexplained: the printed numbers are correct, by their own conventions. */
  readonly ok: boolean;
}

/**
 * Checks each printed number of a worked example. Throws an InputError (naming `printed[i]`) for a value that is not a
 * number and a quantity that does not exist.
 */
export function audit(problem: Problem, printed: readonly PrintedQuantity[], options?: AuditOptions): Audit {
  return auditSubject(networkSubject(problem), printed, options);
}

/** The same for any subject. */
export function auditSubject(
  subject: Subject,
  printed: readonly PrintedQuantity[],
  { maxListed = Number.POSITIVE_INFINITY }: AuditOptions = {},
): Audit {
  const filled = printed
    .map(({ quantity, value, after = 0 }, i) => ({ quantity, value, after, where: `printed[${i}]` }))
    .filter(({ value }) => value.trim() !== '');
  const requests: Request[] = filled.map(({ quantity, after, where }) => {
    if (!Number.isSafeInteger(after) || after < 0) {
      fail({ what: `${after} is not a number of updates`, where: `${where}.after`, fix: 'Give an integer from 0.' });
    }
    return { quantity: subject.parse(quantity, `${where}.quantity`), after, where: `${where}.quantity` };
  });
  const prints = filled.map(({ value, where }) => readPrinted(value, `${where}.value`));
  const base = subject.run(requests);
  const rows: Row[] = prints.map((print, r) => {
    const computed = base[r].value;
    return { printed: print, after: requests[r].after, computed, agrees: agrees(print, computed) };
  });

  const verdicts = rows.every(({ agrees }) => agrees)
    ? undefined
    : explainRows(subject, requests, rows, base, maxListed);
  const notes = subject.notes?.(requests, rows);
  const out = filled.map(({ quantity, value, after }, r): AuditRow => {
    const { status, explanation, candidates } = verdicts?.get(r) ?? {
      status: 'agrees',
      explanation: notes?.get(r) ?? '',
      candidates: [],
    };
    return { quantity, after, printed: value, computed: rows[r].computed, status, explanation, candidates };
  });
  return { rows: out, ok: out.every(({ status }) => status !== 'slip' && status !== 'unexplained') };
}
