/** A finished run that is kept to compare the next ones with: its curve, its experiment, and its losses. */
import type { ExperimentJson, HistoryRow } from 'chainrule';
import { thinned } from './scale.ts';

export interface KeptRow {
  readonly epoch: number;
  readonly loss: number;
  readonly validationLoss?: number;
}

export interface KeptRun {
  readonly rows: readonly KeptRow[];
  readonly experiment: ExperimentJson;
  /** Scores on the part of the rows that the result shows first: `validation accuracy`, and so on. */
  readonly scores: Readonly<Record<string, number>>;
}

/** The maximum numbers of rows of the curve, and of scores. */
const [maxRows, maxScores] = [100, 30];

interface Finished {
  readonly history: readonly HistoryRow[];
  readonly loss: { readonly final: number };
  readonly metrics: Readonly<Record<string, number>>;
  readonly validation?: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
}

/** Scores by the name of the part and the metric: "test accuracy". */
export function scoresOf({ loss, metrics, validation, test }: Finished): Record<string, number> {
  const parts: Readonly<Record<string, Readonly<Record<string, number>> | undefined>> = {
    test,
    validation,
    training: { loss: loss.final, ...metrics },
  };
  const names = ['loss', 'accuracy', 'r2', 'meanAbsoluteError'];
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, scores]) =>
      names.flatMap((name) =>
        Number.isFinite(scores?.[name]) ? [[`${part} ${name}`, Number(scores![name].toPrecision(6))]] : [],
      ),
    ),
  );
}

export const keptRun = (result: Finished, experiment: ExperimentJson): KeptRun => ({
  rows: thinned(result.history, maxRows).map(({ epoch, loss, validationLoss }) => ({
    epoch,
    loss: short(loss),
    ...(validationLoss !== undefined && { validationLoss: short(validationLoss) }),
  })),
  experiment,
  scores: scoresOf(result),
});

const short = (value: number) => Number(value.toPrecision(4));

/** Checks a kept run of a link; undefined if it has another form. */
export function readKept(value: unknown): KeptRun | undefined {
  const { rows, experiment, scores } = Object(value) as Record<string, unknown>;
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > maxRows || !rows.every(isRow)) return undefined;
  if (!isRecord(experiment) || !isRecord(scores)) return undefined;
  const isScore = ([, score]: [string, unknown]) => typeof score === 'number';
  if (Object.keys(scores).length > maxScores || !Object.entries(scores).every(isScore)) return undefined;
  return { rows, experiment: experiment as unknown as ExperimentJson, scores: scores as KeptRun['scores'] };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRow = (row: unknown): row is KeptRow =>
  isRecord(row) &&
  Number.isSafeInteger(row.epoch) &&
  typeof row.loss === 'number' &&
  (row.validationLoss === undefined || typeof row.validationLoss === 'number');
