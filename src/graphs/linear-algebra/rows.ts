/** Changes of a tall matrix `[rows, width]`, row after row, in place. */
import type { Numbers } from '../../engines/engine.ts';

/** Divides each row by its Euclidean norm. A row of zeros remains. */
export function normalizeRows(x: Numbers, width: number): void {
  for (let at = 0; at < x.length; at += width) {
    let squares = 0;
    for (let i = at; i < at + width; i++) squares += x[i] * x[i];
    if (squares === 0) continue;
    const factor = 1 / Math.sqrt(squares);
    for (let i = at; i < at + width; i++) x[i] *= factor;
  }
}

/** Subtracts the mean row from each row that is not zero. The mean is over those rows. Returns their number. */
export function centerColumns(x: Numbers, width: number): number {
  const mean = new Float64Array(width);
  const isZero = (at: number) => {
    for (let i = at; i < at + width; i++) if (x[i] !== 0) return false;
    return true;
  };
  let count = 0;
  for (let at = 0; at < x.length; at += width) {
    if (isZero(at)) continue;
    count++;
    for (let c = 0; c < width; c++) mean[c] += x[at + c];
  }
  for (let c = 0; c < width; c++) mean[c] /= count;
  for (let at = 0; at < x.length; at += width) {
    if (isZero(at)) continue;
    for (let c = 0; c < width; c++) x[at + c] -= mean[c];
  }
  return count;
}
