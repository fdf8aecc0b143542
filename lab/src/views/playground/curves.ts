/** The curves of a run: a row an epoch, thinned so that any length draws quickly. */
import type { HistoryRow, Trained } from 'chainrule';

export interface CurveRow {
  readonly epoch: number;
  readonly loss: number;
  readonly validationLoss?: number;
  readonly learningRate: number;
}

/** A change of the choices: after `epoch`. */
export interface CurveMark {
  readonly epoch: number;
  readonly text: string;
  /** Whether the losses before it are of other data, or of another loss. */
  readonly isOtherLoss: boolean;
}

export interface Curves {
  readonly rows: readonly CurveRow[];
  readonly marks: readonly CurveMark[];
  /** Gradient norms: the epoch, then a norm for each layer that has weights. */
  readonly norms: readonly (readonly number[])[];
}

export const noCurves: Curves = { rows: [], norms: [], marks: [] };

/** From this many on, every second row is dropped, except for the newest. */
const maxRows = 1600;

/** Adds the rows of a frame, whose epochs count from `base`. */
export function withRows(
  { rows, norms, marks }: Curves,
  base: number,
  { rows: added, gradients }: { readonly rows: readonly HistoryRow[]; readonly gradients?: Trained['gradients'] },
): Curves {
  const more = added.map(({ epoch, loss, validationLoss, learningRate }) => ({
    epoch: base + epoch,
    loss,
    validationLoss,
    learningRate,
  }));
  return {
    rows: thinned([...rows, ...more]),
    norms: thinned([...norms, ...normsAfter(norms, base, gradients)]),
    marks,
  };
}

/** Marks that are drawn at most; of more, the oldest are forgotten. */
const maxMarks = 30;

/** The same curves with one more change. Several changes after one epoch are one mark; before the first epoch, none. */
export function withMark({ marks, ...curves }: Curves, mark: CurveMark): Curves {
  if (mark.text === '' || mark.epoch === 0) return { ...curves, marks };
  const last = marks.at(-1);
  if (last?.epoch !== mark.epoch) return { ...curves, marks: [...marks, mark].slice(-maxMarks) };
  const texts = new Set([...last.text.split(', '), ...mark.text.split(', ')]);
  const merged = { ...mark, text: [...texts].join(', '), isOtherLoss: mark.isOtherLoss || last.isOtherLoss };
  return { ...curves, marks: [...marks.slice(0, -1), merged] };
}

/** The rows since the data, or what the loss contains, last changed: those whose losses compare. */
export function comparable({ rows, marks }: Curves): readonly CurveRow[] {
  const from = marks.findLast(({ isOtherLoss }) => isOtherLoss)?.epoch ?? 0;
  return rows.filter(({ epoch }) => epoch > from);
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

/** The marks of a link. */
export const packedMarks = ({ marks }: Curves) =>
  marks.map(({ epoch, text, isOtherLoss }) => [epoch, text, isOtherLoss]);

function unpackedMarks(value: unknown): CurveMark[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxMarks).flatMap((mark) => {
    const [epoch, text, isOtherLoss] = Array.isArray(mark) ? mark : [];
    const isMark = Number.isSafeInteger(epoch) && epoch >= 0 && typeof text === 'string' && text.length < 100;
    return isMark ? [{ epoch, text, isOtherLoss: isOtherLoss === true }] : [];
  });
}

/** A curve from a link, with its marks; empty if it has another form. */
export function unpackedCurves(value: unknown, marks?: unknown): Curves {
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
    marks: unpackedMarks(marks),
  };
}
