/** The curves of a run: a row an epoch, thinned so that any length draws quickly. */
import type { HistoryRow, Trained } from 'chainrule';

export interface CurveRow {
  readonly epoch: number;
  readonly loss: number;
  readonly validationLoss?: number;
  readonly learningRate: number;
}

export interface Curves {
  readonly rows: readonly CurveRow[];
  /** Gradient norms: the epoch, then a norm for each layer that has weights. */
  readonly norms: readonly (readonly number[])[];
}

export const noCurves: Curves = { rows: [], norms: [] };

/** From this many on, every second row is dropped, except for the newest. */
const maxRows = 1600;

/** Adds the rows of a frame, whose epochs count from `base`. */
export function withRows(
  { rows, norms }: Curves,
  base: number,
  { rows: added, gradients }: { readonly rows: readonly HistoryRow[]; readonly gradients?: Trained['gradients'] },
): Curves {
  const more = added.map(({ epoch, loss, validationLoss, learningRate }) => ({
    epoch: base + epoch,
    loss,
    validationLoss,
    learningRate,
  }));
  return { rows: thinned([...rows, ...more]), norms: thinned([...norms, ...normsAfter(norms, base, gradients)]) };
}

function thinned<Row>(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= maxRows) return rows;
  const last = rows.length - 1;
  return thinned(rows.filter((_, i) => i % 2 === 0 || i === last));
}

/** The measurements that are newer than the known ones. */
function normsAfter(known: Curves['norms'], base: number, gradients: Trained['gradients']): number[][] {
  if (gradients === undefined) return [];
  const { epochs, norms } = gradients;
  const newest = known.at(-1)?.[0] ?? -1;
  const layers = Object.values(norms);
  return epochs.flatMap((epoch, i) =>
    base + epoch > newest ? [[base + epoch, ...layers.map((layer) => layer[i])]] : [],
  );
}

/** A curve for a link: at most so many rows, with four digits. */
export function packed({ rows }: Curves, count = 100): number[][] {
  const step = Math.max(1, Math.ceil(rows.length / count));
  const digits = (value: number) => Number(value.toPrecision(4));
  return rows
    .filter((_, i) => i % step === 0 || i === rows.length - 1)
    .map(({ epoch, loss, validationLoss, learningRate }) => [
      epoch,
      digits(loss),
      validationLoss === undefined ? -1 : digits(validationLoss),
      learningRate,
    ]);
}

/** A curve from a link; empty if it has another form. */
export function unpackedCurves(value: unknown): Curves {
  if (!Array.isArray(value) || value.length > 1000) return noCurves;
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.length === 4 && row.every((each) => typeof each === 'number' && Number.isFinite(each));
  if (!value.every(isRow)) return noCurves;
  return {
    rows: value.map(([epoch, loss, held, learningRate]) => ({
      epoch,
      loss,
      ...(held >= 0 && { validationLoss: held }),
      learningRate,
    })),
    norms: [],
  };
}
