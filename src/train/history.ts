/** The history of a run: one row an epoch up to 10,000 rows, then every k-th epoch. It always has the first and the last. */
import { aFloat, aNumber, listOf, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { show } from '../base/show.ts';
import type { Metrics } from '../net/metrics.ts';

export interface HistoryRow {
  /** The number of the epoch, from 1. */
  readonly epoch: number;
  /** Updates up to the epoch's end. */
  readonly step: number;
  /** The mean of the batches' losses, weighted by their rows; each is computed before the batch's update. */
  readonly loss: number;
  readonly validationLoss?: number;
  readonly learningRate: number;
  /** The L2 norm before clipping: the maximum over the epoch's batches. */
  readonly gradientNorm: number;
  /** Seconds of training up to the epoch's end. */
  readonly seconds: number;
  /** Metrics on the validation rows, if there are any. */
  readonly metrics?: Metrics;
}

export interface HistoryState {
  readonly rows: readonly HistoryRow[];
  readonly stride: number;
  readonly next: number;
}

export const historyLimit = 10_000;

export class History {
  private kept: HistoryRow[];
  /** The number of epochs from one row to the next. */
  private stride: number;

  /** The next epoch whose row is kept. */
  next: number;

  /** Continues the history of an interrupted training. */
  constructor({ rows, stride, next }: HistoryState = { rows: [], stride: 1, next: 1 }) {
    this.kept = [...rows];
    this.stride = stride;
    this.next = next;
  }

  /** The state to continue from. */
  get state(): HistoryState {
    return { rows: [...this.kept], stride: this.stride, next: this.next };
  }

  add(row: HistoryRow): void {
    if (row.epoch < this.next) return;
    if (this.kept.length === historyLimit) {
      this.kept = this.kept.filter((_, i) => i % 2 === 0);
      this.stride *= 2;
    }
    // epochs 1, 1 + stride, 1 + 2 stride, …: the next one after this row
    this.next = Math.ceil(row.epoch / this.stride) * this.stride + 1;
    if ((row.epoch - 1) % this.stride !== 0) return;
    this.kept.push(row);
  }

  /** Adds the last row if it is missing. */
  finish(row: HistoryRow): void {
    if (this.kept.at(-1)?.epoch === row.epoch) return;
    if (this.kept.length === historyLimit) this.kept.pop();
    this.kept.push(row);
  }

  get rows(): readonly HistoryRow[] {
    return this.kept;
  }
}

/** The columns of `history.csv`; those of the metrics follow. */
const columns = ['epoch', 'step', 'loss', 'validationLoss', 'learningRate', 'gradientNorm', 'seconds'] as const;

/** `validationAccuracy` for `accuracy`: metrics are measured on the validation rows. */
const columnOf = (metric: string) => `validation${metric[0].toUpperCase()}${metric.slice(1)}`;

/** Comma-separated text with a header. Missing and infinite values are empty cells. */
export function historyCsv(rows: readonly HistoryRow[]): string {
  listOf(record({ epoch: aNumber, loss: aFloat }, { isOpen: true }))(rows, 'historyCsv: rows');
  const cell = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? '' : String(value));
  const metrics = Object.keys(rows[0]?.metrics ?? {});
  const lines = rows.map((row) =>
    [...columns.map((column) => row[column]), ...metrics.map((metric) => row.metrics?.[metric])].map(cell).join(','),
  );
  return `${[[...columns, ...metrics.map(columnOf)].join(','), ...lines].join('\n')}\n`;
}

/** More than there are metrics. */
const maxColumns = 200;
/** Columns of whole numbers. */
const counts: readonly string[] = ['epoch', 'step'];
const decimal = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/**
 * The rows of a `history.csv`.
 * Throws an InputError if a column is missing or listed twice, or if a cell is not a number.
 */
export function parseHistory(text: string, where: string): HistoryRow[] {
  const fix = 'Use the history.csv that a run wrote.';
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const names = header.split(',');
  const known = new Set(names);
  for (const column of columns) {
    if (!known.has(column)) fail({ what: `there is no column "${column}"`, where, fix });
  }
  if (known.size < names.length) fail({ what: 'a column appears twice', where, fix });
  if (names.length > maxColumns) {
    fail({ what: `there are ${names.length.toLocaleString('en-US')} columns, more than a run writes`, where, fix });
  }
  if (names.some((name) => /^(validation)?$/.test(name))) fail({ what: 'a column has no name', where, fix });
  const places = names.map((name) => ({
    name,
    metric: (columns as readonly string[]).includes(name) ? undefined : metricOf(name),
  }));
  return lines.map((line, i) => {
    const refuse = (what: string): never =>
      fail({ what, where: `${where} line ${i + 2}`, fix: 'Use the file as a run wrote it.' });
    const cells = line.split(',');
    if (cells.length !== names.length) refuse(`${cells.length} cells, but the header has ${names.length}`);
    const row: [string, number][] = [];
    const metrics: [string, number][] = [];
    places.forEach(({ name, metric }, c) => {
      const cell = cells[c];
      const value = cell === '' ? Number.NaN : Number(cell);
      if (cell !== '' && !(decimal.test(cell) && Number.isFinite(value))) refuse(`${show(cell)} is not a number`);
      if (counts.includes(name) && !(Number.isSafeInteger(value) && value >= 0)) {
        refuse(`the ${name} is ${show(cell)}, not a whole number of at least 0`);
      }
      if (metric !== undefined) metrics.push([metric, value]);
      else if (cell !== '' || name !== 'validationLoss') row.push([name, value]);
    });
    return {
      ...(Object.fromEntries(row) as unknown as HistoryRow),
      ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics) }),
    };
  });
}

/** `accuracy` for `validationAccuracy`. */
const metricOf = (column: string) => column.replace(/^validation(.)/, (_, first: string) => first.toLowerCase());
